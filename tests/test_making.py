"""nnstep new: a model file to start from. nnstep completion: what a shell completes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import nnstep
from nnstep.cli import APP, SUBCOMMANDS, main
from nnstep.cli.completing import SHELLS, WRITERS, words_of
from nnstep.model import bundled, load
from nnstep.model.schema import ACTIVATIONS

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_new_writes_a_model_that_opens_and_is_explained(capsys: Captured) -> None:
    assert main(["new", "mine.toml"]) == 0
    assert "nnstep mine.toml" in capsys.readouterr().out
    assert main(["check", "mine.toml"]) == 0
    text = Path("mine.toml").read_text(encoding="utf-8")
    assert all(name in text for name in ACTIVATIONS)
    # What is commented out can be switched on as it stands.
    on = (
        text.replace("# scale", "scale")
        .replace("# holdout", "holdout")
        .replace("# l2", "l2")
        .replace("# limit", "limit")
    )
    Path("on.toml").write_text(on, encoding="utf-8")
    assert load("on.toml").loss.l2 == 0.001
    before, _, after = text.partition("# [graph]")
    graph = "\n".join(line.removeprefix("# ") for line in f"# [graph]{after}".splitlines())
    head = before.partition("[[network")[0]
    Path("graph.toml").write_text(head + graph, encoding="utf-8")
    assert len(load("graph.toml").equations) == 3


def test_new_never_writes_over_a_file(capsys: Captured) -> None:
    Path("mine.toml").write_text("precious")
    assert main(["new", "mine.toml"]) == 1
    assert capsys.readouterr().err == "nnstep: mine.toml: is there already; choose another name\n"
    assert Path("mine.toml").read_text() == "precious"
    assert main(["new", "mine"]) == 1
    assert "try mine.toml" in capsys.readouterr().err


def test_new_copies_a_model_with_the_data_that_it_reads(capsys: Captured) -> None:
    assert main(["new", "deep/flowers.toml", "--from", "iris"]) == 0
    assert sorted(file.name for file in Path("deep").iterdir()) == ["flowers.toml", "iris.csv"]
    copied, original = nnstep.open("deep/flowers.toml"), nnstep.open("iris")
    copied.goto("epoch 2")
    original.goto("epoch 2")
    assert (copied.value("W[1]") == original.value("W[1]")).all()
    # The same data once more is no obstacle, other data is; then nothing is written.
    assert main(["new", "deep/more.toml", "--from", "iris"]) == 0
    Path("deep/iris.csv").write_text("mine")
    assert main(["new", "deep/third.toml", "--from", "iris"]) == 1
    assert "deep/iris.csv: is there already" in capsys.readouterr().err
    assert not Path("deep/third.toml").exists()
    assert main(["new", "x.toml", "--from", "nosuch"]) == 1
    assert "no model 'nosuch'" in capsys.readouterr().err


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_has_every_subcommand_option_and_model(shell: str, capsys: Captured) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    for word in words_of([APP, *SUBCOMMANDS.values()]):
        assert word.name in script
        for option in word.options:
            assert all(flag.lstrip("-") in script for flag in option.flags)
    assert all(name in script for name in bundled())
    program = shutil.which(shell)
    if program is not None:
        checked = subprocess.run([program, "-n"], input=script, capture_output=True, text=True, check=False)
        assert checked.stderr == ""
        assert checked.returncode == 0


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        (["che"], ["check"], ["xor"]),
        ([""], ["run", "new", "xor", "mine.toml", "deep/"], ["notes.txt", "--lang"]),
        (["--"], ["--lang", "--resume", "--version"], ["--json"]),
        (["--lang", ""], ["en", "ja"], ["xor"]),
        (["run", "mo"], ["moons"], ["check"]),
        (["run", "xor", "--j"], ["--json", "--journal"], ["--json=", "xor"]),
        (["run", "xor", "-x", "no"], ["notes.txt"], ["xor"]),
        (["check", "m"], ["mine.toml"], ["models", "moons"]),
        (["new", "a.toml", "--from", "mlp"], ["mlp", "mlp_by_hand"], ["mine.toml"]),
        (["replay", "back"], ["backpropagation"], ["xor"]),
        (["completion", ""], ["bash", "zsh", "fish"], ["xor"]),
        (["models", "x"], [], ["xor"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bash_completes(typed: list[str], wanted: list[str], unwanted: list[str]) -> None:
    Path("mine.toml").touch()
    Path("notes.txt").touch()
    Path("deep").mkdir()
    script = WRITERS["bash"](words_of([APP, *SUBCOMMANDS.values()]))
    line = ["nnstep", *typed]
    asked = f'{script}\nCOMP_WORDS=("$@")\nCOMP_CWORD={len(line) - 1}\n_nnstep\nprintf "%s\\n" "${{COMPREPLY[@]}}"\n'
    done = subprocess.run(
        [str(shutil.which("bash")), "--norc", "-c", asked, "bash", *line],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    offered = done.stdout.split()
    assert set(wanted) <= set(offered)
    assert not set(unwanted) & set(offered)
