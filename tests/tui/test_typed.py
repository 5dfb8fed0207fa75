"""Lines that wait for their turn."""

from __future__ import annotations

from collections import deque
from threading import Event
from typing import Any

from nnstep.tui.moves import Mover
from nnstep.tui.typed import MOST, Act, Typed


def test_no_line_is_carried_out_before_those_that_wait() -> None:
    mover: Mover[Any] = Mover()
    soon: deque[Act] = deque()
    typed = Typed(mover, soon.append)
    done: list[int] = []
    gate = Event()
    running = mover.run("step", gate.wait)
    assert all(typed.put_off(lambda number=number: done.append(number)) for number in range(MOST))  # type: ignore[misc]
    gate.set()
    running.result()
    # Nothing runs now, but their turn has not come: one more is dropped rather than carried out first.
    assert typed.put_off(lambda: done.append(-1))
    typed.go_on()
    while soon:
        soon.popleft()()
    assert done == list(range(MOST))
    assert not typed.put_off(lambda: None)
    mover.close()
