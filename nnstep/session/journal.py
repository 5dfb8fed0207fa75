"""The journal: what a session must write down after every command so that it can be brought back.

A file of lines, each a checksum and a record in JSON. The first record is the head: the model, and the whole state.
Each later one is a command, with what of the state it has changed:

    8f0c1d2e {"n": 0, "format": 2, "model": {"bundled": "xor"}, "files": […], "state": {…}, "history": [], …}
    53a0be77 {"n": 1, "line": "break L", "state": {"stops": ["break L"]}}

A record is with the operating system before its command is answered, so that no end of this process loses it. It is not
forced onto the disk (fsync costs milliseconds, on every key): a power cut may take the last ones.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from nnstep.errors import NnstepError
from nnstep.model.loader import bundled, files
from nnstep.session import journals
from nnstep.session.fingerprint import Fingerprint, fingerprint
from nnstep.session.script import Walk, displays, stops
from nnstep.values import dataclass

if TYPE_CHECKING:
    from nnstep.session.session import Session

FORMAT = 2
REMEMBERED = 500
"""Commands of the history that are kept when a journal is written anew."""
LONGEST = 128 << 10
"""Bytes from which on a journal is written anew, if it has also grown to four times its first size."""

State = dict[str, Any]
"""What makes a session again: lines for branches, stops, displays; hits, marks, the place, which stop takes lines."""


def state_of(session: Session) -> State:
    """The state as JSON has it."""
    return {
        "branches": list(Walk().branches(session)),
        "stops": list(stops(session)),
        "displays": list(displays(session)),
        "marks": {name: [place.branch, place.step] for name, place in session.travels.marks.items()},
        "hits": {str(stop.number): stop.hits for stop in session.stops if stop.hits},
        "collecting": session.collecting.number if session.collecting else None,
        "place": [session.timeline.name, session.step],
    }


@dataclass(frozen=True)
class Kept:
    """A session as its journal has it.

    model      {"bundled": name} or {"path": file}, as `identity` has it
    files      the names and SHA-256 of the files that the model was read from
    machine    what the last bits of its numbers depend on besides the model
    damaged    the journal's line at which reading ended for a damage, else 0
    """

    model: dict[str, str]
    overrides: dict[str, Any]
    files: list[list[str]]
    machine: Fingerprint
    state: State
    history: list[str]
    damaged: int

    @property
    def name(self) -> str:
        """What to call the model."""
        return self.model.get("bundled") or self.model["path"]

    @property
    def path(self) -> Path:
        """The model's file."""
        name = self.model.get("bundled")
        return Path(self.model["path"]) if name is None else bundled().get(name, Path(name))


def identity(path: Path) -> dict[str, str]:
    """Which model a file is: one of the bundled, wherever they lie at the time, or the file itself."""
    path = path.absolute()
    names = (name for name, file in bundled().items() if file.absolute() == path)
    name = next(names, None)
    return {"path": str(path)} if name is None else {"bundled": name}


def fingerprints(path: Path, overrides: Mapping[str, object]) -> list[list[str]]:
    """The files that a model is read from, each with its SHA-256."""
    import hashlib  # only a journal needs it

    found = []
    for file in files(path, overrides):
        with file.open("rb") as stream:
            found.append([file.name, hashlib.file_digest(stream, "sha256").hexdigest()])
    return found


def encode(record: Mapping[str, object]) -> bytes:
    """A record as a line."""
    text = json.dumps(record, separators=(",", ":")).encode("ascii")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def decode(raw: bytes) -> Kept | None:
    """What a journal says, up to its first damage; None where not even its head can be read.

    A last record that is not whole was being written when the process ended: its command had not been answered.
    """
    *lines, torn = raw.split(b"\n")
    records: list[dict[str, Any]] = []
    for line in lines:
        record = _record(line, len(records))
        if record is None:
            break
        records.append(record)
    if not records:
        return None
    ended = len(records) == len(lines) or (len(records) == len(lines) - 1 and not torn)
    head = records[0]
    if not all(map(_is_sound, (head, *records[1:]))):
        return None
    state: State = {**_AT_FIRST, **head["state"]}
    history: list[str] = head["history"]
    for record in records[1:]:
        state |= record["state"]
        history += [record["line"]] if "line" in record else []
    damaged = 0 if ended else len(records) + 1
    return Kept(head["model"], head["overrides"], head["files"], head["machine"], state, history, damaged)


def _is_sound(record: Mapping[str, Any]) -> bool:
    """Whether a record holds what one must, as any program could have written it: a head all, others a part."""
    state = record.get("state")
    if record["n"] == 0 and not (
        all(isinstance(record.get(key), dict) for key in ("model", "overrides", "machine", "state"))
        and isinstance(record["model"].get("bundled", record["model"].get("path")), str)
        and _are(record.get("files"), lambda each: _are(each, _is_text) and len(each) == 2)
        and _are(record.get("history"), _is_text)
    ):
        return False
    if not isinstance(state, dict) or not state.keys() <= _STATE.keys() or not _is_text(record.get("line", "")):
        return False
    return all(_STATE[key](value) for key, value in state.items())


def _are(values: object, good: Callable[[Any], bool]) -> bool:
    return isinstance(values, list) and all(map(good, values))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_count(value: object) -> bool:
    # True is a whole number to Python.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_place(value: Any) -> bool:  # noqa: ANN401  # what JSON has
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and _is_count(value[1])


_STATE: Mapping[str, Callable[[Any], bool]] = {
    "branches": lambda value: _are(value, _is_text),
    "stops": lambda value: _are(value, _is_text),
    "displays": lambda value: _are(value, _is_text),
    "marks": lambda value: isinstance(value, dict) and all(map(_is_place, value.values())),
    "hits": lambda value: isinstance(value, dict) and all(map(_is_count, value.values())),
    "collecting": lambda value: value is None or _is_count(value),
    "place": _is_place,
}
"""What of a session is written down, and whether a value of JSON is that."""
_AT_FIRST: Mapping[str, Any] = {
    "branches": [],
    "stops": [],
    "displays": [],
    "marks": {},
    "hits": {},
    "collecting": None,
    "place": ["main", 0],
}


def _record(line: bytes, number: int) -> dict[str, Any] | None:
    checksum, _, text = line.partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(text):
            return None
        record: dict[str, Any] = json.loads(text)
        # A record that is missing would leave the state of those after it wrong.
        good = record["n"] == number and (number > 0 or record["format"] == FORMAT)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return record if good else None


@dataclass
class Journal:
    """Writes down a session.

    held     the file, open and locked; None before the first command, and where it could not be written
    history  the lines of all commands
    """

    longest: ClassVar[int] = LONGEST

    session: Session
    history: list[str] = field(default_factory=list)
    held: journals.Held | None = None
    _lost: bool = False
    _written: State = field(default_factory=dict)
    _count: int = 0
    _first: int = 0

    def __post_init__(self) -> None:
        # What the files are is asked now, not at the first command: they may change in between.
        self._model = self.session.model
        self._problem = self._identify()
        self._written = state_of(self.session)

    def note(self, line: str = "") -> str:
        """Write down a command that is done, or only what has changed; what is to be said if that fails, once."""
        if self._lost:
            return ""
        if line:
            self.history.append(line)
        try:
            self._note(line)
        except OSError as error:
            return self._lose(f"{journals.folder()}: {error.strerror or error}")
        except (NnstepError, TypeError, ValueError) as error:
            return self._lose(str(error))
        return ""

    def rewrite(self) -> str:
        """Write the whole journal anew; what is to be said if that fails."""
        try:
            self._rewrite()
        except OSError as error:
            return self._lose(f"{journals.folder()}: {error.strerror or error}")
        return ""

    def close(self) -> None:
        """Let go of the file; it stays, for `nnstep --resume`."""
        if self.held is not None:
            self.held.release()
            self.held = None

    def _note(self, line: str) -> None:
        if self.session.model is not self._model:
            self._model = self.session.model
            self._problem = self._identify()
            self._rewrite()
            return
        state = state_of(self.session)
        changed = {key: value for key, value in state.items() if value != self._written[key]}
        if not line and not changed:
            return
        if self.held is None:
            self._rewrite()
            journals.prune()
            return
        if not self.held.linked():
            raise FileNotFoundError(None, "the journal is gone")
        record = {"n": self._count, "line": line, "state": changed} if line else {"n": self._count, "state": changed}
        self.held.write(encode(record))
        self._written = state
        self._count += 1
        if self.held.size > max(self.longest, 4 * self._first):
            self._rewrite()

    def _rewrite(self) -> None:
        """Put a new file in the place of the old one, at once: whoever ends the process finds one of them whole."""
        if self._problem:
            raise ValueError(self._problem)
        self.history = self.history[-REMEMBERED:]
        state = state_of(self.session)
        head = {
            "n": 0,
            "format": FORMAT,
            "machine": fingerprint(),
            "model": self._identity,
            "overrides": self.session.overrides,
            "files": self._files,
            "state": state,
            "history": self.history,
        }
        held = journals.write(self.held.path if self.held else journals.new(), encode(head))
        if self.held is not None:
            self.held.release()
        self.held = held
        self._written = state
        self._count = 1
        self._first = held.size

    def _identify(self) -> str:
        """Take note of what the model is; why it could not be opened again, if so."""
        self._identity: dict[str, str] = {}
        self._files: list[list[str]] = []
        path = self.session.model.path
        if path is None:
            return "the model has no file to be opened from again"
        try:
            json.dumps(self.session.overrides)
            self._files = fingerprints(path, self.session.overrides)
        except (OSError, NnstepError, TypeError, ValueError) as error:
            return str(error)
        self._identity = identity(path)
        return ""

    def _lose(self, reason: str) -> str:
        self._lost = True
        with suppress(OSError):
            self.close()
        return f"no journal is kept from here on, so `nnstep --resume` will not bring this session back: {reason}"
