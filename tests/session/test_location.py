"""LOCATION: every way to say a step, and what is wrong with the others."""

from __future__ import annotations

from functools import cache

import pytest

import nnstep
from nnstep.errors import CommandError
from tests.worked import MODEL

S = 20
"""Instructions on the tape of the worked network: with two batches an epoch and three epochs, 120 steps."""


@cache
def worked() -> nnstep.Debugger:
    return nnstep.open(MODEL, {"training.batch_size": 1})


def located(text: str | int, step: int = 0) -> int:
    worked().goto(step)
    return worked().locate(text)


@pytest.mark.parametrize(
    ("text", "step", "expected"),
    [
        ("0", 5, 0),
        ("120", 5, 120),
        (" 007 ", 5, 7),
        ("start", 50, 0),
        ("end", 0, 120),
        ("0%", 50, 0),
        ("50%", 0, 60),
        ("12.5 %", 0, 15),
        ("100%", 0, 120),
        # from step 27, which is instruction 7 of the second batch
        ("+1", 27, 28),
        ("-1", 27, 26),
        ("+0", 27, 27),
        ("+ 3 instructions", 27, 30),
        ("-3 instruction", 27, 24),
        ("+1 layer", 27, 28),
        ("+1layer", 27, 28),
        ("-1 layer", 27, 26),
        ("+2 layers", 27, 32),
        ("+1 phase", 27, 28),
        ("-1 phase", 27, 22),
        ("+1 batch", 27, 47),
        ("-1 batch", 27, 7),
        ("+2 batches", 27, 67),
        ("+1 epoch", 27, 67),
        ("-1 epoch", 67, 27),
        # beyond the ends
        ("+1000", 27, 120),
        ("-1000", 27, 0),
        ("-2 batches", 27, 0),
        ("+9 epochs", 27, 120),
        ("+99 layers", 27, 120),
        ("-99 phases", 27, 0),
        ("+" + "9" * 100, 27, 120),
        # named places
        ("epoch 1", 50, 1),
        ("epoch 2", 0, 41),
        ("epoch 3 batch 2", 0, 101),
        ("epoch 2 Z[1]", 0, 43),
        ("epoch 2 batch 2 δ[1]", 0, 74),
        ("epoch   2  batch 2   delta[1]", 0, 74),
        # the next write of a matrix
        ("X", 0, 1),
        ("X", 1, 21),
        ("δ[1]", 13, 14),
        ("delta[1]", 14, 34),
        ("loss", 0, 8),
        ("b[2]", 119, 120),
    ],
)
def test_where_a_location_is(text: str, step: int, expected: int) -> None:
    assert located(text, step) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("121", r"^step 121 is outside the run, which has steps 0 to 120$"),
        ("9" * 90, r"is outside the run"),
        ("101%", r"^101% is outside the run: at most 100%$"),
        ("100.5%", r"^100\.5% is outside the run"),
        ("epoch 0", r"^no epoch 0: the run has epochs 1 to 3$"),
        ("epoch 4", r"^no epoch 4: the run has epochs 1 to 3$"),
        ("epoch 1 batch 0", r"^no batch 0: an epoch has batches 1 to 2$"),
        ("epoch 1 batch 3", r"^no batch 3: an epoch has batches 1 to 2$"),
        ("epoch 1 Z[9]", r"^no matrix Z\[9\]; there are Z\[1\] to Z\[2\]$"),
        ("epoch 1 nosuch", r"^no matrix nosuch; "),
        ("epoch 1 lr", r"^no matrix α; "),
        ("+3 bananas", r"^no unit 'bananas': units are instruction, layer, phase, batch, epoch$"),
        ("Z[9]", r"^Z\[9\]: no such place; there are Z\[1\] to Z\[2\]$"),
        ("delt[1]", r"^delt\[1\]: no such place; did you mean δ\[1\]\?$"),
        ("epoch", r"^epoch: no such place; places are a step, \+N UNIT"),
        ("epoch two", r"no such place; places are"),
        ("step 5", r"^step 5: no such place; places are"),
        ("mark here", r"^no mark here; there are none$"),
        ("losses", r"^losses: no such place; places are"),
        ("1.5", r"no such place; places are"),
        ("5 6", r"no such place; places are"),
        ("", r"^nothing: no such place; places are"),
        ("9" * 5000, r"^9{59}…: no such place"),
        ("٣", r"no such place; places are"),
    ],
)
def test_what_is_no_location(text: str, message: str) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        located(text)
    assert "\n" not in str(caught.value)


def test_a_matrix_that_is_not_written_again() -> None:
    with pytest.raises(CommandError, match=r"^δ\[1\] is not written again before the end of the run$"):
        located("delta[1]", 114)
