"""Why a cell has its value: chains worked by hand, and every link checked against the run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nnstep
from nnstep.api import Debugger
from nnstep.errors import CommandError, NotComputedError
from nnstep.session.why import Chain, why, worst
from nnstep.timeline import Interrupted
from tests.worked import MODEL

LARGE = 1e6


def show(x: float) -> str:
    return f"{x + 0.0:g}"


def always(_iteration: int) -> bool:
    return True


def chain(debugger: Debugger, name: str, index: tuple[int, ...] = ()) -> Chain:
    session = debugger.session
    return why(session.timeline, (name, index), session.step, show, always)


def steps_of(found: Chain) -> list[tuple[str, int]]:
    return [(link.cell, link.step) for link in found.links]


def linear(weight: float, feature: float, target: float = 0.0, **training: object) -> dict[str, Any]:
    """y = w x, from one row and without a bias: every number can be worked out by hand. X Y Z A E L dA δ dW W."""
    return {
        "data": {"features": [[feature]], "targets": [[target]]},
        "network": {"layer": [{"units": 1, "activation": "identity", "weights": [[weight]], "bias": False}]},
        "loss": {"name": "mean_squared_error"},
        "training": {"learning_rate": 1.0, "epochs": 40, "batch_size": "all", **training},
    }


def explosion() -> Debugger:
    """With w = 1 and x = 2, dW = 2 · 2w · 2 = 8w and w ← w − 8w: it is (−7)ⁿ after n iterations."""
    return nnstep.open(linear(1.0, 2.0))


def test_a_chain_over_iterations_worked_by_hand() -> None:
    """After 8 iterations w = 7⁸ = 5764801 > 1e6; its update took dW = 8·(−7)⁷ = −6588344, from δ = −3294172 and x = 2.

    δ = 2 · A, A = Z = 2w = −1647086 of w = (−7)⁷ = −823543, which is ordinary: Z is the first large value there.
    """
    debugger = explosion()
    debugger.goto(80)
    found = chain(debugger, "W[1]", (0, 0))
    assert steps_of(found) == [
        ("W[1][0,0]", 80),
        ("dW[1][0,0]", 79),
        ("δ[1][0,0]", 78),
        ("dA[1][0,0]", 77),
        ("A[1][0,0]", 74),
        ("Z[1][0,0]", 73),
    ]
    assert [link.value for link in found.links] == [5764801, -6588344, -3294172, -3294172, -1647086, -1647086]
    assert found.complete
    assert found.origin.because == "first value beyond 1e+06; W[1][0,0] is -823543"
    assert found.origin.work == "2 · (-823543)"


def test_nan_goes_on_along_infinity_and_what_overflowed() -> None:
    """With x = 20, dW = 800w and w ← −799w: 638401 after two iterations, and −510082399 after three.

    E overflows first, then w; ∞ − ∞ is NaN. It began in the third iteration, where Z = 20 · 638401 is beyond 1e6.
    """
    debugger = nnstep.open(linear(1.0, 20.0, epochs=200))
    debugger.goto("end")
    found = chain(debugger, "L")
    kinds = ["nan" if np.isnan(link.value) else "inf" if np.isinf(link.value) else "large" for link in found.links]
    assert kinds == sorted(kinds, key=["nan", "inf", "large"].index)
    assert set(kinds) == {"nan", "inf", "large"}
    assert (found.origin.cell, found.origin.step, found.origin.value) == ("Z[1][0,0]", 23, 12768020)


def test_infinity_begins_with_an_overflow() -> None:
    debugger = nnstep.open(linear(1e200, 1e200))
    debugger.goto("L")
    found = chain(debugger, "L")
    assert steps_of(found)[:4] == [("L", 6), ("E[0]", 5), ("A[1][0,0]", 4), ("Z[1][0,0]", 3)]
    assert found.links[0].because == "E[0] is inf (row 0 of the data)"
    assert found.links[3].because == "1e+200 · 1e+200 overflows; X[0,0] is 1e+200"
    assert (found.origin.cell, found.origin.step) == ("X[0,0]", 1)
    assert found.origin.because == "row 0 of the data: features[0,0]"


def test_the_range_of_float32() -> None:
    model = {**linear(1e30, 1e30), "dtype": "float32"}
    debugger = nnstep.open(model)
    debugger.goto("L")
    found = chain(debugger, "Z[1]", (0, 0))
    assert np.isinf(found.links[0].value)
    assert "is beyond the range of float32" in found.links[0].because
    assert found.origin.cell in ("X[0,0]", "W[1][0,0]")


def test_an_inactive_relu_is_where_a_zero_began() -> None:
    """δ[1][1,1] = dA · 1[Z > 0] with Z[1][1,1] = −3."""
    debugger = nnstep.open(MODEL)
    debugger.goto(20)
    for name, step in (("delta[1]", 14), ("A[1]", 4)):
        found = chain(debugger, name, (1, 1))
        [link] = found.links
        assert (link.step, link.value) == (step, 0)
        assert link.because.endswith(" is 0; Z[1][1,1] is -3")


def test_a_zero_is_followed_to_the_factor_that_is_zero() -> None:
    """All gradients of a dead unit are 0 as its δ is, in every row."""
    first, second = MODEL["network"]["layer"]
    debugger = nnstep.open({**MODEL, "network": {"layer": [{**first, "bias": [0.5, -50.0]}, second]}})
    debugger.goto(20)
    found = chain(debugger, "dW[1]", (1, 0))
    assert steps_of(found) == [("dW[1][1,0]", 15), ("δ[1][0,1]", 14)]
    assert found.links[0].because == "all 2 terms are 0; δ[1][0,1] is 0 (row 0 of the data)"
    assert found.origin.because == "1[-49 > 0] is 0; Z[1][0,1] is -49"
    # Its weights stay as they were.
    assert chain(debugger, "W[1]", (1, 0)).origin.because == "its initial value"


def test_terms_that_cancel_are_said_to() -> None:
    """dW[1][0,1] = 3·2 + 6·(−1) = 0."""
    debugger = nnstep.open(MODEL)
    debugger.goto(20)
    [link] = chain(debugger, "dW[1]", (0, 1)).links
    assert (link.value, link.step) == (0, 15)
    assert link.because.startswith("its terms cancel one another; ")


def test_an_ordinary_value_leads_to_a_version_of_a_parameter() -> None:
    """In iteration 2, Z[1][0,1] = 1·(−0.8125) + 2·1.375 + 0.1875: the largest term is 2 · 1.375, and 2 > 1.375."""
    debugger = nnstep.open(MODEL)
    debugger.goto(28)
    found = chain(debugger, "Z[1]", (0, 1))
    assert steps_of(found) == [("Z[1][0,1]", 23), ("X[0,1]", 21)]
    assert found.links[0].because == "largest term 2 · 1.375; X[0,1] is 2"
    # W[1][1,0] = −1 − 0.125 · (−1.5)
    found = chain(debugger, "W[1]", (1, 0))
    assert steps_of(found) == [("W[1][1,0]", 17), ("W[1][1,0]", 0)]


def test_an_edit_ends_a_chain() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(25)
    debugger.execute("set W[1][0,0] = log(-1)")
    debugger.goto("end")
    found = chain(debugger, "L")
    assert (found.origin.cell, found.origin.step) == ("W[1][0,0]", 25)
    assert found.origin.because == "set by hand: W[1][0,0] = log(-1)"
    # On the main branch there is no such thing.
    debugger.execute("switch main")
    assert np.isfinite(chain(debugger, "L").links[0].value)


def test_an_edit_of_another_cell_does_not() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(25)
    debugger.execute("set W[1][0] = log(-1)")
    debugger.execute("goto end")
    assert chain(debugger, "W[1]", (0, 1)).origin.because == "set by hand: W[1][0] = log(-1)"
    debugger.execute("switch main")
    debugger.goto(25)
    debugger.execute("set W[1][1,1] = 7")
    debugger.execute("step")
    assert chain(debugger, "W[1]", (0, 1)).origin.because == "its initial value"
    assert steps_of(chain(debugger, "W[1]", (1, 1))) == [("W[1][1,1]", 25)]


def exploded() -> Debugger:
    debugger = nnstep.open("exploding_gradient")
    debugger.execute("watch isnan(L)")
    debugger.continue_()
    return debugger


def test_the_origin_of_an_exploding_gradient() -> None:
    """In batch 7 of epoch 1 (steps 121 to 140) the first values beyond 1e6 appear; the loss is NaN from batch 12 on."""
    debugger = exploded()
    assert debugger.position.step == 228
    found = chain(debugger, "L")
    origin = found.origin
    assert found.complete
    assert debugger.session.calendar.position(origin.step).batch == 7
    # By hand: no parameter, activation or gradient was beyond 1e6 in the iterations before.
    for batch in range(1, 7):
        debugger.goto(20 * batch)
        for name in debugger.session.tape_names:
            assert np.all(np.abs(debugger.session.read(name)) <= LARGE), (batch, name)
    debugger.goto(origin.step)
    value = debugger.session.read(origin.name)[origin.index]
    assert value == origin.value
    assert abs(value) > LARGE
    reads = debugger.session.explain(origin.name, origin.index, show).reads
    assert reads
    assert all(abs(debugger.session.read(name)[index]) <= LARGE for name, index in reads)


def test_every_link_of_it_is_a_cell_that_the_one_before_read() -> None:
    check(exploded(), "L", ())


def check(debugger: Debugger, name: str, index: tuple[int, ...]) -> Chain:
    """Each link's value is in the run at its step, and it is read by the link before, which is written later."""
    session = debugger.session
    found = chain(debugger, name, index)
    for before, link in zip((None, *found.links), found.links, strict=False):
        debugger.goto(link.step)
        np.testing.assert_equal(float(session.read(link.name)[link.index]), link.value)
        if before is not None:
            assert link.step < before.step
            debugger.goto(before.step)
            reads = session.explain(before.name, before.index, show).reads
            # Of a whole matrix that is read, such as ΣW², a chain names the cell.
            assert (link.name, link.index) in reads or (link.name, ()) in reads
    return found


HIDDEN = ("identity", "relu", "leaky_relu", "sigmoid", "tanh", "softmax", "softplus", "gelu")
LAST = (
    ("identity", "mean_squared_error", 0.0),
    ("softmax", "cross_entropy", 0.25),
    ("identity", "cross_entropy_with_logits", 0.0),
    ("sigmoid", "binary_cross_entropy", 0.5),
    ("identity", "binary_cross_entropy_with_logits", 0.0),
)
OPTIMIZERS = ("sgd", "momentum", "adam")
NETWORKS = [
    *((hidden, LAST[place % len(LAST)], OPTIMIZERS[place % 3]) for place, hidden in enumerate(HIDDEN)),
    ("relu", LAST[0], "momentum"),
]


@pytest.mark.parametrize(("hidden", "ending", "optimizer"), NETWORKS)
@pytest.mark.parametrize("rate", [0.1, 1e4])
def test_every_chain_is_one_of_reads(hidden: str, ending: tuple[str, str, float], optimizer: str, rate: float) -> None:
    last, loss, l2 = ending
    wide = 1 if loss.startswith("binary") else 3
    draw = np.random.default_rng(5)
    debugger = nnstep.open(
        {
            "data": {
                "features": draw.normal(size=(5, 2)).tolist(),
                "targets": np.eye(3)[[0, 2, 1, 2, 0], :wide].tolist(),
            },
            "network": {"layer": [{"units": 3, "activation": hidden}, {"units": wide, "activation": last}]},
            "loss": {"name": loss, "l2": l2},
            "training": {"optimizer": optimizer, "learning_rate": rate, "batch_size": 3, "epochs": 3},
        }
    )
    end = debugger.goto("end").step
    for name in debugger.session.tape_names:
        index = worst(debugger.session.read(name))
        assert check(debugger, name, index).complete
        debugger.goto(end)


def test_what_cannot_be_asked() -> None:
    debugger = nnstep.open(MODEL)
    debugger.goto(13)
    with pytest.raises(NotComputedError, match="it is written at step 14"):
        chain(debugger, "delta[1]", (0, 0))
    with pytest.raises(CommandError, match=r"^no cell Z\[1\]\[2,0\]: Z\[1\] is 2×2, counted from 0$"):
        chain(debugger, "Z[1]", (2, 0))
    with pytest.raises(CommandError, match=r"^why takes one cell of b\[1\], such as b\[1\]\[0\]; its shape is 2$"):
        chain(debugger, "b[1]", (0, 0))
    with pytest.raises(CommandError, match=r"^why: α is a setting, which no instruction writes$"):
        chain(debugger, "lr")


def test_a_chain_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A weight that stays large is followed from version to version."""
    monkeypatch.setattr("nnstep.session.why.MOST_LINKS", 30)
    debugger = nnstep.open(linear(1e9, 0.0))
    debugger.goto("end")
    found = chain(debugger, "W[1]", (0, 0))
    assert (len(found.links), found.complete) == (30, False)
    debugger.goto(200)
    assert chain(debugger, "W[1]", (0, 0)).origin.because == "its initial value"


def test_a_cell_that_stays_nan_is_followed_in_one_leap() -> None:
    debugger = nnstep.open(linear(1.0, 2.0, epochs=4000))
    debugger.goto("end")
    found = chain(debugger, "W[1]", (0, 0))
    assert found.links[0].because.startswith("it was nan already, since step ")
    first = found.links[1].step
    debugger.goto(first)
    assert np.isnan(debugger.session.read("W[1]")[0, 0])
    assert not np.isnan(debugger.session.old("W[1]")[0, 0])


def test_it_can_be_interrupted() -> None:
    debugger = explosion()
    debugger.goto("end")
    session = debugger.session
    with pytest.raises(Interrupted):
        why(session.timeline, ("L", ()), session.step, show, lambda _iteration: False)


def test_the_cell_to_ask_about() -> None:
    nan, inf = np.nan, np.inf
    assert worst(np.array([[1.0, -5.0], [inf, nan]])) == (1, 1)
    assert worst(np.array([[1.0, -5.0], [-inf, 3.0]])) == (1, 0)
    assert worst(np.array([[1.0, -5.0], [2.0, 3.0]])) == (0, 1)
    assert worst(np.array(2.0)) == ()
