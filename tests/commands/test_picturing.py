"""`view NAME` without the app: the picture as text."""

from __future__ import annotations

import pytest

from nnstep.commands import execute
from nnstep.commands.picturing import NAMES
from nnstep.errors import CommandError
from nnstep.render.picturing import PICTURES
from nnstep.session import Session
from tests.worked import MODEL


def test_the_picture_is_printed_in_the_size_asked_for() -> None:
    session = Session(MODEL)
    outcome = execute(session, "view network 100x30")
    assert len(outcome.lines) == 30
    assert "layer 1 relu" in outcome.text
    assert execute(session, "view step").text == ""


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("view nothing", "must be step, layer, network"),
        ("view network 20x10", "from 40x10 to 1000x1000"),
        ("view graph wide", "such as 120x40"),
    ],
)
def test_bad_lines(line: str, error: str) -> None:
    with pytest.raises(CommandError, match=error):
        execute(Session(MODEL), line)


def test_a_graph_has_no_network() -> None:
    assert "`view graph` draws it" in execute(Session("chain_rule"), "view network").text


def test_the_names_are_those_of_the_pictures() -> None:
    assert tuple(PICTURES) == NAMES
