"""Check a student's notebook: graft its answer cells into the reference and run nbval on it.

Cells are found by nbgrader's grade_id, then by id. Cells that the reference does not know (a split
answer, an extra import) ride in front of the next answer cell. Only answers and checks run, not
the lesson's demonstrations. This is feedback; marks need the grader's sandbox.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading import exercise as registry
from grading.tasks import PREAMBLE, cell_id

LARGEST = 20 * 2**20  # bytes; a notebook without outputs has less than one
CELL_SECONDS = 120
VERDICT = re.compile(r"^[✓✗○] (?P<id>\d+\.\d+) ", re.MULTILINE)


class NotebookError(Exception):
    """The student's file cannot be read as a notebook of this course."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what was found of an exercise, and what is said of it."""

    exercise: str
    name: str
    earned: int
    points: int
    verdict: str
    hint: str = ""


def read(path: Path) -> NotebookNode:
    """A student's notebook; NotebookError in one sentence where that is not possible."""
    if not path.is_file():
        raise NotebookError(f"There is no notebook {path}; give the path of an .ipynb file.")
    if path.stat().st_size > LARGEST:
        raise NotebookError(f"{path.name} is larger than 20 MB; clear its outputs and try again.")
    try:
        nb = nbformat.read(path, as_version=4)
        assert all(isinstance(cell.source, str) for cell in nb.cells)
    except Exception:
        raise NotebookError(
            f"{path.name} is not a readable notebook; `make restore NOTEBOOK={path}` mends it."
        ) from None
    return nb


def lesson_of(path: Path, nb: NotebookNode) -> str:
    """The lesson a notebook belongs to, by its metadata, else by its name."""
    lesson = nb.metadata.get("course", {}).get("lesson") or path.name[:2]
    if lesson not in registry.lessons():
        known = ", ".join(registry.lessons().values())
        raise NotebookError(f"{path.name} is no lesson with exercises; there are {known}.")
    return lesson


def answers(
    cells: Iterable[tuple[str, str]], wanted: Iterable[str], known: Iterable[str]
) -> dict[str, list[str]]:
    """The sources found for each wanted answer id, among code cells given as (id, source).

    A cell that the reference does not know rides in front of the next answer.
    """
    wanted, known = set(wanted), set(known)
    found: dict[str, list[str]] = {}
    riding: list[str] = []
    for name, source in cells:
        if name in wanted:
            found.setdefault(name, []).append("\n\n".join([*riding, source]))
            riding = []
        elif name in known:
            riding = []
        else:
            riding.append(source)
    return found


def cell_name(cell: dict) -> str:
    """What a cell is found by: nbgrader's grade_id, else its id."""
    return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id")


def reference_cells_of(nb: NotebookNode) -> list[dict]:
    lesson = nb.metadata.get("course", {}).get("lesson", "")
    path = registry.REFERENCE / f"{registry.lessons().get(lesson, '')}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []


def graft(path: Path) -> tuple[NotebookNode, dict[str, str]]:
    """The reference's checks with the student's answers, and what is wrong with single cells."""
    nb = read(path)
    lesson = lesson_of(path, nb)
    nb.metadata.setdefault("course", {})["lesson"] = lesson
    exercises = registry.exercises(lesson)
    reference = {c["id"]: c for c in reference_cells_of(nb)}
    code = [(cell_name(c), c.source) for c in nb.cells if c.cell_type == "code"]
    found = answers(code, [cell_id(e) for e in exercises], reference)
    troubles: dict[str, str] = {}
    cells = [nbformat.v4.new_code_cell(PREAMBLE + "from grading.check import check", id="preamble")]
    for exercise in exercises.values():
        name = cell_id(exercise.id)
        if name not in found:
            troubles[exercise.id] = (
                f"The answer cell is missing; `make restore NOTEBOOK={path}` brings it back."
            )
        elif len(found[name]) > 1:
            troubles[exercise.id] = f"There are {len(found[name])} cells {name}; keep one."
        else:
            tags = {"tags": ["raises-exception"]}
            cells.append(nbformat.v4.new_code_cell(found[name][0], id=name, metadata=tags))
        checked = nbformat.from_dict(reference[name.replace("q", "check_", 1)])
        if exercise.id not in troubles:
            cells.append(checked)
    grafted = nbformat.v4.new_notebook(cells=cells, metadata=nb.metadata)
    grafted.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    grafted.nbformat_minor = 5
    return grafted, troubles


def run(path: Path) -> list[Row]:
    """Run nbval on the grafted notebook: one row an exercise, in order."""
    grafted, troubles = graft(path)
    with tempfile.TemporaryDirectory() as folder:
        notebook, log = Path(folder) / "grafted.ipynb", Path(folder) / "cells.jsonl"
        nbformat.write(grafted, notebook)
        command = [sys.executable, "-m", "pytest", "--nbval-lax", str(notebook), "-q"]
        command += ["-p", "grading.nbval", "-p", "no:cacheprovider", "--rootdir", folder]
        command += ["--override-ini", "addopts=", f"--nbval-cell-timeout={CELL_SECONDS}"]
        command += ["--nbval-current-env"]
        environment = os.environ | {"NBVAL_CELL_LOG": str(log)}
        pytest = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True
        )
        if not log.is_file():
            raise NotebookError(
                f"nbval could not run: {pytest.stdout[-400:]}{pytest.stderr[-400:]}"
            )
        lines = log.read_text(encoding="utf-8").splitlines()
    results = {record["id"]: record for record in map(json.loads, lines)}
    lesson = grafted.metadata["course"]["lesson"]
    return [row(e, troubles, results) for e in registry.exercises(lesson).values()]


def row(exercise: registry.Exercise, troubles: dict[str, str], results: dict[str, dict]) -> Row:
    """What nbval found of one exercise."""

    def said(earned: int, verdict: str, hint: str = "") -> Row:
        return Row(exercise.id, exercise.name, earned, exercise.points, verdict, hint)

    if exercise.id in troubles:
        return said(0, "cell missing or doubled", troubles[exercise.id])
    result = results.get(cell_id(exercise.id).replace("q", "check_", 1))
    if result is None:
        return said(0, "not run", "An earlier cell ended the kernel.")
    if result["passed"]:
        return said(exercise.points, "✓ right")
    answer = results.get(cell_id(exercise.id), {})
    if answer.get("error"):
        return said(0, "✗ error", answer["error"])
    text = result["text"].strip() or result["error"] or "no output"
    outcome = "○ not attempted" if text.startswith("○") else "✗ not right yet"
    hint = " ".join(text.split(": ", 1)[-1].removeprefix("not right yet. ").split())
    hint = hint.removeprefix("not attempted yet.").split("The lesson goes on")[0].strip()
    return said(0, outcome, hint)


def table(rows: list[Row], width: int = 100) -> str:
    """The rows as text for a terminal: exercise, points, verdict, and the hint underneath."""
    names = max(len(r.name) for r in rows)
    lines = [f"{'exercise':<{names + 6}}  {'points':>6}  verdict"]
    for r in rows:
        points = f"{r.earned}/{r.points}"
        lines.append(f"{r.exercise:<5} {r.name:<{names}}  {points:>6}  {r.verdict}")
        lines += textwrap.wrap(r.hint, width, initial_indent="      ", subsequent_indent="      ")
    earned, points = sum(r.earned for r in rows), sum(r.points for r in rows)
    return "\n".join([*lines, f"{earned} of {points} points"])
