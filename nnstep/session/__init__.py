"""The debugger's state: model, position, expressions and explanations."""

from nnstep.session.explanation import Explanation
from nnstep.session.session import Session

__all__ = ["Explanation", "Session"]
