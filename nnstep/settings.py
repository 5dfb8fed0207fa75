"""What the user prefers, from one TOML file: the same keys are checked as strictly as a model's."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec
from msgspec import Meta

from nnstep.errors import SettingsError, harmless
from nnstep.model.messages import clipped, nearest
from nnstep.values import dataclass

Theme = Literal["dark", "light", "contrast"]
NumberFormat = Literal["auto", "fixed", "scientific"]
Language = Literal["en", "ja"]
MOST_DIGITS = 16
LARGEST = 1 << 20
"""Bytes of a settings file."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of the file, with their defaults.

    theme          the colours
    ascii          draw with ASCII characters alone
    number_format  how the app writes a matrix: as it fits, fixed, or with powers of ten
    precision      digits after the point; without it as many as there is room for
    language       of explanations, the glossary and lessons; without it the locale's
    speed          how fast lessons play: 2 is twice as fast
    keys           what a key types; "" for nothing
    """

    theme: Theme = "dark"
    ascii: bool = False
    number_format: NumberFormat = "auto"
    precision: Annotated[int, Meta(ge=1, le=MOST_DIGITS)] | None = None
    language: Language | None = None
    speed: Annotated[float, Meta(gt=0, le=100)] = 1.0
    keys: dict[str, str] = {}


@dataclass(frozen=True)
class Loaded:
    """The settings, the file they come from, and what is wrong with it; then they are the defaults."""

    settings: Settings
    path: Path
    problem: str = ""


_CHOICES = {"theme": get_args(Theme), "number_format": get_args(NumberFormat), "language": get_args(Language)}
_DEMANDS = {
    "ascii": "must be true or false",
    "precision": f"must be a whole number from 1 to {MOST_DIGITS}",
    "speed": "must be a number above 0, at most 100",
}


def place() -> Path:
    """The file: NNSTEP_CONFIG, else settings.toml in the user's folder for nnstep."""
    chosen = os.environ.get("NNSTEP_CONFIG")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_config_dir  # only needed where nothing else is said

    return Path(user_config_dir("nnstep", appauthor=False)) / "settings.toml"


def load() -> Loaded:
    """Read the file. A bad one stops nothing: its problem is to be said, and the defaults hold."""
    path = place()
    try:
        return Loaded(read(path), path)
    except FileNotFoundError:
        return Loaded(Settings(), path)
    except SettingsError as error:
        return Loaded(Settings(), path, str(error))


def read(path: Path) -> Settings:
    """The settings in a file; SettingsError names the file, the key and the remedy."""
    try:
        try:
            return parse(_tables(path))
        except SettingsError as error:
            raise SettingsError(f"{harmless(str(path))}: {error}") from error
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SettingsError(f"{harmless(str(path))}: cannot be read: {error.strerror or error}") from error


def parse(tables: dict[str, object]) -> Settings:
    """The checked tables of a settings file."""
    try:
        return msgspec.convert(tables, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(_explain(str(error), tables)) from error


def _tables(path: Path) -> dict[str, object]:
    if path.exists() and not path.is_file():
        raise SettingsError("is not a file; settings are a text of TOML")
    with path.open("rb") as stream:
        raw = stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise SettingsError(f"must have at most {LARGEST >> 20} MiB; settings are a text of TOML")
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        text, _, where = str(error).rpartition(" (at ")
        raise SettingsError(f"{harmless(where).rstrip(')')}: {harmless(text)}") from error
    except ValueError as error:  # what tomllib lets through of Python's own
        raise SettingsError("has a number of thousands of digits") from error
    except RecursionError as error:
        raise SettingsError("is nested too deeply") from error


def _explain(message: str, tables: dict[str, object]) -> str:
    """One of msgspec's messages, in the words of the file."""
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", message)
    if unknown:
        return f"no key {clipped(unknown[1])}; {nearest(unknown[1], Settings.__struct_fields__, 'the keys are')}"
    key = message.partition("`$.")[2].rstrip("`")
    value = tables.get(key)
    if key in _CHOICES and isinstance(value, str):
        return f"{key}: no {clipped(value)}; {nearest(value, _CHOICES[key], 'choose from')}"
    if key in _CHOICES:
        return f"{key} must be {' or '.join(map(repr, _CHOICES[key]))}, got {clipped(value)}"
    if key in _DEMANDS:
        return f"{key} {_DEMANDS[key]}, got {clipped(value)}"
    return 'keys must be a table of texts, such as x = "step 3 batch"'
