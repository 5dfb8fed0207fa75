"""save and source: scripts as files."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

import nnstep
from nnstep.commands import complete
from nnstep.commands.saving import DEEPEST, LARGEST
from nnstep.errors import CommandError
from nnstep.session.journal import state_of
from nnstep.session.script import SIGN
from tests.worked import MODEL


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def debugger() -> nnstep.Debugger:
    return nnstep.open(MODEL)


def files() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


# save


def test_save_says_what_it_has_written(debugger: nnstep.Debugger) -> None:
    for line in ("break L", "mark here", "step 3"):
        debugger.execute(line)
    said = debugger.execute("save my session.txt").text
    assert said == "my session.txt: 1 stop, 1 mark, step 3 of main; `source my session.txt` goes on from here"
    assert Path("my session.txt").read_text(encoding="utf-8").startswith(SIGN)
    assert files() == ["my session.txt"]


def test_a_saved_session_is_opened_again(debugger: nnstep.Debugger) -> None:
    for line in ("break δ[1] if L > 1", "commands 1", "silent", "end", "goto 14", "set δ[1] = 0", "display lr", "step"):
        debugger.execute(line)
    debugger.execute("save a")
    other = nnstep.open(MODEL)
    other.execute("source a")
    assert state_of(other.session) == state_of(debugger.session)
    assert other.execute("open").value == other.position
    assert not len(other.session.stops)
    other.execute("source a")
    assert state_of(other.session) == state_of(debugger.session)


def test_save_writes_over_its_own_scripts_alone(debugger: nnstep.Debugger) -> None:
    Path("notes").write_text("mine")
    with pytest.raises(CommandError, match=r"notes: is there already and is no script of `save`; choose another name"):
        debugger.execute("save notes")
    assert Path("notes").read_text() == "mine"
    debugger.execute("save a")
    debugger.execute("step")
    assert "step 1 of main" in debugger.execute("save a").text
    assert "goto 1\n" in Path("a").read_text()
    assert files() == ["a", "notes"]


def test_save_keeps_a_files_permissions_and_follows_a_link(debugger: nnstep.Debugger) -> None:
    debugger.execute("save a")
    Path("a").chmod(0o600)
    Path("link").symlink_to("a")
    debugger.execute("step")
    debugger.execute("save link")
    assert Path("link").is_symlink()
    assert "goto 1\n" in Path("a").read_text()
    assert stat.S_IMODE(Path("a").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", [".", "nowhere/a", "a\0b", "a" * 300], ids=["folder", "missing", "nul", "long"])
def test_save_says_why_it_cannot_write(debugger: nnstep.Debugger, name: str) -> None:
    with pytest.raises(CommandError, match="cannot be written: ") as caught:
        debugger.execute(f"save {name}")
    assert "\n" not in str(caught.value)
    assert files() == []


def test_a_pipe_is_neither_written_nor_waited_for(debugger: nnstep.Debugger) -> None:
    os.mkfifo("pipe")
    with pytest.raises(CommandError, match="is no script"):
        debugger.execute("save pipe")
    with pytest.raises(CommandError, match="is not a file"):
        debugger.execute("source pipe")


# source


def test_source_runs_a_file_and_prints_what_its_lines_print(debugger: nnstep.Debugger) -> None:
    Path("a").write_bytes(b"\xef\xbb\xbf# a comment\r\n\r\nstep 8\r\nprint L\r\n")
    outcome = debugger.execute("source a")
    assert outcome.text == "step 8  epoch 1 batch 1  forward  L = mean(E) = 5.625\nL = 5.625"
    assert outcome.value == 5.625
    assert debugger.position.step == 8


def test_the_first_bad_line_is_named_and_ends_the_script(debugger: nnstep.Debugger) -> None:
    Path("a").write_text("step\nstep 2\n\nstap\nstep 5\n")
    with pytest.raises(CommandError, match=r"^a:4: no command 'stap'; did you mean 'step'\?$"):
        debugger.execute("source a")
    assert debugger.position.step == 3


def test_scripts_run_scripts(debugger: nnstep.Debugger) -> None:
    Path("inner").write_text("step\nprint Q\n")
    Path("outer").write_text("step\nsource inner\n")
    with pytest.raises(CommandError, match=r"^outer:2: inner:2: "):
        debugger.execute("source outer")
    assert debugger.position.step == 2


def test_a_script_that_runs_itself_ends(debugger: nnstep.Debugger) -> None:
    Path("a").write_text("step\nsource a\n")
    with pytest.raises(CommandError, match="scripts are running inside each other; does one run itself"):
        debugger.execute("source a")
    assert debugger.position.step == DEEPEST
    Path("a").write_text("step\n")
    debugger.execute("source a")
    assert debugger.position.step == DEEPEST + 1


def test_commands_of_a_stop_may_stand_in_a_script_and_run_one(debugger: nnstep.Debugger) -> None:
    Path("look").write_text("print L\n")
    Path("a").write_text("break L\ncommands 1\nsilent\nsource look\nend\ncontinue\n")
    assert debugger.execute("source a").text.splitlines()[-1] == "L = 5.625"
    assert debugger.execute("restart").value == debugger.position
    assert debugger.execute("continue").text == "L = 5.625"


@pytest.mark.parametrize("last", ["print L", "stap"])
def test_lines_that_have_no_end_take_none_of_the_users(debugger: nnstep.Debugger, last: str) -> None:
    Path("a").write_text(f"break L\ncommands 1\n{last}\n")
    with pytest.raises(CommandError, match=r"^a:3: (the lines of `commands 1` have no `end`|no command)"):
        debugger.execute("source a")
    debugger.execute("step")
    assert debugger.position.step == 1


def test_displays_are_shown_after_each_move_and_once(debugger: nnstep.Debugger) -> None:
    Path("a").write_text("display step\nstep\nstep\n")
    assert debugger.execute("source a").text.count("step = ") == 3


def test_a_script_may_leave_the_debugger(debugger: nnstep.Debugger) -> None:
    Path("a").write_text("step\nquit\nstep\n")
    assert debugger.execute("source a").quit
    assert debugger.position.step == 1


def test_an_interrupt_ends_the_script(debugger: nnstep.Debugger, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a").write_text("step\nstep\nstep\n")
    arrive = debugger.session._arrive  # noqa: SLF001  # a moment inside a move

    def interrupted(step: int) -> None:
        arrive(step)
        if step == 2:
            debugger.session.interrupt()

    monkeypatch.setattr(debugger.session, "_arrive", interrupted)
    assert debugger.execute("source a").text.endswith("interrupted after a:2")
    assert debugger.position.step == 2


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"step\n\xff\xfe\n", "cannot be read: it is not UTF-8"),
        (b"step\n\0\n", "is not a text"),
        (b"#" * (LARGEST + 1), "must have at most 1 MiB"),
    ],
    ids=["missing", "bytes", "nul", "large"],
)
def test_what_is_no_script_is_said_in_one_line(debugger: nnstep.Debugger, raw: bytes | None, reason: str) -> None:
    if raw is not None:
        Path("a").write_bytes(raw)
    with pytest.raises(CommandError, match=f"^a: {reason}") as caught:
        debugger.execute("source a")
    assert "\n" not in str(caught.value)
    assert debugger.position.step == 0


def test_a_folder_is_no_script(debugger: nnstep.Debugger) -> None:
    with pytest.raises(CommandError, match=r"^\.: cannot be read: Is a directory"):
        debugger.execute("source .")


def test_a_files_name_is_completed_by_files_alone(
    debugger: nnstep.Debugger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert complete(debugger.session, "save ") == []
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "two words").touch()
    (tmp_path / ".hidden").touch()
    assert complete(debugger.session, "source ") == ["source deep/"]
    assert complete(debugger.session, "source deep/two w") == ["source deep/two words"]
    assert complete(debugger.session, "source .h") == ["source .hidden"]
