"""nnstep models, nnstep lessons: what travels with nnstep."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from nnstep.cli.options import add_ascii, add_language
from nnstep.cli.subcommand import Parser, Subcommand
from nnstep.model import bundled, load


def _parser() -> ArgumentParser:
    parser = Parser(prog="nnstep models", description="List the bundled models.")
    add_ascii(parser)
    return parser


def _models(_: ArgumentParser, options: Namespace) -> int:
    del options
    models = {name: load(path) for name, path in bundled().items()}
    width = max(len(name) for name in models)
    for name, model in models.items():
        print(f"{name:<{width}}  {model.title}")
    return 0


def _lessons_parser() -> ArgumentParser:
    parser = Parser(
        prog="nnstep lessons",
        description="List the lessons, and how far each has been read; `nnstep replay NAME` opens one.",
    )
    add_ascii(parser)
    add_language(parser)
    return parser


def _lessons(_: ArgumentParser, options: Namespace) -> int:
    del options
    from nnstep.lesson import lessons

    found = lessons()
    width = max((len(each.name) for each in found), default=0)
    for each in found:
        read = each.progress.text
        print(f"{each.name:<{width}}  {each.title}{f'  ({read})' if read else ''}")
    return 0


SUBCOMMAND = Subcommand("models", _parser, _models)
LESSONS = Subcommand("lessons", _lessons_parser, _lessons)
