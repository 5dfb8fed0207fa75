"""Makes the README's picture from the real app: `python .github/picture.py` writes app.svg beside this file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nnstep
from nnstep.tui.app import NnstepApp
from nnstep.tui.picture import svg

SIZE = (128, 40)
LINES = (
    "break L if L < 0.55",
    "continue",
    "watch A[2][1,0]",
    "display norm(dW[1])",
    "mark learned",
    "goto epoch 40 batch 1 dW[1]",
    "select dW[1][2,1]",
)


async def picture() -> str:
    """The app's screen after LINES, as an SVG that needs nothing from the web."""
    app = NnstepApp(nnstep.open("xor"))
    async with app.run_test(size=SIZE) as pilot:
        for line in LINES:
            app.run_line(line)
            while not app.settled:
                await pilot.pause(0.05)
        await pilot.pause()
        return svg(app, title="nnstep xor")


if __name__ == "__main__":
    Path(__file__).with_name("app.svg").write_text(asyncio.run(picture()), encoding="utf-8")
