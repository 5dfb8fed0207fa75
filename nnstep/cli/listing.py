"""nnstep models: what travels with nnstep."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from nnstep.cli.options import add_ascii
from nnstep.cli.subcommand import Subcommand
from nnstep.model import bundled, load


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="nnstep models", description="List the bundled models.")
    add_ascii(parser)
    return parser


def _models(_: ArgumentParser, options: Namespace) -> int:
    del options
    models = {name: load(path) for name, path in bundled().items()}
    width = max(len(name) for name in models)
    for name, model in models.items():
        print(f"{name:<{width}}  {model.title}")
    return 0


SUBCOMMAND = Subcommand("models", _parser, _models)
