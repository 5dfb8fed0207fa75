"""A text stream whose terminal or reader has ASCII alone."""

from __future__ import annotations

import io
import sys

from nnstep.render.ascii import ascii_text


class AsciiStream(io.TextIOWrapper):
    """Writes every character in its ASCII form."""

    def write(self, text: str, /) -> int:
        """Write a text; a line should come whole, so that its columns stay."""
        super().write(ascii_text(text))
        return len(text)


def ascii_streams() -> None:
    """Have standard output and error speak ASCII from now on."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper) and not isinstance(stream, AsciiStream):
            stream.flush()
            new = AsciiStream(stream.detach(), "ascii", "backslashreplace", line_buffering=stream.line_buffering)
            setattr(sys, name, new)
