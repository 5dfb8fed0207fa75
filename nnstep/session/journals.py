"""The folder of journals: where it is, which of them belong to living sessions, and which are thrown away."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

KEPT = 10
"""Journals of ended sessions that stay."""
ABANDONED = 24 * 3600
"""Seconds after which a file that was never finished is thrown away."""
SECOND = 1_000_000_000
"""Nanoseconds."""
SUFFIX = ".journal"
DAMAGED = ".damaged-"


def folder() -> Path:
    """Where journals lie: NNSTEP_STATE, else the user's state directory."""
    chosen = os.environ.get("NNSTEP_STATE")
    if not chosen:
        from platformdirs import user_state_dir  # only a journal needs it

        chosen = user_state_dir("nnstep", appauthor=False)
    return Path(chosen) / "sessions"


@dataclass
class Held:
    """A journal that this process has locked: nobody resumes it or throws it away."""

    path: Path
    handle: int
    size: int = 0

    def write(self, raw: bytes) -> None:
        """Append; on return it is with the operating system."""
        before = os.fstat(self.handle).st_mtime_ns
        while raw:
            written = os.write(self.handle, raw)
            self.size += written
            raw = raw[written:]
        if os.fstat(self.handle).st_mtime_ns < before:
            settle()

    def read(self) -> bytes:
        """The whole of it."""
        with os.fdopen(os.dup(self.handle), "rb") as stream:
            stream.seek(0)
            return stream.read()

    @property
    def date(self) -> datetime:
        """When it was last written to."""
        return datetime.fromtimestamp(os.fstat(self.handle).st_mtime, UTC).astimezone()

    def linked(self) -> bool:
        """Whether the file still has a name, so that it can be found again."""
        return os.fstat(self.handle).st_nlink > 0

    def set_aside(self) -> Path:
        """Keep a damaged file under a name with its date, for someone to look at; where that is."""
        aside = self.path.with_name(f"{self.path.name}{DAMAGED}{self.date:%Y-%m-%d-%H%M%S}")
        try:
            # A second name: at no moment is there none.
            aside.hardlink_to(self.path)
        except FileExistsError:
            return aside
        except OSError:
            with suppress(OSError):
                return self.path.rename(aside)
            return self.path
        return aside

    def release(self) -> None:
        """Close the file, and unlock it by that; a second time does nothing."""
        handle, self.handle = self.handle, -1
        if handle >= 0:
            os.close(handle)


def new() -> Path:
    """A name for a journal; no two processes make the same."""
    now = datetime.now(UTC).astimezone()
    return folder() / f"{now:%Y-%m-%dT%H-%M-%S.%f}-{os.getpid()}{SUFFIX}"


def write(path: Path, raw: bytes) -> Held:
    """Put a file with these first bytes at a path, locked before it has that name."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    settle()
    temporary = path.with_suffix(".tmp")
    with suppress(FileNotFoundError):
        # Left by a process that ended while it wrote: no other may write to this journal.
        temporary.unlink()
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND
    held = Held(path, os.open(temporary, flags, 0o600))
    try:
        assert lock(held.handle)
        held.write(raw)
        # A file that is renamed before its bytes are on the disk may be empty after a power cut.
        os.fsync(held.handle)
        temporary.replace(path)
    except BaseException:
        held.release()
        with suppress(OSError):
            temporary.unlink()
        raise
    return held


def settle() -> None:
    """Give journals with dates ahead of the clock, which has gone back since, ones of just now, in their order.

    Else they would be the latest until the clock has come to where it was, and what is new would be thrown away first.
    """
    now = time.time_ns()
    ahead = [(written, path) for written, path in _dated(f"*{SUFFIX}*") if written > now]
    for place, (_, path) in enumerate(sorted(ahead)):
        with suppress(OSError):
            # A file that is written to now may get a date some milliseconds back.
            os.utime(path, ns=(now, now - SECOND + place))


def lock(handle: int) -> bool:
    """Take the lock that a living session holds; False if one does."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        # A system or a file system without these locks: a living session is taken for an ended one.
        return True
    return True


def ended() -> Iterator[Held]:
    """The journals of ended sessions, the latest first, each locked; whoever takes one releases it."""
    for path in _latest_first(f"*{SUFFIX}"):
        held = _claim(path)
        if held is not None:
            yield held


def prune() -> None:
    """Throw away what is older than the last KEPT journals of ended sessions, and what was never finished."""
    with suppress(OSError):
        for count, held in enumerate(ended()):
            if count >= KEPT:
                held.path.unlink(missing_ok=True)
            held.release()
        for path in _latest_first(f"*{DAMAGED}*")[KEPT:]:
            path.unlink(missing_ok=True)
        for path in _latest_first("*.tmp"):
            if time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink(missing_ok=True)


def _latest_first(pattern: str) -> list[Path]:
    return [path for _, path in sorted(_dated(pattern), reverse=True)]


def _dated(pattern: str) -> list[tuple[int, Path]]:
    """Files with the times at which they were last written to, in nanoseconds."""
    dated = []
    with suppress(OSError):
        for path in folder().glob(pattern):
            with suppress(OSError):
                dated.append((path.stat().st_mtime_ns, path))
    return dated


def _claim(path: Path) -> Held | None:
    """The journal, locked; None if a session lives in it, or it has gone meanwhile."""
    try:
        # Some network file systems lock only what may be written.
        handle = os.open(path, os.O_RDWR if os.access(path, os.W_OK) else os.O_RDONLY)
    except OSError:
        return None
    try:
        # A living session puts a new file in the place of a long one: the lock must be that of the file with the name.
        if lock(handle) and os.fstat(handle).st_ino == path.stat().st_ino:
            return Held(path, handle)
    except OSError:
        pass
    os.close(handle)
    return None
