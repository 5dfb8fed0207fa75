"""What a session is given that is opened for a browser."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from nnstep import tui
from nnstep.tui.app import NnstepApp


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[NnstepApp]]:
    """The apps that were to run."""
    apps: list[NnstepApp] = []
    monkeypatch.setattr(NnstepApp, "run", lambda app: apps.append(app))  # noqa: PLW0108  # a method is bound
    yield apps
    gc.enable()
    for app in apps:
        app.debugger.close()


def test_a_session_is_confined_and_keeps_no_journal(opened: list[NnstepApp]) -> None:
    tui.serve("xor", {"training.epochs": 7})
    (app,) = opened
    assert app.debugger.session.confinement is not None
    assert app.debugger.session.model.training.epochs == 7
    app.debugger.execute("step")
    assert app.debugger.history == []


def test_with_all_paths_allowed_it_is_as_in_a_terminal(opened: list[NnstepApp]) -> None:
    tui.serve("xor", allow_paths=True)
    (app,) = opened
    assert app.debugger.session.confinement is None
    assert app.debugger.session.allow_paths
    app.debugger.execute("step")
    assert app.debugger.history == ["step"]
