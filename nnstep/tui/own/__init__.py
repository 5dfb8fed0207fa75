"""What the app carries out itself: the commands of `commands/app.py`, and leaving."""

from nnstep.tui.own import choosing, copying, editing, exporting, finding, leaving, lesson, looking, places
from nnstep.tui.own.registry import OWN, Own, own

__all__ = [
    "OWN",
    "Own",
    "choosing",
    "copying",
    "editing",
    "exporting",
    "finding",
    "leaving",
    "lesson",
    "looking",
    "own",
    "places",
]
