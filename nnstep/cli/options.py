"""Options that several subcommands take."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping

from nnstep.errors import CommandError
from nnstep.render.language import LANGUAGES


def add_language(parser: ArgumentParser) -> None:
    """`--lang`: the language of explanations, the glossary and lessons."""
    parser.add_argument(
        "--lang",
        choices=LANGUAGES,
        help="the language of explanations, the glossary and lessons (default: the locale's, else en)",
    )


def add_ascii(parser: ArgumentParser) -> None:
    """`--ascii`."""
    parser.add_argument("--ascii", action="store_true", help="draw and print with ASCII characters alone")


def add_overrides(parser: ArgumentParser) -> None:
    """`--set KEY=VALUE`, as often as wanted."""
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a key, e.g. training.epochs=20",
    )


def add_paths(parser: ArgumentParser) -> None:
    """`--allow-paths`."""
    parser.add_argument(
        "--allow-paths",
        action="store_true",
        help="let a model file name data outside its own folder; only for files that you trust",
    )


def add_resume(parser: ArgumentParser, what: str) -> None:
    """`--resume` and `--force`."""
    parser.add_argument("--resume", action="store_true", help=f"go on with {what}")
    parser.add_argument("--force", action="store_true", help="resume even if the model's files have changed")


def refuse_mixed(parser: ArgumentParser, options: Namespace) -> None:
    """End with the usage where options do not go together."""
    if options.resume and options.set:
        parser.error("--set does not go with --resume: the session keeps its own settings")
    if options.force and not options.resume:
        parser.error("--force goes with --resume")


def overrides(settings: Iterable[str]) -> Mapping[str, object]:
    """`key=value` settings; a value is TOML where it can be, else text."""
    import tomllib  # only a run with --set needs it

    found: dict[str, object] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or not key.strip():
            raise CommandError(f"--set takes KEY=VALUE, such as training.epochs=20, got {setting!r}")
        try:
            found[key.strip()] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            found[key.strip()] = text.strip()
    return found
