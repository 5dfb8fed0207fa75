"""python -m nnstep.serve.child: the process of one session, at whose stdin and stdout is the server."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any, cast

from nnstep import threads
from nnstep.errors import NnstepError
from nnstep.values import dataclass


@dataclass(frozen=True)
class Wanted:
    """What a session is opened with: the options of `nnstep serve`."""

    source: str
    overrides: dict[str, object]
    allow_paths: bool
    ascii: bool
    language: str

    @property
    def command(self) -> tuple[str, ...]:
        """What starts it; -P: a file of this folder is not taken for a library."""
        return (sys.executable, "-P", "-m", __name__, json.dumps(asdict(self), default=str))


def main() -> int:
    """Open what is wanted."""
    wanted = Wanted(**cast("dict[str, Any]", json.loads(sys.argv[1])))
    threads.before_numpy()
    from nnstep import tui
    from nnstep.render.language import Language, choose

    choose(cast("Language", wanted.language))
    try:
        return tui.serve(wanted.source, wanted.overrides, allow_paths=wanted.allow_paths, ascii_only=wanted.ascii)
    except NnstepError as error:
        print(f"nnstep: {error}", file=sys.stderr)  # noqa: T201  # the server hands it on
        return 1


if __name__ == "__main__":
    sys.exit(main())
