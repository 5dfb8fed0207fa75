"""Lessons: Markdown files of prose and commands, read and replayed."""

from nnstep.lesson.catalogue import LANGUAGES, bundled, locate
from nnstep.lesson.lesson import Beat, Lesson, Typed
from nnstep.lesson.reading import parse, read
from nnstep.lesson.replay import Ran, Replay

__all__ = ["LANGUAGES", "Beat", "Lesson", "Ran", "Replay", "Typed", "bundled", "locate", "parse", "read"]
