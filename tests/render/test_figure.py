"""Figures as files: what is where, in which colour, and that nothing in them can do harm."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from nnstep.render.figure import Figure, Run, figure
from nnstep.render.formats import FORMATS
from nnstep.render.looks import blend, pixels
from nnstep.render.palette import DARK, PALETTES, Palette
from nnstep.render.scale import INFINITE, MIDDLE, NAN, SCALE
from nnstep.render.shapes import dots
from nnstep.render.text import Line, Span, line

ESCAPE = "\x1b[31m<script>alert(1)</script>\x00 & \"'\u202e"
HARMLESS = "\ufffd[31m<script>alert(1)</script>\ufffd & \"'\ufffd"


def drawn(*lines: Line, title: str = "title") -> Figure:
    return figure(lines, DARK, title)


def written(made: Figure, ending: str) -> str:
    return FORMATS[ending](made).decode()


def svg(*lines: Line, title: str = "title") -> ET.Element:
    return ET.fromstring(written(drawn(*lines, title=title), ".svg"))  # noqa: S314  # we have just written it


def elements(root: ET.Element, tag: str) -> list[ET.Element]:
    return [element for element in root.iter() if element.tag.rpartition("}")[2] == tag]


class Page(HTMLParser):
    """The tags of a page, and its texts with the style that each stands in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.pieces: list[tuple[str, str]] = []
        self._styles: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self._styles.append(dict(attrs).get("style") or "")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # as the parser calls it
        self._styles.pop()

    def handle_data(self, data: str) -> None:
        self.pieces.append((data, self._styles[-1] if self._styles else ""))


def test_the_figure_is_as_large_as_its_cells() -> None:
    # 9 × 18 pixels a cell, and 12 around them: 4 cells of 深層, 1 of b; two rows.
    root = svg(line("深層b"), line("a"))
    assert (root.get("width"), root.get("height")) == ("69", "60")


def test_each_text_stands_in_its_own_cells() -> None:
    texts = elements(svg(line(Span("loss  ", "dim"), Span("0.5", "current")), line("δ x")), "text")
    found = [(each.text, each.get("x"), each.get("y"), each.get("textLength"), each.get("fill")) for each in texts]
    # Columns 0 and 6: 12 and 12 + 6 · 9; the baseline 14 below the top of the row.
    assert found == [
        ("loss", "12", "26", "36", DARK.muted),
        ("0.5", "66", "26", "27", DARK.accent),
        ("δ x", "12 21 30", "44", None, DARK.text),
    ]
    assert [each.get("font-weight") for each in texts] == [None, "bold", None]


def test_two_values_of_a_cell_are_its_two_halves() -> None:
    paths = {
        path.get("fill"): path.get("d") for path in elements(svg(line("a", Span("▀", (SCALE - 1, MIDDLE)))), "path")
    }
    assert paths == {DARK.surface: "M21 12h9v18h-9z", DARK.positive: "M21 12h9v9h-9z"}


def test_braille_dots_and_the_lines_of_boxes_are_drawn() -> None:
    # Dots 1 and 8, the first and the last.
    assert list(dots("⢁")) == [(0, 0), (1, 3)]
    root = svg(line("⢁", Span("╭", "dim")))
    paths = [(path.get("stroke"), path.get("d")) for path in elements(root, "path")]
    assert paths == [
        (DARK.muted, "M25.5 30Q25.5 21 30 21"),
        (DARK.text, "M14.25 14.25h0M18.75 27.75h0"),
    ]
    assert not elements(root, "text")


@pytest.mark.parametrize("ending", [".svg", ".html"])
def test_texts_can_do_no_harm(ending: str) -> None:
    made = drawn(line(ESCAPE), title=ESCAPE)
    text = written(made, ending)
    assert "<script" not in text
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    if ending == ".svg":
        root = ET.fromstring(text)  # noqa: S314  # as above
        assert [elements(root, tag)[0].text for tag in ("title", "text")] == [HARMLESS, HARMLESS]
    else:
        page = Page(text)
        assert "".join(piece for piece, _ in page.pieces).count(HARMLESS) == 2
        assert set(page.tags) == {"html", "head", "meta", "title", "body", "pre", "span"}
    assert made.title == HARMLESS


@pytest.mark.parametrize("ending", [".svg", ".html"])
def test_a_file_needs_nothing_from_elsewhere_and_is_the_same_each_time(ending: str) -> None:
    lines = line("a", Span("█", (0, 0)), Span("⢁", 3)), line("")
    text = written(drawn(*lines), ending)
    assert text == written(drawn(*lines), ending)
    assert re.findall(r"https?://[^\"\s]+", text) == ["http://www.w3.org/2000/svg"] * (ending == ".svg")
    assert not re.search("url|@import|@font-face|href|src", text)


def test_a_page_holds_the_text_in_its_colours() -> None:
    made = drawn(line(Span("loss ", "dim"), Span("深", "name"), Span("▀▀", (0, SCALE - 1))), line("end"))
    pieces = Page(written(made, ".html")).pieces
    assert "loss 深▀▀\nend" in "".join(piece for piece, _ in pieces)
    styles = dict(pieces)
    assert styles["loss "] == f"color:{DARK.muted}"
    assert styles["深"].startswith(f"color:{DARK.accent};display:inline-block")
    assert "width:2ch" in styles["深"]
    assert styles["▀▀"].startswith(f"background:linear-gradient({DARK.negative} 50%,{DARK.positive} 50%)")


def test_a_run_of_another_ground_and_style_is_drawn_so() -> None:
    made = Figure(((Run("ab", "#ffffff", "#000000", italic=True, underline=True),),), 2, "#123456", "t")
    root = ET.fromstring(written(made, ".svg"))  # noqa: S314  # as above
    assert [(path.get("fill"), path.get("d")) for path in elements(root, "path")] == [
        ("#000000", "M12 12h18v18h-18z"),
        ("#ffffff", "M12 28h18v1h-18z"),
    ]
    assert elements(root, "text")[0].get("font-style") == "italic"


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda palette: palette.name)
def test_pixels_go_from_negative_over_nearly_the_ground_to_positive(palette: Palette) -> None:
    colours = pixels(palette)
    assert (colours[0], colours[MIDDLE], colours[SCALE - 1]) == (palette.negative, palette.surface, palette.positive)
    assert len({*colours[:SCALE], colours[NAN], colours[INFINITE]}) == SCALE + 2


def test_a_shade_is_so_much_of_its_colour() -> None:
    assert blend("#000000", "#ff8040", 0.5) == "#804020"
    paths = elements(svg(line(Span("▒", "name"))), "path")
    assert [path.get("fill") for path in paths] == [blend(DARK.background, DARK.accent, 0.5)]


def test_a_png_has_twice_the_pixels() -> None:
    pytest.importorskip("resvg_py", reason="the optional extra `png` is not installed")
    raw = FORMATS[".png"](drawn(line("a深")))
    assert raw.startswith(b"\x89PNG\r\n\x1a\n")
    # 3 cells of 9 and 12 on both sides, times 2; one row of 18.
    assert struct.unpack(">II", raw[16:24]) == (102, 84)
