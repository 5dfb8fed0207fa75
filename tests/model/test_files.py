"""Reading .csv and .npz: what is read, and the line and column of what cannot be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from nnstep.errors import ModelError
from nnstep.model import Data, load

Read = Callable[..., Data]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Write a file, then load a model on it."""
    monkeypatch.chdir(tmp_path)

    def write_and_load(name: str, content: str | bytes, units: int = 2, **keys: object) -> Data:
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        loss = {"name": "cross_entropy" if units > 1 else "mean_squared_error"}
        return load({"data": {"file": name, **keys}, "network": {"layer": [{"units": units}]}, "loss": loss}).data

    return write_and_load


def npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez(file, **{name: np.asarray(array) for name, array in arrays.items()})  # type: ignore[arg-type]
    return file.getvalue()


def test_a_csv_with_text_targets(read: Read) -> None:
    data = read("d.csv", "a,kind,b\n1,x,2\n3,y,4\n5,x,6\n", target="kind")
    assert data.feature_names == ("a", "b")
    assert data.class_names == ("x", "y")
    assert_array_equal(data.features, [[1, 2], [3, 4], [5, 6]])
    assert_array_equal(data.targets, [[1, 0], [0, 1], [1, 0]])


def test_a_csv_with_numeric_targets(read: Read) -> None:
    data = read("d.csv", "y,x\n1.5,2e3\nnan,-inf\n", units=1, target="y")
    assert_array_equal(data.features, [[2000], [-np.inf]])
    assert_array_equal(data.targets, [[1.5], [np.nan]])


def test_columns_picks_and_orders_the_features(read: Read) -> None:
    data = read("d.csv", "id,a,b,t\nq1,1,2,x\nq2,3,4,y\n", target="t", columns=["b", "a"])
    assert data.feature_names == ("b", "a")
    assert_array_equal(data.features, [[2, 1], [4, 3]])


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffa,b,t\r\n1,2,x\r\n3,4,y\r\n",  # as a spreadsheet writes it
        "a,b,t\n1,2,x\n3,4,y",
        " a , b,t \n\n 1 , 2,  x\n\n3,4,y \n\n",
        'a,"b",t\n1,"2","x"\n3,4,"y"\n',
        "#a,b,t\n1,2,x\n3,4,y\n",
    ],
)
def test_the_ways_in_which_a_csv_is_written(read: Read, text: str) -> None:
    data = read("d.csv", text, target="t")
    assert_array_equal(data.features, [[1, 2], [3, 4]])
    assert data.class_names == ("x", "y")


def test_a_quoted_class_may_hold_a_comma(read: Read) -> None:
    assert read("d.csv", 'a,t\n1,"x, y"\n2,z\n', target="t").class_names == ("x, y", "z")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1 must name the columns, it is empty"),
        ("a,b,t\n", "has no rows under its header"),
        ("1,2,3\n1,2,3\n", "line 1 must name the columns, got numbers; write a header row above them"),
        ("a,,t\n1,2,3\n", "line 1, column 2 must name a column, it is empty"),
        ("a,a,t\n1,2,3\n", "line 1, column 2: there are two columns 'a'"),
        ("a,\x1b[1mb,t\n1,2,3\n", "line 1, column 2 must be without control characters, got '\\x1b[1mb'"),
        ("a,b,T\n1,2,3\n", "has no column 't' for data.target; did you mean 'T'?"),
        ("a,b,c\n1,2,3\n", "has no column 't' for data.target; there are a, b, c"),
        ("t\n1\n", "has no column besides the target; features need at least one"),
        ("a,b,t\n1,2,x\n\n3,z,y\n", "line 4, column 2 (b) must be a number, got 'z'"),
        ("a,b,t\n1,,x\n", "line 2, column 2 (b) is empty; write nan for a number that is missing"),
        ("a,b,t\n1,2,\n3,4,x\n", "line 2, column 3 (t) is empty; write nan for a number that is missing"),
        ("a,b,t\n1,2,x\n3,4\n", "line 3 has 2 cells, the header has 3"),
        ("a,b,t\n1,2,x\n3,4,5,6\n", "line 3 has 4 cells, the header has 3"),
        ("a,b,t\n1,2,3\n1,2,x\n", "line 3, column 3 (t) must be a number as in the first row, got 'x'"),
        ("a,b,t\n1,2,x\x1b\n", "line 2, column 3 (t) must be without control characters, got 'x\\x1b'"),
        ("a,b,t\n1_0,2,3\n", "line 2, column 1 (a) must be a number, got '1_0'"),
        ('a,b,t\n1,2,"x\n1,2,y\n', "line 2 has a quote that is not closed"),
        (b"a,b,t\n1,2,\xff\n", "is not UTF-8 text: invalid start byte at byte 10"),
    ],
)
def test_a_bad_csv_is_told_by_line_and_column(read: Read, text: str | bytes, message: str) -> None:
    with pytest.raises(ModelError) as error:
        read("d.csv", text, target="t")
    assert str(error.value) == f"model: data.file: d.csv: {message}"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "which column is data.target? there are a, b, t"),
        ({"target": "t", "columns": ["a", "c"]}, "has no column 'c' for data.columns[2]; there are a, b, t"),
        ({"target": "t", "columns": ["a", "t"]}, "data.columns must not hold the target 't'"),
        ({"target": "t", "columns": ["a", "a"]}, "data.columns names a column twice"),
    ],
)
def test_a_wrong_choice_of_columns(read: Read, keys: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError) as error:
        read("d.csv", "a,b,t\n1,2,x\n", **keys)
    assert str(error.value) == f"model: data.file: d.csv: {message}"


def test_a_large_csv_is_read_whole(read: Read) -> None:
    numbers = np.arange(30_000).reshape(10_000, 3)
    text = "a,b,t\n" + "\n".join(f"{a},{b}.5,{t}" for a, b, t in numbers)
    data = read("d.csv", text, units=1, target="t")
    assert_array_equal(data.features, numbers[:, :2] + [0, 0.5])
    assert_array_equal(data.targets, numbers[:, 2:])


@pytest.mark.parametrize("targets", [["b", "a"], [b"b", b"a"], [2, 1], [[0, 1], [1, 0]]])
def test_an_npz_has_features_and_targets(read: Read, targets: object) -> None:
    data = read("d.npz", npz(features=np.array([[1, 2], [3, 255]], np.uint8), targets=targets, extra=[1]))
    assert_array_equal(data.features, [[1, 2], [3, 255]])
    assert_array_equal(data.targets, [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npz(features=np.ones((2, 2))), "has no array 'targets'; an .npz needs features and targets"),
        (
            npz(features=np.ones(2), targets=[0, 1]),
            "features must be numbers with 2 axes (rows, columns), got float64 of shape (2,)",
        ),
        (
            npz(features=[["a"]], targets=[0]),
            "features must be numbers with 2 axes (rows, columns), got <U1 of shape (1, 1)",
        ),
        (
            npz(features=[[1]], targets=1),
            "targets must be numbers or texts with 1 or 2 axes, got int64 of shape ()",
        ),
        (
            npz(features=np.array([[None]]), targets=[0]),
            "is not a readable .npz archive: Object arrays cannot be loaded when allow_pickle=False",
        ),
        (b"no archive", "is not a readable .npz archive: File is not a zip file"),
    ],
)
def test_a_bad_npz_says_why(read: Read, content: bytes, message: str) -> None:
    with pytest.raises(ModelError) as error:
        read("d.npz", content)
    assert str(error.value) == f"model: data.file: d.npz: {message}"


def test_an_npz_that_declares_too_much_is_refused_unread(read: Read) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": (10**6, 10**3)})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("features.npy", header.getvalue())
        archive.writestr("targets.npy", header.getvalue())
    # Bytes in the file, but float64 in the model: 8 · 10⁹ bytes.
    with pytest.raises(ModelError, match=r"d.npz: features would take 7.5 GiB, the limit is 2 GiB"):
        read("d.npz", file.getvalue())


def test_every_flipped_byte_of_an_npz_is_read_or_refused(read: Read) -> None:
    content = npz(features=[[1, 2], [3, 4]], targets=["a", "b"])
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 0xFF
        try:
            data = read("d.npz", bytes(flipped))
        except ModelError:
            continue
        assert data.features.shape == (2, 2)


@pytest.mark.parametrize(
    ("name", "keys", "message"),
    [
        ("d.txt", {}, "data.file must end in .csv or .npz, got 'd.txt'"),
        (
            "d.npz",
            {"target": "t"},
            "data.file: d.npz: data.target is for .csv files; an .npz has arrays called features and targets",
        ),
        (
            "d.npz",
            {"columns": ["a"]},
            "data.file: d.npz: data.columns is for .csv files; an .npz has arrays called features and targets",
        ),
    ],
)
def test_keys_that_do_not_fit_the_file(read: Read, name: str, keys: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError) as error:
        read(name, b"", **keys)
    assert str(error.value) == f"model: {message}"


def test_a_folder_is_not_a_data_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("d.csv").mkdir()
    with pytest.raises(ModelError, match=r"^model: data.file: d.csv is not a file; paths are relative to \.$"):
        load({"data": {"file": "d.csv"}, "network": {"layer": [{"units": 1}]}})


@pytest.mark.parametrize("name", ["../d.csv", "sub/../../d.csv", "{absolute}", "link.csv"])
def test_a_model_file_reads_no_data_outside_its_folder(tmp_path: Path, name: str) -> None:
    outside, folder = tmp_path / "d.csv", tmp_path / "model"
    outside.write_text("x,y\n1,2\n")
    (folder / "sub").mkdir(parents=True)
    (folder / "link.csv").symlink_to(outside)
    name = name.format(absolute=outside)
    model = folder / "m.toml"
    model.write_text(f'[data]\nfile = "{name}"\ntarget = "y"\n[[network.layer]]\nunits = 1\n')
    with pytest.raises(ModelError) as error:
        load(model)
    assert str(error.value).startswith(f"{model}: data.file: '")
    assert str(error.value).endswith("or add --allow-paths if you trust it")
    assert_array_equal(load(model, allow_paths=True).data.features, [[1]])


def test_what_the_user_overrides_may_lead_anywhere(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("x,y\n1,2\n")
    model = tmp_path / "model" / "m.toml"
    model.parent.mkdir()
    model.write_text('[data]\ntarget = "y"\n[[network.layer]]\nunits = 1\n')
    assert_array_equal(load(model, {"data.file": "../d.csv"}).data.features, [[1]])
