"""Check a student's notebook: run its answers with the lesson's checks through nbval.

Only answers and checks run, not the lesson's demonstrations. This is feedback; marks need the
grader's sandbox.
"""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading.exercise import Exercise, Row
from grading.file import nbval
from grading.file.cells import (
    NotebookError,
    answers,
    code_of,
    is_doubled,
    lesson_of,
    name_of,
    notebook_in,
)
from grading.jail.answers import PREAMBLE
from grading.jail.gather import gathered
from grading.jail.ids import answer_id, check_id
from grading.lesson import Lesson
from grading.notebook.panel import STATES

CELL_SECONDS = 120
STATUSES = STATES | {"not attempted": "○ not attempted"}


def check(path: Path) -> list[Row]:
    """What nbval finds of each exercise of a student's notebook, in order."""
    nb = notebook_in(path)
    lesson = lesson_of(path, nb)
    code = [(name_of(c), c.source) for c in nb.cells if c.cell_type == "code"]
    found = answers(code, lesson, lesson.exercises)
    records = run(only_checks(lesson, found, nb.metadata))
    return [row(e, found, records, path) for e in lesson.exercises.values()]


def only_checks(lesson: Lesson, found: dict[str, list[str]], metadata: dict) -> NotebookNode:
    """A notebook with the answers, after what they take from other cells of the student's; each
    is followed by the lesson's check of it.
    """
    checks = {cell.exercise: cell for cell in lesson.cells if cell.kind == "check"}
    head = PREAMBLE + "from grading.notebook import check"
    cells = [nbformat.v4.new_code_cell(head, id="preamble")]
    for exercise in lesson.exercises:
        if exercise in found and not is_doubled(lesson.exercises[exercise], found):
            asked = {"id": exercise, "name": lesson.exercises[exercise].name}
            for source in gathered(asked, code_of(exercise, found)):
                tags = {"tags": ["raises-exception"]}
                cells.append(nbformat.v4.new_code_cell(source, metadata=tags))
            cells[-1].id = answer_id(exercise)
            check = checks[exercise]
            cells.append(nbformat.v4.new_code_cell(check.source, id=check.id))
    nb = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    nb.metadata["course"] = nb.metadata.get("course", {}) | {"lesson": lesson.number}
    nb.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nb.nbformat_minor = 5
    return nb


def run(nb: NotebookNode) -> dict[str, dict]:
    """Run a notebook through nbval: by id, the record of each cell (see `nbval.record_of`)."""
    with tempfile.TemporaryDirectory() as folder:
        notebook, records = Path(folder) / "checks.ipynb", Path(folder) / "cells.jsonl"
        nbformat.write(nb, notebook)
        command = [sys.executable, "-m", "pytest", "--nbval-lax", str(notebook), "-q"]
        command += ["-p", "grading.file.nbval", "-p", "no:cacheprovider", "--rootdir", folder]
        command += ["--override-ini", "addopts=", f"--nbval-cell-timeout={CELL_SECONDS}"]
        command += ["--nbval-current-env"]
        environment = os.environ | {nbval.RECORDS: str(records)}
        pytest = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True
        )
        if not records.is_file():
            raise NotebookError(
                f"nbval could not run: {pytest.stdout[-400:]}{pytest.stderr[-400:]}"
            )
        lines = records.read_text(encoding="utf-8").splitlines()
    return {record["id"]: record for record in map(json.loads, lines)}


def row(
    exercise: Exercise, found: dict[str, list[str]], records: dict[str, dict], path: Path
) -> Row:
    """What was found of one exercise."""

    def said(status: str, message: str = "", earned: int = 0) -> Row:
        return Row(exercise.id, exercise.name, earned, exercise.points, status, message)

    if exercise.id not in found:
        missing = f"The answer cell is missing; `make restore NOTEBOOK={path}` brings it back."
        return said("cell missing", missing)
    if is_doubled(exercise, found):
        doubled = f"{len(found[exercise.id])} cells define {exercise.name}; delete all but one."
        return said("cell doubled", doubled)
    checked = records.get(check_id(exercise.id))
    if checked is None:
        return said("not run", "An earlier cell ended the kernel.")
    if checked["passed"]:
        return said(STATUSES["right"], earned=exercise.points)
    if verdict := checked["verdict"]:
        message = f"{verdict['message']} {verdict['hint']}".strip()
        return said(STATUSES[verdict["outcome"]], message)
    return said(STATUSES["wrong"], checked["error"] or "no output")


def table(rows: list[Row], width: int = 100) -> str:
    """The rows as text for a terminal: exercise, points, verdict, and the hint underneath."""
    names = max(len(r.name) for r in rows)
    lines = [f"{'exercise':<{names + 6}}  {'points':>6}  verdict"]
    for r in rows:
        points = f"{r.earned}/{r.points}"
        lines.append(f"{r.exercise:<5} {r.name:<{names}}  {points:>6}  {r.status}")
        hint = " ".join(r.message.split())
        lines += textwrap.wrap(hint, width, initial_indent="      ", subsequent_indent="      ")
    earned, points = sum(r.earned for r in rows), sum(r.points for r in rows)
    return "\n".join([*lines, f"{earned} of {points} points"])
