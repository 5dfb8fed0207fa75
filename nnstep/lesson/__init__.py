"""Lessons: Markdown files of prose and commands, read and replayed."""

from nnstep.lesson.catalogue import bundled, locate
from nnstep.lesson.lesson import Beat, Lesson, Typed
from nnstep.lesson.reading import parse, read
from nnstep.lesson.replay import Ran, Replay

__all__ = ["Beat", "Lesson", "Ran", "Replay", "Typed", "bundled", "locate", "parse", "read"]
