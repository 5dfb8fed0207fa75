"""Sessions of random lines: every kind of state that a script and a journal must bring back."""

from __future__ import annotations

import random

from nnstep import Debugger
from nnstep.errors import CommandError
from nnstep.session.journal import State, state_of
from tests.worked import MODEL

MODEL_OF_MANY = {**MODEL, "training": {**MODEL["training"], "batch_size": 1, "epochs": 6, "optimizer": "momentum"}}
"""The network of tests/worked.py with twelve iterations of 24 steps each."""

LINES = (
    *("break delta[1]", "break Z[1] if L > 0.5", "break backward", "break layer 2", "break batch 2"),
    *(
        "tbreak W[2]",
        "watch W[1][0,0]",
        "watch norm(dW[1]) if epoch > 2",
        "catch loss-increase",
        "catch nan if step > 9",
    ),
    *(
        "condition {n} L > 1",
        "condition {n}",
        "ignore {n} 2",
        "ignore {n} 0",
        "disable {n}",
        "enable {n}",
        "delete {n}",
    ),
    *("display L", "display  W[1]   * 2", "display lr", "undisplay {n}"),
    *("mark here", "mark there", "mark back-1", "goto mark here", "goto {step}", "goto 50%", "goto end", "back"),
    *("step", "step 3", "reverse-step", "next", "finish", "continue", "continue 2", "reverse-continue", "restart"),
    *("set W[1][0,0] = 0.5", "set b[1] = -b[1]", "set lr = lr / 2", "set δ[1] = 0", "set α = 0.1", "set dW[2][0] = L"),
    *(
        "set momentum = 0.5",
        "set vW[1] = W[1] * epoch",
        "switch main",
        "switch b1",
        "switch b{n}",
        "print L",
        "info stops",
    ),
)


def lines(seed: int, count: int) -> list[str]:
    """Random lines; some are bad wherever they come."""
    chosen = random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        if chosen.random() < 0.04:
            found += [f"commands {chosen.randint(1, 4)}", "silent", "print  L", "# why", "", "end"]
        found.append(chosen.choice(LINES).format(n=chosen.randint(1, 6), step=chosen.randint(0, 288)))
    return found[:count]


def run(debugger: Debugger, said: list[str]) -> list[tuple[str, State]]:
    """Run lines; those that a journal takes, each with the state it has led to.

    A bad line is none; but where the commands of a stop are bad, the move to it is made: a state without a line.
    """
    found = []
    before = state_of(debugger.session)
    for line in said:
        taken = line.strip() if not line.startswith("#") else ""
        try:
            debugger.execute(line)
        except CommandError:
            taken = ""
        after = state_of(debugger.session)
        if taken or after != before:
            found.append((taken, after))
        before = after
    return found


def endings(debugger: Debugger) -> dict[str, bytes]:
    """The losses of all branches, whole: what their edits have come to."""
    session = debugger.session
    found = {}
    for branch in session.branches:
        branch.enter(session.calendar.iterations - 1)
        found[branch.name] = branch.losses(session.length).tobytes()
    return found
