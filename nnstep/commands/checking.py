"""Commands that check the run rather than move in it."""

from __future__ import annotations

import math

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.engine.names import gradient_of, shown
from nnstep.errors import CommandError
from nnstep.render.checks import check_lines
from nnstep.render.numbers import number
from nnstep.session import Session

EVERYTHING = Rest("")


@command("gradcheck", usage="[NAME]")
def gradcheck(session: Session, name: Rest = EVERYTHING) -> Result:
    """Compare gradients with central differences, at this iteration's parameters and batch.

    NAME is a parameter or a matrix of the forward phase, or its gradient (`W[1]`, `dW[1]`, `delta[2]`); without it,
    all on the tape are compared. Everything is computed in float64; of more than 1000 cells, 1000 are compared.
    Relative errors up to 1e-7 are good, above 1e-4 suspect, above 1e-2 wrong. Cells at a kink (relu at 0, a tie) have
    no derivative and are left out.
    """
    checker = session.gradient_checker()
    if not math.isfinite(checker.loss):
        raise CommandError(f"the loss is {number(checker.loss)} in this iteration; gradcheck needs a finite one")
    chosen = checker.names
    if name:
        wanted = session.matrix(name)
        chosen = [each for each in checker.names if wanted in (each, gradient_of(each))]
        if not chosen:
            known = ", ".join(shown(gradient_of(each)) for each in checker.names)
            raise CommandError(f"no gradient of {shown(wanted)} on the tape; there are {known}")
    checks = [checker.check(each) for each in chosen]
    return result(check_lines(checks), {check.name: check.error for check in checks})
