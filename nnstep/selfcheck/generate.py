"""Making bad input: lines and expressions by their grammar, files by damaging good ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any, get_args

from nnstep.commands import COMMANDS
from nnstep.session.operations import FUNCTIONS
from nnstep.timeline import UNITS

OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "@", "<", "<=", "==", "!=", ">", " and ", " or ", "&", "|", "^")
NUMBERS = ("0", "1", "-1", "2", "0.5", "1e308", "1e-320", "9" * 30, "0x10", "1_0", "1j", "nan", "inf", "3.", ".5")
ODD_WORDS = ("", "?", "\x1b[31m", "\u202e", "é", "δ", "δ[", "]", "W[-1]", "W[99]", "z.1", "dx:1", *"'\"\\", "a" * 300)
REFUSED = ("__import__('os')", "().__class__", "[x for x in X]", "lambda: 0", "f'{X}'", "9**9**9", "X.dtype")
INSERTED = (b"\0", b"\x1b]0;t\x07", b"\xff\xfe", b"[", b'"', b"'", b"\n\n", b"9" * 40, b"-")
SIZES = (b"0", b"-1", b"99999999999", b"1e400", b"nan", b"'a'", b"[]")
PLACES = (["main", 10**9], ["main", -1], ["b1", -1], ["b1", True], ["b9", 0])
VALUES: tuple[Any, ...] = (None, True, -1, 0, 7, 10**30, 1.5, "", "main", "b1", [], {}, *PLACES)
WRAPPERS = ("({})", "-{}", "not {}", "~{}", "{}.T")
DEEPEST = 5
LEAVES = 0.35


def expression(random: Random, names: Sequence[str], depth: int = 0) -> str:
    """An expression, mostly a good one."""

    def inner() -> str:
        return expression(random, names, depth + 1)

    if depth == DEEPEST or random.random() < LEAVES:
        odd = random.choice((*REFUSED, *ODD_WORDS)) if random.random() < 0.1 else random.choice(names)
        return random.choice((random.choice(names), random.choice(NUMBERS), odd))
    kind = random.randrange(6)
    if kind < 3:
        return f"{inner()} {random.choice(OPERATORS)} {inner()}"
    if kind == 3:
        return f"{random.choice((*FUNCTIONS, 'old'))}({inner()})"
    if kind == 4:
        return f"{inner()}[{', '.join(_slice(random, inner) for _ in range(random.randint(1, 3)))}]"
    return random.choice(WRAPPERS).format(inner())


def _slice(random: Random, inner: Callable[[], str]) -> str:
    return random.choice((":", "0", "-1", "1:", "::2", "99", inner()))


def line(random: Random, names: Sequence[str], commands: Sequence[str]) -> str:
    """A line of the language: a command, then words that fit it more or less."""
    name = random.choice(commands)
    words = [name]
    for parameter in COMMANDS[name].parameters:
        if random.random() < 0.1:
            continue
        choices = get_args(parameter.kind)
        words.append(str(random.choice(choices)) if choices and random.random() < 0.8 else _words(random, names))
    if random.random() < 0.2:
        words.insert(random.randrange(len(words) + 1), random.choice((*ODD_WORDS, "if", "within", "~=", "=", "end")))
    return " ".join(words)


def _words(random: Random, names: Sequence[str]) -> str:
    number = str(random.choice((0, 1, 2, 3, 7, 10**6, 10**20, -1)))
    return random.choice(
        (
            number,
            f"{random.choice('+-')}{number} {random.choice(UNITS)}",
            f"epoch {number} batch {number}",
            f"{number}%",
            random.choice(names),
            f"{random.choice(names)}[{number},{number}]",
            f"{random.choice(names)} = {expression(random, names)}",
            f"{expression(random, names)} if {expression(random, names)}",
            f"{expression(random, names)} ~= {expression(random, names)} within {random.choice(NUMBERS)}",
            expression(random, names),
            random.choice(ODD_WORDS),
        )
    )


def other_json(random: Random, value: Any) -> Any:  # noqa: ANN401  # what JSON has
    """A value of JSON with one place in it changed."""
    deeper = random.random() < 0.85
    if isinstance(value, dict) and value and deeper:
        key = random.choice(list(value))
        return {**value, key: other_json(random, value[key])}
    if isinstance(value, list) and value and deeper:
        place = random.randrange(len(value))
        changed = random.choice(([], [random.choice(value)] * 2, [other_json(random, value[place])]))
        return [*value[:place], *changed, *value[place + 1 :]]
    if isinstance(value, str) and deeper:
        return damaged(random, value.encode()).decode(errors="replace")
    return random.choice(VALUES)


def damaged(random: Random, raw: bytes) -> bytes:
    """A file with some of its bytes changed, moved, doubled or gone."""
    file = bytearray(raw)
    for _ in range(random.randint(1, 6)):
        start = random.randrange(len(file) + 1)
        stop = min(len(file), start + random.choice((1, 1, 2, 8, 64)))
        kind = random.randrange(6)
        if kind == 0:
            file[start:stop] = bytes(random.randrange(256) for _ in range(stop - start))
        elif kind == 1:
            del file[start:stop]
        elif kind == 2:
            file[start:start] = file[start:stop] * random.randint(1, 5)
        elif kind == 3:
            file[start:start] = random.choice(INSERTED)
        elif kind == 4 and file:
            place = random.randrange(len(file))
            file[place] ^= 1 << random.randrange(8)
        else:
            # Numbers are where sizes and shapes are said.
            digits = [place for place, byte in enumerate(file) if 48 <= byte <= 57]
            if digits:
                place = random.choice(digits)
                file[place : place + 1] = random.choice(SIZES)
    return bytes(file)
