from __future__ import annotations

from pathlib import Path

import pytest

import nnstep
from nnstep.cli import SUBCOMMANDS
from nnstep.commands import COMMANDS
from nnstep.commands.rekeying import checked, key_of, rekey
from nnstep.errors import SettingsError
from nnstep.settings import Settings, load, place, read
from nnstep.tui.bindings import bindings
from nnstep.tui.keys import hints
from nnstep.tui.splash import OTHERS


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mine.toml"
    monkeypatch.setenv("NNSTEP_CONFIG", str(path))
    return path


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, command in COMMANDS.items():
        monkeypatch.setitem(COMMANDS, name, command)


def test_without_a_file_there_are_defaults(file: Path) -> None:
    assert load().settings == Settings()
    assert load().path == file == place()


def test_a_file_is_followed(file: Path) -> None:
    file.write_text(
        'theme = "contrast"\nascii = true\nnumber_format = "fixed"\nprecision = 3\nlanguage = "ja"\nspeed = 2\n'
        '[keys]\nx = "step 3 batch"\nB = ""\n'
    )
    assert read(file) == Settings(
        theme="contrast",
        ascii=True,
        number_format="fixed",
        precision=3,
        language="ja",
        speed=2,
        keys={"x": "step 3 batch", "B": ""},
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("thme = 'dark'", "no key 'thme'; did you mean 'theme'?"),
        ("theme = 'drak'", "theme: no 'drak'; did you mean 'dark'?"),
        ("theme = 3", "theme must be 'dark' or 'light' or 'contrast', got 3"),
        ("ascii = 'yes'", "ascii must be true or false, got 'yes'"),
        ("precision = 17", "precision must be a whole number from 1 to 16, got 17"),
        ("precision = 2.5", "precision must be a whole number from 1 to 16, got 2.5"),
        ("speed = 0", "speed must be a number above 0, at most 100, got 0"),
        ("keys = 3", 'keys must be a table of texts, such as x = "step 3 batch"'),
        ("[keys]\nx = 3", 'keys must be a table of texts, such as x = "step 3 batch"'),
        ("\x00", "line 1, column 1: Invalid statement"),
    ],
)
def test_a_bad_file_names_file_key_and_remedy_and_leaves_the_defaults(file: Path, text: str, problem: str) -> None:
    file.write_text(text)
    loaded = load()
    assert loaded.problem == f"{file}: {problem}"
    assert loaded.settings == Settings()


def test_what_is_no_text_file_stops_nothing(file: Path) -> None:
    file.write_bytes(b"\xff")
    assert "is not UTF-8" in load().problem
    file.unlink()
    file.mkdir()
    assert load().problem == f"{file}: is not a file; settings are a text of TOML"


@pytest.mark.parametrize(
    ("text", "key"),
    [("]", "right_square_bracket"), ("/", "slash"), ("@", "at"), ("ctrl+o", "ctrl+o"), ("X", "X"), ("f5", "f5")],
)
def test_keys_as_terminals_report_them(text: str, key: str) -> None:
    assert key_of(text) == key


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"banana": "step"}, "keys: no key 'banana'; a key is a character"),
        ({"x": "stpe 3"}, "keys: 'x': no command 'stpe'; did you mean 'step'?"),
    ],
)
def test_a_bad_key_map_is_refused(keys: dict[str, str], problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        checked(keys)
    assert str(caught.value).startswith(problem)


@pytest.mark.usefixtures("commands")
def test_the_key_map_reaches_bindings_hints_and_help() -> None:
    rekey({"]": "step 2", "B": "", "s": "next"})
    actions = {binding.key: binding.action for binding in bindings(["B"])}
    assert actions["right_square_bracket"] == "run('step 2')"
    assert actions["s"] == "run('next')"
    assert "B" not in actions
    assert ({"S", "right_square_bracket"}, "step") in [(set(keys), label) for keys, label in hints()]
    text = nnstep.open("xor").execute("help next").text
    assert "s next" in text


@pytest.mark.usefixtures("commands")
def test_a_key_of_the_apps_own_can_be_given_away_or_taken() -> None:
    rekey({"enter": "step", "escape": ""})
    found = [binding.action for binding in bindings(["escape"]) if binding.key in ("enter", "escape")]
    assert found == ["run('step')"]


def test_settings_says_what_holds_and_where_it_stands(file: Path) -> None:
    debugger = nnstep.open("xor")
    assert "not there: these are the defaults" in debugger.execute("settings").text
    file.write_text('theme = "light"\n[keys]\nx = "stepp"\n')
    outcome = debugger.execute("settings")
    assert str(file) in outcome.text
    assert "no command 'stepp'" in outcome.text
    assert isinstance(outcome.value, dict)
    assert outcome.value["theme"] == "light"


def test_the_splash_knows_every_subcommand() -> None:
    # It is written before the table of subcommands can be imported.
    assert set(SUBCOMMANDS) <= set(OTHERS)
