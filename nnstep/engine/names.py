"""The names of matrices: the canonical ASCII ones, the Unicode ones of the displays, and what both are called."""

from __future__ import annotations

SETTINGS = ("lr", "momentum", "beta1", "beta2", "epsilon", "l2", "t")
"""Numbers that formulas use and no instruction writes; `t` counts iterations from 1, for Adam."""

_GREEK = {"δ": "delta", "α": "lr", "β₁": "beta1", "β₂": "beta2", "ε": "epsilon", "μ": "momentum"}
_WORDS = {"loss": "L"}
_SHOWN = {"delta": "δ", "lr": "α", "momentum": "μ", "beta1": "β₁", "beta2": "β₂", "epsilon": "ε"}


def spell_out() -> None:
    """Have displays write names in ASCII from now on, for a program that draws nothing else."""
    _SHOWN.clear()


def canonical(name: str) -> str:
    """The one ASCII name of a matrix or setting: `δ[1]` is `delta[1]`, `α` is `lr`, `loss` is `L`."""
    for symbol, word in _GREEK.items():
        name = name.replace(symbol, word)
    return _WORDS.get(name, name)


def shown(name: str) -> str:
    """The name as displays write it: `delta[1]` is `δ[1]`."""
    stem, bracket, rest = name.partition("[")
    return _SHOWN.get(stem, stem) + bracket + rest


def gradient_of(name: str) -> str:
    """The name of ∂L/∂name: `delta[l]` for `Z[l]`, else the name behind a d."""
    return f"delta{name[1:]}" if name.startswith("Z[") else f"d{name}"
