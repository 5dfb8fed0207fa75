"""Random seeks on the bundled models equal a straight run, and the comparison notices when they do not."""

from __future__ import annotations

import pytest

from nnstep.model import bundled
from nnstep.selfcheck.seeks import digests, seek
from nnstep.session import Session


@pytest.mark.parametrize("model", bundled())
def test_random_seeks_equal_a_straight_run(model: str) -> None:
    found = seek(model, 12, seed=0)
    assert found.count == 12
    assert found.different == ()


def test_digests_tell_steps_and_edits_apart() -> None:
    session = Session("xor")
    first, second = digests(session, [5, 6]).values()
    assert first != second
    session.move(0)
    session.branches.edit("W[1][0,0]", "W[1][0,0] + 1e-15")
    assert digests(session, [5])[5] != first
