"""What the tests of the grader share: is there a sandbox, and how is the grader called?"""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from grading.grade import escapes
from grading.grade.sandbox import SandboxError


@cache
def trouble() -> str:
    try:
        escapes.demand_none("bubblewrap")
    except SandboxError as error:
        return str(error)
    return ""


def need_bubblewrap() -> None:
    """Skip a test, with one line that says how to install it, where there is no bubblewrap."""
    if trouble():
        pytest.skip(trouble())


def grade(submissions: Path, results: Path, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "grading", "grade", str(submissions), "--out", str(results)]
    return subprocess.run([*command, *map(str, options)], capture_output=True, text=True)


def rows_of(results: Path) -> dict[str, dict]:
    """The rows of the table by student."""
    rows = json.loads((results / "grades.json").read_text(encoding="utf-8"))
    return {row["student"]: row for row in rows}
