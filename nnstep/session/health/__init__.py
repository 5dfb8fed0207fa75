"""Health: the rules that tell what goes wrong in training, as catchpoints and on demand."""

# isort: off
# The rules are listed in this order.
from nnstep.session.health import values, gradients, units, updates, losses

# isort: on
from nnstep.session.health.catchpoint import Catch, examine
from nnstep.session.health.rule import Rule, Status

RULES = Rule.known
"""Every rule by its name."""

__all__ = ["RULES", "Catch", "Rule", "Status", "examine", "gradients", "losses", "units", "updates", "values"]
