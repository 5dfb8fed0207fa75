"""Lessons: Markdown files of prose and commands, read and replayed."""

from nnstep.lesson.catalogue import Listed, bundled, lessons, locate
from nnstep.lesson.lesson import Beat, Lesson, Typed
from nnstep.lesson.reading import parse, read
from nnstep.lesson.replay import Ran, Replay

__all__ = ["Beat", "Lesson", "Listed", "Ran", "Replay", "Typed", "bundled", "lessons", "locate", "parse", "read"]
