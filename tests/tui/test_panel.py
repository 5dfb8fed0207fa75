"""A panel knows its size from when it is given one, not only once the screen is laid out."""

from __future__ import annotations

from nnstep.tui.arrange import Place, Size
from nnstep.tui.paint import Line
from nnstep.tui.panel import Panel


class Sized(Panel):
    """Keeps the sizes that it was told of."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Size] = []

    def fitted(self) -> None:
        self.told.append(self.size)

    def draw(self, width: int, height: int) -> list[Line]:
        return [((f"{width}×{height}", "text"),)]


def test_a_panel_knows_its_size_at_once_and_tells_of_another_one_alone() -> None:
    panel = Sized()
    panel.put(Place(3, 4, 20, 5))
    panel.put(Place(0, 0, 20, 5))
    panel.put(Place(0, 0, 21, 5))
    assert panel.size == Size(21, 5)
    assert panel.told == [Size(20, 5), Size(21, 5)]


def test_what_changes_out_of_sight_is_drawn_when_it_comes_back_at_the_same_size() -> None:
    class Word(Panel):
        text = "old"

        def draw(self, width: int, height: int) -> list[Line]:  # noqa: ARG002
            return [((self.text, "text"),)]

    panel = Word()
    panel.put(Place(0, 0, 20, 5))
    panel.redraw()
    panel.display = False
    panel.text = "new"
    panel.changed()
    panel.display = True
    # Whoever paints it draws it where it is of another size than it was drawn for.
    assert panel.drawn != panel.size
    panel.redraw()
    assert panel.lines[0] == (("new", "text"),)


def test_a_hidden_panel_has_no_size_and_has_it_again_once_it_is_shown() -> None:
    panel = Sized()
    panel.put(Place(0, 0, 20, 5))
    panel.display = False
    assert panel.size == Size(0, 0)
    panel.display = True
    assert panel.size == Size(20, 5)
