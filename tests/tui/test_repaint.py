from __future__ import annotations

import numpy as np
import pytest
from textual import events
from textual.geometry import Region

import nnstep
from nnstep.tui.app import NnstepApp
from nnstep.tui.panel import Panel
from tests.tui.seen import painted

KEYS = [
    *["s"] * 6, *["S"] * 4, "n", "N", "f", "F", "right_square_bracket", "left_square_bracket", "right_curly_bracket",
    "tab", "tab", "shift+tab", "up", "down", "left", "right", "right", "down", "pagedown", "home", "end", "ctrl+end",
    "u", "d", "z", "enter", "escape", "question_mark", "escape",
]  # fmt: skip


@pytest.mark.parametrize(("model", "size"), [("xor", (120, 40)), ("digits", (80, 24)), ("iris", (200, 60))])
async def test_after_random_keys_the_screen_equals_a_full_repaint(
    model: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[Panel, set[int]] = {}
    refresh = Panel.refresh

    def recorded(self: Panel, *regions: Region, **more: bool) -> Panel:
        lines = {y for region in regions for y in region.line_range} if regions else set(range(200))
        asked.setdefault(self, set()).update(lines)
        return refresh(self, *regions, **more)

    monkeypatch.setattr(Panel, "refresh", recorded)
    rng = np.random.default_rng(11)
    app = NnstepApp(nnstep.open(model))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        before: dict[Panel, list[object]] = {}
        for _ in range(30):
            asked.clear()
            for key in rng.choice(KEYS, size=4):
                app.post_message(events.Key(str(key), None))
            await pilot.pause()
            while app.mover.busy:
                await pilot.pause(0.02)
            await pilot.pause()
            after = {panel: list(panel._lines) for panel in app.main.query(Panel)}  # noqa: SLF001  # what was painted
            for panel, lines in after.items():
                old = before.get(panel, [])
                if panel.display and len(old) == len(lines):
                    changed = {y for y, (new, was) in enumerate(zip(lines, old, strict=True)) if new != was}
                    assert changed <= asked.get(panel, set()), panel
            before = dict(after)  # type: ignore[arg-type]  # lines are only compared
            kept = painted(app)
            for panel in after:
                panel._drawn = panel._drawn.with_width(0)  # noqa: SLF001  # forget everything
            assert painted(app) == kept
