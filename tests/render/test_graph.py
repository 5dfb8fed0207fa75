"""The graph's picture and its layout: ranks, crossings, lines, local derivatives, what is in sight."""

from __future__ import annotations

from itertools import pairwise

import pytest

from nnstep.render.graph import current_node, graph_picture, local_derivative
from nnstep.render.ranks import Box, Edge, crossings, layout, ranks_of
from nnstep.render.text import plain, text_of
from nnstep.session import Session

EDGES = [Edge("x", "a", 0), Edge("w", "b", 1), Edge("a", "b", 0), Edge("x", "c", 0), Edge("b", "c", 1)]


def test_ranks_are_the_longest_ways() -> None:
    assert ranks_of(["x", "w", "a", "b", "c"], EDGES) == {"x": 0, "w": 1, "a": 1, "b": 2, "c": 3}


def test_crossings() -> None:
    assert crossings("ab", "cd", [("a", "d"), ("b", "c")]) == 1
    assert crossings("ab", "cd", [("a", "c"), ("b", "d"), ("a", "d")]) == 0


def test_boxes_lie_apart_and_lines_go_from_side_to_side() -> None:
    boxes = [Box(name, 10, 4) for name in "xwabc"]
    found = layout(boxes, EDGES)
    cells = [(x + dx, y + dy) for x, y in found.places.values() for dx in range(10) for dy in range(4)]
    assert len(set(cells)) == len(cells)
    for edge, route in found.routes.items():
        (left, top), (right, target_top) = found.places[edge.source], found.places[edge.target]
        assert route[0][0] == left + 10
        assert top <= route[0][1] < top + 4
        assert route[-1][0] == right - 1
        assert target_top < route[-1][1] < target_top + 3
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(route))
        assert not set(route) & set(cells)


@pytest.mark.parametrize("name", ["chain_rule", "residual", "rnn", "digits", "mazur"])
def test_no_line_runs_through_a_box(name: str) -> None:
    session = Session(name)
    session.move(3)
    lines = text_of(graph_picture(session, 900, 300).lines)
    # Every box that there is has its four corners, so nothing was drawn over one.
    titles = sum(f"╭ {title}" in lines for title in ("L = ", "L: "))
    assert titles == 1


def test_values_gradients_and_factors_of_the_chain_rule() -> None:
    session = Session("chain_rule")
    session.move(len(session.tape))
    text = text_of(graph_picture(session, 400, 40).lines)
    # The numbers of the worked example: L = 0.73, and du … dw2 as CS231n has them.
    for number in ("0.7311", "∂ -0.5344", "∂ -0.1966", "∂ 0.1966", "∂ -0.3932"):
        assert number in text
    nodes = {node.name: node for node in session.timeline.graph.nodes}

    def factor(name: str, place: int = 0) -> float | None:
        [term] = nodes[name].terms
        return local_derivative(session, nodes[name], term, [*term.operands][place])

    assert factor("n") == -1
    assert factor("e") == pytest.approx(0.36787944)
    # ∂(w0·x0)/∂w0 = x0 and ∂/∂x0 = w0, as it was before its update.
    assert [factor("p"), factor("p", 1)] in ([-1, 2], [2, -1])


def test_nothing_is_said_before_it_is_computed() -> None:
    session = Session("chain_rule")
    session.move(4)
    text = text_of(graph_picture(session, 400, 40).lines)
    assert "0.7311" not in text
    assert "∂ -" not in text
    assert "×·" in text


@pytest.mark.parametrize(("name", "node"), [("p", "p"), ("dp", "p"), ("w0", "w0")])
def test_the_current_node(name: str, node: str) -> None:
    session = Session("chain_rule")
    session.move(session.tape.named(name).index)
    assert current_node(session) == node


@pytest.mark.parametrize("size", [(80, 22), (120, 30)])
def test_the_current_node_is_always_whole_and_in_sight(size: tuple[int, int]) -> None:
    session = Session("residual")
    for step in range(3, len(session.tape) + 1):
        session.move(step)
        picture = graph_picture(session, *size)
        name = current_node(session)
        [area] = [area for area in picture.areas if area.command == f"select {name}"]
        title = plain(picture.lines[area.top])[area.left : area.right]
        assert title.startswith(f"╭ {name}")
        assert title.endswith("╮")
