"""A lesson in the app: its keys, its questions, the reader's turn, and where its prose stands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import combinations
from pathlib import Path

import pytest
from textual.pilot import Pilot

import nnstep
from nnstep.lesson import Replay, bundled, lessons, parse, progress
from nnstep.lesson.catalogue import following, key_of
from nnstep.session.journal import state_of
from nnstep.tui.app import NnstepApp
from nnstep.tui.arrange import NOWHERE, Place
from nnstep.tui.frame import Needs, frame
from nnstep.tui.lectern import around
from nnstep.tui.own.lesson import opened as opened_by
from nnstep.tui.questions import lessons_question
from tests.tui.seen import screen_lines, screen_text

# mlp: 20 instructions an iteration; Z[1] is written at step 3, L at step 8, δ[2] at step 10.
LESSON = """# The whole way

Before any section.

```nnstep
open mlp
goto Z[1]
```

## Forward

The loss is *next*.

```nnstep
goto L
pause
goto delta[2]
break L
```

## Backward

A question.

```nnstep
ask "How many rows?" m
set lr = 1
goto dW[1]
expect delta[1].T @ X ~= dW[1]
expect m == 5
```

The end.
"""


@asynccontextmanager
async def opened(text: str = LESSON, size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[NnstepApp, Pilot[None]]]:
    replay = Replay(parse(text, Path("whole.md")))
    app = NnstepApp(replay.debugger, lesson=replay)
    async with app.run_test(size=size) as pilot:
        for _ in range(100):
            if app.course is not None and app.course.replay.at >= 0 and app.main.prose.page.title:
                break
            await pilot.pause(0.01)
        await pilot.pause()
        yield app, pilot


async def test_keys_go_through_a_lesson_and_back() -> None:
    async with opened() as (app, pilot):
        course = app.course
        assert course is not None
        session = app.debugger.session

        def here() -> tuple[int, int, int]:
            return course.replay.at, len(course.replay.ran), session.step

        assert here() == (0, 2, 3)
        assert "Before any section." in screen_text(app)
        assert " space next  ⌫ back  i try  ↵ explain  a play" in screen_lines(app)[-1]
        await pilot.press("space")
        assert here() == (1, 2, 8)
        await pilot.press("space")
        assert here() == (1, 4, 10)
        forward = state_of(session)
        assert "› break L" in screen_text(app)

        await pilot.press("space")
        assert course.quiz.question is not None
        assert "? How many rows?" in screen_text(app)
        # Nothing but the question says what is to be typed.
        assert not app.main.candidates.display
        await pilot.press(*"40", "enter")
        assert "40: not yet; try once more" in screen_text(app)
        await pilot.press(*"4", "enter")
        await pilot.pause()
        assert here() == (2, 5, 15)
        text = screen_text(app)
        assert "✓ 4: right" in text
        assert "✓ delta[1].T @ X ~= dW[1]" in text
        assert "expect m == 5: m is 4" in " ".join(text.split()).replace("│ ", "")
        backward = state_of(session)

        # Moving is taking over; looking is not.
        await pilot.press("enter")
        assert "your turn" not in screen_text(app)
        await pilot.press("escape", "s", "s")
        assert "your turn" in screen_text(app)
        assert screen_lines(app)[-1].startswith(" esc to the lesson  s S step")
        await pilot.press("space")
        assert session.step == 17
        await pilot.press("escape")
        assert "your turn" not in screen_text(app)
        assert state_of(session) == backward

        await pilot.press("backspace")
        assert state_of(session) == forward
        assert here() == (1, 4, 10)
        await pilot.press("pageup", "pageup")
        assert here() == (0, 2, 3)
        await pilot.press("backspace")
        assert "this is the first beat" in screen_text(app)

        # On the way to a section, pauses are not waited for.
        await pilot.press("pagedown", "pagedown")
        assert course.quiz.question is not None
        assert state_of(session) == forward


async def test_a_lesson_plays_by_itself_until_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstep.tui.pace.BASE_SECONDS", 0.0)
    monkeypatch.setattr("nnstep.tui.pace.CELLS_A_SECOND", 1e6)
    text = LESSON.replace('ask "How many rows?" m\n', "").replace("expect m == 5\n", "")
    async with opened(text) as (app, pilot):
        course = app.course
        assert course is not None
        await pilot.press("plus", "a")
        assert course.pace.speed == 1.5
        for _ in range(100):
            if course.replay.ended:
                break
            await pilot.pause(0.01)
        assert course.replay.ended
        assert not course.pace.playing
        assert "the end of the lesson" in screen_text(app)
        assert progress.remembered()[key_of(course.lesson.path)].done


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_no_line_of_a_long_beat_is_lost(size: tuple[int, int]) -> None:
    words = [f"word{n}" for n in range(160)]
    block = "```nnstep\nopen mlp\nprint m\n```"
    text = f"# Long\n\n{' '.join(words)}\n\n日本語の文章も、折り返されます。\n\n{block}\n\nLast.\n"
    async with opened(text, size) as (app, pilot):
        course = app.course
        assert course is not None
        seen = ""
        for _ in range(12):
            seen += screen_text(app)
            if course.replay.at:
                break
            await pilot.press("space")
        assert course.replay.at == 1
        app.run_line("lesson take-over")
        await pilot.pause()
        assert "your turn" in screen_text(app)
        for word in (*words, "折り返されます。", "m = 4"):
            assert word in seen
        # The line of keys says 1…6 and is not cut by that.
        assert [line for line in screen_lines(app) if "…" in line.replace("1…6", "1-6")] == []


def overlap(one: Place, other: Place) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 60)])
@pytest.mark.parametrize("mode", ["open", "folded"])
def test_the_prose_stands_beside_or_above_the_debugger(size: tuple[int, int], mode: str) -> None:
    def parts(width: int, height: int) -> dict[str, Place]:
        return frame(width, height, Needs(37, 8, 14))

    places = around(parts, mode, *size)  # type: ignore[arg-type]  # one of its words
    standing = {name: place for name, place in places.items() if place.height > 0}
    for one, other in combinations(standing, 2):
        assert not overlap(standing[one], standing[other]), (one, other)
    assert all(place.x + place.width <= size[0] and place.y + place.height <= size[1] for place in standing.values())
    assert {"summary", "phases", "tape", "step", "prompt", "keys", "prose"} <= set(standing)
    assert around(parts, "", *size)["prose"] == NOWHERE


async def test_a_beat_begins_with_the_result_in_focus() -> None:
    text = LESSON.replace("goto L\npause", "goto L\nselect W[2]\npause")
    async with opened(text) as (app, pilot):
        view = app.main.view
        assert view.slot == "result"
        await pilot.press("space")
        chosen = app.main.view.slot
        assert chosen == "layer W"
        await pilot.press("space", "space")
        assert app.main.view.slot == "result"
        # Going back brings the look back as well.
        await pilot.press("escape", "backspace")
        assert app.main.view.slot == chosen


def test_the_names_of_lessons_are_completed() -> None:
    assert [(each.word, each.line) for each in opened_by("lesson open b")] == [
        ("batches", "lesson open batches"),
        ("backpropagation", "lesson open backpropagation"),
    ]
    assert len(opened_by("lesson open ")) == len(bundled("en"))


async def test_a_chosen_matrix_of_the_layer_has_the_few_lines_of_a_small_screen() -> None:
    text = LESSON.replace("goto L\npause", "goto L\nselect A[2][1,0]\npause")
    async with opened(text, (80, 24)) as (app, pilot):
        await pilot.press("pagedown")
        text = screen_text(app)
        assert "A[2]  4×1" in text
        assert "Z[2]  4×1" not in text


CHOSEN = """# Two models

```nnstep
open xor
step 2
select Y[1,0]
```

Another.

```nnstep
open mlp
step
select X[2,1]
```
"""


async def test_a_cell_is_chosen_in_the_model_just_opened() -> None:
    async with opened(CHOSEN) as (app, pilot):
        view = app.main.view
        assert (view.session.model.name, view.row, view.column) == ("xor", 1, 0)
        await pilot.press("space")
        await pilot.pause()
        view = app.main.view
        assert (view.session.model.name, view.row, view.column) == ("mlp", 2, 1)


async def test_a_long_page_is_read_to_its_question_before_the_prompt_opens() -> None:
    text = LESSON.replace("A question.", "\n\n".join(["A line."] * 30) + "\n\nA question.")
    async with opened(text, (80, 24)) as (app, pilot):
        course = app.course
        assert course is not None
        await pilot.press("pagedown", "pagedown")
        assert course.quiz.question is not None
        seen: list[bool] = []
        for _ in range(20):
            seen.append("? How many rows?" in screen_text(app))
            assert app.main.prompt.typing == seen[-1]
            if seen[-1]:
                break
            await pilot.press("space")
        assert seen[0] is False
        assert seen[-1] is True
        await pilot.press(*"4", "enter")
        await pilot.pause()
        # What is said of the answer has come into sight, whatever else the beat has said.
        assert "✓ 4: right" in screen_text(app)
        assert app.main.prose.more
        assert course.quiz.question is None


@pytest.mark.parametrize(("size", "explained"), [((80, 24), False), ((120, 40), True)])
def test_a_small_graphs_cells_are_explained_where_there_is_room(size: tuple[int, int], *, explained: bool) -> None:
    # Three lines of matrices are all that chain_rule's operations want.
    places = around(lambda width, height: frame(width, height, Needs(37, 3, 3)), "open", *size)
    assert (places["explained"] != NOWHERE) is explained


async def test_a_lesson_is_picked_and_followed_by_the_next() -> None:
    app = NnstepApp(nnstep.open("xor"))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("space")
        assert "no lesson is open" in screen_text(app)
        app.run_line("lessons")
        await pilot.pause()
        names = [choice.name for choice in lessons_question().choices]
        assert names == list(bundled("en"))
        text = screen_text(app)
        assert all(each.title in text for each in lessons())
        await pilot.press("enter")
        await pilot.pause()
        course = app.course
        assert course is not None
        assert course.lesson.name == names[0]
        assert course.replay.debugger is app.debugger
        assert following(course.lesson.path) == names[1]
        # Leaving the lesson's model is the reader's turn, and so is coming back from there.
        app.run_line("open mazur")
        await pilot.pause()
        # The first closes the answer.
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert app.debugger.session.model.name == course.lesson.model
        app.run_line("lesson open nonsense")
        await pilot.pause()
        assert "no lesson 'nonsense'" in screen_text(app)
        assert app.course is course


def test_the_last_lesson_has_none_after_it(tmp_path: Path) -> None:
    assert following(list(bundled("en").values())[-1]) is None
    assert following(tmp_path / "own.md") is None


async def test_wide_characters_over_the_edge_of_what_lies_below_are_whole() -> None:
    # The prose ends at column 43, so that an odd number of cells before it puts a character on both its sides.
    text = "特徴量を学習するには、行列の積とその勾配が要ります。"
    async with opened() as (app, pilot):
        for indent in ("", " "):
            app.main.tell("print", [((indent + text, "text"),)] * 6)
            await pilot.pause()
            assert screen_text(app).count(text) == 6
