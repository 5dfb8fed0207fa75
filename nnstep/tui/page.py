"""The page that a lesson shows where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.lesson.catalogue import following
from nnstep.render.catalogue import word
from nnstep.tui.prose import Page

if TYPE_CHECKING:
    from nnstep.tui.course import Course


def page_of(course: Course) -> Page:
    """A beat's prose, what its commands have said so far, and what there is to do."""
    beat, count = course.replay.beat, len(course.lesson.beats)
    return Page(
        course.lesson.title,
        course.lesson.sections[beat.section] if beat.section >= 0 else "",
        beat.prose,
        course.quiz.told(course.replay.ran),
        tuple(_foot(course).split(" / ")),
        f"{max(course.replay.at, 0) + 1}/{count}",
        bool(course.taken) or (course.pace.playing and not course.quiz.question),
    )


def _foot(course: Course) -> str:
    """What there is to do now, from the most words to the least."""
    if course.taken:
        return word("lesson_turn")
    if course.quiz.question:
        return word("lesson_number")
    if course.pace.playing:
        return word("lesson_playing", speed=f"{course.pace.speed:.2g}")
    if course.replay.left:
        return word("lesson_go_on")
    if course.replay.ended:
        name = following(course.lesson.path)
        return word("lesson_following", name=name) if name else word("lesson_end")
    return word("lesson_next")
