"""Seeks in random order, compared with a run straight on: at every step the same bits, whichever way one came."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from random import Random

from nnstep.session import Session
from nnstep.values import dataclass

FARTHEST = 300
"""Iterations within which is sought: several checkpoints, and a straight run of moderate length."""

PLACES = 250
"""Different steps that are sought, again and again from others."""


@dataclass(frozen=True)
class Seeks:
    """How many seeks on a model were compared, and the steps at which they differed."""

    model: str
    count: int
    different: tuple[int, ...]


def seek(model: str, count: int, seed: int, go_on: Callable[[], bool] = lambda: True) -> Seeks:
    """Go to random steps of a model, and compare all that can be read there with a run straight on."""
    session = Session(model)
    random = Random(f"{seed} {model}")  # noqa: S311  # a seed, not secrecy
    last = min(session.length, FARTHEST * session.calendar.instructions)
    steps = [random.randint(0, last) for _ in range(min(count, PLACES))]
    straight = digests(Session(model), sorted(set(steps)))
    done, different = 0, list[int]()
    while done < count and go_on():
        done += 1
        step = random.choice(steps)
        if digests(session, [step])[step] != straight[step]:
            different.append(step)
    return Seeks(model, done, tuple(different))


def digests(session: Session, steps: Sequence[int]) -> dict[int, bytes]:
    """What can be read at each step, as a digest of its bytes."""
    found = {}
    for step in steps:
        session.move(step)
        digest = hashlib.blake2b(digest_size=16)
        for name in session.names:
            if session.readable(name):
                digest.update(name.encode())
                digest.update(session.read(name).tobytes())
        found[step] = digest.digest()
    return found
