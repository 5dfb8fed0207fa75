"""What makes every run of the tests the same run.

The environment is set when this file is imported: NumPy and Textual read it once, when they are imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

# What a developer's shell may say about colour, size, theme and language is no part of a test.
for name in (
    "LC_ALL",
    "LC_MESSAGES",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "TTY_COMPATIBLE",
):
    os.environ.pop(name, None)
for name in [name for name in os.environ if name.startswith(("TEXTUAL", "NNSTEP"))]:
    del os.environ[name]
os.environ["TERM"] = "xterm-256color"
os.environ["LANG"] = "C.UTF-8"

# An animation would make what is on the screen depend on the clock.
os.environ["TEXTUAL_ANIMATIONS"] = "none"

# One and two BLAS threads can give different bits, and idle BLAS threads spin beside the test that runs.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# The same examples in every run, and none refused for being slow on a busy machine.
settings.register_profile("nnstep", derandomize=True, deadline=None)
settings.load_profile("nnstep")


@given(st.none())
def _an_example(_: None) -> None:
    """Has Hypothesis set up its random numbers."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=20, help="how often a scripted session is killed (default: 20)")
    parser.addoption("--update-snapshots", action="store_true", help="take the pictures of the app as it is now")
    parser.addoption("--fuzz-seconds", type=float, default=0, help="seconds of a long run of bad input (default: none)")
    parser.addoption("--fuzz-seed", type=int, default=0, help="the seed of that run (default: 0)")


@pytest.fixture(autouse=True, scope="session")
def _hypothesis_is_set_up() -> None:
    """An app that freezes the garbage collector would have it warn of them."""
    _an_example()


@pytest.fixture(autouse=True, scope="session")
def _nothing_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NNSTEP_STATE", str(tmp_path_factory.mktemp("state")))
        patch.setenv("NNSTEP_CONFIG", str(tmp_path_factory.mktemp("config") / "settings.toml"))
        yield
