"""A layer: all its matrices, with the whole body for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.tui import scene
from nnstep.tui.views.registry import Contents, Kind, register

if TYPE_CHECKING:
    from nnstep.tui.view import View


def _contents(view: View) -> Contents:
    session = view.session
    if not session.layers:
        return [], scene.step_contents(session)
    return [], scene.layer_contents(session, view.layer, view.form, slots=True)


LAYER = register(Kind("layer", ("heading", "layer", "stats", "explained"), _contents))
