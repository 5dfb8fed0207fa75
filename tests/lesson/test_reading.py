"""From a file to a lesson, and what is said of one that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnstep.errors import LessonError
from nnstep.lesson import Lesson, parse, read
from nnstep.lesson.lesson import Typed

FILE = Path("a.md")

GOOD = """# Two steps

Prose before *any* section.

```nnstep
open xor
# a comment

  step 3
```

## First

- a list

```python
# no title, and no command
```

```nnstep
commands 1
silent
print L
end
```
## Second
```nnstep
pause
```

The end.
"""


def lesson(text: str) -> Lesson:
    return parse(text, FILE)


def test_a_beat_is_the_prose_since_the_last_block_and_the_block() -> None:
    found = lesson(GOOD)
    assert (found.title, found.name, found.model) == ("Two steps", "a", "xor")
    assert found.sections == ("First", "Second")
    assert [beat.section for beat in found.beats] == [-1, 0, 1, 1]
    assert [beat.line for beat in found.beats] == [3, 12, 26, 31]
    assert found.beats[0].commands == (Typed(6, "open xor"), Typed(9, "step 3"))
    assert [beat.prose for beat in found.beats] == [
        ("Prose before *any* section.",),
        ("## First", "", "- a list", "", "```python", "# no title, and no command", "```"),
        ("## Second",),
        ("The end.",),
    ]
    assert [typed.text for typed in found.beats[1].commands] == ["commands 1", "silent", "print L", "end"]
    assert found.beats[3].commands == ()


OPENED = "# T\n\n```nnstep\nopen xor\n```\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.md:1: a lesson begins with its title: # Title"),
        ("prose\n# T\n", "a.md:1: a lesson begins with its title: # Title"),
        ("```nnstep\nopen xor\n```\n", "a.md:1: a lesson begins with its title: # Title"),
        ("# T\n\nprose\n", "a.md:4: there is nothing to run: a lesson has blocks of commands, ```nnstep"),
        ("# T\n# U\n", "a.md:2: a lesson has one title; sections begin with ##"),
        ("# T\n```nnstep\nstep\n```\n", "a.md:3: a lesson opens its model first: open NAME"),
        ("# T\n```nnstep\nopen\n```\n", "a.md:3: a lesson opens its model first: open NAME"),
        ("# T\n```nnstep\n# nothing\n\n```\n", "a.md:2: there is nothing to run in this block"),
        ("# T\n```nnstep\nopen xor\n", "a.md:2: this block is not closed: ``` alone on a line ends it"),
        ("# T\n```nnstep\nopen xor\n```nnstep\n", "a.md:2: this block is not closed: ``` alone on a line ends it"),
        ("# T\n```text\nopen xor\n", "a.md:2: this block is not closed: ``` alone on a line ends it"),
        ("# T\n```nnstep xor\n", "a.md:2: the fence of a block is ```nnstep and nothing else, got ```nnstep xor"),
        ("# T\n```NNstep\n", "a.md:2: the fence of a block is ```nnstep and nothing else, got ```NNstep"),
        ("# T\n\n- ```nnstep\n", "a.md:3: a block begins at the line's start: ```nnstep"),
        (OPENED + "```nnstep\n\nstpe\n```\n", "a.md:8: no command 'stpe'; did you mean 'step'?"),
        (OPENED + "```nnstep\nstep 0\n```\n", "a.md:7: step: N must be a whole number of at least 1, got 0"),
        (OPENED + "```nnstep\nquit\n```\n", "a.md:7: quit is not for lessons"),
        (
            OPENED + "```nnstep\nsave x\n```\n",
            "a.md:7: save writes a file, which a lesson may do only with --allow-write",
        ),
        (OPENED + "```nnstep\ncommands 1\nstep\n```\n", "a.md:7: the lines of `commands` have no `end` in this block"),
        (OPENED + "```nnstep\nexpect\n```\n", "a.md:7: usage: expect EXPR | A == B | A ~= B [within T]"),
        (
            OPENED + "```nnstep\nask L\n```\n",
            'a.md:7: ask takes "QUESTION" EXPR, such as `ask "What is the loss here?" L within 0.01`',
        ),
        ("# T\x1b[31m\n", "a.md:1: a lesson is a text without control characters"),
        ("# T\nx\u202ey\n", "a.md:2: a lesson is a text without control characters"),
        (f"# T\n{'x' * 4001}\n", "a.md:2: a line must have at most 4000 characters, got 4001"),
        ("# T\n" + "```nnstep\nopen xor\n```\n" * 201, "a.md:602: a lesson must have at most 200 blocks"),
        (
            "# T\n```nnstep\nopen xor\n" + "step\n" * 100 + "```\n",
            "a.md:2: a block must have at most 100 commands, got 101",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(LessonError) as caught:
        lesson(text)
    assert str(caught.value) == said


def test_a_lesson_that_may_write_may_save() -> None:
    assert parse(OPENED + "```nnstep\nsave x\n```\n", FILE, writing=True).beats[1].commands[0].text == "save x"


def test_what_is_no_lesson_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.md"
    with pytest.raises(LessonError, match=r"b\.md: cannot be read: No such file"):
        read(path)
    path.write_bytes(b"# T\n\nprose \xff\n")
    with pytest.raises(LessonError, match=r"b\.md:3: is not UTF-8 text"):
        read(path)
    path.write_bytes(b"#" * (257 << 10))
    with pytest.raises(LessonError, match="at most 256 KiB"):
        read(path)
    with pytest.raises(LessonError, match=r"cannot be read|is not a file"):
        read(tmp_path)


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "b.md"
    path.write_bytes(b"\xef\xbb\xbf" + OPENED.replace("\n", "\r\n").encode())
    assert read(path).beats[0].commands == (Typed(4, "open xor"),)
