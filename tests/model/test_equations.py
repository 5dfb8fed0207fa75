"""Equations as text: what they mean, what is refused, and that Python's operators say the same."""

from __future__ import annotations

from functools import reduce
from operator import add

import pytest

import nnstep
from nnstep.errors import ModelError
from nnstep.model.equations import LONGEST, Equation, names_of, parse, read
from nnstep.model.naming import RESERVED
from nnstep.model.value import DEEPEST, FUNCTIONS, Applied
from nnstep.model.written import written
from nnstep.session.expression import COUNTERS
from nnstep.session.operations import FUNCTIONS as OF_THE_PROMPT

TEXTS = [
    "x @ w.T + b",
    "(x + b) @ w",
    "x - (b - w)",
    "x / (b / w) * b",
    "-x ** 2",
    "(-x) ** 2",
    "x ** -0.5",
    "2 ** x ** b",
    "(2 ** x) ** b",
    "-(x + b)",
    "1 / (1 + exp(-x))",
    "(x > 0) * (b <= 1) + (x == b)",
    "(x > b) >= w",
    "x[0, :]",
    "x[::2, -1].T",
    "(x + b)[1:, :3]",
    "mean(x)",
    "mean(x, axis=-1, keepdims=True)",
    "reshape(x, -1, 2)",
    "concat(x, b, w)",
    "concat(x, b, axis=1)",
    "where(x > 0, x, 0.1 * x)",
    "maximum(x, 1e-08)",
    "cross_entropy_with_logits(x, y)",
    "x",
    "0.1",
    "-3",
]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_reads_as_the_same(text: str) -> None:
    assert written(parse(f"z = {text}").value) == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("x*1/3", "x * 1 / 3"),
        ("1/4 * x", "0.25 * x"),
        ("x ** (1/2)", "x ** 0.5"),
        ("x * -(2 + 3)", "x * -5"),
        ("+x", "x"),
        ("mean(x, 1)", "mean(x, axis=1)"),
        ("mean(x, None, True)", "mean(x, keepdims=True)"),
        ("sum(x, axis=None)", "sum(x)"),
        ("reshape(x, (2, -1))", "reshape(x, 2, -1)"),
        ("reshape(x, sizes=[2, 3])", "reshape(x, 2, 3)"),
        ("((x))", "x"),
    ],
)
def test_other_ways_to_write_it(text: str, same: str) -> None:
    assert written(parse(f"z = {text}").value) == same


def test_operands_and_options() -> None:
    value = parse("z = mean(x, axis=1)").value
    assert isinstance(value, Applied)
    assert (value.op.name, value.attributes) == ("mean", {"axis": 1, "keepdims": False})
    assert names_of(parse("z = x * w + where(c > 0, w, y)").value) == ["x", "w", "c", "y"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("z", "'z' is not an equation such as z = x @ w.T + b: one name, = and one value"),
        ("z = ", "'z = ' is not an equation such as z = x @ w.T + b (at character 4)"),
        ("a = z = x", "'a = z = x' is not an equation such as z = x @ w.T + b: one name, = and one value"),
        ("a, b = x", "'a, b = x' is not an equation such as z = x @ w.T + b: one name, = and one value"),
        ("z[0] = x", "'z[0] = x' is not an equation such as z = x @ w.T + b: one name, = and one value"),
        ("z += x", "'z += x' is not an equation such as z = x @ w.T + b: one name, = and one value"),
        ("z = x; q = x", "'z = x; q = x' is not an equation such as z = x @ w.T + b: one name, = and one value"),
        ("z = sigmod(x)", "no function 'sigmod'; did you mean 'sigmoid'?"),
        ("z = x.shape", ".T is the one attribute, got .shape"),
        ("z = x.__class__", ".T is the one attribute, got .__class__"),
        ("z = x.sum()", "equations have no call but those of functions by name"),
        ("z = (lambda: x)()", "equations have no call but those of functions by name"),
        ("z = lambda: x", "equations have no lambda"),
        ("z = x if y else x", "equations have no if: use where(condition, a, b)"),
        ("z = x and y", "equations have no and, or: multiply comparisons instead"),
        ("z = not x", "equations have no ~ or not"),
        ("z = x // 2", "equations have no //, % or bitwise operators"),
        ("z = x in y", "equations have no in or is"),
        ("z = [1, 2]", "equations have no lists: make it a parameter"),
        ("z = 'x'", "equations have no texts and words such as True"),
        ("z = True", "equations have no texts and words such as True"),
        ("z = f'{x}'", "equations have no texts"),
        ("z = mean(*x)", "equations have no *"),
        ("z = mean(**x)", "equations have no **"),
        ("z = 0 < x < 1", "a < b < c is two comparisons: write (a < b) * (b < c)"),
        ("z = x + 1e999", "a number in an equation must be finite"),
        ("z = x + 9 ** 999.0", "the numbers in the equation give no number: (34, 'Numerical result out of range')"),
        ("z = x + 1 / 0", "the numbers in the equation give no number: float division by zero"),
        ("z = x + (-1) ** 0.5", "what the numbers make must be written as a number"),
        ("z = x + (1 > 0)", "a comparison of two numbers must be written as a number, got true"),
        ("z = exp(2)", "exp is of numbers alone; write its value"),
        ("z = 2.T", "'z = 2.T' is not an equation such as z = x @ w.T + b"),
        ("z = (2).T", "a number has no .T"),
        ("z = (2)[0]", "a number has no cells"),
        ("z = where(x)", "where(c, a, b) takes 3 values, got 1"),
        ("z = concat(x)", "concat(x1, x2, …, axis=0) takes 2 to 16 values, got 1"),
        ("z = tanh(x, 1)", "tanh(x) takes fewer values"),
        ("z = mean(x, axis=1.5)", "mean: axis must be a whole number, got 1.5"),
        ("z = mean(x, axis=x)", "mean: axis must be a whole number, got a value"),
        ("z = mean(x, axis=True)", "mean: axis must be a whole number, got true"),
        ("z = mean(x, 0, axis=1)", "mean: axis is given twice"),
        ("z = mean(x, axes=1)", "mean: no axes=…; did you mean 'axis'?"),
        ("z = concat(x, y, axis=None)", "concat: axis must be a whole number, got None"),
        ("z = reshape(x)", "reshape(x, sizes): sizes is missing"),
        ("z = reshape(x, 2.5)", "reshape: sizes must be whole numbers"),
        ("z = x[1.5]", "an index is whole numbers and slices such as x[:, 0] or x[0, 1:3]"),
        ("z = x[y]", "an index is whole numbers and slices such as x[:, 0] or x[0, 1:3]"),
        ("z = x[None]", "an index is whole numbers and slices such as x[:, 0] or x[0, 1:3]"),
        ("z = x[::0]", "a slice's step must not be 0"),
        ("z = " + "(" * 300 + "x" + ")" * 300, "is not an equation"),
        ("z = " + "-" * 300 + "x", f"an equation may be nested {DEEPEST} deep: give a part of it a name of its own"),
        ("z = " + " + ".join("x" * 200), f"an equation may be nested {DEEPEST} deep"),
        ("z = " + "x" * LONGEST, f"an equation must have at most {LONGEST} characters, got {LONGEST + 4}"),
        ("z = x\nq = x", "an equation must be without control characters"),
        (3, "an equation is a text such as 'z = x @ w.T + b', got 3"),
    ],
)
def test_what_is_no_equation_says_why(text: object, message: str) -> None:
    with pytest.raises(ModelError) as error:
        parse(text)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["L = mean(x @ w2)"], "graph.equations[1]: no matrix 'w2'; did you mean 'w'?"),
        (["a = x", "L = mean(a * q)"], "graph.equations[2]: no matrix 'q'; there are x, y, w, a"),
        (["a = z", "z = x", "L = mean(a)"], "graph.equations[1]: z is used before equation 2 sets it"),
        (["a = a + x", "L = mean(a)"], "graph.equations[1]: a is set by itself"),
        (["a = x", "a = y", "L = mean(a)"], "graph.equations[2]: a is set by equation 1 already"),
        (["w = x", "L = mean(w)"], "graph.equations[1]: w is a parameter already"),
        (["a = mean", "L = mean(a)"], "graph.equations[1]: mean is a function: write mean(…)"),
        (["mean = x", "L = mean(x)"], "graph.equations[1]: mean is a function; choose another name"),
        (["x = y", "L = mean(x)"], "graph.equations[1]: x is the batch; choose another name"),
        (["lr = x", "L = mean(lr)"], "graph.equations[1]: lr is a setting; choose another name"),
        (["_a = x", "L = mean(x)"], "graph.equations[1]: a name is a letter, then letters, digits and _"),
        (["ä = x", "L = mean(x)"], "graph.equations[1]: a name is a letter, then letters, digits and _"),
        (["a = x"], "graph.equations: the loss is missing: one of them must be L = …"),
        (["L = mean(x)"] * 1001, "graph.equations must be at most 1000, got 1001"),
    ],
)
def test_names_are_checked(lines: list[str], message: str) -> None:
    with pytest.raises(ModelError) as error:
        read(lines, ["w"])
    assert str(error.value).startswith(message)


def test_no_matrix_can_be_called_as_something_in_the_language_of_the_prompt_is() -> None:
    assert {*COUNTERS, *OF_THE_PROMPT, *FUNCTIONS} <= set(RESERVED)


def test_python_builds_what_the_text_says() -> None:
    graph = nnstep.Graph(w=[[0.5, -0.2]], b=[0.0])
    graph["z"] = graph.x @ graph.w.T + graph["b"]
    graph["a"] = graph.where(graph.z > 0, graph.z, -0.1 * graph.z) ** 2 / 3 - abs(1 - graph.z)[:, 0:1]
    graph["L"] = graph.mean((graph.a - graph.y) ** 2, axis=None)
    lines = graph.tables()["equations"]
    assert isinstance(lines, list)
    assert all(isinstance(line, Equation) for line in lines)
    assert [line.text for line in lines] == [
        "z = x @ w.T + b",
        "a = where(z > 0, z, -0.1 * z) ** 2 / 3 - abs(1 - z)[:, 0:1]",
        "L = mean((a - y) ** 2)",
    ]
    assert repr(graph).splitlines() == ["Graph", *(f"    {line.text}" for line in lines)]


def test_python_is_refused_as_the_text_is() -> None:
    graph = nnstep.Graph(w=1.0)
    with pytest.raises(ModelError, match="no matrix 'q'; there are x, y, w"):
        graph.q  # noqa: B018  # it is the look-up that is refused
    assert not hasattr(graph, "q")
    with pytest.raises(ModelError, match="w is a parameter already"):
        graph["w"] = graph.x
    with pytest.raises(ModelError, match="mean is a function; choose another name"):
        graph["mean"] = graph.x
    with pytest.raises(ModelError, match="m is a counter; choose another name"):
        nnstep.Graph(m=1.0)
    with pytest.raises(ModelError, match="neither true nor false"):
        bool(graph.x > 0)
    with pytest.raises(ModelError, match="no rows yet"):
        list(graph.x)
    with pytest.raises(ModelError, match=r"equations are of values and numbers, got a list: make an array a parameter"):
        graph.x * [1, 2]
    with pytest.raises(ModelError, match="may be nested 100 deep"):
        reduce(add, [graph.x] * 200)
