"""Makes the README's picture from the real app: `python .github/picture.py` writes app.svg beside this file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nnstep
from nnstep.tui.app import NnstepApp
from nnstep.tui.picture import svg

SIZE = (120, 36)
LINES = ("goto epoch 40 batch 1 delta[1]", "select delta[1][2,0]")


async def picture() -> str:
    """The app's screen after LINES, as an SVG that needs nothing from the web."""
    app = NnstepApp(nnstep.open("xor"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        for line in LINES:
            app.run_line(line)
            while app.mover.busy:
                await pilot.pause(0.05)
            await pilot.pause()
        return svg(app, title="nnstep xor")


if __name__ == "__main__":
    Path(__file__).with_name("app.svg").write_text(asyncio.run(picture()), encoding="utf-8")
