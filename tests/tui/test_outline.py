from __future__ import annotations

import pytest

import nnstep
from nnstep.engine.tape import Tape
from nnstep.errors import CommandError
from nnstep.tui.outline import Outline, Row, places


def tape_of(model: str) -> Tape:
    return nnstep.open(model).session.tape


def said(rows: list[Row]) -> list[str]:
    return [
        row.instruction.name if row.instruction else f"{'+' if row.folded else '-'} {row.group.words}"  # type: ignore[union-attr]  # one of both
        for row in rows
    ]


def test_the_lines_of_a_network_are_its_phases_and_instructions() -> None:
    rows = Outline(tape_of("xor")).rows(frozenset(), headings=True)
    assert said(rows)[:6] == ["- data", "X", "Y", "- forward", "Z[1]", "A[1]"]
    assert said(rows)[-5:] == ["- update", "W[1]", "b[1]", "W[2]", "b[2]"]


def test_a_folded_layer_is_one_line_and_a_folded_phase_hides_its_layers() -> None:
    outline = Outline(tape_of("xor"))
    folded = frozenset({("backward", 2), ("update", None), ("update", 1)})
    rows = said(outline.rows(folded, headings=True))
    assert rows[rows.index("- backward") :] == [
        "- backward",
        "+ backward layer 2",
        "dA[1]",
        "delta[1]",
        "dW[1]",
        "db[1]",
        "+ update",
    ]
    assert said(outline.rows(folded, headings=False))[:2] == ["X", "Y"]


@pytest.mark.parametrize("model", ["xor", "residual", "mlp_by_hand"])
def test_every_instruction_is_on_exactly_one_line_whatever_is_folded(model: str) -> None:
    outline = Outline(tape_of(model))
    for group in (None, *outline.groups):
        for headings in (True, False):
            rows = outline.rows(frozenset({group.key} if group else ()), headings=headings)
            covered = [index for row in rows for index in range(row.first, row.last + 1)]
            assert covered == list(range(1, len(outline.tape) + 1))


def test_an_equation_of_a_graph_has_its_heading_in_every_phase() -> None:
    tape = tape_of("residual")
    rows = Outline(tape).rows(frozenset(), headings=True)
    headed = [row.group.text for row in rows if row.group and row.group.layer and row.group.phase == "forward"]
    assert headed == list(tape.equations)


def test_groups_are_named_as_commands_name_them() -> None:
    outline = Outline(tape_of("xor"))
    assert [group.words for group in outline.chosen("layer 1")] == [
        "forward layer 1",
        "backward layer 1",
        "update layer 1",
    ]
    assert [group.words for group in outline.chosen("all")] == ["data", "forward", "backward", "update"]
    for bad in ("layer 9", "forwards", "update layer", "layer x"):
        with pytest.raises(CommandError, match="must be all, a phase, layer N"):
            outline.chosen(bad)


def test_a_text_is_found_in_names_and_formulas_in_unicode_and_ascii() -> None:
    rows = Outline(tape_of("xor")).rows(frozenset(), headings=False)
    assert [rows[place].instruction.name for place in places(rows, "dw[1]")] == ["dW[1]", "W[1]"]  # type: ignore[union-attr]  # instructions alone are found
    assert places(rows, "δ[2]") == places(rows, "δ[2]".upper())
    assert set(places(rows, "delta[2]")) < set(places(rows, "δ[2]"))
