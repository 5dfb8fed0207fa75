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
        app.answer_now(f"help {command}")
    else:
        app.ask(questions.help_question(app.debugger.session), app.type_line)


@own("glossary")
def glossary(app: NnstepApp, term: str) -> None:
    """Terms and symbols, searchable."""
    if term:
        app.answer_now(f"glossary {term}")
    else:
        app.ask(questions.glossary_question(app.debugger.session), app.run_line)


@own("palette")
def palette(app: NnstepApp, text: str) -> None:
    """Everything that can be done, by a few letters."""
    app.ask(questions.palette_question(app.debugger.session), app.take_line, text)


@own("models")
def models(app: NnstepApp, _: str) -> None:
    """The models, with a preview."""
    app.ask(questions.models_question(), app.run_line)


@own("lessons")
def lessons(app: NnstepApp, _: str) -> None:
    """The lessons, with what each is about."""
    app.ask(questions.lessons_question(), app.run_line)
