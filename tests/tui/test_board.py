from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from textual.app import App, ComposeResult

from nnstep.tui.board import Board, CellClicked, Cursor
from nnstep.tui.content import Content
from nnstep.tui.palette import PALETTES, theme
from nnstep.tui.pane import Pane
from tests.tui.seen import painted, screen_text


class Harness(App[None]):
    CSS = "Pane { width: 100%; height: 100%; }"

    def __init__(self) -> None:
        super().__init__()
        for palette in PALETTES.values():
            self.register_theme(theme(palette))
        self.theme = "dark"
        self.board = Board()

    def compose(self) -> ComposeResult:
        yield Pane(self.board)


def matrices(rng: np.random.Generator, version: int) -> list[Content]:
    count = int(rng.integers(1, 6))
    contents = []
    for place in range(count):
        shape = tuple(int(n) for n in rng.integers(1, 40, size=int(rng.integers(0, 3))))
        array = rng.normal(size=shape) * 10.0 ** int(rng.integers(-5, 7))
        if array.size > 1 and rng.random() < 0.3:
            array.flat[0] = rng.choice([np.nan, np.inf, -np.inf, 0.0])
        kept = rng.random() > 0.1
        name = f"M[{place}]"
        title = ((name, "strong"),)
        values = array if kept else None
        contents.append(Content(f"slot {place}", name, title, shape, name, values, "not yet (step 7)", version))
    return contents


def moves(rng: np.random.Generator, count: int) -> Iterator[tuple[str, int]]:
    kinds = {"change": 0.3, "nudge": 0.2, "cursor": 0.3, "wheel": 0.1, "resize": 0.05, "theme": 0.05}
    for number in range(count):
        yield str(rng.choice(list(kinds), p=list(kinds.values()))), number


async def test_after_random_changes_the_screen_equals_a_full_repaint() -> None:
    rng = np.random.default_rng(5)
    app = Harness()
    async with app.run_test(size=(100, 30)) as pilot:
        contents = matrices(rng, -1)
        cursor: Cursor | None = None
        for kind, version in moves(rng, 90):
            if kind == "change":
                contents = matrices(rng, version)
            elif kind == "nudge":
                contents = [nudged(rng, each, version) for each in contents]
            elif kind == "cursor":
                chosen = contents[int(rng.integers(len(contents)))]
                cursor = Cursor(chosen.slot, *(int(rng.integers(n)) for n in (1, 1, *chosen.shape)[-2:]))
            elif kind == "resize":
                await pilot.resize_terminal(int(rng.integers(60, 140)), int(rng.integers(16, 50)))
            elif kind == "theme":
                app.theme = "light" if app.theme == "dark" else "dark"
            else:
                for matrix in app.board.matrices.values():
                    matrix.scroll(int(rng.integers(-5, 6)), int(rng.integers(-5, 6)))
                app.board.changed()
            if kind not in ("wheel", "resize", "theme"):
                slots = {each.slot for each in contents}
                cursor = cursor if cursor is not None and cursor.slot in slots else None
                app.board.show(contents, clamped(cursor, contents), {contents[0].slot: {0: {0}, 3: {1, 2}}})
            await pilot.pause()
            assert painted(app) == repainted(app), kind


def clamped(cursor: Cursor | None, contents: list[Content]) -> Cursor | None:
    if cursor is None:
        return None
    shape = (1, 1, *next(each.shape for each in contents if each.slot == cursor.slot))[-2:]
    return Cursor(cursor.slot, min(cursor.row, shape[0] - 1), min(cursor.column, shape[1] - 1))


def nudged(rng: np.random.Generator, content: Content, version: int) -> Content:
    if content.array is None:
        return content
    array = np.array(content.array[...])
    if array.size:
        array.flat[int(rng.integers(array.size))] *= -1
    return Content(content.slot, content.name, content.title, content.shape, content.name, array, "", version)


def repainted(app: Harness) -> list[list[tuple[str, object]]]:
    """What a board with the same state shows that has painted nothing yet."""
    old = app.board
    size = old.size
    lines = old.draw(size.width, size.height)
    # The same paint, but nothing that was kept.
    assert old.paint is not None
    rows = [old.paint.segments(line, size.width) for line in lines]
    return [[(character, segment.style) for segment in row for character in segment.text] for row in rows]


async def test_a_changed_cell_repaints_its_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Harness()
    async with app.run_test(size=(80, 24)) as pilot:
        array = np.arange(60.0).reshape(10, 6) / 7
        app.board.show([Content("result", "Z[1]", (("Z[1]", "strong"),), array.shape, "Z[1]", array, version=1)])
        await pilot.pause()
        regions: list[tuple[int, int]] = []
        pane = app.query_one(Pane)
        monkeypatch.setattr(pane, "refresh", lambda *asked: regions.extend((r.y, r.height) for r in asked))
        array = array.copy()
        array[4, 2] = 1.0
        app.board.show([Content("result", "Z[1]", (("Z[1]", "strong"),), array.shape, "Z[1]", array, version=2)])
        assert regions == [(6, 1)]


async def test_a_click_chooses_the_cell() -> None:
    chosen: list[tuple[str, int, int]] = []

    class Listening(Harness):
        def on_pane_told(self, told: Pane.Told) -> None:
            assert isinstance(told.what, CellClicked)
            chosen.append((told.what.content.name, told.what.row, told.what.column))

    app = Listening()
    async with app.run_test(size=(80, 24)) as pilot:
        array = -np.arange(60.0).reshape(10, 6) / 7
        app.board.show([Content("result", "Z[1]", (("Z[1]", "strong"),), array.shape, "Z[1]", array, version=1)])
        await pilot.pause()
        assert "-0.1429" in screen_text(app)
        await pilot.click(Pane, offset=(1 + 8 * 2 + 3, 2 + 5))
        assert chosen == [("Z[1]", 5, 2)]


async def test_held_boards_read_nothing() -> None:
    app = Harness()
    async with app.run_test(size=(80, 24)) as pilot:
        array = np.ones((3, 3)) / 3
        app.board.show([Content("result", "Z[1]", (("Z[1]", "strong"),), array.shape, "Z[1]", array, version=1)])
        await pilot.pause()
        app.board.hold()
        array[:] = 7.5
        assert "0.3333" in screen_text(app)
        await pilot.resize_terminal(90, 24)
        await pilot.pause()
        assert "7.5" not in screen_text(app)
