"""Help, the palette, the glossary and the models: lists that are searched and chosen from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

import nnstep
from nnstep.commands import COMMANDS
from nnstep.commands.execute import named
from nnstep.model import bundled
from nnstep.tui.app import NnstepApp
from nnstep.tui.bindings import bindings
from nnstep.tui.fuzzy import cost, entry, ranked
from nnstep.tui.prompt import Prompt
from nnstep.tui.questions import (
    glossary_question,
    help_question,
    models_question,
    palette_question,
)
from nnstep.tui.text import wrap
from tests.tui.seen import screen_lines, screen_text

SIZES = [(80, 24), (120, 40), (200, 60)]


@asynccontextmanager
async def opened(size: tuple[int, int] = (120, 40)) -> AsyncIterator[tuple[NnstepApp, Pilot[None]]]:
    app = NnstepApp(nnstep.open("xor"))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def send(app: NnstepApp, *keys: str) -> None:
    """Keys in one burst, as a quick typist's arrive."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


# Searching


def test_what_is_nearer_is_found_first() -> None:
    names = ["reverse-step", "step [N] [UNIT]", "list", "restart", "steep"]
    found = [names[place] for place in ranked("step", [entry(name) for name in names])]
    assert found == ["step [N] [UNIT]", "reverse-step", "steep"]


def test_a_key_keeps_its_case_and_other_words_do_not() -> None:
    assert cost("S", entry("reverse-step", ["S"])) == 0
    assert cost("S", entry("step", ["s"])) != 0
    assert cost("GOTO Epoch", entry("goto +1 epoch")) is not None


def test_every_word_must_be_found() -> None:
    assert cost("next layer", entry("next [N]", (), "Run forward to the end of the next layer")) is not None
    assert cost("next banana", entry("next [N]", (), "Run forward to the end of the next layer")) is None
    assert cost("gtepc", entry("goto +1 epoch")) is not None
    assert cost("gzz", entry("goto +1 epoch")) is None


def test_japanese_is_broken_anywhere_but_before_a_full_stop() -> None:
    lines = ["".join(text for text, _ in line) for line in wrap((("誤差逆伝播。勾配降下法、", "text"),), 10)]
    assert lines == ["誤差逆伝", "播。勾配降", "下法、"]


# What there is to choose from


def test_help_has_every_command_with_its_keys_every_other_key_and_the_glossary() -> None:
    session = nnstep.open("xor").session
    choices = help_question(session).choices
    # The glossary comes after the commands, and may have a term of the same name.
    by_name = {choice.name.split()[0]: choice for choice in reversed(choices) if choice.line}
    assert set(COMMANDS) <= set(by_name)
    for command in COMMANDS.values():
        assert len(by_name[command.name].keys.split()) == len(command.keys)
        assert "".join(text for text, _ in by_name[command.name].details()[0]).split()[0] == command.name
    others = {binding.description for binding in bindings() if not binding.action.startswith("run(")}
    assert others == {choice.name for choice in choices if choice.section == "Other keys"}
    edits = {description for _, description in Prompt.EDITS.values()}
    assert edits == {choice.name for choice in choices if choice.section == "While a line is typed"}
    assert {choice.name for choice in glossary_question(session).choices} <= {choice.name for choice in choices}


def test_a_commands_help_flows_in_its_column() -> None:
    choice = next(each for each in help_question(nnstep.open("xor").session).choices if each.line == "goto ")
    told = ["".join(text for text, _ in line) for line in choice.details()]
    assert told[:2] == ["goto LOCATION", COMMANDS["goto"].summary]
    assert told[2].startswith("LOCATION is a step")
    assert told[2].endswith("that matrix is written next.")
    assert told[3].startswith("short")


def test_a_section_comes_once() -> None:
    session = nnstep.open("xor").session
    session.step = 3
    for question in (help_question(session), glossary_question(session), models_question(session)):
        sections = [choice.section for choice in question.choices]
        changes = 1 + sum(a != b for a, b in pairwise(sections))
        assert changes == len(set(sections)), question.title


def test_the_palette_has_every_line_of_a_key_every_command_and_every_model() -> None:
    lines = {choice.line for choice in palette_question(nnstep.open("xor").session).choices}
    typed = {line for command in COMMANDS.values() for line in command.keys.values()}
    assert typed - lines == {"explain"}
    assert {line.split()[0] for line in lines} == set(COMMANDS)
    assert {f"open {name}" for name in bundled()} <= lines
    assert {"info model", "info tape", "view layer"} <= lines
    # What cannot be run as it stands waits in the prompt for the rest.
    for line in lines:
        if len(line.split()) == 1 and any(parameter.required for parameter in named(line.strip()).parameters):
            assert line.endswith(" "), line


def test_the_palette_tells_of_each_line_once_and_as_its_own_command_does() -> None:
    choices = palette_question(nnstep.open("xor").session).choices
    back = [choice for choice in choices if choice.line.strip() == "reverse-step"]
    assert [(choice.keys, choice.about) for choice in back] == [("S", COMMANDS["reverse-step"].summary)]
    assert len({choice.line for choice in choices}) == len(choices)


def test_models_are_the_bundled_ones_and_those_of_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    good = (bundled()["xor"]).read_text(encoding="utf-8").replace("XOR: 2 inputs", "Mine")
    (tmp_path / "mine.toml").write_text(good)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'")
    (tmp_path / "broken.toml").write_text("[data")
    (tmp_path / "bad.toml").write_text(good.replace('"tanh"', '"tahn"'))
    choices = {choice.name: choice for choice in models_question(nnstep.open("xor").session).choices}
    assert set(choices) == {*bundled(), "mine.toml", "bad.toml"}
    assert choices["mine.toml"].line == "open mine.toml"
    seen = "\n".join("".join(text for text, _ in line) for line in choices["mine.toml"].details())
    assert "Mine" in seen
    assert "No straight line separates the 1s from the 0s" in seen
    assert "2→4→1" in seen
    assert "4 rows · 2 features · 1 targets" in seen
    assert "did you mean 'tanh'?" in "".join(text for line in choices["bad.toml"].details() for text, _ in line)
    listed = nnstep.open("xor").execute("models").text.splitlines()
    assert [line.split()[0] for line in listed] == list(choices)


# On the screen


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_help_opens_filters_and_types_what_is_chosen(size: tuple[int, int]) -> None:
    async with opened(size) as (app, pilot):
        await pilot.press("question_mark")
        seen = screen_text(app)
        assert "help" in screen_lines(app)[2]
        assert "step [N] [UNIT]" in seen
        assert "Run forward N units." in seen
        assert all(len(line) == size[0] for line in screen_lines(app))
        send(app, *"brea", "down", "up", "enter")
        await pilot.pause()
        assert not app.main.chooser.display
        assert app.main.prompt.typing
        assert app.main.prompt.text == "break "
        send(app, "escape", "s")
        await pilot.pause()
        assert "step 1/10000" in screen_text(app)


async def test_the_palette_runs_a_line_or_asks_for_what_it_needs() -> None:
    async with opened() as (app, pilot):
        send(app, "ctrl+p", *"goto end", "enter")
        await pilot.pause()
        await pilot.pause()
        assert app.debugger.position.step == 10000
        send(app, "ctrl+p", *"watch", "enter")
        await pilot.pause()
        assert app.main.prompt.text.startswith("watch ")
        send(app, "escape", "ctrl+p", *"explain", "enter")
        await pilot.pause()
        assert app.main.prompt.text.startswith("explain b[2][0")
        send(app, "escape", "ctrl+p", *"zzzzz", "enter")
        await pilot.pause()
        assert "nothing matches" in screen_text(app)
        send(app, "backspace", "escape")
        await pilot.pause()
        assert not app.main.chooser.display


async def test_a_model_is_picked_with_a_preview_and_the_mouse_chooses_too() -> None:
    async with opened() as (app, pilot):
        send(app, "ctrl+o", *"mlp")
        await pilot.pause()
        assert "A multi-layer perceptron small" in screen_text(app)
        y = next(y for y, line in enumerate(screen_lines(app)) if "MLP by hand" in line or "mlp_by_hand" in line)
        await pilot.click(offset=(6, y))
        await pilot.pause()
        assert app.main.chooser.display
        chosen = app.main.chooser.chosen
        assert chosen is not None
        assert chosen.name == "mlp_by_hand"
        await pilot.click(offset=(6, y))
        await pilot.pause()
        await pilot.pause()
        assert app.debugger.session.model.name == "mlp_by_hand"


async def test_the_glossary_begins_with_the_formula_and_an_entry_is_printed() -> None:
    async with opened() as (app, pilot):
        send(app, "s", "s", "s", "colon", *"glossary", "enter")
        await pilot.pause()
        await pilot.pause()
        assert "in this formula: Z[1] = X W[1]ᵀ + b[1]" in screen_text(app)
        assert "線形変換の出力" in screen_text(app)
        send(app, *"outlier", "enter")
        await pilot.pause()
        assert "外れ値" in screen_text(app)
        assert "esc close" in screen_text(app)
