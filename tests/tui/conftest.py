"""What every test of the app waits for."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from nnstep.tui.app import NnstepApp
from tests.tui.seen import caught_up


@pytest.fixture(autouse=True)
def _keys_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Pilot waits until what it has pressed or clicked is carried out and shown, however busy the machine is.

    So it does where it pauses, as what a test has posted comes before that.
    """
    press, click, pause = Pilot.press, Pilot.click, Pilot.pause

    async def pressed(pilot: Pilot[object], *keys: str) -> None:
        await press(pilot, *keys)
        if isinstance(pilot.app, NnstepApp):
            await caught_up(pilot.app)

    async def clicked(pilot: Pilot[object], *where: object, **how: object) -> bool:
        done = await click(pilot, *where, **how)  # type: ignore[arg-type]  # as they come
        if isinstance(pilot.app, NnstepApp):
            await caught_up(pilot.app)
        return done

    async def paused(pilot: Pilot[object], delay: float | None = None) -> None:
        await pause(pilot, delay)
        if isinstance(pilot.app, NnstepApp):
            await caught_up(pilot.app)

    monkeypatch.setattr(Pilot, "press", pressed)
    monkeypatch.setattr(Pilot, "pause", paused)
    monkeypatch.setattr(Pilot, "click", clicked)
