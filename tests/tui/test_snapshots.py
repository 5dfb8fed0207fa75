"""Every view as it was last looked at: SVG pictures at three sizes, compressed.

`python -m pytest tests/tui/test_snapshots.py --update-snapshots` takes them anew; look at each that has changed.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest

import nnstep
from nnstep.lesson import Replay, parse
from nnstep.settings import Settings
from nnstep.tui.app import NnstepApp
from nnstep.tui.picture import svg
from tests.tui.seen import caught_up

PICTURES = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (120, 40), (200, 60))
LESSON = """# The way back

The forward pass leaves `Z` and `A` of every layer behind, and the backward pass reads them.
*Nothing* is computed twice.

```nnstep
open xor
goto delta[2]
```

## A question

With `m` rows in the batch, how many rows has `delta[2]`?

```nnstep
ask "Rows of delta[2]" m
```

The end.
"""


@dataclass(frozen=True)
class Scene:
    """What is opened, and what is typed before the picture is taken; `: TEXT` stays in the prompt."""

    model: str
    lines: tuple[str, ...] = ()
    settings: Settings | None = None
    lesson: bool = False


SIDE = ("break L if L > 0.6", "watch W[1][0,0]", "display norm(dW[1])", "continue", "mark here", "set lr = 1")
SCENES = {
    "start": Scene("xor"),
    "forward": Scene("mlp", ("goto epoch 3 batch 1 Z[1]", "select Z[1][1,2]")),
    "backward": Scene("digits", ("goto epoch 2 batch 3 delta[2]", "select delta[2][2,0]")),
    "update": Scene("xor", ("goto epoch 40 batch 1 W[1]",)),
    "adam": Scene("moons", ("goto epoch 2 batch 3 W[2]",)),
    "graph": Scene("residual", ("goto epoch 2 batch 1", "step 9")),
    "recurrent": Scene("rnn", ("goto epoch 1 batch 1 dh2",)),
    "nan": Scene("exploding_gradient", ("catch nan", "continue")),
    "layer": Scene("digits", ("goto epoch 2 batch 3 db[2]", "view layer")),
    "slots": Scene("moons", ("goto epoch 2 batch 3 mW[1]", "view layer")),
    "sorted": Scene("digits", ("goto epoch 2 batch 3 db[2]", "view layer", "sort gradient", "compare difference")),
    "zoomed": Scene("digits", ("goto epoch 2 batch 3 A[1]", "find > 1", "zoom")),
    "network": Scene("xor", ("goto epoch 40 batch 1 delta[1]", "view network")),
    "equations": Scene("residual", ("goto epoch 2 batch 1", "step 9", "view graph")),
    "training": Scene("digits", ("goto epoch 4", "view training")),
    "neuron": Scene("logistic_regression", ("goto epoch 4 batch 1 delta[1]", "view network")),
    "selected": Scene("digits", ("goto epoch 2 batch 3 A[2]", "view network", "select A[1][3,60]")),
    "chain": Scene("chain_rule", ("goto epoch 2 batch 1 dz", "view graph", "select r", "theme light")),
    "surface": Scene("moons", ("goto epoch 30", "view training surface")),
    "data": Scene("moons", ("goto epoch 30", "view data")),
    "images": Scene("digits", ("goto epoch 2 batch 3 A[1]", "view data", "row 3")),
    "heat": Scene("xor", ("goto epoch 40 batch 1 W[1]", "select W[1][2,1]", "view matrix")),
    "tape": Scene("xor", ("goto epoch 2 batch 1 L", "focus tape", "fold backward", "find dW")),
    "side": Scene("xor", (*SIDE, "step", "focus side")),
    "help": Scene("xor", ("help",)),
    "palette": Scene("xor", ("palette",)),
    "picker": Scene("xor", ("models",)),
    "glossary": Scene("xor", ("goto epoch 2 batch 1 delta[1]", "glossary")),
    "answer": Scene("xor", ("goto epoch 2", "info tape")),
    "why": Scene("exploding_gradient", ("catch nan", "continue", "why Z[2][0,0]")),
    "refused": Scene("xor", ("print W[7]",)),
    "prompt": Scene("xor", (": goto delta",)),
    "lesson": Scene("xor", lesson=True),
    "question": Scene("xor", ("lesson next",), lesson=True),
    "light": Scene("xor", (*SIDE, "theme light", "goto epoch 40 batch 1 delta[1]", "select delta[1][2,0]")),
    "contrast": Scene("xor", (*SIDE, "theme contrast", "goto epoch 40 batch 1 delta[1]", "select delta[1][2,0]")),
    "ascii": Scene("xor", (*SIDE, "goto epoch 40 batch 1 delta[1]"), settings=Settings(ascii=True)),
}


def opened(scene: Scene) -> NnstepApp:
    """The app in which a scene is played."""
    if not scene.lesson:
        return NnstepApp(nnstep.open(scene.model), settings=scene.settings)
    replay = Replay(parse(LESSON, Path("way_back.md")))
    return NnstepApp(replay.debugger, settings=scene.settings, lesson=replay)


@pytest.mark.parametrize("name", SCENES)
async def test_it_looks_as_it_did(
    name: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Models in the present folder are offered, and lessons tell how far they have been read.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNSTEP_STATE", str(tmp_path / "state"))
    scene = SCENES[name]
    app = opened(scene)
    pictures: dict[str, str] = {}
    async with app.run_test(size=SIZES[0]) as pilot:
        await caught_up(app, settled=True)
        while scene.lesson and (app.course is None or app.course.replay.at < 0):
            # It begins after the first painting.
            await caught_up(app, settled=True)
        for line in scene.lines:
            if line.startswith(": "):
                app.main.prompt.open(line[2:])
            else:
                app.run_line(line)
            await caught_up(app, settled=True)
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await caught_up(app, settled=True)
            pictures[f"{name}-{width}x{height}.svgz"] = svg(app, title="nnstep")
    changed = []
    for file, picture in pictures.items():
        kept = PICTURES / file
        old = gzip.decompress(kept.read_bytes()).decode() if kept.exists() else ""
        # We write them ourselves: no release of a library changes them.
        if old == picture:
            continue
        if request.config.getoption("--update-snapshots"):
            PICTURES.mkdir(exist_ok=True)
            kept.write_bytes(gzip.compress(picture.encode(), mtime=0))
            continue
        now = tmp_path / file.removesuffix("z")
        now.write_text(picture, encoding="utf-8")
        changed.append(f"{kept} is now {now}")
    assert not changed, (
        "looks otherwise; if that is meant, run `python -m pytest tests/tui/test_snapshots.py --update-snapshots`, "
        f"and look at each (zcat FILE.svgz > FILE.svg): {'; '.join(changed)}"
    )


def test_the_pictures_are_those_of_the_scenes(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-snapshots"):
        pytest.skip("they are being taken")
    names = {f"{name}-{width}x{height}.svgz" for name in SCENES for width, height in SIZES}
    assert {path.name for path in PICTURES.iterdir()} == names
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 1_000_000
