"""nan: numbers that are none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nnstep.engine.machine import Scope
from nnstep.engine.names import shown
from nnstep.engine.recorder import Matrix
from nnstep.engine.tape import Tape
from nnstep.session.health.rule import Check, Rule, Status
from nnstep.session.stops import Bound, ScopeAt


class Nan(Rule):
    """Any NaN or ∞."""

    name = "nan"
    meaning = "a NaN or ∞ in any matrix; caught at the first instruction of an iteration that writes one"
    formula = "any(isnan(M)) or any(isinf(M))"
    source = "IEEE 754; tf.debugging.enable_check_numerics"
    late = True

    def bind(self, scope: ScopeAt, tape: Tape, known: dict[str, Any]) -> Check:
        return _NanCheck(self, scope.machine, tape)

    def of_matrix(self, name: str, matrix: Matrix) -> Status:
        bad = int(matrix.size - np.count_nonzero(np.isfinite(matrix)))
        return self.found(f"NaN or ∞ in {bad} of {matrix.size} cells of {shown(name)}", bad, fires=True)


class _NanCheck(Check):
    def __init__(self, rule: Nan, scope: Scope, tape: Tape) -> None:
        self._rule = rule
        self._scope = scope
        self._tape = tape
        inputs = [name for name, source in scope.sources.items() if not _all_finite(source)]
        for name in inputs:
            scope.keep_input(name)
        # Edited matrices are found by these names as well: an iteration with an edit is run on the matrices shown.
        looked_at = list(scope.sources) if scope.stepwise else inputs
        data = [scope.arrays[name] for name in looked_at]
        self._vectors = [(vector.dot, vector) for vector in (scope.slab, scope.gradient, scope.current)]
        self._data = data

    def holds(self, t: int) -> bool:
        del t
        # The product of a vector with itself is not finite if any of its numbers is not; the reverse is looked into.
        for dot, vector in self._vectors:
            if not math.isfinite(dot(vector)) and not _all_finite(vector):
                return True
        return bool(self._data) and not all(_all_finite(matrix) for matrix in self._data)

    def first(self) -> int:
        """The first instruction whose matrix is bad, as the matrices are at the iteration's end."""
        arrays = self._scope.arrays
        return next((item.index for item in self._tape if not _all_finite(arrays[item.name])), 0)

    def catch(self, tape: Tape, known: dict[str, Any]) -> Bound:
        """Look at the iteration's end; after every instruction where they are run one by one, as around an edit."""
        if not self._scope.stepwise:
            return (len(tape),), lambda t, _k: self.first() if self.holds(t) else 0

        def each(t: int, k: int) -> int:
            # All that is written up to here is looked at: an edit may have changed what was written long before.
            if known.get("found") == t or not 0 < self.first() <= k:
                return 0
            known["found"] = t
            return k

        return range(1, len(tape) + 1), each

    def status(self, t: int) -> Status:
        index = self.first() if self.holds(t) else 0
        if not index:
            return self._rule.found(f"no NaN or ∞ in {len(self._tape)} matrices", None, fires=False)
        name = self._tape[index].name
        return self._rule.of_matrix(name, self._scope.arrays[name])


def _all_finite(matrix: Matrix) -> bool:
    return bool(np.isfinite(matrix).all())
