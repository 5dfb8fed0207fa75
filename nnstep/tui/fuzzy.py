"""Fuzzy search: which of many entries a few typed letters mean, the best first."""

from __future__ import annotations

from collections.abc import Iterable

from nnstep.values import dataclass

EXACT, START, WORD, INSIDE, BESIDE, SCATTERED = 0, 1, 2, 3, 6, 9
"""What a match costs: the whole name or key, the name's start, a word's, anywhere in it, in what is said of it, or
letters of the name in their order with others between them."""
MOST_SCATTERED = 12
"""Letters of a name over which a scattered match may be spread, for each letter typed beyond the first."""


@dataclass(frozen=True)
class Entry:
    """What a search looks at, in lower case: a name, short names that are found as a whole, and all that is said."""

    name: str
    short: tuple[str, ...] = ()
    about: str = ""


def entry(name: str, short: Iterable[str] = (), about: str = "") -> Entry:
    """An entry of any case. A one-letter key keeps its case: s and S differ."""
    return Entry(name.casefold(), tuple(short), about.casefold())


def cost(query: str, found: Entry) -> int | None:
    """What the match of all words of a query costs, None where one of them is not found."""
    total = 0
    for word in query.split():
        price = _cost(word, found)
        if price is None:
            return None
        total += price
    return total


def _cost(word: str, found: Entry) -> int | None:
    if word in found.short:
        return EXACT
    word = word.casefold()
    name = found.name
    if word == name or name.split(maxsplit=1)[:1] == [word]:
        return EXACT
    place = name.find(word)
    if place >= 0:
        return START if place == 0 else WORD if not name[place - 1].isalnum() else INSIDE
    if word in found.about:
        return BESIDE
    return SCATTERED if _scattered(word, name) else None


def _scattered(word: str, name: str) -> bool:
    place = name.find(word[0])
    if place < 0 or len(word) < 2:
        return False
    first = place
    for letter in word[1:]:
        place = name.find(letter, place + 1)
        if place < 0:
            return False
    return place - first <= MOST_SCATTERED * (len(word) - 1)


def ranked(query: str, entries: Iterable[Entry]) -> list[int]:
    """The places of the entries that match, the best first, equally good ones in their order."""
    costs = [(price, place) for place, each in enumerate(entries) if (price := cost(query, each)) is not None]
    return [place for _, place in sorted(costs)]
