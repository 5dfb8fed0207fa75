from __future__ import annotations

import numpy as np
import pytest
from textual import events
from textual.geometry import Region

import nnstep
from nnstep.commands import COMMANDS
from nnstep.tui.app import NnstepApp
from nnstep.tui.keys import CELL_KEYS
from nnstep.tui.paint import Line
from nnstep.tui.pane import Pane
from nnstep.tui.panel import Panel
from tests.tui.seen import painted

BOUND = sorted(key for command in COMMANDS.values() for key in command.keys if command.name != "quit")
CURSOR = ["up", "down", "left", "right"]
USUAL = [
    "s",
    "S",
    "n",
    "N",
    "right_square_bracket",
    "left_square_bracket",
    "tab",
    "up",
    "down",
    "left",
    "right",
    "escape",
]
TYPED = [["slash", ">", "0", "enter"], ["slash", "n", "a", "n", "enter"], ["at", "1", "]", "enter"], ["colon", "u"]]
"""What begins with a key that waits for more."""
ROUNDS, AT_ONCE = 30, 10
"""300 keys on each of three screens."""


def random_keys(rng: np.random.Generator, count: int) -> list[str]:
    keys: list[str] = []
    while len(keys) < count:
        kind = rng.random()
        if kind < 0.5:
            keys.append(str(rng.choice(USUAL)))
        elif kind < 0.75:
            keys.append(str(rng.choice(BOUND)))
        elif kind < 0.9:
            keys.append(str(rng.choice(CELL_KEYS)))
        else:
            keys += TYPED[int(rng.integers(len(TYPED)))]
    return keys


@pytest.mark.parametrize(("model", "size"), [("xor", (120, 40)), ("digits", (80, 24)), ("moons", (200, 60))])
async def test_after_random_keys_the_screen_equals_a_full_repaint(
    model: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[Panel, set[int]] = {}
    refresh = Pane.refresh

    def recorded(self: Pane, *regions: Region, **more: bool) -> Pane:
        lines = {y for region in regions for y in region.line_range} if regions else set(range(200))
        asked.setdefault(self.panel, set()).update(lines)
        return refresh(self, *regions, **more)

    monkeypatch.setattr(Pane, "refresh", recorded)
    rng = np.random.default_rng(11)
    app = NnstepApp(nnstep.open(model, {"training.epochs": 3}))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        before: dict[Panel, list[Line]] = {}
        for number in range(ROUNDS):
            asked.clear()
            keys = random_keys(rng, AT_ONCE)
            for key in keys:
                app.post_message(events.Key(key, key if len(key) == 1 else None))
            await pilot.pause()
            while app.mover.busy:
                await pilot.pause(0.02)
            await pilot.pause()
            after = {panel: list(panel.lines) for panel in app.main.panels.values()}
            for panel, lines in after.items():
                old = before.get(panel, [])
                if panel.display and len(old) == len(lines):
                    changed = {y for y, (new, was) in enumerate(zip(lines, old, strict=True)) if new != was}
                    assert changed <= asked.get(panel, set()), (panel, number, keys)
            before = dict(after)
            kept = painted(app)
            for panel in after:
                panel.draw_anew()
            assert painted(app) == kept, (number, keys)
