"""Where am I: the model and the position in one line, the phases and the whole run in another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnstep.render.numbers import number
from nnstep.tui.paint import Line, Role
from nnstep.tui.panel import Mouse, Panel
from nnstep.tui.scrubber import Run, cell_of, line, step_of, track
from nnstep.tui.text import ends, width_of
from nnstep.values import dataclass

BARS = "▁▂▃▄▅▆▇█"
LOOKED_AT = 64
"""Losses of a bar's stretch that are looked at, evenly spread: a bar must not cost more, the longer the run is."""
LONGEST_SPARKLINE = 16
LONGEST_SCRUBBER = 80


@dataclass(frozen=True, eq=False)
class Where:
    """Everything that the two lines say.

    loss      the loss at this step, or the last finished iteration's where it is not computed yet
    fresh     whether it is this step's own
    phases    each phase's name, and the indices of its first and last instruction
    run       what there is to see of the run as a whole
    progress  0 … 1 while a long move is on its way, else None
    """

    model: str
    summary: str
    epoch: int
    epochs: int
    batch: int
    batches: int
    step: int
    length: int
    instruction: int
    phases: Sequence[tuple[str, int, int]]
    loss: float | None
    fresh: bool
    losses: NDArray[np.floating]
    run: Run
    progress: float | None = None

    @property
    def looks(self) -> tuple[object, ...]:
        """What is the same for two that look the same."""
        run = self.run
        parts = (self.model, self.summary, self.epoch, self.epochs, self.batch, self.batches, self.step, self.length)
        more = (self.instruction, self.phases, self.loss, self.fresh, len(self.losses), self.progress)
        return (*parts, *more, run.length, run.reached, run.state, run.signs)


def sparkline(values: NDArray[np.floating], width: int) -> str:
    """The values as bars, each the mean of LOOKED_AT of its stretch; what is not finite has the highest bar."""
    if not len(values) or width <= 0:
        return ""
    # From the end, so that the last of them is among those.
    values = values[:: -max(1, len(values) // (width * LOOKED_AT))][::-1]
    edges = np.linspace(0, len(values), min(width, len(values)) + 1).astype(int)
    with np.errstate(all="ignore"):
        means = np.add.reduceat(values.astype(float), edges[:-1]) / np.diff(edges)
    finite = means[np.isfinite(means)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    span = high - low or 1.0
    return "".join(BARS[round((v - low) / span * (len(BARS) - 1))] if np.isfinite(v) else BARS[-1] for v in means)


class _Whereabouts(Panel):
    """A line on a position."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._where: Where | None = None

    def show(self, where: Where) -> None:
        """Show a position."""
        self._where = where
        self.changed(where.looks)


class Summary(_Whereabouts):
    """Model, epoch, batch, step, loss."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._spark: tuple[tuple[int, int, float | None], str] = ((-1, 0, None), "")

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """One line; of the model's summary, as many parts as there is room for."""
        where = self._where
        if where is None:
            return []
        right = self._right(where, width)
        named: Line = ((" nnstep ", "badge"), (f" {where.model}", "strong"))
        room = width - width_of(named) - width_of(right) - 4
        if room < 0:
            name: Line = ((f" {where.model}", "strong"),)
            if width_of(name) + width_of(right) > width:
                # The curve of the losses makes way for the whole name.
                right = right[:-1]
            return [ends(name, right, width)]
        parts = where.summary.split(" · ")
        texts = (" · ".join(parts[:count]) for count in range(len(parts), 0, -1))
        summary = next((text for text in texts if len(text) <= room), "")
        return [ends((*named, (f"  {summary}", "muted")), right, width)]

    def _right(self, where: Where, width: int) -> Line:
        pieces: list[tuple[str, str]] = []
        for word, now, of in (
            ("epoch", where.epoch, where.epochs),
            ("batch", where.batch, where.batches),
            ("step", where.step, where.length),
        ):
            blank = " " * (2 + len(str(of)) - len(str(now)))
            pieces += [(f"{blank}{word} ", "muted"), (str(now), "strong"), (f"/{of}", "muted")]
        bars = min(LONGEST_SPARKLINE, max(4, (width - 72) // 4))
        text = number(where.loss) if where.loss is not None else "-"
        bad = where.loss is not None and not np.isfinite(where.loss)
        pieces += [("   L ", "muted"), (text, "alarm" if bad else "current" if where.fresh else "text")]
        pieces.append((" " * (9 - len(text)), "text"))
        count = len(where.losses)
        key = (count, bars, float(where.losses[-1]) if count else None)
        if self._spark[0] != key:
            self._spark = (key, sparkline(where.losses, bars))
        pieces += [(f" {self._spark[1].ljust(bars)} ", "muted")]
        return tuple(pieces)


class Phases(_Whereabouts):
    """The iteration's phases and the place in the whole run; a click on the run goes there, or a drag along it."""

    def __init__(self, *, id: str = "") -> None:  # noqa: A002
        super().__init__(id=id)
        self._bar = range(0)
        self._dragged: int | None = None
        self._track: tuple[Run, list[tuple[str, Role]]] | None = None

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """One line."""
        where = self._where
        if where is None:
            return []
        phases = tuple(piece for phase in where.phases for piece in self._phase(where, *phase))
        room = min(width - width_of(phases) - 10, LONGEST_SCRUBBER)
        return [ends(phases, self._scrubber(where, room, width), width)]

    def _phase(self, where: Where, name: str, first: int, last: int) -> Line:
        done, count = where.instruction - first + 1, last - first + 1
        if done <= 0:
            return ((f" {name}   ", "faint"),)
        if where.instruction > last:
            return ((f" {name} ", "text"), ("✓ ", "good"))
        return ((f" {name} ▶ ", "current"), (f"{done}/{count} ", "current"))

    def _scrubber(self, where: Where, room: int, width: int) -> Line:
        moving = where.progress is not None
        part = where.progress if where.progress is not None else where.step / max(where.length, 1)
        if self._dragged is not None:
            part = self._dragged / max(where.length, 1)
        share = f" {part:4.0%} "
        if room < 8:
            self._bar = range(0)
            return ((share, "muted"),)
        inner = room - 2
        start = width - len(share) - 1 - inner
        self._bar = range(start, start + inner)
        if self._track is None or not where.run.same(self._track[0]) or len(self._track[1]) != inner:
            self._track = where.run, track(where.run, inner)
        place = cell_of(round(part * where.length), where.length, inner)
        return (("├", "muted"), *line(self._track[1], place, moving=moving), ("┤", "muted"), (share, "muted"))

    # Events

    def on_mouse_down(self, event: Mouse) -> None:
        """Take hold of the place."""
        if event.button == 1 and event.y == 0 and event.x in self._bar:
            event.stop()
            self.hold_mouse(held=True)
            self._drag(event.x)

    def on_mouse_move(self, event: Mouse) -> None:
        """Show where it would go."""
        if self._dragged is not None:
            self._drag(event.x)

    def on_mouse_up(self, event: Mouse) -> None:
        """Go to the place where it is let go."""
        if self._dragged is not None:
            event.stop()
            self._drag(event.x)
            self.hold_mouse(held=False)
            step, self._dragged = self._dragged, None
            self.changed()
            self.tell(f"goto {step}")

    def _drag(self, x: int) -> None:
        where = self._where
        if where is not None and self._bar:
            cell = max(0, min(x - self._bar.start, len(self._bar) - 1))
            self._dragged = step_of(cell, where.length, len(self._bar), where.run.signs)
            self.changed()
