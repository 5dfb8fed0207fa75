from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import nnstep
from nnstep.commands.completion import complete
from nnstep.commands.exporting import as_table
from nnstep.errors import CommandError
from nnstep.render.formats import FORMATS
from nnstep.render.palette import LIGHT


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
        ("export a.xls W[1]", r"must end in \.csv, .* or \.png, got 'a\.xls'"),
        (
            "export a.svg",
            r"\.svg takes `view NAME`, as without the app there is no screen: `export a\.svg view network`",
        ),
        ("export a.html W[1]", r"takes `view NAME`, got 'W\[1\]'"),
        ("export a.svg view", "which view"),
        ("export a.svg view step", "the app alone has that view"),
        ("export a.svg view nothing", "must be step, layer, network"),
        ("export a.svg view network 9x9", "from 40x10 to 1000x1000"),
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


def test_a_picture_is_written_in_the_settings_theme(
    debugger: nnstep.Debugger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NNSTEP_CONFIG", str(tmp_path / "settings.toml"))
    (tmp_path / "settings.toml").write_text('theme = "light"\n')
    for name in ("a.svg", "b.svg", "c.html"):
        said = debugger.execute(f"export {tmp_path / name} view network 60x20").text
        assert said == f"{tmp_path / name}: network 60x20, 60×20"
    first = (tmp_path / "a.svg").read_bytes()
    assert first == (tmp_path / "b.svg").read_bytes()
    assert LIGHT.background.encode() in first
    assert LIGHT.background in (tmp_path / "c.html").read_text()
    with pytest.raises(CommandError, match="is there already"):
        debugger.execute(f"export {tmp_path}/a.svg view network")


def test_without_the_extra_a_png_says_how_to_get_it(
    debugger: nnstep.Debugger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(CommandError, match=r"pip install 'nnstep\[png\]'"):
        debugger.execute(f"export {tmp_path}/a.png view network")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", FORMATS)
def test_the_endings_of_figures_are_completed(debugger: nnstep.Debugger, ending: str) -> None:
    assert f"export file{ending}" in complete(debugger.session, "export fi")
    assert "export a.svg view network" in complete(debugger.session, "export a.svg view net")
