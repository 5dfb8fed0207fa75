"""What can be chosen from: the lists of help, the palette, the glossary and the models, all derived."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, get_args, get_origin

from nnstep.commands import COMMANDS, Command
from nnstep.commands.execute import usage
from nnstep.commands.helping import command_lines
from nnstep.model.shelf import Listed
from nnstep.render.catalogue import catalogue, word
from nnstep.render.glossary import Term, of_formula, term_lines, terms
from nnstep.render.language import language
from nnstep.render.models import preview_lines
from nnstep.session import Session
from nnstep.tui.bindings import bindings
from nnstep.tui.chooser import Choice, Question
from nnstep.tui.keys import key_sign
from nnstep.tui.paint import Line
from nnstep.tui.prompt import Prompt

if TYPE_CHECKING:
    from nnstep.lesson import Listed as Lesson

SECTIONS = {
    "seeking": "Searching",
    "stopping": "Stops",
    "catching": "Stops",
    "asking": "Asking",
    "displaying": "Looking",
    "looking": "Looking",
    "surveying": "Looking",
    "whatif": "What if",
    "models": "Models and sessions",
    "saving": "Models and sessions",
    "exporting": "Models and sessions",
    "preferences": "The screen",
    "expecting": "Lessons",
    "lessons": "Lessons",
    "helping": "Help",
    "terms": "Help",
    "app": "The screen",
}
"""The headings of help for the modules that declare commands; of others, the module's name."""
MARGIN = 90
"""Cells from which a line of a command's help goes on in the next."""


def help_question(session: Session) -> Question:
    """Every command with its keys, the keys that have no command, and the glossary."""
    commands = [
        Choice(
            usage(each),
            f"{each.name} " if each.usage else each.name,
            keys=" ".join(dict.fromkeys(map(key_sign, each.keys))),
            about=each.summary,
            section=_section(each),
            words=f"{' '.join(each.alias)} {each.details}",
            details=partial(_details, each),
        )
        for each in sorted(COMMANDS.values(), key=_order())
    ]
    glossary = glossary_question(session).choices
    return Question("help", "types it", [*commands, *_other_keys(), *glossary])


def _details(each: Command) -> list[Line]:
    """All about a command; a paragraph that was broken at the margin of its source is one line again."""
    flowing: list[Line] = []
    broken = False
    for place, line in enumerate(command_lines(each)):
        text = "".join(piece for piece, _ in line)
        plain = len(line) == 1 and line[0][1] == "text" and not text.startswith(" ")
        if broken and plain and text:
            flowing[-1] = (*flowing[-1], (f" {text}", "text"))
        else:
            flowing.append(line)
        # Usage and summary stand alone.
        broken = place > 1 and plain and len(text) > MARGIN
    return flowing


def _order() -> Callable[[Command], int]:
    """Commands of one section together, the sections in the order in which they come first."""
    sections = list(dict.fromkeys(map(_section, COMMANDS.values())))
    return lambda each: sections.index(_section(each))


def _section(each: Command) -> str:
    module = each.function.__module__.rpartition(".")[2]
    return SECTIONS.get(module, module.capitalize())


def _other_keys() -> Iterable[Choice]:
    """The keys that carry out no line of their own, and those that edit one."""
    plain = [(each.key, each.description) for each in bindings() if not each.action.startswith("run(")]
    edits = [(key, description) for key, (_, description) in Prompt.EDITS.items()]
    for section, pairs in (("Other keys", plain), ("While a line is typed", edits)):
        described: dict[str, list[str]] = {}
        for key, description in pairs:
            described.setdefault(description, []).append(key_sign(key))
        for description, keys in described.items():
            shown = " ".join(keys)
            about = partial(_about_keys, description, shown)
            yield Choice(description, "", keys=shown, section=section, details=about)


def _about_keys(description: str, keys: str) -> Sequence[Line]:
    return [((description, "heading"),), ((keys, "text"),)]


def palette_question(session: Session) -> Question:
    """Every line that a key or a name stands for, ready to run, and every model."""
    choices = [choice for each in COMMANDS.values() for choice in _lines_of(each)]
    models = [_model(each, name=f"open {each.source}") for each in session.openable]
    from nnstep.lesson import lessons  # only those who ask for lessons wait for them

    return Question(
        "palette",
        "runs it",
        [*choices, *models, *(_lesson(each, name=f"lesson open {each.name}") for each in lessons())],
    )


def _lines_of(each: Command) -> Iterable[Choice]:
    """The lines of a command: what its keys type, its name alone, and what it can be given from a closed list."""
    lines: dict[str, list[str]] = {}
    taken = _typed_by_others(each)
    needs = any(parameter.required for parameter in each.parameters)
    for key, line in each.keys.items():
        # Enter explains the cell that it is pressed on; the line alone would lack it.
        lines.setdefault(f"{line} " if needs and line == each.name else line, []).append(key_sign(key))
    if each.name not in taken and not any(line.strip() == each.name for line in lines):
        lines.setdefault(f"{each.name} " if needs else each.name, [])
    closed = [choice for p in each.parameters if get_origin(p.kind) is not None for choice in get_args(p.kind)]
    if len(each.parameters) == 1:
        for option in (*closed, *each.words):
            lines.setdefault(f"{each.name} {option}", [])
    for line, keys in lines.items():
        name = f"{line.strip()} …" if line.endswith(" ") else line
        yield Choice(
            name,
            line,
            keys=" ".join(keys),
            about=(described := COMMANDS.get(line.strip(), each)).summary,
            words=" ".join(described.alias),
            details=partial(_details, described),
        )


def _typed_by_others(each: Command) -> set[str]:
    """The commands that a key of another one types: S, of step, types reverse-step."""
    return {line for other in COMMANDS.values() if other is not each for line in other.keys.values()}


def glossary_question(session: Session) -> Question:
    """The symbols of the current formula, then every term."""
    titles = catalogue(language()).titles
    here = of_formula(session)
    instruction = session.instruction
    formula = f"{word('this_formula')}: {instruction.formula}" if instruction is not None else ""
    return Question(
        "glossary",
        "prints it",
        [
            *(_term(term, formula) for term in here),
            *(_term(term, titles[term.section]) for term in terms().values()),
        ],
    )


def _term(term: Term, section: str) -> Choice:
    return Choice(
        term.title,
        f"glossary {term.symbol.split('[', 1)[0].split(' ', 1)[0] or term.names[0]}",
        keys=term.symbol,
        about=", ".join(term.others),
        section=section,
        words=f"{term.key.replace('_', ' ')} {term.text}",
        details=partial(term_lines, term),
    )


def models_question(session: Session) -> Question:
    """Every model with its title, and a preview of the selected one."""
    return Question("models", "opens it", [_model(each, name=each.source) for each in session.openable])


def lessons_question() -> Question:
    """Every lesson with how far it has been read, and the sections of the selected one."""
    from nnstep.lesson import lessons  # only those who ask for lessons wait for them

    return Question(
        "lessons", "begins it", [_lesson(each, name=each.name) for each in lessons()], "there are no lessons"
    )


def _lesson(each: Lesson, *, name: str) -> Choice:
    return Choice(
        name,
        f"lesson open {each.name}",
        keys=each.progress.text,
        about=each.title,
        words=" ".join(each.sections),
        details=partial(_contents, each),
    )


def _contents(each: Lesson) -> Sequence[Line]:
    read = f" · {each.progress.text}" if each.progress.text else ""
    heading: list[Line] = [((each.title, "heading"),), ((f"{each.beats} beats{read}", "dim"),), ()]
    return [*heading, *(((" · ", "muted"), (section, "text")) for section in each.sections)]


def _model(each: Listed, *, name: str) -> Choice:
    return Choice(
        name,
        f"open {each.source}",
        about=each.title,
        section="Bundled" if each.bundled else "In this folder",
        words=each.title,
        details=partial(_preview, each),
    )


def _preview(each: Listed) -> Sequence[Line]:
    return preview_lines(each.path)
