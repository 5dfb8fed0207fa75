"""The glossary: terms and symbols in the language in use, with their names in the other one as well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from nnstep.engine.names import SETTINGS
from nnstep.errors import CommandError
from nnstep.render.catalogue import catalogue, word
from nnstep.render.language import LANGUAGES, language
from nnstep.render.text import Line, Span, line
from nnstep.session import Session
from nnstep.values import dataclass

SYMBOLS = {
    **{name: name for name in ("X", "Y", "E", "L", "m", "nf", "nh", "l2")},
    **{name: f"{name}[l]" for name in ("Z", "A", "W", "b", "dA", "dW", "db")},
    "delta": "δ[l]",
    "lr": "α",
    "sigma": "σ",
    "derivative": "σ′",
    "hadamard": "⊙",
    "transpose": "ᵀ",
    "sum": "Σ",
    "partial": "∂",
    "indicator": "1[…]",
    "old": "old(…)",
    "l": "[l]",
    "momentum": "μ vW vb",
    "adam": "mW sW β₁ β₂ ε",
}
"""How the terms of the section `symbols` are written."""
_SIGNS = {
    "⊙": "hadamard",
    "ᵀ": "transpose",
    "Σ": "sum",
    "∂": "partial",
    " α ": "lr",
    "′": "derivative",
    "1[": "indicator",
}
_FUNCTIONS = {"σ(": "sigmoid", "tanh": "tanh", "max(0,": "relu", "softmax(": "softmax"}
_SLOTS = {"v": "momentum", "m": "adam", "s": "adam"}
_SETTINGS = {"lr": "lr", "l2": "l2", "momentum": "momentum"} | dict.fromkeys(("beta1", "beta2", "epsilon", "t"), "adam")
SEARCHED = re.compile(r"[\s_-]+")


@dataclass(frozen=True)
class Term:
    """One entry of the glossary.

    names   in the language in use, the usual one first
    others  in the other languages
    """

    key: str
    section: str
    symbol: str
    names: tuple[str, ...]
    others: tuple[str, ...]
    text: str

    @property
    def title(self) -> str:
        """All its names in the language in use."""
        return ("、" if language() == "ja" else ", ").join(self.names)

    @property
    def words(self) -> Iterator[str]:
        """All that it may be looked up by."""
        yield from (self.key, *self.symbol.split())
        yield self.symbol.partition("[")[0]
        for name in (*self.names, *self.others):
            # `mean squared error (MSE)` is known by either.
            yield from (name, *(part.rstrip(")") for part in name.split(" (")))


def terms() -> dict[str, Term]:
    """The whole glossary by key, section by section."""
    here = language()
    others = [catalogue(each).terms for each in LANGUAGES if each != here]
    return {
        key: Term(
            key,
            entry.section,
            SYMBOLS.get(key, "") if entry.section == "symbols" else "",
            entry.names,
            tuple(name for each in others for name in each[key].names),
            entry.text,
        )
        for key, entry in catalogue(here).terms.items()
    }


def find(text: str) -> list[Term]:
    """The terms that a text names: one exactly, else all whose names hold it; CommandError where there is none."""
    wanted = _plain(text)
    known = list(terms().values())
    found = (
        [term for term in known if wanted in map(_plain, term.words)]
        or [term for term in known if any(wanted in _plain(name) for name in term.words)]
        or [term for term in known if wanted in _plain(term.text)]
    )
    if found and wanted:
        return found
    near = get_close_matches(wanted, [_plain(name) for term in known for name in term.words if name], 1)
    hint = f"did you mean {near[0]!r}?" if near else "`glossary` lists them all"
    raise CommandError(f"glossary: no term {text[:40]!r}; {hint}")


def of_formula(session: Session) -> list[Term]:
    """The symbols of the formula that was just applied, from left to right."""
    instruction = session.instruction
    if instruction is None:
        return []
    names = dict.fromkeys((instruction.name, *instruction.operands))
    keys = [key for name in names if (key := _key(session, name))]
    right = instruction.formula
    keys += [key for sign, key in {**_SIGNS, **_FUNCTIONS}.items() if sign in right]
    if instruction.phase == "update":
        keys.append("update")
    known = terms()
    if not session.tape.equations and instruction.layer and instruction.name[:2] in ("A[", "de"):
        keys.append(session.model.layers[instruction.layer - 1].activation)
    if instruction.name == "E":
        keys.append(session.model.loss.name.removesuffix("_with_logits"))
    return [known[key] for key in dict.fromkeys(keys) if key in known]


def _key(session: Session, name: str) -> str:
    """The entry of a matrix or setting; nothing for a name of the user's own."""
    stem, bracket, _ = name.partition("[")
    if name in SETTINGS:
        return _SETTINGS[name]
    if name in ("X", "Y", "L", "E") or (bracket and stem in SYMBOLS):
        return stem
    if name not in session.timeline.parameters and name[1:] in session.timeline.parameters:
        return _SLOTS.get(name[0], "gradient")
    return "gradient" if name.startswith("d") and name[1:] in session.tape else ""


def term_lines(term: Term) -> list[Line]:
    """The names, then what they mean."""
    symbol = [Span(f"{term.symbol}  ", "current")] if term.symbol else []
    head = line(*symbol, Span(term.title, "name"), Span(f"  {', '.join(term.others)}", "dim"))
    return [head, line(f"    {term.text}")]


def glossary_lines(session: Session) -> list[Line]:
    """The symbols of the current formula, then everything."""
    lines: list[Line] = []
    here = of_formula(session)
    if here and session.instruction is not None:
        lines.append(line(Span(f"{word('this_formula')}  ", "heading"), session.instruction.formula))
        lines += _all(here)
    titles = catalogue(language()).titles
    known = terms().values()
    for section, title in titles.items():
        lines.append(line(Span(title, "heading")))
        lines += _all(term for term in known if term.section == section)
    return lines


def _all(some: Iterable[Term]) -> list[Line]:
    return [each for term in some for each in term_lines(term)]


def _plain(text: str) -> str:
    return SEARCHED.sub(" ", text.strip().casefold())
