"""Python's syntax, which expressions and equations borrow."""

from __future__ import annotations

import ast
import warnings


def module(text: str) -> ast.Module:
    """The syntax tree of statements; SyntaxError, ValueError, MemoryError or RecursionError where there is none."""
    with warnings.catch_warnings():
        # What Python thinks of 0x1and 2 would be printed over the screen.
        warnings.simplefilter("ignore")
        return ast.parse(text)


def expression(text: str) -> ast.expr:
    """The same of one expression."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body
