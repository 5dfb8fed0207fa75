"""The views of the screen's body, one a file: importing a file adds its view."""

# isort: off
# The order in which they are named.
from nnstep.tui.views import step, layer, network, graph, training, data, weights, matrix

# isort: on
from nnstep.tui.views.registry import VIEWS, Kind, register

__all__ = [
    "VIEWS",
    "Kind",
    "data",
    "graph",
    "layer",
    "matrix",
    "network",
    "register",
    "step",
    "training",
    "weights",
]
