"""The style sheet is parsed anew for other variables alone."""

from __future__ import annotations

from textual.color import Color

from nnstep.tui.sheet import Sheet


def test_only_another_variable_has_the_sheet_parsed_anew() -> None:
    sheet = Sheet(variables={"strong": "#ff0000"})
    sheet.add_source("Widget { color: $strong; }")
    sheet.parse()
    first = sheet.rules
    assert first[0].styles.color == Color(255, 0, 0)
    sheet.set_variables({"strong": "#ff0000"})
    sheet.reparse()
    assert sheet.rules[0] is first[0]
    sheet.set_variables({"strong": "#0000ff"})
    sheet.reparse()
    assert sheet.rules[0].styles.color == Color(0, 0, 255)
