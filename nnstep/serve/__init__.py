"""The app in a browser. Importing this costs nothing: what speaks HTTP is imported when the door is opened."""

from __future__ import annotations

import os
import shlex
import socket
import sys
from collections.abc import Mapping

from nnstep.errors import ServeError

EXTRA = "textual-serve>=1.1"
"""What pyproject.toml's extra `web` asks for."""
HOST = "127.0.0.1"
"""No other machine reaches this address."""


def serve(  # noqa: PLR0913  # each is an option of the command line
    source: str,
    overrides: Mapping[str, object],
    port: int,
    *,
    allow_paths: bool = False,
    ascii_only: bool = False,
    language: str = "en",
) -> int:
    """Serve a model to browsers on this machine until a signal ends it; the process's exit code.

    port: 0 takes any free one. ModelError if the model cannot be opened, ServeError for what keeps the door shut.
    """
    try:
        from nnstep.serve.server import Server
    except ImportError as error:
        install = shlex.join([sys.executable, "-m", "pip", "install", EXTRA])
        raise ServeError(f"nnstep serve needs textual-serve: {install}") from error
    from nnstep import api
    from nnstep.serve.child import Wanted

    # A model that cannot be opened is said here, not in every browser.
    model = api.open(source, overrides, allow_paths=allow_paths).session.model
    wanted = Wanted(source, dict(overrides), allow_paths=allow_paths, ascii=ascii_only, language=language)
    with bound(port) as listening:
        return Server(model.title, wanted.command, own_state=not allow_paths).run(listening)


def bound(port: int) -> socket.socket:
    """A socket that only this machine reaches; ServeError for a port that cannot be had."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else error
        raise ServeError(f"port {port} cannot be had: {reason}; --port 0 takes any that is free") from error
