"""A figure as a PNG, by way of its SVG."""

from __future__ import annotations

from nnstep.errors import CommandError
from nnstep.render.figure import Figure
from nnstep.render.svg import svg

ZOOM = 2
"""Pixels of the file for each of the SVG, so that it is sharp on paper."""
EXTRA = "a .png needs an optional extra: `pip install 'nnstep[png]'`; an .svg needs nothing"


def png(figure: Figure) -> bytes:
    """The figure's picture; CommandError where the optional extra is missing."""
    try:
        from resvg_py import svg_to_bytes
    except ImportError as error:
        raise CommandError(f"export: {EXTRA}") from error
    drawn: bytes = bytes(svg_to_bytes(svg_string=svg(figure), zoom=ZOOM))
    return drawn
