from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from nnstep.render.ascii import ascii_pieces, ascii_text, lacks
from nnstep.render.stream import AsciiStream


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("▶ dW[1] = X W[1]ᵀ   │", "> dW[1] = X W[1].T  |"),
        ("Σₖ X[0,k] · W − 1  2", "sum_k X[0,k] * W - 1 2"),
        ("‖x‖² · 10⁻¹²", "|x|^2 * 10^-12"),
        ("∂L/∂A[2] ⊙ tanh′(Z)", "dL/dA[2] .* tanh'(Z)"),
        ("├──●──┤ ▁▅█ ⣿⠁", "+--*--+ _=# #."),
        ("深層 café", "???? cafe"),
        ("W ← W − α dW", "W <- W - lr dW"),
    ],
)
def test_documented_forms(text: str, form: str) -> None:
    assert ascii_text(text) == form


def test_an_infinite_number_ends_where_it_ended() -> None:
    assert ascii_text("  1.50      ∞     -∞  2.00") == "  1.50    inf   -inf  2.00"


def test_what_stands_behind_blanks_stays_in_its_column() -> None:
    lines = ["W[1]ᵀ   4×2  │", "W[1]    4×2  │"]
    assert [ascii_text(line).index("4") for line in lines] == [8, 8]
    pieces = ascii_pieces((("W[1]ᵀ", "name"), ("   4×2", "muted")))
    assert pieces == [("W[1].T", "name"), ("  4x2", "muted")]


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_every_text_becomes_ascii(text: str) -> None:
    assert ascii_text(text).isascii()


@given(st.lists(st.sampled_from("δσᵀ⊙Σ→∞²ₖ▶−a1["), max_size=8))
def test_with_blanks_to_give_a_line_keeps_its_width(signs: list[str]) -> None:
    line = "".join(signs)
    # Every longer form finds its blanks behind it.
    padded = line + " " * 90 + "|"
    assert len(ascii_text(padded)) == cell_len(padded)


@pytest.mark.parametrize(("encoding", "answer"), [("utf-8", False), ("ascii", True), ("latin-1", True), (None, True)])
def test_which_encodings_lack_the_signs(encoding: str | None, answer: bool) -> None:  # noqa: FBT001
    assert lacks(encoding) is answer


def test_a_stream_of_ascii() -> None:
    raw = io.BytesIO()
    stream = AsciiStream(raw, "ascii")
    stream.write("δ ▶\n")
    stream.flush()
    assert raw.getvalue() == b"delta >\n"


def test_headless_output_in_ascii() -> None:
    lines = ["goto delta[1]", "info tape", "explain δ[1][0,0]"]
    command = [sys.executable, "-m", "nnstep", "run", "xor", *lines, "--ascii"]
    done = subprocess.run(command, capture_output=True, check=True)
    text = done.stdout.decode("ascii")
    assert "delta[1][0,0] = dA[1][0,0] * (1 - tanh(Z[1][0,0])^2)" in text
    rows = re.findall(r"^ *>? *\d+  .*$", text, re.MULTILINE)
    assert len(rows) == 20
    assert len({re.search(r" (=|<-) ", row).start() for row in rows}) == 1  # type: ignore[union-attr]  # each has one
