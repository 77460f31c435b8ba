"""Plain nbval on a student's own copy, the cures for its traps, and `python -m grading check`."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from grading import lesson as lessons
from grading.editions import EDITIONS
from grading.file import check
from grading.lesson import ROOT

RIGHT = {
    "q0_1": "def top_class(logits):\n    return logits.argmax(1)",
    "q0_2": "answer_0_2 = 'b'",
}
LESSON = "00_start_here.ipynb"


@pytest.fixture
def student(tmp_path):
    """A student's own copy of lesson 00 with these answers; checks only, so that it is quick."""

    def write(answers, change=lambda nb: None):
        nb = nbformat.read(EDITIONS["student"] / LESSON, as_version=4)
        nb.cells = [c for c in nb.cells if c.id.startswith(("q0", "check", "score"))]
        imports = "import torch\nfrom grading.notebook import check, score"
        nb.cells.insert(0, nbformat.v4.new_code_cell(imports, id="imports"))
        for cell in nb.cells:
            cell.source = answers.get(cell.id, cell.source)
        change(nb)
        path = tmp_path / LESSON
        nbformat.write(nb, path)
        return path

    shutil.copy(ROOT / "conftest.py", tmp_path / "conftest.py")
    return write


def nbval(path: Path, *options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-rA", str(path)]
    command += ["--color=no", "-p", "no:cacheprovider", f"--rootdir={path.parent}", *options]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True)


def cell_of(path: Path, cell_id: str) -> str:
    """nbval's name of a cell: code cells are counted from 0."""
    code = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    return f"Cell {[c.id for c in code].index(cell_id)}"


def outcome(result: subprocess.CompletedProcess, path: Path, cell_id: str) -> str:
    name = f"::{cell_of(path, cell_id)}"
    return next(
        line.split()[0]
        for line in result.stdout.splitlines()
        if line.split(" - ")[0].endswith(name)
    )


def saved(text):
    """A change: every cell has been run, and this is its saved output."""

    def change(nb):
        for cell in nb.cells:
            cell.execution_count = 7
            cell.outputs = [nbformat.v4.new_output("stream", text=text)]

    return change


def test_right_answers_are_green_whatever_was_saved_and_whatever_is_warned(student):
    loud = "# NBVAL_CHECK_OUTPUT\nimport sys\nprint('saved')\n_ = sys.stderr.write('a warning')"

    def change(nb):
        nb.cells.append(nbformat.v4.new_code_cell(loud, id="loud"))
        saved("saved\n")(nb)

    result = nbval(student(RIGHT, change))
    assert result.returncode == 0, result.stdout


def test_red_cell_by_cell_until_the_answers_are_right(student):
    path = student({"q0_2": RIGHT["q0_2"]}, saved("✓ 0.1 top_class\n"))
    result = nbval(path)
    assert result.returncode == 1
    assert outcome(result, path, "check_0_1") == "FAILED"
    assert outcome(result, path, "check_0_2") == "PASSED"
    assert outcome(result, path, "score_00") == "FAILED"


def test_no_mark_and_no_printed_line_makes_a_check_green(student):
    """Skip marks, a check that only prints the right line, a checked cell without its output."""

    def change(nb):
        source = "# NBVAL_CHECK_OUTPUT\nprint('anything')"
        nb.cells.append(nbformat.v4.new_code_cell(source, id="unstored"))

    marked = "# NBVAL_SKIP\ntop_class = check('0.1')"
    printed = f"print({lessons.exercise('0.2').right_line!r}, end='')"
    answers = {"q0_1": "# NBVAL_SKIP", "check_0_1": marked, "check_0_2": printed}
    path = student(answers, change)
    result = nbval(path)
    for name in ("q0_1", "check_0_1", "check_0_2", "unstored"):
        assert outcome(result, path, name) == "FAILED"
    assert "NBVAL_SKIP; remove the mark" in result.stdout
    assert "no stored output to compare with" in result.stdout


def test_a_killed_kernel_fails_at_once_and_so_do_the_cells_after_it(student):
    path = student({"q0_1": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"})
    start = time.monotonic()
    result = nbval(path)
    assert time.monotonic() - start < 60  # nbval alone waits 2000 s for this cell
    assert outcome(result, path, "q0_1") == "FAILED"
    assert outcome(result, path, "check_0_2") == "FAILED"
    assert "xfail" not in result.stdout.lower()


# python -m grading check


def rows_of(path):
    return {row.exercise: row for row in check.check(path)}


def test_check_gives_points_verdicts_and_hints(student):
    wrong = {"q0_1": "def top_class(logits):\n    return logits.argmin(1)"}
    rows = rows_of(student(wrong | {"q0_2": RIGHT["q0_2"]}))
    assert (rows["0.1"].earned, rows["0.2"].earned) == (0, 1)
    assert "smallest" in rows["0.1"].message
    assert "1 of 2 points" in check.table(list(rows.values()))


def test_broken_cells_cost_only_their_own_exercise(student):
    def doubled(nb):
        nb.cells.append(nb.cells[1].copy())
        nb.cells[-1].id = "another"
        nb.cells[-1].metadata["nbgrader"] = {"grade_id": "q0_1"}

    rows = rows_of(student(RIGHT, doubled))
    assert rows["0.1"].earned == 0 and "cell" in rows["0.1"].status
    assert rows["0.2"].earned == 1
    rows = rows_of(student(RIGHT | {"q0_1": "def top_class(logits:\n  return"}))
    assert "SyntaxError" in rows["0.1"].message and rows["0.1"].earned == 0
    assert rows["0.2"].earned == 1


def test_extra_cells_ride_with_the_next_answer_and_a_missing_cell_is_named(student):
    def split(nb):
        extra = nbformat.v4.new_code_cell("def mine(x):\n    return x.argmax(1)", id="extra")
        nb.cells.insert(1, extra)
        nb.cells = [c for c in nb.cells if c.id != "q0_2"]

    answers = RIGHT | {"q0_1": "def top_class(logits):\n    return mine(logits)"}
    rows = rows_of(student(answers, split))
    assert rows["0.1"].earned == 1
    assert rows["0.2"].earned == 0 and "cell" in rows["0.2"].status


def test_command_line_exit_status_and_unreadable_files(student, tmp_path, command):
    assert command("check", student(RIGHT))[0] == 0
    status, out, _ = command("check", student({}))
    assert status == 1 and out.count("○ not attempted") == 2
    broken = tmp_path / "broken.ipynb"
    broken.write_text(json.dumps({"cells": 3}), encoding="utf-8")
    for path in (broken, tmp_path / "missing.ipynb"):
        status, _, errors = command("check", path)
        assert status == 2 and len(errors.splitlines()) == 1
