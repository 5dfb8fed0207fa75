"""The debugger's language: every command declared once; reading and running a line."""

from nnstep.commands import app, helping, looking, models, moving
from nnstep.commands.execute import complete, execute
from nnstep.commands.registry import COMMANDS, Command, Result

__all__ = [
    "COMMANDS",
    "Command",
    "Result",
    "app",
    "complete",
    "execute",
    "helping",
    "looking",
    "models",
    "moving",
]
