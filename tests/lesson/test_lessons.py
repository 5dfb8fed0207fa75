"""The lessons that travel with nnstep: every claim holds, and both languages tell the same lesson."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from nnstep import lesson
from nnstep.lesson.catalogue import bundled, folder
from nnstep.lesson.replay import CLAIMS, Replay
from nnstep.lesson.transcript import transcribe
from nnstep.render.language import LANGUAGES, Language
from nnstep.tui.flow import spread
from nnstep.tui.frame import Needs, frame
from nnstep.tui.lectern import around
from nnstep.tui.markdown import lay_out
from nnstep.tui.paint import Line
from nnstep.tui.prose import MARGIN
from nnstep.tui.scene import RESULT
from nnstep.tui.text import width_of
from nnstep.tui.view import View

NAMES = list(bundled("en"))


def prose_width(width: int, height: int) -> int:
    """The cells of a line of prose in a terminal of this size."""
    place = around(lambda across, down: frame(across, down, Needs(37, 8, 14)), "open", width, height)["prose"]
    return place.width - 2 * MARGIN - (1 if place.width < width else 0)


WIDTHS = sorted({prose_width(*size) for size in ((80, 24), (120, 40), (200, 60))})


def assert_whole(lines: list[Line], width: int, text: str) -> None:
    """The lines fit, and have every letter and digit of a text.

    In another order, or more than once: a table's cells are broken each for itself, or stand below their headings.
    """
    assert all(width_of(line) <= width for line in lines), (text, width)
    shown = "".join(piece for line in lines for piece, _ in line)
    assert not Counter(filter(str.isalnum, text)) - Counter(filter(str.isalnum, shown)), (text, width)


def read(name: str, language: Language) -> lesson.Lesson:
    return lesson.read(bundled(language)[name])


def commands(beat: lesson.Beat) -> list[str]:
    """A beat's commands, the words of its questions left out."""
    return [re.sub(r'^ask "[^"]*"', "ask", typed.text) for typed in beat.commands]


def test_every_lesson_is_in_the_order_and_in_every_language() -> None:
    home = folder()
    assert home is not None
    order = (home / "order.txt").read_text(encoding="utf-8").split()
    assert NAMES
    for language in LANGUAGES:
        assert list(bundled(language)) == order


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_of_a_lesson_holds_and_no_line_of_it_is_cut_off(name: str, language: Language) -> None:
    failures: list[str] = []
    said: list[Line] = []
    assert transcribe(read(name, language), said.append, failures.append), failures
    for width in WIDTHS:
        for line in said:
            assert_whole(spread(line, width), width, "".join(text for text, _ in line))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_of_the_prose_is_cut_off(name: str, language: Language, width: int) -> None:
    for beat in read(name, language).beats:
        prose = re.sub(r"\]\([\w./-]+\.md\)", "", "\n".join(beat.prose))
        assert_whole(lay_out(beat.prose, width), width, prose)


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_that_a_lesson_selects_is_in_sight(name: str) -> None:
    replay = Replay(read(name, "en"))
    session = replay.debugger.session
    view = View(session)
    while not replay.ended:
        replay.enter()
        view.slot = RESULT
        while replay.left:
            command, _, rest = replay.left[0].text.partition(" ")
            if command == "select":
                view.select(rest)
            elif command == "layer":
                view.turn(rest)
            model = session.model
            replay.run_next()
            view = view if session.model is model else View(session)


@pytest.mark.parametrize("name", NAMES)
def test_the_languages_have_the_same_commands(name: str) -> None:
    first, *others = (read(name, language) for language in LANGUAGES)
    for other in others:
        assert [commands(beat) for beat in other.beats] == [commands(beat) for beat in first.beats]
        assert len(other.sections) == len(first.sections)


@pytest.mark.parametrize("name", NAMES)
def test_every_beat_says_something_and_backs_it(name: str) -> None:
    for language in LANGUAGES:
        found = read(name, language)
        beats = [beat for beat in found.beats if beat.commands]
        assert 5 <= len(beats) <= 15
        for beat in beats:
            assert any(line and not line.startswith("#") for line in beat.prose), beat.line
            assert any(typed.text.split()[0] in CLAIMS for typed in beat.commands), beat.line


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_links_between_lessons_lead_somewhere(name: str, language: Language) -> None:
    path: Path = bundled(language)[name]
    for target in re.findall(r"\]\(([\w./-]+\.md)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target
