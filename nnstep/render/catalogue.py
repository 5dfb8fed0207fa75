"""The words of displays and the terms of the glossary in each language: one file a language, in words/."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from nnstep.render.language import Language, language
from nnstep.values import dataclass

FOLDER = Path(__file__).with_name("words")


@dataclass(frozen=True)
class Entry:
    """A term as one language has it: its names, the usual one first, and an explanation."""

    section: str
    names: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Catalogue:
    """All that one language has; the keys are the same in every language.

    words   phrases of displays
    titles  of the glossary's sections, in their order
    terms   by key, in the order of the file
    """

    words: Mapping[str, str]
    titles: Mapping[str, str]
    terms: Mapping[str, Entry]


@cache
def catalogue(which: Language) -> Catalogue:
    """Read a language's file, once."""
    import tomllib  # whoever only computes needs no words

    tables = tomllib.loads((FOLDER / f"{which}.toml").read_text(encoding="utf-8"))
    words, titles = tables.pop("words"), tables.pop("titles")
    terms = {
        key: Entry(section, tuple(entry["name"].replace("、", ", ").split(", ")), entry["text"])
        for section in titles
        for key, entry in tables[section].items()
    }
    return Catalogue(words, titles, terms)


@cache
def words(which: Language) -> Mapping[str, str]:
    """The phrases of displays alone, which stand first in the file: no display waits for the glossary to be read."""
    import tomllib  # whoever only computes needs no words

    text, _, _ = (FOLDER / f"{which}.toml").read_text(encoding="utf-8").partition("\n[titles]")
    found: Mapping[str, str] = tomllib.loads(text)["words"]
    return found


def word(key: str, **values: object) -> str:
    """A phrase of displays in the language in use, with what stands in { } filled in."""
    return words(language())[key].format(**values)


def said(phrase: str) -> str:
    """What the session says in English, in the language in use where it has the phrase."""
    key = _keys().get(phrase)
    return word(key) if key else phrase


@cache
def _keys() -> Mapping[str, str]:
    return {phrase: key for key, phrase in words("en").items()}
