"""nnstep [MODEL]: the app."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

import nnstep
from nnstep.cli.options import add_ascii, add_language, add_overrides, add_paths, add_resume, overrides, refuse_mixed
from nnstep.cli.subcommand import Parser, Subcommand

FIRST_MODEL = "xor"


def _parser() -> ArgumentParser:
    parser = Parser(
        prog="nnstep",
        description="A time-travel debugger for neural networks: opens MODEL in the terminal.",
        epilog="Also: nnstep run MODEL LINE…, nnstep replay LESSON, nnstep serve MODEL, nnstep new FILE, "
        "nnstep check PATH…, nnstep models, nnstep lessons, nnstep completion SHELL; each has --help.",
    )
    parser.add_argument(
        "model", metavar="MODEL", nargs="?", help=f"a model file or a bundled name (default: {FIRST_MODEL})"
    )
    add_overrides(parser)
    add_paths(parser)
    add_resume(parser, "the latest session that has ended, of MODEL if it is given, killed or not")
    add_language(parser)
    parser.add_argument("--version", action="version", version=f"nnstep {nnstep.__version__}")
    add_ascii(parser)
    return parser


def _open(parser: ArgumentParser, options: Namespace) -> int:
    refuse_mixed(parser, options)
    from nnstep import tui  # the terminal's libraries are loaded only for the app

    if options.resume:
        return tui.run(
            options.model, resumed=True, force=options.force, allow_paths=options.allow_paths, ascii_only=options.ascii
        )
    return tui.run(
        options.model or FIRST_MODEL, overrides(options.set), allow_paths=options.allow_paths, ascii_only=options.ascii
    )


SUBCOMMAND = Subcommand("", _parser, _open)
