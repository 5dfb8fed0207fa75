"""A figure as a page of HTML: text that can be read, searched and copied, in the figure's colours."""

from __future__ import annotations

import re

from nnstep.render.figure import FONTS, Figure, Run, cells, escaped
from nnstep.render.shapes import BLOCKS, BRAILLES

SIZE, HEIGHT = 15, 18
"""Pixels of the letters and of a line."""
_PART = re.compile("[\x20-\x7e]+|[▀█]+|.")
_UPPER, _WHOLE = "▀", "█"
assert {_UPPER, _WHOLE} <= set(BLOCKS)

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
</head>
<body style="margin:0;background:{ground}">
<pre style="margin:12px;font:{size}px/{height}px {fonts}">{rows}</pre>
</body>
</html>
"""


def html(figure: Figure) -> str:
    """The figure as the text of a page; the same figure gives the same text."""
    rows = "\n".join("".join(_run(run, figure.ground) for run in row) for row in figure.rows)
    title = escaped(figure.title)
    return PAGE.format(title=title, ground=figure.ground, size=SIZE, height=HEIGHT, fonts=FONTS, rows=rows)


def _run(run: Run, paper: str) -> str:
    if run.text.isspace() and run.ground == paper and not run.underline:
        return run.text
    return "".join(_part(found.group(), run, paper) for found in _PART.finditer(run.text))


def _part(text: str, run: Run, paper: str) -> str:
    """Text of the same kind: each character of another font than the usual has a cell of its own."""
    if text[0] in (_UPPER, _WHOLE):
        # Drawn as the ground: the letters of a font leave gaps.
        lower = run.ground if text[0] == _UPPER else run.colour
        styles = [f"background:linear-gradient({run.colour} 50%,{lower} 50%)", "color:transparent"]
    else:
        styles = [f"color:{run.colour}"]
        if run.ground != paper:
            styles.append(f"background:{run.ground}")
        styles += ["font-weight:bold"] * run.bold + ["font-style:italic"] * run.italic
        styles += ["text-decoration:underline"] * run.underline
    width = cells(text)
    if not text.isascii():
        styles.append(f"display:inline-block;vertical-align:top;width:{width}ch;height:{HEIGHT}px")
        if ord(text[0]) in BRAILLES:
            styles.append("overflow:hidden")
    return f'<span style="{";".join(styles)}">{escaped(text)}</span>'
