"""Makes the README's pictures from the real app: `python .github/picture.py` writes them beside this file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import nnstep
from nnstep.tui.app import NnstepApp
from nnstep.tui.picture import svg

PICTURES = {
    "app.svg": (
        "xor",
        (128, 40),
        (
            "break L if L < 0.55",
            "continue",
            "watch A[2][1,0]",
            "display norm(dW[1])",
            "mark learned",
            "goto epoch 40 batch 1 dW[1]",
            "select dW[1][2,1]",
        ),
    ),
    "network.svg": ("mlp", (120, 36), ("goto epoch 40 batch 1 delta[1]", "view network", "select delta[1][0,3]")),
    "training.svg": ("moons", (140, 42), ("goto epoch 40 batch 1", "view training")),
}


async def picture(model: str, size: tuple[int, int], lines: tuple[str, ...]) -> str:
    """The app's screen after some lines, as an SVG that needs nothing from the web."""
    app = NnstepApp(nnstep.open(model))
    async with app.run_test(size=size) as pilot:
        for line in lines:
            app.run_line(line)
            while not app.settled:
                await pilot.pause(0.05)
        await pilot.pause()
        return svg(app, title=f"nnstep {model}")


if __name__ == "__main__":
    for name, shown in PICTURES.items():
        Path(__file__).with_name(name).write_text(asyncio.run(picture(*shown)), encoding="utf-8")
