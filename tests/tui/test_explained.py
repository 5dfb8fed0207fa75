"""The explained cell: what PyTorch calls it is said where a line is left."""

from __future__ import annotations

from nnstep.tui.explained import Explained, Told

TOLD = Told("L", ((("mean(E)", "text"),), (("0.5", "current"),)), "in PyTorch: E.mean()")


def drawn(height: int) -> list[str]:
    panel = Explained()
    panel.show(TOLD)
    return ["".join(text for text, *_ in line).rstrip() for line in panel.draw(40, height)]


def test_what_is_said_aside_never_takes_the_arithmetics_place() -> None:
    assert drawn(3) == [" L = mean(E)", "   = 0.5", " in PyTorch: E.mean()"]
    assert drawn(2) == [" L = mean(E)", "   = 0.5"]


def test_a_line_that_is_shortened_ends_with_a_whole_word() -> None:
    panel = Explained()
    numbers = " + ".join(f"{n}.25" for n in range(10, 40))
    panel.show(Told("z", ((("a sum", "text"),), ((numbers, "text"),), (("7", "current"),))))
    _, shortened, value = ["".join(text for text, *_ in line).rstrip() for line in panel.draw(40, 3)]
    assert shortened.endswith(" …")
    assert numbers.startswith(shortened.removesuffix(" …").removeprefix("   = "))
    assert numbers[len(shortened.removesuffix(" …").removeprefix("   = "))] == " "
    assert value == "   = 7"
