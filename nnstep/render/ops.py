"""The ops as help tells of them: formula, gradients, and the PyTorch call that each equals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nnstep.engine.formula import Formula, Op, Shape
from nnstep.engine.ops import OPS, OPTIMIZERS, Optimizer
from nnstep.engine.ops.arrange import KEYS
from nnstep.engine.ops.loss import LOSSES
from nnstep.engine.tape import Application, Counterpart
from nnstep.render.catalogue import word
from nnstep.render.text import Line, Span, line

GIVEN: Mapping[str, Mapping[str, object]] = {
    "power": {"exponent": 3},
    "reshape": {"sizes": (4, -1)},
    "slice": {"index": (slice(None), 0)},
    "concat": {"axis": 0},
    "sum": {"axis": 0},
    "mean": {"axis": 0},
    "max": {"axis": 0},
    "min": {"axis": 0},
    "cross_entropy_with_logits": {"certain": True},
}
"""Attributes for an example of each op that takes some."""

SHAPES: Mapping[str, Mapping[str, Shape]] = {
    "matmul": {"a": (4, 3), "b": (3, 2)},
    "concat": {KEYS[0]: (4, 3), KEYS[1]: (4, 3)},
    **{loss.name: {"a": (4, 1), "y": (4, 1)} for loss in LOSSES},
}
"""Operands' shapes for an example, where not all are 4×3."""

F = re.compile(r"\bF\.")


def library_text(counterpart: Counterpart) -> str:
    """What does the same in PyTorch, without the short name of a module: F is torch.nn.functional."""
    return word(f"pytorch_{counterpart.kind}", text=F.sub("torch.nn.functional.", counterpart.text))


def ops_lines() -> list[Line]:
    """Every op and every optimizer with its formulas and its call."""
    about = line(Span("g is ∂L/∂value, the gradient of an op's result; examples are of 4×3 matrices", "dim"))
    return [about, *(told for name in (*OPS, *OPTIMIZERS) for told in op_lines(name))]


def op_lines(name: str) -> list[Line]:
    """One op, or one optimizer, with its formulas and its call."""
    return _optimizer(OPTIMIZERS[name]) if name in OPTIMIZERS else _op(OPS[name])


def _op(op: Op) -> list[Line]:
    given = GIVEN.get(op.name, {})
    shapes = SHAPES.get(op.name) or dict.fromkeys(_operands(op), (4, 3))
    measures = op.measures(**shapes, **given)

    def filled(wording: Formula | str) -> str:
        application = Application(op.forward, {key: key for key in (*shapes, "g", "value")}, {**measures, **given})
        if isinstance(wording, str):
            return application.filled(wording)
        around = {**shapes, **dict.fromkeys(("g", "value"), op.result(shapes, given))}
        text = wording.worded(around, application.attributes).text
        assert isinstance(text, str)
        return application.filled(text)

    formulas = {"value": op.forward, **{f"d{key}": op.gradients[key] for key in op.gradients if key in shapes}}
    call = filled(op.call(shapes, {**measures, **given}))
    return _told(op.name, {key: filled(each) for key, each in formulas.items()}, call)


def _operands(op: Op) -> tuple[str, ...]:
    return op.forward.operands if isinstance(op.forward.text, str) else tuple(op.gradients)


def _optimizer(each: Optimizer) -> list[Line]:
    formulas = {
        key: Application(rule, {operand: operand for operand in rule.operands}).text for key, rule in each.rules.items()
    }
    return _told(each.name, formulas, f"optimizer.step() of {each.library}", "←")


def _told(name: str, formulas: Mapping[str, str], call: str, arrow: str = "=") -> list[Line]:
    width = max(map(len, formulas))
    return [
        line(Span(name, "name")),
        *(line(f"  {key:<{width}} {arrow} {text}") for key, text in formulas.items()),
        line(Span(f"  {library_text(Counterpart('call', call))}", "dim")),
    ]
