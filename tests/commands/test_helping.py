"""help derives from the commands: every one is in it, with its usage, alias and keys."""

from __future__ import annotations

from functools import cache

import pytest

import nnstep
from nnstep.commands import COMMANDS
from tests.worked import MODEL


@cache
def worked() -> nnstep.Debugger:
    return nnstep.open(MODEL)


def helped(line: str) -> list[str]:
    return worked().execute(line).text.splitlines()


def test_help_lists_every_command_once() -> None:
    lines = helped("help")
    assert [line.split()[0] for line in lines] == list(COMMANDS)
    for line, command in zip(lines, COMMANDS.values(), strict=True):
        assert line.endswith(command.summary)


def test_help_begins_with_the_moves_and_ends_with_what_the_app_alone_has() -> None:
    names = [line.split()[0] for line in helped("help")]
    assert names[:2] == ["step", "reverse-step"]
    alone = [name for name, command in COMMANDS.items() if command.app_only]
    assert names[-len(alone) :] == alone


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_help_of_one_command(command: nnstep.commands.Command) -> None:
    for word in (command.name, *command.alias):
        lines = helped(f"help {word}")
        assert lines[0] == f"{command.name} {command.usage}".rstrip()
        assert lines[1] == command.summary
        for alias in command.alias:
            assert f"short  {alias}" in lines
        assert any("headless it does nothing" in line for line in lines) == command.app_only


@pytest.mark.parametrize(
    ("name", "usage", "keys"),
    [
        ("step", "step [N] [UNIT]", "keys   s step, S reverse-step"),
        (
            "goto",
            "goto LOCATION",
            "keys   ] goto +1 batch, [ goto -1 batch, } goto +1 epoch, { goto -1 epoch, g goto, G goto end",
        ),
        ("explain", "explain NAME[i,j]", "keys   enter explain"),
        ("help", "help [COMMAND]", "keys   ? help"),
    ],
)
def test_usage_and_keys(name: str, usage: str, keys: str) -> None:
    lines = helped(f"help {name}")
    assert lines[0] == usage
    assert keys in lines
