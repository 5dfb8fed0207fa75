"""nnstep serve: the app in a browser."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace

from nnstep.cli.app import FIRST_MODEL
from nnstep.cli.options import add_ascii, add_language, add_overrides, overrides
from nnstep.cli.subcommand import Parser, Subcommand
from nnstep.render.language import language

PORT = 8000


def _parser() -> ArgumentParser:
    parser = Parser(
        prog="nnstep serve",
        description="Open the app in a browser on this machine: prints an address that works once.",
    )
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?",
        default=FIRST_MODEL,
        help=f"a model file or a bundled name (default: {FIRST_MODEL})",
    )
    parser.add_argument(
        "--port", metavar="N", type=_port, default=PORT, help=f"the port to listen at; 0: any (default: {PORT})"
    )
    parser.add_argument(
        "--allow-paths",
        action="store_true",
        help="let sessions open and write any file of yours, as the app does in a terminal",
    )
    add_overrides(parser)
    add_language(parser)
    add_ascii(parser)
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) < 1 << 16):
        raise ArgumentTypeError(f"must be from 0 to 65535, got {text!r}")
    return int(text)


def _serve(_: ArgumentParser, options: Namespace) -> int:
    from nnstep import serve  # what speaks HTTP is loaded only to be spoken with

    return serve.serve(
        options.model,
        overrides(options.set),
        options.port,
        allow_paths=options.allow_paths,
        ascii_only=options.ascii,
        language=language(),
    )


SUBCOMMAND = Subcommand("serve", _parser, _serve)
