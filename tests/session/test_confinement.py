"""A session that is confined opens bundled models and its own, and touches no other file."""

from __future__ import annotations

from pathlib import Path

import pytest

import nnstep
from nnstep.commands import COMMANDS, execute
from nnstep.commands.completion import complete
from nnstep.errors import CommandError
from nnstep.model import bundled
from nnstep.session import Session


def confined(model: str) -> Session:
    session = nnstep.open(model).session
    session.confine()
    return session


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two models, a script, and a model that has the name of a bundled one."""
    for name in ("mine.toml", "other.toml", "mlp"):
        (tmp_path / name).write_bytes(bundled()["xor"].read_bytes())
    (tmp_path / "script").write_text("step\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("save x", "save: sessions in a browser read and write no files; those of `nnstep serve --allow-paths` do"),
        ("export x.csv W[1]", "export: sessions in a browser read and write no files; "),
        ("edit", "edit: sessions in a browser read and write no files; "),
        ("source script", "source: sessions in a browser read and write no files; "),
        ("open other.toml", "'other.toml': sessions in a browser open only bundled models and mine.toml; "),
        ("open ./sub/../other.toml", "sessions in a browser open only bundled models and mine.toml; "),
        ("open /etc/passwd", "'/etc/passwd': sessions in a browser open only bundled models and mine.toml; "),
        ("open nothing.toml", "'nothing.toml': sessions in a browser open only bundled models and mine.toml; "),
        ("open ~/mine.toml", "sessions in a browser open only bundled models and mine.toml; "),
    ],
)
def test_other_files_are_refused_with_one_line(here: Path, line: str, said: str) -> None:
    session = confined("mine.toml")
    model, files = session.model, sorted(here.iterdir())
    with pytest.raises(CommandError) as refused:
        execute(session, line)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (session.model, sorted(here.iterdir())) == (model, files)


def test_the_commands_of_a_stop_are_refused_too(here: Path) -> None:
    session = confined("mine.toml")
    for line in ("break A[1]", "commands 1", "save x", "end"):
        execute(session, line)
    with pytest.raises(CommandError, match="save: sessions in a browser"):
        execute(session, "continue")
    assert not (here / "x").exists()


@pytest.mark.parametrize("line", ["open", "open mine.toml", "open ./mine.toml", "open xor", "open iris"])
def test_bundled_models_and_the_one_named_are_opened(here: Path, line: str) -> None:
    session = confined("mine.toml")
    execute(session, "open iris")
    execute(session, line)
    execute(session, "open")
    wanted = {
        "open mine.toml": here / "mine.toml",
        "open ./mine.toml": here / "mine.toml",
        "open xor": bundled()["xor"],
    }
    assert session.model.path is not None
    assert session.model.path.resolve() == wanted.get(line, bundled()["iris"]).resolve()


@pytest.mark.usefixtures("here")
def test_a_bundled_name_is_that_of_the_bundled_model() -> None:
    session = confined("xor")
    execute(session, "open mlp")
    assert session.model.path == bundled()["mlp"]


@pytest.mark.usefixtures("here")
def test_a_link_to_the_model_is_another_file() -> None:
    Path("link.toml").symlink_to("mine.toml")
    with pytest.raises(CommandError, match=r"open only bundled models and mine\.toml"):
        execute(confined("mine.toml"), "open link.toml")


@pytest.mark.usefixtures("here")
def test_nothing_is_told_of_other_files() -> None:
    session = confined("mine.toml")
    listed = execute(session, "models").text
    assert "mine.toml" in listed
    assert "other.toml" not in listed
    assert "open mine.toml" in complete(session, "open ")
    assert [line for line in complete(session, "open ") if "other" in line or "mlp " in line] == []
    assert complete(session, "open /") == []
    assert complete(session, "source ") == []
    assert complete(session, "save /") == []


def test_every_command_that_names_a_file_says_what_it_does_to_it() -> None:
    # A command that did not could be given any file.
    assert {each.name for each in COMMANDS.values() if each.reads or each.writes} >= {
        each.name for each in COMMANDS.values() if "FILE" in each.usage
    }
