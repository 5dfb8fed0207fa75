"""One BLAS thread, whatever the machine; and what is said where a user chooses another number."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from nnstep.session.fingerprint import differences, fingerprint

THREADS = (
    "import nnstep.threads as t; {}; import nnstep.session.fingerprint as f; print(f.fingerprint()['BLAS threads'])"
)
RUN = "import nnstep; d = nnstep.open('digits'); d.goto(4000); print(d.value('W[1]').tobytes().hex())"


def python(code: str, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.endswith(("_THREADS", "MAXIMUM_THREADS"))}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**clean, **environment}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("start", ["t.before_numpy()", "import numpy; t.fix()"], ids=["before", "after"])
def test_blas_works_with_one_thread(start: str) -> None:
    assert python(THREADS.format(start)) == "1"


def test_a_users_choice_is_kept() -> None:
    assert python(THREADS.format("t.before_numpy(); import numpy; t.fix()"), OPENBLAS_NUM_THREADS="2") == "2"


def test_one_and_two_threads_give_the_same_digits_or_the_difference_is_said() -> None:
    one, two = (python(RUN, OPENBLAS_NUM_THREADS=count) for count in "12")
    then, now = ({**fingerprint(), "BLAS threads": count} for count in "12")
    assert one == two or differences(then, now) == ["BLAS threads was 1, is 2"]


def test_only_what_is_another_is_told() -> None:
    then, now = {"NumPy": "2.0.0", "BLAS": "a"}, {"NumPy": "2.1.0", "BLAS": "a"}
    assert differences(then, now) == ["NumPy was 2.0.0, is 2.1.0"]
    assert differences(fingerprint(), fingerprint()) == []
