"""A model file, checked and resolved: what a run starts from."""

from nnstep.model.loader import bundled, load
from nnstep.model.model import Data, Layer, Loss, Model, Training

__all__ = ["Data", "Layer", "Loss", "Model", "Training", "bundled", "load"]
