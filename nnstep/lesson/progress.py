"""How far each lesson has been read: a small file in the folder where each system keeps a program's state."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from nnstep.render.catalogue import word
from nnstep.session import journals
from nnstep.values import dataclass

MOST = 1000
"""Lessons that are remembered."""


@dataclass(frozen=True)
class Progress:
    """The furthest beat reached, counted from 1, of how many; done once the end was."""

    beat: int = 0
    beats: int = 0
    done: bool = False

    @property
    def text(self) -> str:
        """In a word or two."""
        if self.done:
            return word("lesson_done")
        return word("lesson_read", beat=self.beat, beats=self.beats) if self.beat else ""


def remembered() -> dict[str, Progress]:
    """What is known of every lesson, by its key; nothing where the file cannot be read."""
    found = {}
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        for key, each in json.loads(_file().read_text(encoding="utf-8")).items():
            found[str(key)] = Progress(int(each["beat"]), int(each["beats"]), bool(each["done"]))
    return found


def note(key: str, beat: int, count: int) -> None:
    """Remember of a lesson that a beat of `count` was reached; where that cannot be written down, it is forgotten."""
    known: dict[str, Any] = {key: vars(each) for key, each in remembered().items()}
    before = known.pop(key, {"beat": 0, "done": False})
    done = before["done"] or beat >= count
    known[key] = {"beat": min(max(beat, before["beat"]), count), "beats": count, "done": done}
    if before == known[key]:
        return
    with suppress(OSError):
        path = _file()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        kept = dict(list(known.items())[-MOST:])
        try:
            temporary.write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _file() -> Path:
    return journals.folder().parent / "lessons.json"
