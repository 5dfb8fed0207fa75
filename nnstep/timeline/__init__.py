"""Any step of the training run, at any time."""

from nnstep.timeline.branch import Branch, Edit
from nnstep.timeline.position import UNITS, Calendar, Position, Unit
from nnstep.timeline.timeline import GoOn, Interrupted, Timeline, always

__all__ = ["UNITS", "Branch", "Calendar", "Edit", "GoOn", "Interrupted", "Position", "Timeline", "Unit", "always"]
