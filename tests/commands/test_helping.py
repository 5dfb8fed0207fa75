"""help derives from the commands: every one is in it, with its usage, alias and keys."""

from __future__ import annotations

import re
from functools import cache

import pytest

import nnstep
from nnstep.commands import COMMANDS
from nnstep.engine.ops import OPS, OPTIMIZERS
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


def test_help_ops_tells_of_every_op_its_gradients_and_its_library_call() -> None:
    lines = helped("help ops")
    assert [line for line in lines[1:] if not line.startswith(" ")] == [*OPS, *OPTIMIZERS]
    assert lines.count("  in PyTorch: torch.nn.functional.linear(x, w, b)") == 1
    assert not [line for line in lines if re.search(r"[{}]|\bF\.", line)]


def test_help_of_one_op() -> None:
    assert helped("help affine") == [
        "affine",
        "  value = x wᵀ + b",
        "  dw    = gᵀ x",
        "  db    = Σᵢ gᵢ",
        "  dx    = g w",
        "  in PyTorch: torch.nn.functional.linear(x, w, b)",
    ]
    assert helped("help momentum")[-1] == "  in PyTorch: optimizer.step() of torch.optim.SGD(params, lr, momentum)"


def test_no_op_is_named_as_a_command() -> None:
    words = {word for each in COMMANDS.values() for word in (each.name, *each.alias)}
    assert not words & {*OPS, *OPTIMIZERS, "ops"}


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
