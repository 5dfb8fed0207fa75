"""Textual's style sheet, parsed once where its variables are the same: at the start that would be done twice."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class Sheet(Stylesheet):
    """Parses its sources anew only after a variable has changed."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._known = variables
        self._outdated = False

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take the variables of a theme."""
        if variables != self._known:
            self._known = variables
            self._outdated = True
            super().set_variables(variables)

    def reparse(self) -> None:
        """Apply the variables, where they are new."""
        if self._outdated:
            self._outdated = False
            super().reparse()
