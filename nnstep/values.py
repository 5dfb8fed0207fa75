"""Frozen dataclasses that cost little to declare: `from nnstep.values import dataclass`.

The standard library writes six methods for every frozen dataclass as text and compiles them as the class is made, in
0.4 ms; with more than a hundred classes that is much of the time until the app is there. Here only `__init__` is
compiled, once there is an instance; the other methods are closures.

To type checkers, and in what it does, it is `dataclasses.dataclass`, which still makes the mutable classes.
"""

from __future__ import annotations

import dataclasses
import operator
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import dataclass

    Values = Callable[[Any], tuple[Any, ...]]
else:

    def dataclass(cls: type | None = None, /, **options: bool) -> object:
        """Make a class a dataclass: a frozen one, with `eq` and `order` as they may be, in the quick way."""
        if not options.get("frozen") or options.keys() - {"frozen", "eq", "order"}:
            return dataclasses.dataclass(cls, **options)
        chosen = {"eq": options.get("eq", True), "order": options.get("order", False)}
        return _frozen(cls, **chosen) if cls is not None else lambda declared: _frozen(declared, **chosen)


__all__ = ["dataclass"]

ORDERS = (operator.lt, operator.le, operator.gt, operator.ge)


def _frozen(cls: type, *, eq: bool, order: bool) -> type:
    # Without a docstring, the library would work out the signature, for one.
    cls.__doc__ = cls.__doc__ or cls.__name__
    # Fields, defaults and what comes from the bases are found by the library; it writes no method, so none is compiled.
    dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    fields = dataclasses.fields(cls)
    own = set(vars(cls))
    methods = _guards(cls, {field.name for field in fields})
    methods["__init__"] = _first_init(cls)
    methods["__repr__"] = _repr([field.name for field in fields if field.repr])
    if eq:
        values = _values(field.name for field in fields if field.compare)
        methods["__eq__"] = _compared(operator.eq, values)
        if order:
            methods |= {f"__{each.__name__}__": _compared(each, values) for each in ORDERS}
        hashed = (field.name for field in fields if (field.compare if field.hash is None else field.hash))
        # A class with an __eq__ of its own has been given the hash None by Python; it gets one from its fields.
        own -= {"__hash__"} if vars(cls).get("__hash__") is None else set()
        methods["__hash__"] = _hash(_values(hashed))
    for name, method in methods.items():
        if name not in own:
            method.__qualname__ = f"{cls.__qualname__}.{name}"
            setattr(cls, name, method)
    return cls


def _values(names: Iterable[str]) -> Values:
    found = tuple(names)
    if len(found) > 1:
        return operator.attrgetter(*found)
    # Of one name an attrgetter makes no tuple, and of none it cannot be made.
    return lambda self: tuple(getattr(self, name) for name in found)


# The methods


def _first_init(cls: type) -> Callable[..., None]:
    """Compiles the true one when it is first called."""

    def __init__(self: object, *arguments: object, **named: object) -> None:  # noqa: N807
        init = _init(cls)
        setattr(cls, "__init__", init)  # noqa: B010  # types do not know that a class may get another one
        init(self, *arguments, **named)

    return __init__


def _init(cls: type) -> Callable[..., None]:
    """The text that the library would write, and what it says."""
    names: dict[str, Any] = {"put": object.__setattr__, "missing": dataclasses.MISSING}
    parameters, lines = [], []
    for field in dataclasses.fields(cls):
        name, value = field.name, field.name
        has_default = field.default is not dataclasses.MISSING
        makes_one = field.default_factory is not dataclasses.MISSING
        names[f"default_{name}"] = field.default_factory if makes_one else field.default
        if makes_one:
            value = f"default_{name}()" if not field.init else f"default_{name}() if {name} is missing else {name}"
        if field.init:
            default = "=missing" if makes_one else f"=default_{name}" if has_default else ""
            parameters.append(f"{name}{default}")
        if field.init or makes_one:
            lines.append(f" put(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    text = f"def __init__(self, {', '.join(parameters)}):\n" + ("\n".join(lines) or " pass")
    exec(text, names)  # noqa: S102  # of the names of fields alone, as the library does it
    init: Callable[..., None] = names["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


def _guards(cls: type[object], names: set[str]) -> dict[str, Callable[..., Any]]:
    """Refuse to change or delete; a subclass that is no dataclass may have more."""

    def __setattr__(self: object, name: str, value: object) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)  # type: ignore[misc]  # of any class

    def __delattr__(self: object, name: str) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)  # type: ignore[misc]  # of any class

    return {"__setattr__": __setattr__, "__delattr__": __delattr__}


def _repr(names: list[str]) -> Callable[[Any], str]:
    @recursive_repr()
    def __repr__(self: object) -> str:  # noqa: N807
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return __repr__


def _compared(by: Callable[[Any, Any], bool], values: Values) -> Callable[[Any, object], bool]:
    """An operator on the fields of two of one class; to no other is anything equal, more or less."""

    def compare(self: object, other: object) -> bool:
        return by(values(self), values(other)) if other.__class__ is self.__class__ else NotImplemented

    return compare


def _hash(values: Values) -> Callable[[Any], int]:
    def __hash__(self: object) -> int:  # noqa: N807
        return hash(values(self))

    return __hash__
