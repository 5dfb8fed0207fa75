"""The lines that were typed, from session to session: a file beside the journals that all sessions write to."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from nnstep.session.journals import folder
from nnstep.values import dataclass

KEPT = 1000
"""Lines that stay."""
LARGEST = 256 * 1024
"""Bytes from which the file is cut back to the lines that stay."""
LONGEST = 2000
"""Characters of a line that is worth remembering."""
ATTEMPTS = 3


def history_file() -> Path:
    """Where the lines are: beside the folder of the journals."""
    return folder().with_name("history")


@dataclass(frozen=True)
class Past:
    """A file of lines, oldest first. Whatever is wrong with it, typing goes on: it is never an error."""

    path: Path

    def read(self) -> list[str]:
        """The last lines, without what is damaged."""
        try:
            with self.path.open("rb") as stream:
                stream.seek(0, os.SEEK_END)
                stream.seek(max(stream.tell() - 2 * LARGEST, 0))
                raw = stream.read()
        except OSError:
            return []
        return _lines(raw)[-KEPT:]

    def add(self, line: str) -> None:
        """Remember a line; other sessions may be doing the same."""
        if not line.isprintable() or not 0 < len(line) <= LONGEST:
            return
        with suppress(OSError):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for _ in range(ATTEMPTS):
                if self._append(line):
                    return

    def _append(self, line: str) -> bool:
        """Write under the file's lock; False if another session has put a new file in its place meanwhile."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _lock(handle)
            if os.fstat(handle).st_ino != self.path.stat().st_ino:
                return False
            before = os.fstat(handle).st_size
            raw = f"{line}\n".encode()
            if os.write(handle, raw) < len(raw):
                # On a full disk: the half would run into the next line.
                os.ftruncate(handle, before)
            elif before + len(raw) > LARGEST:
                self._cut_back()
        finally:
            os.close(handle)
        return True

    def _cut_back(self) -> None:
        temporary = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        try:
            temporary.write_text("".join(f"{line}\n" for line in self.read()), encoding="utf-8")
            temporary.chmod(0o600)
            temporary.replace(self.path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise


def _lines(raw: bytes) -> list[str]:
    """The lines that can be read; the same one twice in a row is one."""
    lines: list[str] = []
    for each in raw.split(b"\n"):
        with suppress(UnicodeDecodeError):
            line = each.decode()
            if line.isprintable() and 0 < len(line) <= LONGEST and lines[-1:] != [line]:
                lines.append(line)
    return lines


def _lock(handle: int) -> None:
    """Wait for the others; where there are no locks, a line of the same moment may be lost."""
    with suppress(ImportError, OSError):
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)
