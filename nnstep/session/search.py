"""Finding the next and the previous step that a stop matches: one primitive in each direction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nnstep.session.stops import Context, Stop, StopWatcher
from nnstep.timeline import Interrupted, Timeline
from nnstep.values import dataclass

GoOn = Callable[[int], bool]
Holds = Callable[[Stop, int], bool]
"""Whether the condition of a catchpoint holds at a step."""

SEGMENT, LONGEST_SEGMENT = 16, 4096
"""Iterations of the first and the longest stretch that a search backward runs forward."""


@dataclass(frozen=True)
class Found:
    """A step that stops match, and which do."""

    step: int
    stops: tuple[Stop, ...]


class Searcher:
    """Searches one timeline for the steps that a set of stops matches."""

    def __init__(self, timeline: Timeline, stops: Sequence[Stop], holds: Holds, go_on: GoOn) -> None:
        self._timeline = timeline
        self._fixed = [stop for stop in stops if stop.arithmetic]
        self._looking = [stop for stop in stops if not stop.arithmetic]
        self._memory = max((stop.matcher.memory for stop in self._looking), default=0)
        self._holds = holds
        self._go_on = go_on
        self._context = Context(timeline.calendar, timeline.losses_of)

    def ahead(self, step: int) -> Found | None:
        """The next step beyond `step` that any stop matches."""
        calendar = self._timeline.calendar
        known = {stop.number: stop.matcher.ahead(step, calendar) for stop in self._fixed}
        bound = min((found for found in known.values() if found is not None), default=None)
        last = calendar.length if bound is None else bound
        found = self._run_ahead(step, last) if self._looking else None
        if found is None or (bound is not None and bound < found.step):
            return None if bound is None else self._fixed_at(bound, known)
        if bound == found.step:
            return Found(bound, (*self._fixed_at(bound, known).stops, *found.stops))
        return found

    def behind(self, step: int) -> Found | None:
        """The last step before `step` that any stop matches."""
        calendar = self._timeline.calendar
        known = {stop.number: stop.matcher.behind(step, calendar) for stop in self._fixed}
        bound = max((found for found in known.values() if found is not None), default=None)
        first = 0 if bound is None else bound
        found = self._run_behind(step, first) if self._looking else None
        if found is None or (bound is not None and bound > found.step):
            return None if bound is None else self._fixed_at(bound, known)
        if bound == found.step:
            return Found(bound, (*self._fixed_at(bound, known).stops, *found.stops))
        return found

    def _fixed_at(self, step: int, known: dict[int, int | None]) -> Found:
        return Found(step, tuple(stop for stop in self._fixed if known[stop.number] == step))

    def _run_ahead(self, step: int, last: int) -> Found | None:
        """The first match beyond `step`, up to `last`, by running there."""
        calendar = self._timeline.calendar
        end = calendar.split(last)[0] + 1
        while True:
            start = max(0, calendar.split(step)[0] - self._memory)
            matches = self._search(start, end, after=step)
            beyond = [match for match in matches if match[0] > step]
            if not beyond or beyond[0][0] > last:
                return None
            found = self._at(beyond[0][0], beyond)
            if found is not None:
                return found
            step = beyond[0][0]

    def _run_behind(self, step: int, first: int) -> Found | None:
        """The last match before `step`, from `first` on: stretches run forward, the later ones first."""
        calendar = self._timeline.calendar
        # What is before `step` may end with the run, where there is no iteration of `step` itself.
        end, lowest, size = calendar.split(step - 1)[0] + 1, calendar.split(first)[0], SEGMENT
        while end > lowest:
            # From a checkpoint, so that nothing is run before it is looked at.
            start = max(lowest, self._timeline.kept(max(end - size, 0)))
            floor = max(first, start * calendar.instructions + 1)
            try:
                matches = self._search(max(0, start - self._memory), end)
            except Interrupted as stop:
                matches = [match for match in stop.matches if floor <= match[0] < step]
                if not matches:
                    raise
            within = [match for match in matches if floor <= match[0] < step]
            for place in sorted({match[0] for match in within}, reverse=True):
                found = self._at(place, within)
                if found is not None:
                    return found
            end, size = start, min(2 * size, LONGEST_SEGMENT)
        return None

    def _search(self, start: int, end: int, after: int | None = None) -> list[tuple[int, int]]:
        watchers = [StopWatcher(stop, self._context) for stop in self._looking]
        return self._timeline.search(watchers, start, end, after=after, go_on=self._go_on)

    def _at(self, step: int, matches: Sequence[tuple[int, int]]) -> Found | None:
        """The stops that match a step, those left out whose condition could only be looked at now."""
        stops = [self._looking[place] for each, place in matches if each == step]
        held = [stop for stop in stops if not stop.matcher.late or stop.condition is None or self._holds(stop, step)]
        return Found(step, tuple(held)) if held else None
