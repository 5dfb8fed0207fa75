"""The names that equations and parameters may have: they must collide with nothing that a run can be asked for."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping

from nnstep.engine.names import SETTINGS, gradient_of
from nnstep.errors import ModelError
from nnstep.model.messages import clipped
from nnstep.model.value import FUNCTIONS

RESERVED: Mapping[str, str] = {
    **dict.fromkeys(("x", "y", "X", "Y"), "the batch"),
    "loss": "another name of L",
    **dict.fromkeys(SETTINGS, "a setting"),
    **dict.fromkeys(("epoch", "batch", "iteration", "step", "m", "losses"), "a counter"),
    **dict.fromkeys(("data", "forward", "backward", "update"), "a phase"),
    **dict.fromkeys(("instruction", "layer", "phase", "start", "end", "mark"), "a word of the commands"),
    **dict.fromkeys(FUNCTIONS, "a function"),
    **dict.fromkeys(("old", "std", "norm", "argmax", "any", "all", "zeros", "shape"), "a function of the prompt"),
    **dict.fromkeys(("isnan", "isinf", "isfinite"), "a function of the prompt"),
}
"""Words that mean something in the debugger's language already, and what."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LONGEST = 40


def check_name(name: str) -> None:
    """Raise ModelError when a matrix cannot be called so."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST:
        raise ModelError(
            f"a name is a letter, then letters, digits and _, at most {LONGEST} in all, got {clipped(name)}"
        )
    if keyword.iskeyword(name):
        raise ModelError(f"{name} is a word of Python's; choose another name")
    if name in RESERVED:
        raise ModelError(f"{name} is {RESERVED[name]}; choose another name")


def check_derived(names: Iterable[str], parameters: Iterable[str], slots: Iterable[str]) -> None:
    """Raise ModelError when a gradient or an optimizer's slot would be called as something else is."""
    taken = dict.fromkeys(names)
    for name in taken:
        _refuse(gradient_of(name), f"the gradient of {name}", taken)
    for slot in slots:
        for parameter in parameters:
            _refuse(slot + parameter, f"the optimizer's slot of {parameter}", taken)


def _refuse(made: str, what: str, taken: Iterable[str]) -> None:
    if made in RESERVED:
        raise ModelError(f"{what} would be {made}, which is {RESERVED[made]}; choose another name")
    if made in taken:
        raise ModelError(f"{made} is the name of {what}; choose another one")
