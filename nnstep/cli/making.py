"""nnstep new: a model file to start from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from nnstep.cli.options import add_ascii
from nnstep.cli.subcommand import Parser, Subcommand
from nnstep.errors import ModelError, harmless
from nnstep.model.loader import files, load

TEMPLATE = Path(__file__).with_name("template.toml")


def _parser() -> ArgumentParser:
    parser = Parser(
        prog="nnstep new", description="Write a commented model file to start from; no file is written over."
    )
    parser.add_argument("file", metavar="FILE", help="the file to write, such as mine.toml")
    parser.add_argument("--from", dest="source", metavar="MODEL", help="a copy of this model, with the data it reads")
    add_ascii(parser)
    return parser


def _new(_: ArgumentParser, options: Namespace) -> int:
    path = Path(options.file)
    if path.suffix != ".toml":
        raise ModelError(f"{path}: a model file ends in .toml; try {path}.toml")
    if options.source is None:
        wanted = {path: TEMPLATE.read_bytes()}
    else:
        # What cannot be opened is not worth copying.
        load(options.source)
        own, *data = files(options.source)
        wanted = {path: own.read_bytes()}
        wanted |= {path.parent / each.relative_to(own.parent): each.read_bytes() for each in data}
    written = _write(wanted)
    print(harmless(f"wrote {' and '.join(str(each) for each in written)}; `nnstep {path}` opens it"))
    return 0


def _write(wanted: dict[Path, bytes]) -> list[Path]:
    """Write the files, all or none. Data that is there already with the same bytes is left as it is."""
    model = next(iter(wanted))
    fresh = {path: raw for path, raw in wanted.items() if path == model or not _same(path, raw)}
    written: list[Path] = []
    try:
        for path, raw in fresh.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                written.append(path)
                stream.write(raw)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        there = isinstance(error, FileExistsError)
        reason = "is there already; choose another name" if there else f"cannot be written: {error.strerror}"
        raise ModelError(f"{error.filename or model}: {reason}") from error
    return written


def _same(path: Path, raw: bytes) -> bool:
    try:
        return path.read_bytes() == raw
    except OSError:
        return False


SUBCOMMAND = Subcommand("new", _parser, _new)
