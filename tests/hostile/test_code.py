"""Nothing that a stranger's file says is run as code, and none reaches beyond what it names."""

from __future__ import annotations

import os
import pickle
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

import nnstep
from nnstep import lesson
from nnstep.cli import main
from nnstep.commands.rekeying import checked
from nnstep.errors import NnstepError, has_control
from nnstep.model import bundled
from nnstep.session.journal import decode, encode
from nnstep.settings import read

CODE = (
    "__import__('os').mkdir('hacked')",
    "(lambda: __import__('os').mkdir('hacked'))()",
    "X.__class__.__mro__[1].__subclasses__()",
    "[x for x in ().__class__.__bases__]",
    "open('hacked', 'w')",
    "exec(chr(49))",
    "f'{X.dtype}'",
    "X.tofile(1)",
    "os.mkdir",
    "(x := 1)",
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNSTEP_STATE", str(tmp_path / "state"))
    return tmp_path


class Hacked:
    """What a pickle runs when it is read."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("hacked",)


@pytest.mark.parametrize("code", CODE)
def test_an_expression_and_an_equation(code: str) -> None:
    debugger = nnstep.open("xor")
    debugger.step(3)
    for line in ("print {}", "set W[1][0,0] = {}", "set W[1][{},0] = 1", "break L if {}", "expect {}", "watch {}"):
        with pytest.raises(NnstepError):
            debugger.execute(line.format(code))
    rows = {"features": [[1.0]], "targets": [[1.0]]}
    with pytest.raises(NnstepError):
        nnstep.open({"data": rows, "graph": {"equations": [f"L = mean({code})"], "parameters": {}}})
    assert not Path("hacked").exists()


@pytest.mark.parametrize("kind", ["array", "raw"])
def test_pickled_data(kind: str) -> None:
    with zipfile.ZipFile("d.npz", "w") as archive:
        for name in ("features", "targets"):
            with archive.open(f"{name}.npy", "w") as member:
                if kind == "raw":
                    member.write(pickle.dumps(Hacked()))
                else:
                    np.lib.format.write_array(member, np.array([[Hacked()]], object), allow_pickle=True)
    Path("m.toml").write_text("[data]\nfile = 'd.npz'\n[[network.layer]]\nunits = 1\n")
    with pytest.raises(NnstepError, match=r"is not a readable \.npz archive"):
        nnstep.open("m.toml")
    assert not Path("hacked").exists()


@pytest.mark.parametrize("line", ["source ../s", "save ../s", "export ../x.csv X", "open ../m.toml", "quit", "edit"])
@pytest.mark.parametrize("way", ["{}", "break X\ncommands 1\n{}\nend\ncontinue", "expect-error {}"])
def test_a_lesson_reaches_no_file(line: str, way: str, here: Path) -> None:
    Path("l").mkdir()
    Path("m.toml").write_bytes(bundled()["xor"].read_bytes())
    Path("s").write_text("mark reached\n")
    before = sorted(here.rglob("*"))
    Path("l/l.md").write_text(f"# Title\n\n```nnstep\nopen mlp\n{way.format(line)}\n```\n")
    replay = None
    with suppress(NnstepError):
        replay = lesson.Replay(lesson.read(Path("l/l.md")))
        while not replay.ended:
            replay.enter()
            while replay.left:
                replay.run_next()
    assert {*here.rglob("*")} - {*before} <= {here / "l", here / "l" / "l.md"}
    if replay is not None:
        assert replay.debugger.session.model.name == "mlp"
        assert not replay.debugger.session.travels.marks


def test_keys_of_the_settings_run_commands_and_nothing_else() -> None:
    Path("s.toml").write_text("[keys]\nx = \"__import__('os').mkdir('hacked')\"\n")
    with pytest.raises(NnstepError):
        checked(read(Path("s.toml")).keys)
    assert not Path("hacked").exists()


@pytest.mark.parametrize(
    "change",
    [
        {"state": None},
        {"state": {"other": 1}},
        {"model": []},
        {"history": "no list"},
        {"files": 7},
        {"machine": []},
        {"overrides": [1]},
        {"state": {"place": ["main", -1]}},
        {"state": {"place": ["main", True]}},
        {"state": {"marks": {"a": ["main", -1]}}},
        {"state": {"hits": {"1": -1}}},
        {"state": {"branches": 1, "stops": {}, "displays": None, "marks": [], "hits": 0, "collecting": [], "place": 5}},
    ],
)
def test_a_journal_of_a_stranger_is_refused_in_one_line(change: dict[str, object], here: Path) -> None:
    write_journal(here, **change)
    with pytest.raises(NnstepError) as error:
        nnstep.api.resume()
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("line", ["save hacked", "export hacked.csv W[1]", "source evil", "open other.toml"])
@pytest.mark.parametrize("part", ["branches", "stops", "displays"])
def test_a_journal_brings_back_a_state_and_writes_nothing(part: str, line: str, here: Path) -> None:
    write_journal(here, state={part: [line]})
    before = sorted(here.iterdir())
    _, said = nnstep.api.resume(journal=False)
    assert any("not resumed" in each for each in said)
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("line", ["save hacked", "export hacked.csv W[1]", "source evil", "open other.toml"])
def test_nor_do_the_commands_of_its_stops_later(line: str, here: Path) -> None:
    stops = ["break L", "commands 1", line, "end", "break A[1]", "commands 2", "continue", "end"]
    write_journal(here, state={"stops": stops})
    before = sorted(here.iterdir())
    debugger, _ = nnstep.api.resume(journal=False)
    # The second time is by the way of stop 2, of another iteration.
    for again in (5, 25):
        debugger.execute(f"goto {again}")
        with pytest.raises(NnstepError, match=r"commands of a stop: .*; give the stop its `commands` anew to let it"):
            debugger.execute("continue")
        assert sorted(here.iterdir()) == before
    for anew in ("commands 1", "save mine", "end", "delete 2", "continue"):
        debugger.execute(anew)
    assert (here / "mine").exists()


def test_a_journal_does_not_speak_to_the_terminal(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b]0;pwned\x07\n\u202e"
    stops = ["break L", "commands 1", f"print 1 # {evil}", "end", f"br{evil}"]
    write_journal(here, machine={"NumPy": evil}, history=[evil], state={"stops": stops, "displays": [f"x{evil}"]})
    assert main(["run", "xor", "--resume", "info stops", "continue"]) == 0
    out, err = capsys.readouterr()
    assert not any(has_control(each) for each in (out + err).split("\n"))
    assert "NumPy was \\x1b]0;pwned\\x07\\n\\u202e, is " in err
    assert err.count("not resumed: ") == 2
    assert "1 # \\x1b]0;pwned" in out


@pytest.mark.parametrize("name", ["", "a b", "\x1b[31m", "9", "a" * 65])
def test_a_journals_marks_are_named_as_others(name: str, here: Path) -> None:
    write_journal(here, state={"marks": {name: ["main", 3], "good": ["main", 3]}})
    debugger, said = nnstep.api.resume(journal=False)
    assert list(debugger.session.travels.marks) == ["good"]
    assert "a mark is named by letters" in said[1]


def write_journal(here: Path, **change: object) -> None:
    """The journal of a session of xor, with some of it changed, its checksums right."""
    debugger = nnstep.open("xor")
    debugger.keep_journal()
    debugger.execute("step")
    debugger.close()
    [path] = (here / "state" / "sessions").glob("*.journal")
    kept = decode(path.read_bytes())
    assert kept is not None
    head = {
        "n": 0,
        "format": 2,
        "machine": kept.machine,
        "model": {"bundled": "xor"},
        "overrides": {},
        "files": kept.files,
        "state": kept.state,
        "history": [],
    }
    state = change.get("state")
    if isinstance(state, dict) and {*state} <= {"branches", "stops", "displays", "marks"}:
        change = {**change, "state": {**kept.state, **state}}
    path.write_bytes(encode({**head, **change}))
    assert "xor" in bundled()
