"""What is fuzzed: how a case is made, and how it is tried. A case is bytes, so that one that fails can be kept."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import nnstep
from nnstep import lesson, settings
from nnstep.api import Debugger
from nnstep.commands import COMMANDS
from nnstep.commands.rekeying import checked
from nnstep.commands.resuming import restore
from nnstep.errors import NnstepError, has_control
from nnstep.model import bundled, load
from nnstep.selfcheck import generate
from nnstep.session.confinement import Confinement
from nnstep.session.journal import Journal, decode, encode, state_of
from nnstep.session.past import Past
from nnstep.session.script import script
from nnstep.values import dataclass

LONGEST_MESSAGE = 1500
MODEL: Mapping[str, object] = {
    "title": "fuzzed",
    "data": {"features": [[0, 1], [2, 0.5], [1, -1]], "targets": [[1], [0], [1]]},
    "network": {"layer": [{"units": 2, "activation": "relu"}, {"units": 1, "activation": "sigmoid"}]},
    "training": {"batch_size": 2, "epochs": 3, "optimizer": "momentum"},
}
GRAPH: Mapping[str, object] = {
    "data": {"features": [[0, 1], [2, 0.5]], "targets": [[1], [0]]},
    "graph": {"equations": ["z = x @ w.T", "L = mean((z - y) ** 2)"], "parameters": {"w": [[0.5, 1]]}},
    "training": {"epochs": 2},
}
OUTSIDE = ("open", "source", "save", "export", "edit", "quit")
"""Commands that reach for files or leave."""


class BrokenPromiseError(Exception):
    """A case did what nnstep promises that no input does."""


@dataclass(frozen=True)
class Target:
    """One door for input.

    make  a case, from random numbers
    run   tries it: NnstepError for a refusal; BrokenPromiseError, or anything else raised, is a bug
    """

    name: str
    make: Callable[[Random], bytes]
    run: Callable[[bytes], None]


def attempt(target: Target, case: bytes) -> bool:
    """Try a case: whether it was taken. BrokenPromiseError where it was refused in a bad way."""
    try:
        target.run(case)
    except NnstepError as error:
        text = str(error)
        if not text.strip() or "\n" in text or len(text) > LONGEST_MESSAGE or has_control(text):
            raise BrokenPromiseError(f"a message must be one short line of plain text, got {text[:300]!r}") from error
        return False
    return True


# Lines


@cache
def _debugger(graph: bool) -> Debugger:  # noqa: FBT001  # a key of the cache
    debugger = nnstep.open(GRAPH if graph else MODEL)
    debugger.session.confinement = Confinement()
    return debugger


def _line(random: Random) -> bytes:
    graph = random.random() < 0.3
    session = _debugger(graph).session
    commands = [name for name in COMMANDS if name not in OUTSIDE]
    text = generate.line(random, [*session.names, "δ[1]", "epoch", "losses", "m"], commands)
    if random.random() < 0.1:
        text = generate.damaged(random, text.encode()).decode(errors="replace")
    return (f"{'graph' if graph else 'model'}\n" + text).encode()


def _run_line(case: bytes) -> None:
    kind, _, text = case.decode(errors="replace").partition("\n")
    debugger = _debugger(kind == "graph")
    session = debugger.session
    before = session.snapshot()
    told = state_of(session)
    try:
        outcome = debugger.execute(text)
        if has_control(outcome.text.replace("\n", " ")):
            raise BrokenPromiseError(f"an answer speaks to the terminal: {outcome.text[:300]!r}")
    except NnstepError as error:
        if state_of(session) != told:
            raise BrokenPromiseError(f"a refused line changed the session: {error}") from error
        raise
    finally:
        session.restore(before)


def _expression(random: Random) -> bytes:
    session = _debugger(graph=False).session
    text = generate.expression(random, [*session.names, "epoch", "losses", "m", "step"])
    if random.random() < 0.1:
        text = generate.damaged(random, text.encode()).decode(errors="replace")
    return text.encode()


def _run_expression(case: bytes) -> None:
    _debugger(graph=False).session.evaluate(case.decode(errors="replace"))


# Files


@contextlib.contextmanager
def _file(name: str, raw: bytes) -> Iterator[Path]:
    with TemporaryDirectory(prefix="nnstep-") as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        yield path


@cache
def _small_models() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in bundled().values() if path.stat().st_size < 10_000)


def _model(random: Random) -> bytes:
    return generate.damaged(random, random.choice(_small_models()))


def _run_model(case: bytes) -> None:
    with _file("model.toml", case) as path:
        nnstep.open(path).step(3)


CSV = b"a,b,kind\n1,2,red\n3,4.5,blue\n-1e3,nan,red\n"
LOSS = "mean_squared_error"


def _csv(random: Random) -> bytes:
    return generate.damaged(random, CSV)


def _data(case: bytes, name: str, keys: str) -> None:
    with _file(name, case) as path:
        model = path.with_name("model.toml")
        model.write_text(f'[data]\nfile = "{name}"\n{keys}\n[[network.layer]]\nunits = 1\n[loss]\nname = "{LOSS}"')
        load(model)


@cache
def _npz_file() -> bytes:
    import io

    import numpy as np

    stream = io.BytesIO()
    np.savez(stream, features=np.arange(6.0).reshape(3, 2), targets=np.arange(3.0))
    return stream.getvalue()


@cache
def _lessons() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in lesson.bundled("en").values())


def _lesson(random: Random) -> bytes:
    return generate.damaged(random, random.choice(_lessons()))


def _run_lesson(case: bytes) -> None:
    with _file("lesson.md", case) as path:
        lesson.read(path)


LINES = ("step 3", "break L if L > 0.1", "watch W[1][0,0]", "display L", "mark here", "set lr = 0.5", "step 30")


@cache
def _script() -> bytes:
    debugger = nnstep.open(MODEL)
    for text in LINES:
        debugger.execute(text)
    return script(debugger.session).encode()


def _run_script(case: bytes) -> None:
    debugger = nnstep.open(MODEL)
    debugger.session.confinement = Confinement()
    with _file("session.nnstep", case) as path:
        debugger.execute(f"source {path}")


@cache
def _journal() -> bytes:
    with TemporaryDirectory(prefix="nnstep-") as folder:
        model = Path(folder) / "model.toml"
        model.write_bytes(bundled()["xor"].read_bytes())
        debugger = nnstep.open(model)
        journal = Journal(debugger.session)
        with _state(folder):
            for text in LINES:
                debugger.execute(text)
                journal.note(text)
            assert journal.held is not None
            raw = journal.held.read()
            journal.close()
        return raw


@contextlib.contextmanager
def _state(folder: str) -> Iterator[None]:
    """Journals in a folder of our own."""
    import os

    before = os.environ.get("NNSTEP_STATE")
    os.environ["NNSTEP_STATE"] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ["NNSTEP_STATE"]
        else:
            os.environ["NNSTEP_STATE"] = before


def _journal_of_a_stranger(random: Random) -> bytes:
    """Damaged bytes, which its checksums tell, or a journal that somebody has written with the right ones."""
    raw = _journal()
    if random.random() < 0.3:
        return generate.damaged(random, raw)
    records = [json.loads(line.partition(b" ")[2]) for line in raw.splitlines()]
    place = random.randrange(len(records))
    records[place] = generate.other_json(random, records[place])
    return b"".join(map(encode, records))


def _run_journal(case: bytes) -> None:
    kept = decode(case)
    if kept is None:
        return
    session = nnstep.open(MODEL).session
    session.confinement = Confinement()
    for text in restore(session, kept.state):
        if not text.strip() or len(text) > LONGEST_MESSAGE:
            raise BrokenPromiseError(f"what is not resumed must be said in short, got {text[:300]!r}")
    if not 0 <= session.step <= session.length:
        raise BrokenPromiseError(f"step {session.step} is outside the run")
    script(session)


SETTINGS = b"""
theme = "light"
ascii = false
number_format = "fixed"
precision = 3
language = "ja"
[keys]
k = "step 3"
ctrl_x = ""
"""


def _run_settings(case: bytes) -> None:
    with _file("settings.toml", case) as path:
        checked(settings.read(path).keys)


def _run_past(case: bytes) -> None:
    with _file("history", case) as path:
        Past(path).read()


def _damaged(raw: Callable[[], bytes]) -> Callable[[Random], bytes]:
    return lambda random: generate.damaged(random, raw())


TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        Target("line", _line, _run_line),
        Target("expression", _expression, _run_expression),
        Target("model", _model, _run_model),
        Target("csv", _csv, lambda case: _data(case, "d.csv", 'target = "kind"')),
        Target("npz", _damaged(_npz_file), lambda case: _data(case, "d.npz", "")),
        Target("lesson", _lesson, _run_lesson),
        Target("script", _damaged(_script), _run_script),
        Target("settings", _damaged(lambda: SETTINGS), _run_settings),
        Target("history", _damaged("step 3\nprint δ[1]\n".encode), _run_past),
        Target("journal", _journal_of_a_stranger, _run_journal),
    )
}
