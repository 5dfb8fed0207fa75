"""The step: its formula over its operands and result, the cursor's cell, and the layer that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnstep.tui import scene
from nnstep.tui.views.registry import Contents, Kind, register

if TYPE_CHECKING:
    from nnstep.tui.view import View


def _contents(view: View) -> Contents:
    session = view.session
    return scene.step_contents(session), scene.layer_contents(session, view.layer, view.form) if session.layers else []


STEP = register(Kind("step", ("formula", "step", "stats", "explained", "heading", "layer"), _contents))
