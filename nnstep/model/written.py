"""A value written as the equation that would make it."""

from __future__ import annotations

from nnstep.model.value import Applied, Name, Operand, Value

# Binding, as Python's: comparisons, sums, products, signs, powers, names.
_COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(6)
_OPERATORS = {
    "add": ("+", _SUM),
    "subtract": ("-", _SUM),
    "multiply": ("*", _PRODUCT),
    "divide": ("/", _PRODUCT),
    "matmul": ("@", _PRODUCT),
    "greater": (">", _COMPARISON),
    "greater_equal": (">=", _COMPARISON),
    "less": ("<", _COMPARISON),
    "less_equal": ("<=", _COMPARISON),
    "equal": ("==", _COMPARISON),
    "not_equal": ("!=", _COMPARISON),
}
_BEHIND = {"power": _POWER, "to_the": _POWER, "transpose": _ATOM, "slice": _ATOM}
"""What is written behind the operand, and how tightly it binds."""
_SHOWN = {"X": "x", "Y": "y"}


def written(value: Operand) -> str:
    """The text of a value: `sigmoid(x @ w.T + b)`."""
    return _text(value)[0]


def _text(value: Operand) -> tuple[str, int]:
    """The text, and how tightly its outermost operator binds."""
    if isinstance(value, Applied):
        return _applied(value)
    if isinstance(value, Name):
        return _SHOWN.get(value.name, value.name), _ATOM
    assert not isinstance(value, Value)
    return number(value), _SIGN if value < 0 else _ATOM


def _applied(value: Applied) -> tuple[str, int]:
    name, operands = value.op.name, list(value.operands.values())
    first, second = operands[0], operands[-1]
    if name in _OPERATORS:
        sign, binding = _OPERATORS[name]
        # Python reads a > b > c as two comparisons at once, so both sides of one bind tighter.
        return f"{_within(first, binding + (binding == _COMPARISON))} {sign} {_within(second, binding + 1)}", binding
    if name == "negative":
        return f"-{_within(first, _SIGN)}", _SIGN
    if name in _BEHIND:
        return f"{_within(first, _ATOM)}{_behind(value)}", _BEHIND[name]
    return f"{name}({', '.join([*map(written, operands), *_options(value)])})", _ATOM


def _behind(value: Applied) -> str:
    """What stands behind the operand."""
    name = value.op.name
    if name == "power":
        return f" ** {number(float(str(value.attributes['exponent'])))}"
    if name == "to_the":
        return f" ** {_within(value.operands['b'], _SIGN)}"
    return ".T" if name == "transpose" else _index(value.attributes["index"])


def number(value: float) -> str:
    """A number with all its digits: 2, 0.1, 1e-08."""
    return repr(float(value)).removesuffix(".0")


def _within(value: Operand, binding: int) -> str:
    text, own = _text(value)
    return f"({text})" if own < binding else text


def _options(value: Applied) -> list[str]:
    texts: list[str] = []
    for name, option in value.op.options.items():
        given = value.attributes[name]
        if option.kind == "sizes":
            assert isinstance(given, tuple)
            texts += map(str, given)
        elif given != option.default:
            texts.append(f"{name}={given}")
    return texts


def _index(index: object) -> str:
    assert isinstance(index, tuple)

    def one(place: int | slice) -> str:
        if not isinstance(place, slice):
            return str(place)
        ends = ["" if end is None else str(end) for end in (place.start, place.stop, place.step)]
        return ":".join(ends if ends[2] else ends[:2])

    return f"[{', '.join(map(one, index))}]"
