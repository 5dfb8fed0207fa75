"""nnstep completion: a script by which a shell completes nnstep's subcommands, options, models, lessons and files."""

from __future__ import annotations

from argparse import Action, ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping

from nnstep.cli.subcommand import Parser, Subcommand
from nnstep.model import bundled
from nnstep.values import dataclass

SHELLS = ("bash", "zsh", "fish")
FILES: Mapping[str, str] = {"FILE": "*", "DIR": "*", "PATH": "*", "MODEL": "*.toml", "LESSON": "*.md"}
"""What files an argument takes, by its metavar."""


@dataclass(frozen=True)
class Argument:
    """An option or a positional argument, as a shell needs to know it.

    flags  what it is written as; none for a positional one
    help   one line about it
    takes  whether a value follows
    words  what the value can be
    files  a pattern of the files that it can be; none where it is no file
    """

    flags: tuple[str, ...]
    help: str
    takes: bool
    words: tuple[str, ...]
    files: str


@dataclass(frozen=True)
class Word:
    """A subcommand with its arguments; the app itself has no name."""

    name: str
    help: str
    arguments: tuple[Argument, ...]

    @property
    def options(self) -> list[Argument]:
        """Those with a flag."""
        return [each for each in self.arguments if each.flags]

    @property
    def positional(self) -> tuple[tuple[str, ...], str]:
        """Words and a pattern of files for what has no flag."""
        plain = [each for each in self.arguments if not each.flags]
        words = tuple(word for each in plain for word in each.words)
        return words, next((each.files for each in plain if each.files), "")


def words_of(subcommands: Iterable[Subcommand]) -> list[Word]:
    """What there is to complete, from the parsers."""
    return [_word(each.name, each.parser()) for each in subcommands]


def _word(name: str, parser: ArgumentParser) -> Word:
    actions = parser._actions  # noqa: SLF001  # argparse tells of its arguments nowhere else
    return Word(name, (parser.description or "").partition(";")[0].rstrip("."), tuple(map(_argument, actions)))


def _argument(action: Action) -> Argument:
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    words = tuple(map(str, action.choices or ()))
    if metavar == "MODEL":
        words = tuple(bundled())
    elif metavar == "LESSON":
        from nnstep.lesson import bundled as lessons  # only the script needs their names

        words = tuple(dict.fromkeys([*lessons("en"), *lessons("ja")]))
    takes = not action.option_strings or action.nargs != 0
    help_ = (action.help or "").replace("%(default)s", "").partition("(")[0].strip()
    return Argument(tuple(action.option_strings), help_, takes, words, FILES.get(metavar, ""))


# bash


def bash(words: list[Word]) -> str:
    """A function for bash's `complete`."""
    app, *subcommands = words
    cases = "\n".join(_bash_case(each) for each in subcommands)
    names = " ".join(each.name for each in subcommands)
    return f"""# nnstep completion for bash: eval "$(nnstep completion bash)"
_nnstep_files() {{
    local IFS=$'\\n'
    COMPREPLY+=($(compgen -d -S / -- "$cur"))
    COMPREPLY+=($(compgen -f -X "!$1" -- "$cur"))
}}
_nnstep() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} subcommand= options= positional= files=
    COMPREPLY=()
    [[ $COMP_CWORD -gt 1 ]] && subcommand=${{COMP_WORDS[1]}}
    case $subcommand in
{cases}
    *)
{_bash_body(app, names)}
        ;;
    esac
    if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$cur"))
    else
        COMPREPLY=($(compgen -W "$positional" -- "$cur"))
        [[ -n $files ]] && _nnstep_files "$files"
    fi
    [[ ${{#COMPREPLY[@]}} -eq 1 && ${{COMPREPLY[0]}} == */ ]] && compopt -o nospace 2>/dev/null
    return 0
}}
complete -F _nnstep nnstep
"""


def _bash_case(word: Word) -> str:
    return f"    {word.name})\n{_bash_body(word)}\n        ;;"


def _bash_body(word: Word, more: str = "") -> str:
    positional, files = word.positional
    flags = " ".join(flag for each in word.options for flag in each.flags)
    lines = [f'options="{flags}"', f'positional="{" ".join(filter(None, [*positional, more]))}"', f"files='{files}'"]
    valued = [each for each in word.options if each.takes]
    if valued:
        lines.append("case $prev in")
        for each in valued:
            choices = f"options= positional=\"{' '.join(each.words)}\" files='{each.files}'"
            lines.append(f"{'|'.join(each.flags)}) {choices} ;;")
        lines.append("esac")
    return "\n".join(f"        {line}" for line in lines)


# zsh


def zsh(words: list[Word]) -> str:
    """A function for zsh's `compdef`."""
    app, *subcommands = words
    named = "\n".join(f"        {_quoted(f'{each.name}:{each.help}')}" for each in subcommands)
    cases = "\n".join(f"    {each.name})\n        {_zsh_arguments(each)}\n        ;;" for each in subcommands)
    return f"""#compdef nnstep
# nnstep completion for zsh: eval "$(nnstep completion zsh)"
_nnstep() {{
    local -a subcommands
    subcommands=(
{named}
    )
    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
        _describe subcommand subcommands
    fi
    local subcommand=$words[2]
    case $subcommand in
{cases}
    *)
        {_zsh_arguments(app)}
        ;;
    esac
}}
compdef _nnstep nnstep
"""


def _zsh_arguments(word: Word) -> str:
    specs = []
    for each in word.options:
        about = each.help.translate(str.maketrans("[]:", "(),"))
        value = f":value:{_zsh_values(each.words, each.files)}" if each.takes else ""
        specs += [_quoted(f"*{flag}[{about}]{value}") for flag in each.flags]
    positional, files = word.positional
    skipped = ["':subcommand:'"] if word.name else []
    specs += [*skipped, _quoted(f"*:argument:{_zsh_values(positional, files)}")]
    return "_arguments " + " ".join(specs)


def _zsh_values(words: Iterable[str], files: str) -> str:
    listed = " ".join(words)
    parts = [f"compadd -- {listed}"] if listed else []
    parts += [f'_files -g "{files}"'] if files else []
    return "{ " + "; ".join(parts) + " }" if parts else " "


# fish


def fish(words: list[Word]) -> str:
    """Lines of fish's `complete`."""
    app, *subcommands = words
    names = " ".join(each.name for each in subcommands)
    lines = [
        "# nnstep completion for fish: nnstep completion fish | source",
        "complete -c nnstep -f",
        *(
            f"complete -c nnstep -n __fish_use_subcommand -a {each.name} -d {_quoted(each.help)}"
            for each in subcommands
        ),
        *_fish_word(app, f"'not __fish_seen_subcommand_from {names}'"),
    ]
    for each in subcommands:
        lines += _fish_word(each, f"'__fish_seen_subcommand_from {each.name}'")
    return "\n".join(lines) + "\n"


def _fish_word(word: Word, condition: str) -> list[str]:
    lines = []
    for each in word.options:
        flags = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in each.flags)
        value = f" -x -a {_quoted(_fish_values(each.words, each.files))}" if each.takes else ""
        lines.append(f"complete -c nnstep -n {condition} {flags} -d {_quoted(each.help)}{value}")
    positional, files = word.positional
    if positional or files:
        lines.append(f"complete -c nnstep -n {condition} -a {_quoted(_fish_values(positional, files))}")
    return lines


def _fish_values(words: Iterable[str], files: str) -> str:
    suffix = files.removeprefix("*")
    return " ".join(
        [*words, *([f"(__fish_complete_suffix {suffix})"] if suffix else ["(__fish_complete_path)"] if files else [])]
    )


def _quoted(text: str) -> str:
    """A text in single quotes, as all three shells take it."""
    return "'" + text.replace("'", "'\\''") + "'"


def _parser() -> ArgumentParser:
    parser = Parser(
        prog="nnstep completion",
        description="Print a script by which a shell completes nnstep; its first line says how to use it.",
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell")
    return parser


WRITERS: Mapping[str, Callable[[list[Word]], str]] = {"bash": bash, "zsh": zsh, "fish": fish}


def subcommand(all_of_them: Callable[[], Iterable[Subcommand]]) -> Subcommand:
    """The subcommand, given all of them with the app first."""

    def complete(_: ArgumentParser, options: Namespace) -> int:
        print(WRITERS[options.shell](words_of(all_of_them())), end="")
        return 0

    return Subcommand("completion", _parser, complete)
