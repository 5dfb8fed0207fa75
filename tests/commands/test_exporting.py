from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nnstep
from nnstep.commands.exporting import as_table
from nnstep.errors import CommandError


@pytest.fixture
def debugger() -> nnstep.Debugger:
    found = nnstep.open("xor")
    found.goto(20)
    return found


@pytest.mark.parametrize("expression", ["W[1]", "b[1]", "W[1] * 1e300", "L"])
def test_what_is_written_reads_back_to_the_same_bits(
    debugger: nnstep.Debugger, tmp_path: Path, expression: str
) -> None:
    values = debugger.value(expression)
    debugger.execute(f"export {tmp_path}/a.csv {expression}")
    debugger.execute(f"export {tmp_path}/a.npy {expression}")
    assert np.array_equal(np.load(tmp_path / "a.npy"), values)
    assert np.array_equal(np.loadtxt(tmp_path / "a.csv", delimiter=",", ndmin=2), np.atleast_2d(values))


def test_float32_has_its_own_shortest_texts() -> None:
    assert as_table(np.array([[0.1, np.nan]], dtype=np.float32), ",") == "0.1,nan\n"


def test_a_file_that_is_there_is_left_alone(debugger: nnstep.Debugger, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        debugger.execute(f"export {path} W[1]")
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("export a.xls W[1]", r"must end in \.csv, .* or \.svg, got 'a\.xls'"),
        ("export a.svg", "a picture of the app's screen"),
        ("export a.csv", "which matrix"),
        ("export nowhere/a.csv W[1]", "cannot be written: No such file"),
        ("export", "usage: export FILE"),
    ],
)
def test_bad_lines_write_nothing(
    debugger: nnstep.Debugger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=reason):
        debugger.execute(line)
    assert list(tmp_path.iterdir()) == []


def test_a_table_has_two_axes() -> None:
    with pytest.raises(CommandError, match="this has 2×2×2"):
        as_table(np.zeros((2, 2, 2)), ",")


def test_all_matrices_of_a_step_in_one_file(debugger: nnstep.Debugger, tmp_path: Path) -> None:
    debugger.goto(3)
    debugger.execute(f"export {tmp_path}/all.npz")
    with np.load(tmp_path / "all.npz") as found:
        assert {"X", "Y", "Z[1]", "W[1]", "lr"} <= set(found)
        assert "A[1]" not in found
        assert np.array_equal(found["Z[1]"], debugger.value("Z[1]"))
    with pytest.raises(CommandError, match="too much"):
        debugger.execute(f"export {tmp_path}/more.npz X")
