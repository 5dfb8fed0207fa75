"""What the app carries out itself: the commands of `commands/app.py`, and leaving."""

from nnstep.tui.own import finding, leaving, looking
from nnstep.tui.own.registry import OWN, Own, own

__all__ = ["OWN", "Own", "finding", "leaving", "looking", "own"]
