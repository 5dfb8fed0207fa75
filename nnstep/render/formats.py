"""The forms in which a figure is written; what writes one is imported where it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnstep.render.figure import Figure


def _svg(drawn: Figure) -> bytes:
    from nnstep.render.svg import svg

    return svg(drawn).encode()


def _html(drawn: Figure) -> bytes:
    from nnstep.render.html import html

    return html(drawn).encode()


def _png(drawn: Figure) -> bytes:
    from nnstep.render.png import png

    return png(drawn)


FORMATS: dict[str, Callable[[Figure], bytes]] = {".svg": _svg, ".html": _html, ".png": _png}
"""How a figure is written, by the file's ending."""
