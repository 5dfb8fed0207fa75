"""What someone who opens nnstep for the first time is told: five keys, once."""

from __future__ import annotations

from nnstep.commands import COMMANDS
from nnstep.render.catalogue import word
from nnstep.session.journals import folder
from nnstep.tui.keys import shown_key

LINES = {
    "step": "hint_step",
    "reverse-step": "hint_back",
    "goto +1 batch": "hint_batch",
    "help": "hint_help",
    "quit": "hint_quit",
}
"""Lines whose keys are told, and the words for them."""


def first_time() -> bool:
    """Whether nobody has been told yet; from now on, somebody has."""
    marker = folder().with_name("greeted")
    try:
        marker.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        marker.open("xb").close()
    except OSError:
        return False
    return True


def hint() -> str:
    """The keys as they are now."""
    keys = {line: key for command in COMMANDS.values() for key, line in command.keys.items()}
    told = (f"{shown_key(keys[line])} {word(key)}" for line, key in LINES.items() if line in keys)
    return f"{word('hint')}  {'   '.join(told)}"
