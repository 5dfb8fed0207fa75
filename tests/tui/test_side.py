from __future__ import annotations

import nnstep
from nnstep.api import Debugger
from nnstep.tui.aside import Entry, Section, sections
from nnstep.tui.side import Side
from nnstep.tui.text import width_of


def opened(*lines: str, model: str = "xor") -> Debugger:
    debugger = nnstep.open(model)
    for line in lines:
        debugger.execute(line)
    return debugger


def texts(section: Section) -> list[str]:
    return ["".join(text for text, _ in entry.line) for entry in section.entries]


def of(debugger: Debugger, title: str) -> Section:
    return next(each for each in sections(debugger.session) if each.title == title)


def test_a_stop_shows_its_hits_and_leads_to_the_last_of_them() -> None:
    debugger = opened("break L", "continue", "continue", "goto start")
    stops = of(debugger, "stops")
    assert texts(stops)[0].startswith("1 ● break L   2 hits")
    index = debugger.tape.named("L").index
    assert (stops.entries[0].enter, stops.entries[0].delete) == (f"goto {len(debugger.tape) + index}", "delete 1")


def test_displays_show_their_values_or_when_they_are_there() -> None:
    debugger = opened("step 3", "display 2 + 3", "display Z[1]", "display L", "display L > 0")
    assert texts(of(debugger, "watching")) == [
        "1 2 + 3  5",
        f"2 Z[1]  4×4 norm {float((debugger.value('Z[1]') ** 2).sum() ** 0.5):.4g}",
        "3 L  not yet (step 8)",
        "4 L > 0  not yet (step 8)",
    ]
    assert [entry.delete for entry in of(debugger, "watching").entries][1] == "undisplay 2"


def test_health_is_never_worked_out_for_the_panel() -> None:
    debugger = opened("step 3")
    assert texts(of(debugger, "health")) == ["○ not known yet"]
    assert debugger.session.known_health is None
    debugger.session.health()
    assert [text.rstrip() for text in texts(of(debugger, "health"))] == ["● fine"]
    debugger.execute("goto +1 batch")
    assert texts(of(debugger, "health")) == ["○ not known yet"]


def test_a_rule_that_fires_leads_to_where_it_fired() -> None:
    debugger = opened("goto end", model="dead_relu")
    debugger.session.health()
    fires = [status.rule for status in debugger.session.health() if status.state == "fires"]
    assert fires
    assert [entry.enter for entry in of(debugger, "health").entries] == [f"fired {rule}" for rule in fires]


def test_branches_and_marks_come_with_the_first_of_them() -> None:
    debugger = opened("step 3")
    assert [each.title for each in sections(debugger.session)] == ["stops", "watching", "health"]
    debugger.execute("mark here")
    debugger.execute("set W[1][0,0] = 1")
    assert [entry.enter for entry in of(debugger, "branches").entries] == ["switch main", "switch b1"]
    assert of(debugger, "marks").entries[0].enter == "goto mark here"
    assert "step 3 of main" in texts(of(debugger, "marks"))[0]


def test_lines_are_as_wide_as_the_panel_at_any_width() -> None:
    panel = Side()
    panel.sections = sections(opened("break L", "mark a", "set b[1] = 0", "display norm(W[1])").session)
    for width in (20, 37, 55, 82, 160):
        lines = panel.draw(width, panel.wanted(width))
        assert [width_of(line) for line in lines] == [width] * len(lines)
        seen = "\n".join("".join(text for text, _ in line) for line in lines)
        assert all(each.title in seen for each in panel.sections)


def test_what_there_is_no_room_for_is_counted() -> None:
    panel = Side()
    panel.sections = sections(opened(*["break L"] * 5).session)
    seen = "\n".join("".join(text for text, _ in line) for line in panel.draw(90, 3))
    assert "… 3 more" in seen


def test_a_narrow_panel_keeps_hits_and_values() -> None:
    panel = Side()
    lines = ("break L if L > 0.6", "watch W[1][0,0]", "display norm(dW[1])", "display Z[1]", "continue", "set lr = 1")
    panel.sections = sections(opened(*lines).session)
    seen = ["".join(text for text, _ in line) for line in panel.draw(81, 3)]
    for text in ("1 ● L if L > 0.6  1×", "1 norm(dW[1])  step 15", "▶ b1 at 8: α = 1", "◆ W[1][0,0]"):
        assert any(text in line for line in seen), text
    norm = f"{float((opened('step 3').value('Z[1]') ** 2).sum() ** 0.5):.4g}"
    assert norm in seen[2]


def test_a_line_is_cut_before_what_is_to_be_kept() -> None:
    entry = Entry(
        (("a long expression  12", "text"),), short=(("a long expression", "text"),), keep=(("  12", "text"),)
    )
    assert "".join(text for text, _ in entry.fitted(12)) == "a long …  12"
    assert "".join(text for text, _ in entry.fitted(21)) == "a long expression  12"
