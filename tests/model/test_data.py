"""From [data] to rows: encoding of targets, limit, holdout and scale, in that order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from nnstep.errors import ModelError
from nnstep.model import Data, load

Table = dict[str, object]


def data(table: Table, loss: str, units: int, **keys: object) -> Data:
    return load({"data": table, "network": {"layer": [{"units": units}]}, "loss": {"name": loss}, **keys}).data


def rows(targets: object) -> Table:
    count = len(targets) if isinstance(targets, (list, np.ndarray)) else 0
    return {"features": [[number] for number in range(count)], "targets": targets}


@pytest.mark.parametrize("loss", ["cross_entropy", "cross_entropy_with_logits"])
@pytest.mark.parametrize(
    ("targets", "names"),
    [
        (["b", "a", "c", "b"], ("a", "b", "c")),
        ([["b"], ["a"], ["c"], ["b"]], ("a", "b", "c")),
        (np.array(["b", "a", "c", "b"]), ("a", "b", "c")),
        ([[5], [-1], [7], [5]], ("-1", "5", "7")),
        ([0.5, 0.25, 2.5, 0.5], ("0.25", "0.5", "2.5")),
    ],
)
def test_a_column_under_cross_entropy_is_sorted_classes(targets: object, names: tuple[str, ...], loss: str) -> None:
    encoded = data(rows(targets), loss, 3)
    assert encoded.class_names == names
    assert_array_equal(encoded.targets, [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 1, 0]])


@pytest.mark.parametrize(
    ("targets", "column", "names"),
    [
        (["yes", "no", "yes"], [1, 0, 1], ("no", "yes")),
        ([1, 0, 1], [1, 0, 1], ("0", "1")),
        ([1, 1, 1], [1, 1, 1], ("0", "1")),
        ([-1, 1, 1], [0, 1, 1], ("-1", "1")),
        ([0.25, 0.5, 1], [0.25, 0.5, 1], None),
    ],
)
@pytest.mark.parametrize("loss", ["binary_cross_entropy", "binary_cross_entropy_with_logits"])
def test_two_classes_under_binary_cross_entropy_are_one_column(
    targets: object, column: list[float], names: tuple[str, ...] | None, loss: str
) -> None:
    encoded = data(rows(targets), loss, 1)
    assert encoded.class_names == names
    assert_array_equal(encoded.targets[:, 0], column)


def test_three_classes_under_binary_cross_entropy_are_three_columns() -> None:
    assert_array_equal(data(rows(["c", "a", "b"]), "binary_cross_entropy", 3).targets, np.eye(3)[[2, 0, 1]])


@pytest.mark.parametrize("loss", ["mean_squared_error", "cross_entropy", "binary_cross_entropy"])
def test_a_matrix_of_targets_is_taken_as_it_is(loss: str) -> None:
    targets = [[0.9, 0.1], [0.3, 0.7]]
    encoded = data(rows(targets), loss, 2)
    assert_array_equal(encoded.targets, targets)
    assert encoded.class_names is None


def test_numbers_under_mean_squared_error_stay_numbers_and_texts_are_classes() -> None:
    assert_array_equal(data(rows([3, 1.5, 3]), "mean_squared_error", 1).targets, [[3], [1.5], [3]])
    assert_array_equal(data(rows(["b", "a"]), "mean_squared_error", 2).targets, [[0, 1], [1, 0]])


def test_a_single_class_is_one_column_of_ones() -> None:
    assert_array_equal(data(rows(["a", "a"]), "cross_entropy", 1).targets, [[1], [1]])


def test_a_class_that_is_no_number_is_refused() -> None:
    with pytest.raises(ModelError, match=r"data.targets are classes under cross_entropy, so they must be finite"):
        data(rows([0, float("nan")]), "cross_entropy", 2)


def test_nan_and_infinity_are_numbers() -> None:
    table: Table = {"features": [[float("nan"), 1], [2, float("inf")]], "targets": [1, float("-inf")]}
    read = data(table, "mean_squared_error", 1)
    assert_array_equal(read.features, [[np.nan, 1], [2, np.inf]])
    assert_array_equal(read.targets, [[1], [-np.inf]])


def test_limit_takes_the_first_rows_and_leaves_the_classes() -> None:
    limited = data({**rows(["a", "b", "c"]), "limit": 2}, "cross_entropy", 3)
    assert_array_equal(limited.features, [[0], [1]])
    assert limited.class_names == ("a", "b", "c")
    assert len(data({**rows(["a", "b", "c"]), "limit": 9}, "cross_entropy", 3).features) == 3


def test_holdout_parts_the_rows_and_follows_the_seed() -> None:
    table = {**rows(list(range(10))), "holdout": 0.3}
    parted = [data(table, "mean_squared_error", 1, seed=seed) for seed in (0, 0, 1)]
    for part in parted:
        assert_array_equal(part.features, part.targets)
        assert len(part.holdout_features) == 3
        assert sorted([*part.features[:, 0], *part.holdout_features[:, 0]]) == list(range(10))
        assert_array_equal(part.features[:, 0], sorted(part.features[:, 0]))
    assert_array_equal(parted[0].holdout_features, parted[1].holdout_features)
    assert not np.array_equal(parted[0].holdout_features, parted[2].holdout_features)


def test_holdout_is_taken_from_the_limited_rows() -> None:
    part = data({**rows(list(range(10))), "limit": 4, "holdout": 0.5}, "mean_squared_error", 1)
    assert sorted([*part.features[:, 0], *part.holdout_features[:, 0]]) == [0, 1, 2, 3]


def test_without_holdout_there_are_no_held_out_rows() -> None:
    part = data({"features": [[1, 2]], "targets": [[1, 2, 3]]}, "mean_squared_error", 3)
    assert part.holdout_features.shape == (0, 2)
    assert part.holdout_targets.shape == (0, 3)


def test_standard_scaling_gives_mean_0_and_deviation_1() -> None:
    # 1, 2, 3, 4: mean 2.5, variance (2.25 + 0.25 + 0.25 + 2.25) / 4 = 1.25.
    table: Table = {"features": [[1], [2], [3], [4]], "targets": [1, 2, 3, 4], "scale": "standard"}
    scaled = data(table, "mean_squared_error", 1)
    assert_allclose(scaled.features[:, 0], np.array([-1.5, -0.5, 0.5, 1.5]) / np.sqrt(1.25), rtol=1e-15)
    assert_array_equal(scaled.targets[:, 0], [1, 2, 3, 4])


def test_minmax_scaling_goes_from_0_to_1() -> None:
    table: Table = {"features": [[2], [6], [4]], "targets": [1, 2, 3], "scale": "minmax"}
    assert_allclose(data(table, "mean_squared_error", 1).features[:, 0], [0, 1, 0.5], rtol=1e-15)


@pytest.mark.parametrize("scale", ["standard", "minmax"])
@pytest.mark.parametrize("value", [0.1, 0.0, -7.0, 1e308, 5e-324])
def test_a_constant_column_becomes_0(scale: str, value: float) -> None:
    table: Table = {"features": [[value]] * 7, "targets": [0] * 7, "scale": scale}
    assert_array_equal(data(table, "mean_squared_error", 1).features, np.zeros((7, 1)))


@pytest.mark.parametrize("scale", ["standard", "minmax"])
def test_scaling_is_fitted_on_the_training_rows(scale: str) -> None:
    table: Table = {"features": [[n, 5] for n in range(20)], "targets": [0] * 20, "holdout": 0.25}
    plain = data(table, "mean_squared_error", 1)
    scaled = data({**table, "scale": scale}, "mean_squared_error", 1)
    train, held = plain.features[:, 0], plain.holdout_features[:, 0]
    if scale == "standard":
        centre, spread = train.mean(), train.std()
    else:
        centre, spread = train.min(), np.ptp(train)
    assert_allclose(scaled.features[:, 0], (train - centre) / spread, atol=1e-14)
    assert_allclose(scaled.holdout_features[:, 0], (held - centre) / spread, atol=1e-14)
    assert_array_equal(scaled.holdout_features[:, 1], np.zeros(5))


def test_a_nan_does_not_spread_through_scaling() -> None:
    table: Table = {"features": [[1], [float("nan")], [3]], "targets": [0] * 3, "scale": "standard"}
    assert_array_equal(data(table, "mean_squared_error", 1).features[:, 0], [-1, np.nan, 1])


@pytest.mark.parametrize("large", [1e308, 1e-308])
def test_the_largest_and_the_smallest_numbers_can_be_scaled(large: float) -> None:
    table: Table = {"features": [[large], [-large]], "targets": [0, 0]}
    for scale, expected in (("standard", [1, -1]), ("minmax", [1, 0])):
        scaled = data({**table, "scale": scale}, "mean_squared_error", 1)
        assert_allclose(scaled.features[:, 0], expected, rtol=1e-15)


def test_data_has_the_dtype_of_the_model_and_cannot_be_written() -> None:
    single = data({**rows([1, 2, 3]), "holdout": 0.3}, "mean_squared_error", 1, dtype="float32")
    for array in (single.features, single.targets, single.holdout_features, single.holdout_targets):
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert not array.flags.writeable


def test_an_array_given_is_copied() -> None:
    features = np.array([[1.0], [2.0]])
    read = data({"features": features, "targets": np.array([1.0, 2.0])}, "mean_squared_error", 1)
    features[:] = 9
    assert_array_equal(read.features, [[1], [2]])


@pytest.mark.parametrize(("kind", "width"), [("moons", 2), ("spiral", 2), ("blobs", 2), ("line", 1)])
def test_generated_rows_follow_the_seed(kind: str, width: int) -> None:
    first, again, other = (
        data({"generate": kind, "samples": 31}, "mean_squared_error", 1, seed=seed) for seed in (4, 4, 5)
    )
    assert first.features.shape == (31, width)
    assert_array_equal(first.features, again.features)
    assert_array_equal(first.targets, again.targets)
    drawn = "targets" if kind == "line" else "features"
    assert not np.array_equal(getattr(first, drawn), getattr(other, drawn))


def test_generated_rows_lie_where_they_are_said_to() -> None:
    def clean(kind: str, samples: int = 60) -> tuple[np.ndarray, np.ndarray]:
        made = data({"generate": kind, "samples": samples, "noise": 0}, "mean_squared_error", 1)
        return made.features, made.targets[:, 0]

    x, y = clean("line")
    assert_allclose(y, 2 * x[:, 0] + 1)
    assert (x.min(), x.max()) == (-1, 1)
    points, kind = clean("moons")
    centres = np.where(kind[:, None] == 0, [0, 0], [1, 0.5])
    assert_allclose(np.linalg.norm(points - centres, axis=1), 1)
    assert_allclose(points[kind == 0][:, 1].min(), 0, atol=1e-15)
    assert_allclose(points[kind == 1][:, 1].max(), 0.5)
    points, kind = clean("spiral")
    assert_allclose(points[kind == 0], -points[kind == 1], atol=1e-15)
    assert_allclose(np.linalg.norm(points[-1]), 1)
    points, kind = clean("blobs")
    assert len({tuple(point) for point in points.round(9)}) == 3
    assert_array_equal(np.unique(kind, return_counts=True), [[0, 1, 2], [20, 20, 20]])


def test_the_noise_is_a_standard_deviation() -> None:
    noisy = data({"generate": "line", "samples": 20_000, "noise": 0.5}, "mean_squared_error", 1)
    assert_allclose((noisy.targets - 2 * noisy.features - 1).std(), 0.5, rtol=0.03)


def test_a_declared_size_is_refused_before_it_is_made() -> None:
    with pytest.raises(ModelError, match=r"model: data.samples would take 89.4 GiB, the limit is 2 GiB"):
        data({"generate": "moons", "samples": 10**9}, "mean_squared_error", 1)


def test_a_file_is_found_beside_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "d.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    (tmp_path / "deep" / "m.toml").write_text(
        '[data]\nfile = "d.csv"\ntarget = "y"\n[[network.layer]]\nunits = 1', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    assert load("deep/m.toml").rows == 1
    with pytest.raises(ModelError, match=r"^model: data.file: d.csv does not exist; paths are relative to \.$"):
        data({"file": "d.csv", "target": "y"}, "mean_squared_error", 1)
    monkeypatch.chdir(tmp_path / "deep")
    assert_array_equal(data({"file": "d.csv", "target": "y"}, "mean_squared_error", 1).targets, [[2]])
