"""Our dataclasses are the library's: each case is declared by both, and all that can be asked of them is the same."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, field
from functools import cached_property
from operator import ge, gt, le, lt
from typing import Any, ClassVar

import pytest

from nnstep.values import dataclass

Declare = Callable[..., Any]


def plain(frozen: Declare) -> tuple[type, ...]:
    @frozen
    class Plain:
        a: int
        b: str = "b"

    return (Plain,)


def factory(frozen: Declare) -> tuple[type, ...]:
    @frozen
    class Factory:
        many: ClassVar[int] = 3
        a: int
        b: list[int] = field(default_factory=list)
        c: int = field(default=5, init=False)
        d: dict[str, int] = field(default_factory=dict, init=False, compare=False)

    return (Factory,)


def chosen(frozen: Declare) -> tuple[type, ...]:
    @frozen
    class Chosen:
        a: int
        b: int = field(default=0, compare=False, repr=False)
        c: int = field(default=0, hash=False)

    return (Chosen,)


def after(frozen: Declare) -> tuple[type, ...]:
    @frozen
    class After:
        a: int
        b: int = 0

        def __post_init__(self) -> None:
            if self.a < 0:
                raise ValueError("negative")
            object.__setattr__(self, "b", self.a + 1)

        @cached_property
        def twice(self) -> int:
            return 2 * self.a

    return (After,)


def heirs(frozen: Declare) -> tuple[type, ...]:
    @frozen
    class Base:
        a: int

        @property
        def half(self) -> float:
            return self.a / 2

    @frozen
    class Heir(Base):
        b: int = 1

    class Loose(Heir):
        pass

    return Base, Heir, Loose


def own(frozen: Declare) -> tuple[type, ...]:
    @frozen
    class Own:
        a: int
        b: int = 0

        def __repr__(self) -> str:
            return f"<{self.a}>"

        def __hash__(self) -> int:
            return self.a

    @frozen
    class Equal:  # noqa: PLW1641  # its hash is what is tried
        a: int
        b: int = 0

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Equal) and self.a == other.a

    return Own, Equal


def empty(frozen: Declare) -> tuple[type, ...]:
    @frozen
    class Empty:
        """Nothing."""

    return (Empty,)


def identical(frozen: Declare) -> tuple[type, ...]:
    @frozen(eq=False)
    class Identical:
        a: int
        b: int = 0

    return (Identical,)


def ordered(frozen: Declare) -> tuple[type, ...]:
    @frozen(order=True)
    class Ordered:
        a: int
        b: int = field(default=0, compare=False)
        c: int = 0

    return (Ordered,)


def asked(act: Callable[[], object]) -> object:
    """What comes of it; of an error its type."""
    try:
        return act()
    except Exception as error:  # noqa: BLE001  # whatever it is, it must be the same
        return type(error)


def answers(kind: type, *arguments: object, **named: object) -> dict[str, object]:
    """All that can be asked of an instance."""
    made = asked(lambda: kind(*arguments, **named))
    if isinstance(made, type):
        return {"refused": made}
    again: Any = kind(*arguments, **named)
    x: Any = made
    return {
        "repr": repr(x).rpartition("<locals>.")[2].partition(" object at")[0],
        "fields": [each.name for each in dataclasses.fields(x)],
        "values": vars(x).copy(),
        "match": getattr(kind, "__match_args__", None),
        "equal": (x == again, x == x, x != again, x == object()),  # noqa: PLR0124
        "less": asked(lambda: [by(x, again) for by in (lt, le, gt, ge)]),
        "less by one": asked(lambda: [by(x, dataclasses.replace(x, c=9)) for by in (lt, le, gt, ge)]),
        "less than another": asked(lambda: lt(x, 1)),
        "hash": asked(lambda: hash(x) == hash(again)),
        "hash of itself": asked(lambda: hash(x) if "eq" not in kind.__name__ and "__eq__" in vars(kind) else 0),
        "set": asked(lambda: setattr(x, "a", 1)),
        "set what it has not": asked(lambda: setattr(x, "z", 1)),
        "delete": asked(lambda: delattr(x, "a")),
        "replaced": asked(lambda: vars(dataclasses.replace(x, a=7))),
        "as a dict": dataclasses.asdict(x),
        "copied": asked(lambda: vars(copy.deepcopy(x)) == vars(x)),
        "more": [asked(lambda name=name: getattr(x, name)) for name in ("twice", "half")],  # type: ignore[misc]
    }


CASES = [plain, factory, chosen, after, heirs, own, empty, identical, ordered]
CALLS: list[tuple[tuple[object, ...], dict[str, object]]] = [
    ((), {}),
    ((1,), {}),
    ((1, 2), {}),
    ((), {"a": 1, "b": 2}),
    ((-1,), {}),
    ((1, 2, 3, 4, 5), {}),
    ((1,), {"z": 1}),
]


@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.parametrize("case", CASES)
def test_ours_answer_as_the_librarys(case: Callable[[Declare], tuple[type, ...]], call: tuple[Any, Any]) -> None:
    def librarys(cls: type | None = None, **options: bool) -> Any:  # noqa: ANN401
        return (
            dataclasses.dataclass(cls, frozen=True, **options) if cls else dataclasses.dataclass(frozen=True, **options)
        )

    def of_ours(cls: type | None = None, **options: bool) -> Any:  # noqa: ANN401
        return dataclass(frozen=True, **options)(cls) if cls else dataclass(frozen=True, **options)

    arguments, named = call
    for mine, theirs in zip(case(of_ours), case(librarys), strict=True):
        assert answers(mine, *arguments, **named) == answers(theirs, *arguments, **named)


@dataclass(frozen=True)
class Point:
    """At the top of a module, so that it can be pickled."""

    x: int
    y: int = 0


def test_a_value_survives_pickle_and_is_a_key() -> None:
    point = Point(1, 2)
    assert pickle.loads(pickle.dumps(point)) == point  # noqa: S301  # our own bytes
    assert {point: "here"}[Point(1, 2)] == "here"
    assert {Point(1), Point(1), Point(2)} == {Point(1, 0), Point(2, 0)}


def test_heirs_are_other_values_and_all_are_frozen() -> None:
    @dataclass(frozen=True)
    class Place(Point):
        z: int = 0

    place = Place(1, 2, 3)
    assert Place(1, 2) != Point(1, 2)
    assert dataclasses.replace(place, y=5) == Place(1, 5, 3)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        place.x = 4  # type: ignore[misc]  # that is what is tried
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'z'"):
        del place.z


def test_mutable_classes_are_mutable_and_ordered_ones_ordered() -> None:
    @dataclass
    class Mutable:
        a: int

    @dataclass(frozen=True, order=True)
    class Ordered:
        a: int

    changed = Mutable(1)
    changed.a = 2
    assert changed == Mutable(2)
    assert Ordered(1) < Ordered(2)


def test_a_value_in_itself_is_written() -> None:
    @dataclass(frozen=True)
    class Ring:
        parts: list[object]

    ring = Ring([])
    ring.parts.append(ring)
    assert repr(ring).endswith("Ring(parts=[...])")
