"""Where am I: the model and the position in one line, the phases and the whole run in another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from textual import events
from textual.message import Message

from nnstep.render.numbers import number
from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel
from nnstep.tui.text import ends, width_of

BARS = "▁▂▃▄▅▆▇█"
LONGEST_SPARKLINE = 16
LONGEST_SCRUBBER = 80


@dataclass(frozen=True, eq=False)
class Where:
    """Everything that the two lines say.

    loss      the loss at this step, or the last finished iteration's where it is not computed yet
    fresh     whether it is this step's own
    phases    each phase's name, and the indices of its first and last instruction
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
    progress: float | None = None


def sparkline(values: NDArray[np.floating], width: int) -> str:
    """The values as bars, the mean of each stretch; what is not finite has the highest bar."""
    if not len(values) or width <= 0:
        return ""
    edges = np.linspace(0, len(values), min(width, len(values)) + 1).astype(int)
    with np.errstate(all="ignore"):
        means = np.add.reduceat(values.astype(float), edges[:-1]) / np.diff(edges)
    finite = means[np.isfinite(means)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    span = high - low or 1.0
    return "".join(BARS[round((v - low) / span * (len(BARS) - 1))] if np.isfinite(v) else BARS[-1] for v in means)


class Summary(Panel):
    """Model, epoch, batch, step, loss."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._where: Where | None = None
        self._spark: tuple[tuple[int, int, float | None], str] = ((-1, 0, None), "")

    def show(self, where: Where) -> None:
        """Show a position."""
        self._where = where
        self.changed()

    def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
        """One line; of the model's summary, as many parts as there is room for."""
        where = self._where
        if where is None:
            return []
        right = self._right(where, width)
        named: Line = ((" nnstep ", "badge"), (f" {where.model}", "strong"))
        room = width - width_of(named) - width_of(right) - 4
        if room < 0:
            return [ends(((f" {where.model}", "strong"),), right, width)]
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


class Phases(Panel):
    """The iteration's phases and the place in the whole run; a click on the run goes there."""

    class Chosen(Message):
        """A place in the run was clicked."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._where: Where | None = None
        self._bar = range(0)

    def show(self, where: Where) -> None:
        """Show a position."""
        self._where = where
        self.changed()

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
        part = where.progress if where.progress is not None else where.step / max(where.length, 1)
        share = f" {part:4.0%} "
        if room < 8:
            return ((share, "muted"),)
        inner = room - 2
        place = min(round(part * (inner - 1)), inner - 1)
        start = width - len(share) - 1 - inner
        self._bar = range(start, start + inner)
        knob, role = ("●", "current") if where.progress is None else ("▶", "operand")
        return (
            ("├", "muted"),
            ("━" * place, "accent" if where.progress is None else "operand"),
            (knob, role),
            ("─" * (inner - 1 - place), "rule"),
            ("┤", "muted"),
            (share, "muted"),
        )

    def on_click(self, event: events.Click) -> None:
        """Go to the place under the pointer."""
        if event.y == 0 and event.x in self._bar and self._where is not None:
            event.stop()
            part = (event.x - self._bar.start) / max(len(self._bar) - 1, 1)
            self.post_message(self.Chosen(round(part * self._where.length)))
