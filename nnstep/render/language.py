"""The language of what is explained: an explicit choice, else the locale's, else English."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, get_args

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""What says the locale, the strongest first; one that is empty says nothing."""

_chosen: Language | None = None


def choose(language: Language | None) -> None:
    """Use this language from now on; None leaves it to the locale."""
    global _chosen  # noqa: PLW0603  # as with a locale, there is one for the whole process
    _chosen = language


def language() -> Language:
    """The language in use."""
    return _chosen or of_locale(os.environ)


def of_locale(environment: Mapping[str, str]) -> Language:
    """The language that the locale asks for, where nnstep speaks it: `ja_JP.UTF-8` is Japanese, `C` English."""
    locale = next((environment[name] for name in _VARIABLES if environment.get(name)), "")
    code = locale.partition(".")[0].partition("_")[0].lower()
    return next((each for each in LANGUAGES if each == code), "en")
