"""help: derived from the commands themselves."""

from __future__ import annotations

from nnstep.commands.execute import named, usage
from nnstep.commands.registry import COMMANDS, Command, Rest, Result, command, result
from nnstep.engine.ops import OPS, OPTIMIZERS
from nnstep.render.ops import op_lines, ops_lines
from nnstep.render.text import Line, Span, line
from nnstep.session import Session

NOTHING = Rest("")

KEY_NAMES = {
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "right_curly_bracket": "}",
    "left_curly_bracket": "{",
    "question_mark": "?",
    "colon": ":",
}


def key_name(key: str) -> str:
    """A key as it is written on the keyboard."""
    return KEY_NAMES.get(key, key)


@command("help", keys={"question_mark": "help"})
def help_(session: Session, command: Rest = NOTHING) -> Result:
    """List the commands, or tell all about one.

    help ops lists the ops that equations and layers are made of: formula, gradients, and the PyTorch call that each
    equals. help OP tells about one of them, or of the optimizers.
    """
    del session
    if command == "ops":
        return result(ops_lines())
    if command in OPS or command in OPTIMIZERS:
        return result(op_lines(command))
    return result(command_lines(named(command)) if command else _all())


def _all() -> list[Line]:
    width = max(len(usage(each)) for each in COMMANDS.values())
    return [
        line(
            Span(f"{usage(each):<{width}}", "name"),
            "  ",
            Span(f"{' '.join(each.alias):<4}", "dim"),
            f"  {each.summary}",
        )
        for each in COMMANDS.values()
    ]


def command_lines(each: Command) -> list[Line]:
    """All about one command."""
    lines = [line(Span(usage(each), "name")), line(each.summary)]
    lines += [line(text) for text in each.details.splitlines()]
    if each.alias:
        lines.append(line(Span("short  ", "dim"), " ".join(each.alias)))
    if each.keys:
        keys = ", ".join(f"{key_name(key)} {text.strip()}" for key, text in each.keys.items())
        lines.append(line(Span("keys   ", "dim"), keys))
    if each.app_only:
        lines.append(line(Span("the app alone carries it out; headless it does nothing", "dim")))
    return lines
