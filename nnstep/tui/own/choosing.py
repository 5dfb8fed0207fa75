"""Lists to choose from, laid over the screen: help, the palette, the glossary, the models and the lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.tui import questions
from nnstep.tui.own.registry import own

if TYPE_CHECKING:
    from nnstep.tui.app import NnstepApp


@own("help")
def help_(app: NnstepApp, command: str) -> None:
    """Keys and commands, searchable; all about one command is an answer like any other."""
    if command:
        _answer(app, f"help {command}")
    else:
        app.main.chooser.open(questions.help_question(app.debugger.session), app.main.prompt.open)


@own("glossary")
def glossary(app: NnstepApp, term: str) -> None:
    """Terms and symbols, searchable."""
    if term:
        _answer(app, f"glossary {term}")
    else:
        app.main.chooser.open(questions.glossary_question(app.debugger.session), app.run_line)


@own("palette")
def palette(app: NnstepApp, text: str) -> None:
    """Everything that can be done, by a few letters."""
    app.main.chooser.open(questions.palette_question(app.debugger.session), app.action_run, text)


@own("models")
def models(app: NnstepApp, _: str) -> None:
    """The models, with a preview."""
    app.main.chooser.open(questions.models_question(app.debugger.session), app.run_line)


@own("lessons")
def lessons(app: NnstepApp, _: str) -> None:
    """The lessons, with how they begin."""
    app.main.chooser.open(questions.lessons_question(), app.run_line)


def _answer(app: NnstepApp, line: str) -> None:
    """Carry out a line that only looks something up, and show its answer."""
    app.main.tell(line, list(app.debugger.execute(line).lines))
