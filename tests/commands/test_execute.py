"""Reading a line: what is a command, what is not, what a Result holds, and what completes."""

from __future__ import annotations

from pathlib import Path

import pytest

import nnstep
from nnstep.api import Debugger
from nnstep.commands import COMMANDS, complete
from nnstep.errors import CommandError, ModelError, NnstepError
from nnstep.timeline import Position
from tests.worked import MODEL


@pytest.fixture
def debugger() -> Debugger:
    opened = nnstep.open(MODEL)
    opened.goto(23)
    return opened


@pytest.mark.parametrize("line", ["", "   ", "\t", "# a comment", "  # print nosuch"])
def test_empty_lines_and_comments_do_nothing(debugger: Debugger, line: str) -> None:
    result = debugger.execute(line)
    assert (result.text, result.value, result.stop, result.lines, result.quit) == ("", None, None, (), False)
    assert debugger.position.step == 23


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("foo", r"^no command 'foo'; `help` lists the commands$"),
        ("stp", r"^no command 'stp'; did you mean 'step'\?$"),
        ("reverse-stepp", r"did you mean 'reverse-step'\?$"),
        ("Step", r"^no command 'Step'; did you mean 'step'\?$"),
        ("st", r"^no command 'st'"),  # no open prefix matching
        ("step3", r"^no command 'step3'"),
        ("print(X)", r"^no command 'print\(X\)'"),
        ("x" * 5000, r"^no command 'x{59}…'"),
        ("step\nprint X", r"^no unit 'print'"),
        ("print " + "1 " * 6000, r"^a line must have at most 10000 characters, got 12006$"),
        ("print nosuch", r"^no matrix nosuch"),
        ("open nosuch", r"^no model 'nosuch'"),
        ("quit now", r"^quit: 'now' is too much; usage: quit$"),
        ("help foo", r"^no command 'foo'"),
        ("zoom in", r"^zoom: 'in' is too much; usage: zoom$"),
        ("select", r"^usage: select NAME\[i,j\]$"),
    ],
)
def test_a_bad_line_gets_one_line_back_and_changes_nothing(debugger: Debugger, line: str, message: str) -> None:
    before = (debugger.position, debugger.session.changed, debugger.value("Z[1]").tobytes())
    with pytest.raises(CommandError, match=message) as caught:
        debugger.execute(line)
    assert "\n" not in str(caught.value)
    assert (debugger.position, debugger.session.changed, debugger.value("Z[1]").tobytes()) == before


def test_every_error_of_a_line_is_a_command_error_with_its_cause(debugger: Debugger, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("seed = 'zero'\n")
    with pytest.raises(CommandError) as caught:
        debugger.execute(f"open {bad}")
    assert isinstance(caught.value.__cause__, ModelError)
    assert isinstance(caught.value, NnstepError)
    assert str(caught.value) == str(caught.value.__cause__)


def test_open(debugger: Debugger) -> None:
    result = debugger.execute("open xor")
    assert debugger.session.model.name == "xor"
    assert debugger.position.step == 0
    assert isinstance(result.value, Position)
    title, summary, place = result.text.splitlines()
    assert title == "XOR: 2 inputs, 4 tanh units, 1 sigmoid output"
    assert summary.startswith("2→4→1 tanh, sigmoid")
    assert place.startswith("step 0")


def test_open_takes_a_path_with_spaces(debugger: Debugger, tmp_path: Path) -> None:
    path = tmp_path / "my model.toml"
    path.write_text((nnstep.model.bundled()["xor"]).read_text())
    debugger.execute(f"open {path}")
    assert debugger.session.model.name == "my model"


def test_quit(debugger: Debugger) -> None:
    assert debugger.execute("quit").quit is True
    assert debugger.execute("step").quit is False


@pytest.mark.parametrize(
    "line", ["select Z[1][0,0]", "layer up", "layer 2", "focus Z[1]", "focus next", "zoom", "theme light"]
)
def test_what_the_app_alone_has_does_nothing_headless(debugger: Debugger, line: str) -> None:
    before = (debugger.position, debugger.session.changed)
    result = debugger.execute(line)
    assert (result.text, result.value, result.stop) == ("", None, None)
    assert (debugger.position, debugger.session.changed) == before


DECLARED = {
    # name: aliases, keys, as DESIGN's table has them
    "step": ("s", {"s": "step", "S": "reverse-step"}),
    "reverse-step": ("rs", {}),
    "next": ("n", {"n": "next", "N": "reverse-next"}),
    "reverse-next": ("rn", {}),
    "finish": ("fin", {"f": "finish", "F": "reverse-finish"}),
    "reverse-finish": ("rfin", {}),
    "continue": ("c", {"c": "continue", "C": "reverse-continue"}),
    "reverse-continue": ("rc", {}),
    "goto": (
        "g",
        {
            "G": "goto end",
            "right_square_bracket": "goto +1 batch",
            "left_square_bracket": "goto -1 batch",
            "right_curly_bracket": "goto +1 epoch",
            "left_curly_bracket": "goto -1 epoch",
        },
    ),
    "print": ("p", {}),
    "explain": ("e", {"enter": "explain"}),
    "list": ("l", {}),
    "info": ("i", {}),
    "open": ("", {}),
    "restart": ("", {}),
    "help": ("", {"question_mark": "help"}),
    "quit": ("", {"q": "quit"}),
}


@pytest.mark.parametrize("name", DECLARED)
def test_names_aliases_and_keys(name: str) -> None:
    alias, keys = DECLARED[name]
    command = COMMANDS[name]
    assert command.alias == tuple(alias.split())
    assert {key: line for key, line in command.keys.items() if key in keys} == keys
    assert not command.app_only


def test_names_aliases_and_keys_are_each_given_once() -> None:
    words = [word for command in COMMANDS.values() for word in (command.name, *command.alias)]
    keys = [key for command in COMMANDS.values() for key in command.keys]
    assert len(words) == len(set(words))
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_a_key_types_a_line_that_runs(debugger: Debugger, command: nnstep.commands.Command) -> None:
    debugger.goto(30)
    debugger.goto(40)
    for line in command.keys.values():
        # The app adds the cell under its cursor to `explain`, opens the prompt with a line that ends in a blank, and
        # `forward` needs a jump that was gone back over.
        if line == "forward":
            debugger.execute("back")
        if line != "explain" and not line.endswith(" "):
            debugger.execute(line)


def test_the_app_alone_has_its_commands() -> None:
    assert {command.name for command in COMMANDS.values() if command.app_only} >= {
        "select",
        "layer",
        "focus",
        "zoom",
        "theme",
    }


@pytest.mark.parametrize(
    ("text", "completed"),
    [
        ("st", ["step"]),
        ("reverse-", ["reverse-step", "reverse-next", "reverse-finish", "reverse-continue", "reverse-until"]),
        ("step b", ["step batch"]),
        ("step 3 e", ["step 3 epoch"]),
        ("s p", ["s phase"]),
        ("info t", ["info tape"]),
        ("open ir", ["open iris"]),
        ("help goto", ["help goto"]),
        ("print dW", ["print dW[2]", "print dW[1]"]),
        ("print X + Z[2", ["print X + Z[2]"]),
        ("print δ", ["print δ[2]", "print δ[1]"]),
        ("goto L", ["goto L"]),
        ("print norm(dW", ["print norm(dW[2]", "print norm(dW[1]"]),
        ("break delta[1] if any(isn", ["break delta[1] if any(isnan("]),
        ("break b", ["break b[1]", "break b[2]", "break backward", "break batch "]),
        ("until nor", ["until norm("]),
        ("layer u", ["layer up"]),
        ("copy m", ["copy matrix"]),
        ("glossary 誤差逆", ["glossary 誤差逆伝播"]),
        ("switch m", ["switch main"]),
        ("nosuch a", []),
        ("lesson ans", ["lesson answer"]),
        ("lesson answer ", []),
        ("nosuch", []),
        ("finish x", []),
    ],
)
def test_completion(debugger: Debugger, text: str, completed: list[str]) -> None:
    assert complete(debugger.session, text) == completed
