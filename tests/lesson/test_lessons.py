"""The lessons that travel with nnstep: every claim holds, and both languages tell the same lesson."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nnstep import lesson
from nnstep.lesson.catalogue import bundled, folder
from nnstep.lesson.replay import CLAIMS
from nnstep.lesson.transcript import transcribe
from nnstep.render.language import LANGUAGES, Language

NAMES = list(bundled("en"))


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
def test_every_claim_of_a_lesson_holds(name: str) -> None:
    failures: list[str] = []
    assert transcribe(read(name, "en"), lambda _: None, failures.append), failures


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
