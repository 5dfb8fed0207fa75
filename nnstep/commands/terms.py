"""The glossary."""

from __future__ import annotations

from nnstep.commands.registry import Rest, Result, command, result
from nnstep.render.glossary import find, glossary_lines, term_lines
from nnstep.session import Session

NOTHING = Rest("")


@command("glossary", alias="gl")
def glossary(session: Session, term: Rest = NOTHING) -> Result:
    """Explain a term or a symbol, such as `glossary δ` or `glossary mini-batch`; without TERM, all of them.

    The symbols of the current formula come first. Each term has its English and its Japanese names, and is found by
    either. `--lang en` or `--lang ja` chooses the language of the explanations, else the locale does.
    """
    if not term:
        return result(glossary_lines(session))
    return result([line for each in find(term) for line in term_lines(each)])
