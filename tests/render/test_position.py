"""Where the debugger stands, as lines."""

from __future__ import annotations

import nnstep
from nnstep.render.position import here, size_of, tape_lines
from nnstep.render.text import plain
from tests.worked import MODEL


def test_sizes() -> None:
    assert [size_of(shape) for shape in ((4, 2), (3,), ())] == ["4×2", "1×3", ""]


def test_the_roles_of_a_place() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(3)
    spans = here(debugger.session)
    assert plain(spans) == "step 3  epoch 1 batch 1  forward  Z[1] = X W[1]ᵀ + b[1]  2×2"
    assert [span.role for span in spans] == ["dim", "current", "dim"]


def test_the_tape_tells_what_has_run_from_what_has_not() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(4)
    spans = [line[0] for line in tape_lines(debugger.session, 3, 5)]
    assert [(span.text.split()[0], span.role) for span in spans] == [
        ("forward", "heading"),
        ("3", "text"),
        ("▶", "current"),
        ("5", "dim"),
    ]
