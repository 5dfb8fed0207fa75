"""What a browser may say."""

from __future__ import annotations

import json

import pytest

from nnstep.serve.letters import TALLEST, WIDEST, BadLetterError, Focused, Ping, Resized, Typed, read, size


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (["stdin", "s"], Typed(b"s")),
        (["stdin", "\ud800é"], Typed("?é".encode())),
        (["resize", {"width": 100, "height": 30}], Resized(100, 30)),
        (["resize", {"width": 10**30, "height": -5}], Resized(WIDEST, 1)),
        (["ping", "1764274992000"], Ping("1764274992000")),
        (["focus"], Focused(here=True)),
        (["blur"], Focused(here=False)),
    ],
)
def test_what_the_page_sends_is_read(said: object, meant: object) -> None:
    assert read(json.dumps(said)) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "1", "null", "[]", "{}", '"stdin"', "[" * 100_000, '{"a":1}', '["quit"]', "[1]", "[[]]"),
        *('["stdin"]', '["stdin", 1]', '["stdin", "a", "b"]', '["stdin", null]', '["focus", 1]', '["ping", 1]'),
        *('["resize"]', '["resize", []]', '["resize", {"width": 80}]', '["resize", {"width": 80, "height": NaN}]'),
        *('["resize", {"width": true, "height": 1}]', '["resize", {"width": 80.5, "height": 24}]'),
        '["resize", {"width": 80, "height": %s}]' % ("9" * 5000),
        json.dumps(["ping", "1" * 33]),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadLetterError):
        read(text)


@pytest.mark.parametrize("given", ["", "x", "-1", "1.5", "1e3", "٣", "9" * 5000, None, True, 80.0, []])
def test_a_size_is_two_whole_numbers(given: object) -> None:
    for pair in ((given, "24"), ("80", given)):
        with pytest.raises(BadLetterError):
            size(*pair)


def test_an_absurd_size_is_a_large_one() -> None:
    assert size("999999999", "999999999") == Resized(WIDEST, TALLEST)
    assert size("0", "0") == Resized(1, 1)
