"""The parts of the screen that can have the keyboard, a file each: what their keys type."""

from nnstep.tui.areas.area import Area
from nnstep.tui.areas.cells import Cells
from nnstep.tui.areas.side import SideArea
from nnstep.tui.areas.tape import TapeArea

__all__ = ["Area", "Cells", "SideArea", "TapeArea"]
