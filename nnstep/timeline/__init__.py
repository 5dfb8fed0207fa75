"""Any step of the training run, at any time."""

from nnstep.timeline.branch import Branch, Edit
from nnstep.timeline.position import UNITS, Calendar, Position, Unit
from nnstep.timeline.timeline import Interrupted, Timeline

__all__ = ["UNITS", "Branch", "Calendar", "Edit", "Interrupted", "Position", "Timeline", "Unit"]
