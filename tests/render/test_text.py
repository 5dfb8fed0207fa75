"""Lines of spans, and how they reach a terminal."""

from __future__ import annotations

import pytest

from nnstep.render import Span, line, plain, show_name
from nnstep.render.terminal import print_lines
from nnstep.render.text import text_of

LINES = [line(Span("W[1]", "name"), " = ", Span("[bold]1[/]", "number")), line(), line(Span("done", "dim"), "  ")]


def test_a_line_is_spans_and_plain_text() -> None:
    assert line("a", Span("b", "dim")) == (Span("a", "text"), Span("b", "dim"))
    assert plain(LINES[0]) == "W[1] = [bold]1[/]"
    assert text_of(LINES) == "W[1] = [bold]1[/]\n\ndone"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("delta[1]", "δ[1]"), ("lr", "α"), ("beta2", "β₂"), ("W[1]", "W[1]"), ("dA[2]", "dA[2]"), ("vW[1]", "vW[1]")],
)
def test_names_as_displays_write_them(name: str, shown: str) -> None:
    assert show_name(name) == shown


def test_lines_are_printed_in_colour(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_lines(LINES)
    out = capsys.readouterr().out
    assert "\x1b[36mW[1]\x1b[0m" in out  # cyan
    assert "[bold]1[/]" in out  # brackets are the user's own


def test_no_color_is_heeded(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    print_lines(LINES)
    assert "\x1b[36m" not in capsys.readouterr().out


def test_a_long_line_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines([line("x" * 500)])
    assert capsys.readouterr().out == "x" * 500 + "\n"
