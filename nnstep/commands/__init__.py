"""The debugger's language: every command declared once; reading and running a line."""

# isort: off
# `help` lists the commands in this order.
from nnstep.commands import (
    moving,
    seeking,
    stopping,
    catching,
    looking,
    surveying,
    asking,
    displaying,
    picturing,
    checking,
    expecting,
    whatif,
    models,
    saving,
    exporting,
    preferences,
    helping,
    terms,
    app,
    lessons,
)

# isort: on
from nnstep.commands.completion import complete
from nnstep.commands.execute import execute
from nnstep.commands.registry import COMMANDS, Command, Result

__all__ = [
    "COMMANDS",
    "Command",
    "Result",
    "app",
    "asking",
    "catching",
    "checking",
    "complete",
    "displaying",
    "execute",
    "expecting",
    "exporting",
    "helping",
    "lessons",
    "looking",
    "models",
    "moving",
    "picturing",
    "preferences",
    "saving",
    "seeking",
    "stopping",
    "surveying",
    "terms",
    "whatif",
]
