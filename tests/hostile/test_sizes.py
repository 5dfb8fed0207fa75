"""What declares more than fits, or grows without bound, is refused before it is made: in little time and memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import nnstep
from nnstep.errors import NnstepError
from nnstep.model import arrays
from nnstep.settings import parse, read

LAYER = "[[network.layer]]\nunits = 1\n"
ROWS = "[data]\nfeatures = [[0, 1], [2, 3]]\ntargets = [[1], [0]]\n"
MOST = 64 << 20
"""Bytes that a refusal may take for itself."""


def graph(*equations: str) -> str:
    lines = ", ".join(f'"{each}"' for each in equations)
    return f"{ROWS}[graph]\nequations = [{lines}]\n[graph.parameters]\nw = {{ shape = [100000], init = 'normal' }}\n"


def csv(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text)

    return write


def member(raw: bytes, how: int = zipfile.ZIP_DEFLATED) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", how) as archive:
            archive.writestr("features.npy", raw)
            archive.writestr("targets.npy", header("(1000000,)", "|S2000"))

    return write


def header(shape: str, kind: str = "|u1", length: int = 118) -> bytes:
    """An .npy of the second version with no data behind its header."""
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x02\x00" + length.to_bytes(4, "little") + text.ljust(length - 1) + b"\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROWS + LAYER.replace("1", "1000000000", 1) + LAYER, "would take"),
        (ROWS + LAYER * 1001, "network.layer must have at most 1000 layers"),
        (ROWS + LAYER + "[training]\nepochs = 1000000000000\n", "training.epochs must be at most 1000000000"),
        (
            ROWS + LAYER + "[training]\nbatch_size = 1\nepochs = 1000000000\n",
            "the losses of all iterations",
        ),
        ('[data]\ngenerate = "moons"\nsamples = 30000000\n' + LAYER, "data.samples would take"),
        (graph("L = mean(reshape(w, (100000, 1)) * reshape(w, (1, 100000)))"), "with such batches would take"),
        (graph("a = reshape(w, (100000, 1)) @ reshape(w, (1, 100000))", "L = mean(a)"), "with such batches would take"),
        (graph("a0 = x", *(f"a{i + 1} = concat(a{i}, a{i})" for i in range(60)), "L = mean(a60)"), "would take"),
        (graph("L = mean(x) * 9**9**9"), "give no number"),
        (f"seed = {'9' * 10_000}\n{ROWS}{LAYER}", "has a number of thousands of digits"),
        (f"seed = 0x{'f' * 10_000}\n{ROWS}{LAYER}", "seed must be below 2^64"),
        (ROWS + LAYER.replace("1", f"0x{'f' * 10_000}"), "got a number of thousands of digits"),
        (f"seed = {'[' * 100_000}\n{ROWS}{LAYER}", "is nested too deeply"),
        (f"{'.'.join('a' * 100_000)} = 1\n{ROWS}{LAYER}", "is nested too deeply"),
        (f"title = '{'a' * 1_000_000}\n{ROWS}{LAYER}", "end of document"),
        ("# a comment\n" * 30_000 + "x = 1\n", "no key 'x'"),
        (
            "[data]\nfeatures = ["
            + "[1]," * 4000
            + f"]\ntargets = ['{'a' * 300_000}'"
            + ", 'b'" * 3999
            + f"]\n{LAYER}",
            "data.targets would take",
        ),
    ],
)
def test_a_model_file(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text)
    assert said in refused(lambda: nnstep.open(path))


@pytest.mark.parametrize(
    ("name", "write", "said"),
    [
        ("d.csv", csv(f"x,{'t' * 200_000}\n1,2\n"), "has a cell of more than 131,072 characters"),
        ("d.csv", csv(f"x,t\n1,{'t' * 200_000}\n"), "has a cell of more than 131,072 characters"),
        ("d.csv", csv(f"x,t\n1,{'t' * 100_000}\n" + "1,b\n" * 6000), "its targets would take"),
        ("d.csv", csv(",".join(f"c{i}" for i in range(20_000)) + "\n1\n"), "and 19,960 more"),
        ("d.csv", csv("x,t\n" + "\n" * 200_000), "has no rows"),
        ("d.npz", member(header("(10**9, 10**9)".replace("10**9", "1000000000"))), "features would take"),
        ("d.npz", member(header("(1, 1)", length=1 << 24)), "EOF: reading array header"),
        ("d.npz", member(header("(1, 1)"), zipfile.ZIP_BZIP2), "features must be stored or deflated"),
        ("d.npz", member(header("(1, 1)"), zipfile.ZIP_LZMA), "features must be stored or deflated"),
        ("d.npz", member(header("(1,1)") + b"1"), "targets would take 7.5 GiB"),
        ("d.npz", member(header("(10000, 10000)")), "features is cut short"),
        ("d.npz", member(b"\x93NUMPY\x01\x00\x06\x27" + b"(" * 9989 + b"\n"), "is not a readable .npz archive"),
    ],
)
def test_a_data_file(tmp_path: Path, name: str, write: Callable[[Path], None], said: str) -> None:
    write(tmp_path / name)
    target = "target = 't'\n" if name.endswith("csv") else ""
    model = tmp_path / "m.toml"
    model.write_text(f"[data]\nfile = '{name}'\n{target}{LAYER}")
    assert said in refused(lambda: nnstep.open(model))


def test_a_csv_is_refused_where_it_becomes_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "d.csv").write_text("x,t\n" + "1,2\n" * 1001)
    (tmp_path / "m.toml").write_text(f"[data]\nfile = 'd.csv'\ntarget = 't'\n{LAYER}[training]\nepochs = 1\n")
    # 16 bytes a row.
    monkeypatch.setattr(arrays, "LIMIT", 1000 * 16)
    assert "its rows (line 1002 is one too many)" in refused(lambda: nnstep.open(tmp_path / "m.toml"))
    (tmp_path / "d.csv").write_text("x,t\n" + "1,2\n" * 1000)
    assert nnstep.open(tmp_path / "m.toml").session.model.rows == 1000


@pytest.mark.parametrize(
    "text", ["X @ X.T", "X + X.T", "X < X.T", "0 < X < X.T", "sum(X * X.T)", "X @ (X.T @ X) @ X.T"]
)
def test_an_expression(text: str) -> None:
    many = np.zeros((60_000, 1))
    rows = {"features": many, "targets": many}
    debugger = nnstep.open(
        {"data": rows, "network": {"layer": [{"units": 1}]}, "training": {"batch_size": "all", "epochs": 1}}
    )
    debugger.step(1)
    for line in (f"print {text}", f"expect any({text})", f"until any({text})"):
        assert "60000×1 and 1×60000 would make 3,600,000,000 numbers" in refused(partial(debugger.execute, line))
    assert debugger.execute("print (X.T @ X)[0,0]").value == 0


@pytest.mark.parametrize("lines", [("goto start", "continue"), ("goto start", "continue", "print L")])
def test_commands_of_a_stop_that_lead_back_to_it(lines: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("nnstep.commands.execute"), "AGAIN", 20)
    debugger = nnstep.open("xor")
    for line in ("break L", "commands 1", *lines, "end"):
        debugger.execute(line)
    assert refused(partial(debugger.execute, "continue")) == "the commands of stop 1 have led to step 8 20 times"
    # Each step once is no end in sight, but one.
    for line in ("commands 1", "continue", "print L", "end", "goto start", "continue"):
        debugger.execute(line)
    assert debugger.position.step == debugger.session.length


def test_branches_together_keep_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    debugger = nnstep.open("digits")
    debugger.step(1)
    monkeypatch.setenv("NNSTEP_MEMORY", f"{debugger.session.timeline.nbytes / 2**30}")
    # The first is always to be had.
    debugger.execute("set lr = 0.2")
    debugger.execute("set lr = 0.3")
    debugger.step(1)
    said = refused(partial(debugger.execute, "set lr = 0.4"))
    assert "set: 2 branches take 0.0 GiB, the limit is 0.0" in said
    assert "NNSTEP_MEMORY sets another, `open` begins anew without them" in said
    assert [timeline.name for timeline in debugger.session.branches] == ["main", "b1"]
    monkeypatch.delenv("NNSTEP_MEMORY")
    debugger.execute("set lr = 0.4")


def test_not_enough_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    debugger = nnstep.open("xor")

    def full(_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(debugger.session, "evaluate", full)
    assert refused(partial(debugger.execute, "print X")) == "print: there is not enough memory for it"


def test_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"precision = {'9' * 10_000}\n")
    assert "thousands of digits" in refused(lambda: read(path))
    assert "thousands of digits" in refused(lambda: parse({"precision": 16**10_000}))


def refused(do: Callable[[], object]) -> str:
    """The one line that something is refused with, for which little memory is taken."""
    tracemalloc.start()
    try:
        with pytest.raises(NnstepError) as error:
            do()
        assert tracemalloc.get_traced_memory()[1] < MOST
    finally:
        tracemalloc.stop()
    assert len(str(error.value)) < 2000
    assert "\n" not in str(error.value)
    return str(error.value)


def test_an_archive_of_many_members_is_read(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number}.npy", b"")
    (tmp_path / "d.npz").write_bytes(stream.getvalue())
    (tmp_path / "m.toml").write_text(f"[data]\nfile = 'd.npz'\n{LAYER}")
    assert "has no array 'features'" in refused(lambda: nnstep.open(tmp_path / "m.toml"))
