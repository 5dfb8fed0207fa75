"""Typing a line: completion, what was typed before, searching it, and what is wrong in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

import nnstep
from nnstep.commands.completion import Candidate
from nnstep.session.past import Past
from nnstep.tui.app import NnstepApp
from nnstep.tui.candidates import Offer
from nnstep.tui.prompt import Prompt
from nnstep.tui.recall import Recall
from tests.tui.seen import screen_lines, screen_text


class Typist:
    """A prompt without an app: what it ran and what it offered."""

    def __init__(self, *lines: str, earlier: tuple[str, ...] = ()) -> None:
        self.ran: list[str] = []
        self.offer = Offer()
        self.prompt = Prompt()
        self.prompt.complete = lambda text: [
            Candidate(line, line.split()[-1]) for line in lines if line.startswith(text)
        ]
        self.prompt.run = self.ran.append
        self.prompt.recall = Recall(earlier)
        self.prompt.offered = self._take
        self.prompt.open()

    def _take(self, offer: Offer) -> None:
        self.offer = offer

    def press(self, *keys: str) -> str:
        """Press keys; the line that stands there then."""
        for key in keys:
            self.prompt.press(events.Key(key, key if len(key) == 1 else None))
        return self.prompt.text

    def seen(self, width: int = 60) -> str:
        """What the line shows."""
        return "".join(text for text, _ in self.prompt.draw(width, 1)[0]).rstrip()


def test_tab_fills_in_what_all_agree_on_then_goes_from_one_to_the_next_and_back() -> None:
    typist = Typist("reverse-step", "reverse-next", "restart")
    assert typist.press("r", "tab") == "re"
    assert [each.word for each in typist.offer.choices] == ["reverse-step", "reverse-next", "restart"]
    assert typist.press("tab") == "reverse-step"
    assert typist.offer.selected == 0
    assert typist.press("tab", "tab") == "restart"
    assert typist.press("tab") == "reverse-step"
    assert typist.press("shift+tab") == "restart"
    assert typist.press("x") == "restartx"
    assert typist.offer.choices == ()
    assert typist.press("ctrl+u", "s", "tab") == "s"


def test_what_a_line_can_become_is_offered_with_the_commands_usage() -> None:
    typist = Typist("step batch", "step epoch")
    typist.press(*"step")
    assert typist.offer.usage == ""
    typist.press(" ")
    assert typist.offer.usage == "step [N] [UNIT]"
    assert [each.word for each in typist.offer.choices] == ["batch", "epoch"]
    typist.press("enter")
    assert typist.ran == ["step"]
    assert typist.offer == Offer()


def test_earlier_lines_come_back_and_the_line_being_typed_is_kept() -> None:
    typist = Typist(earlier=("goto 1", "goto 2"))
    assert typist.press("s", "up") == "goto 2"
    assert typist.press("up") == "goto 1"
    assert typist.press("up") == "goto 1"
    assert typist.press("down", "down") == "s"


def test_the_rest_of_an_earlier_line_is_shown_and_taken_by_going_right() -> None:
    typist = Typist(earlier=("goto 10", "goto 200", "step"))
    typist.press(*"go")
    assert typist.seen() == " : goto 200"
    assert typist.prompt.text == "go"
    assert typist.press("right") == "goto 200"
    assert typist.press("left", "left", "right") == "goto 200"
    # Nothing is taken that is not shown: enter runs what was typed.
    typist.press("end", "ctrl+u", *"goto 1", "enter")
    assert typist.ran == ["goto 1"]


def test_earlier_lines_are_searched_by_a_part() -> None:
    typist = Typist(earlier=("break delta[1]", "print L", "watch delta[2]", "print L"))
    assert typist.press("ctrl+r", *"delta") == "watch delta[2]"
    assert "search delta" in typist.seen()
    assert typist.press("ctrl+r") == "break delta[1]"
    assert typist.press("ctrl+r") == "break delta[1]"
    assert typist.press("escape") == "break delta[1]"
    assert typist.prompt.typing
    assert typist.press("ctrl+u", "ctrl+r", "L", "enter") == "print L"
    assert typist.ran == ["print L"]
    typist.prompt.open()
    assert typist.press("ctrl+r", *"xyz", "backspace", "backspace", "backspace", *"[2") == "watch delta[2]"
    assert typist.press("left", "x") == "watch delta[2x]"


def test_only_new_lines_are_remembered() -> None:
    typist = Typist()
    heard: list[str] = []
    typist.prompt.entered = heard.append
    for _ in range(2):
        typist.prompt.open()
        typist.press(*"step", "enter")
    assert heard == ["step"]
    assert typist.ran == ["step", "step"]


@asynccontextmanager
async def opened(past: Past | None = None) -> AsyncIterator[tuple[NnstepApp, Pilot[None]]]:
    app = NnstepApp(nnstep.open("xor"), past=past)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        yield app, pilot


def send(app: NnstepApp, *keys: str) -> None:
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_candidates_stand_above_the_prompt_and_go_with_it() -> None:
    async with opened() as (app, pilot):
        send(app, "colon", *"break del")
        await pilot.pause()
        lines = screen_lines(app)
        assert "break [WHERE] [if EXPR]" in lines[-5]
        assert "delta[2]" in lines[-4]
        assert "dA[2] ⊙ σ′(Z[2])" in lines[-4]
        assert "delta[1]" in lines[-3]
        assert all(len(line) == 80 for line in lines)
        send(app, "tab", "tab", "enter")
        await pilot.pause()
        await pilot.pause()
        assert "WHERE" not in screen_text(app)
        assert [stop.text for stop in app.debugger.session.stops] == ["break delta[2]"]


async def test_candidates_are_the_same_for_a_line_that_is_typed_again() -> None:
    async with opened() as (app, pilot):
        seen = []
        for _ in range(2):
            send(app, "colon", *"step 3")
            await pilot.pause()
            seen.append(screen_lines(app)[-4:])
            send(app, "escape")
            await pilot.pause()
        assert any("step [N] [UNIT]" in line for line in seen[0])
        assert seen[1] == seen[0]


async def test_candidates_keep_their_place_above_the_prompt_at_any_size() -> None:
    async with opened() as (app, pilot):
        send(app, "colon", *"break del")
        for size in ((120, 40), (40, 12), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            lines = screen_lines(app)
            assert lines[-2].startswith(" : break del")
            assert "delta[1]" in lines[-3]


async def test_what_is_wrong_is_marked_in_the_line_and_the_line_comes_back() -> None:
    async with opened() as (app, pilot):
        send(app, "colon", *"break dleta[1]", "enter")
        await pilot.pause()
        await pilot.pause()
        line = app.main.prompt.draw(200, 1)[0]
        assert ("dleta[1]", "error") in line
        assert any("did you mean" in text and role == "bad" for text, role in line)
        send(app, "colon", "up")
        await pilot.pause()
        assert app.main.prompt.text == "break dleta[1]"


async def test_lines_are_remembered_from_session_to_session(tmp_path: Path) -> None:
    past = Past(tmp_path / "state" / "history")
    async with opened(past) as (app, pilot):
        send(app, "colon", *"step 3", "enter")
        await pilot.pause()
        send(app, "s", "s")
        await pilot.pause()
    async with opened(past) as (app, pilot):
        await pilot.pause()
        send(app, "colon", "up")
        await pilot.pause()
        assert app.main.prompt.text == "step 3"


# The file


def test_several_sessions_write_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "history"
    one, other = Past(path), Past(path)
    for past, line in ((one, "a"), (other, "b"), (one, "c")):
        past.add(line)
    assert Past(path).read() == ["a", "b", "c"]
    assert path.stat().st_mode & 0o077 == 0


def test_the_file_is_bounded_and_its_last_lines_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstep.session.past.KEPT", 5)
    monkeypatch.setattr("nnstep.session.past.LARGEST", 100)
    past = Past(tmp_path / "history")
    for number in range(100):
        past.add(f"goto {number}")
        assert past.path.stat().st_size <= 110
    assert past.read() == [f"goto {number}" for number in range(95, 100)]
    assert [file.name for file in tmp_path.iterdir()] == ["history"]


def test_a_damaged_file_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "history"
    path.write_bytes(b"good\n\xff\xfe\n\0\0\0\nlines\nlines\n" + b"x" * 5000 + b"\nhalf")
    assert Past(path).read() == ["good", "lines", "half"]
    Past(path).add("more\nthan one")
    assert "more" not in path.read_text(errors="replace")
    folder = tmp_path / "folder"
    folder.mkdir()
    assert Past(folder).read() == []
    Past(folder).add("step")
    (tmp_path / "file").touch()
    Past(tmp_path / "file" / "history").add("step")


def test_an_answer_in_a_lesson_is_not_offered_at_the_next_question() -> None:
    recall = Recall(["step 3"])
    assert not recall.add("lesson answer 0.693")
    assert recall.lines == ["step 3"]
    assert recall.ghost("lesson answer ") == ""
