"""What the user prefers: shown with the file that says it."""

from __future__ import annotations

from nnstep.commands.registry import Result, command, result
from nnstep.commands.rekeying import checked
from nnstep.errors import SettingsError
from nnstep.render.text import Line, Span, line
from nnstep.session import Session


@command("settings")
def settings(session: Session) -> Result:
    """Show the settings and the file they are read from when the app starts: NNSTEP_CONFIG, else your own.

    theme = "dark", "light" or "contrast"; ascii = true or false; number_format = "auto", "fixed" or "scientific";
    precision = 1 to 16; language = "en" or "ja"; speed = 1.0; and under [keys], a key and the line it types, such
    as x = "step 3 batch", or "" for nothing.
    """
    del session
    from nnstep.settings import Settings, load  # only who asks pays for it

    loaded = load()
    problem = loaded.problem
    try:
        checked(loaded.settings.keys)
    except SettingsError as error:
        problem = f"{loaded.path}: {error}"
    there = "" if loaded.path.exists() else "  (not there: these are the defaults)"
    lines: list[Line] = [_fact("file", f"{loaded.path}{there}")]
    if problem:
        lines.append(line(Span(problem, "error")))
    given = {name: getattr(loaded.settings, name) for name in Settings.__struct_fields__ if name != "keys"}
    lines += [_fact(name, _written(value)) for name, value in given.items()]
    lines += [_fact(f"keys.{key}", text or "nothing") for key, text in loaded.settings.keys.items()]
    return result(lines, {**given, "keys": dict(loaded.settings.keys)})


def _fact(name: str, fact: str) -> Line:
    return line(Span(f"{name:<15}", "name"), fact)


def _written(value: object) -> str:
    if value is None:
        return "not set"
    return str(value).lower() if isinstance(value, bool) else str(value)
