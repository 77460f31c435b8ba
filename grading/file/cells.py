"""Find the answers in a student's notebook.

Cells are found by nbgrader's grade_id, then by id. Cells that the lesson does not know are the
student's own; `grading.jail.gather` says which of them belong to an answer.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from grading import lesson as lessons
from grading.jail.gather import LINE_BINDS, is_stub
from grading.jail.ids import answer_id
from grading.lesson import Lesson

if TYPE_CHECKING:
    from grading.exercise import Exercise

EXTRAS = ""  # where `answers` keeps the student's own cells
LARGEST = 20 * 2**20  # bytes; a notebook without outputs has less than one
LARGEST_EXTRAS = 2**18  # characters; each answer is handed over with them


class NotebookError(Exception):
    """The student's file cannot be read as a notebook of this course."""


def notebook_in(path: Path) -> NotebookNode:
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


def lesson_of(path: Path, nb: NotebookNode) -> Lesson:
    """The lesson a notebook belongs to, by its metadata, else by its name."""
    number = nb.metadata.get("course", {}).get("lesson") or path.name[:2]
    known = {each.number: each for each in lessons.with_exercises()}
    if number not in known:
        names = ", ".join(each.name for each in known.values())
        raise NotebookError(f"{path.name} is no lesson with exercises; there are {names}.")
    return known[number]


def name_of(cell: dict) -> str | None:
    """What a cell is found by: nbgrader's grade_id, else its id."""
    return cell.get("metadata", {}).get("nbgrader", {}).get("grade_id") or cell.get("id")


def answers(
    cells: Iterable[tuple[str | None, str]], lesson: Lesson, exercises: Iterable[str]
) -> dict[str, list[str]]:
    """The sources found for each exercise, among code cells given as (name, source).

    More than one are parts of a cell that was split. The student's own cells stand at EXTRAS.
    """
    wanted = {answer_id(exercise): exercise for exercise in exercises}
    known = {cell.id for cell in lesson.cells}
    found: dict[str, list[str]] = {}
    for name, source in cells:
        if name in wanted:
            found.setdefault(wanted[name], []).append(source)
        elif name not in known:
            found.setdefault(EXTRAS, []).append(source)
    if sum(map(len, found.get(EXTRAS, []))) > LARGEST_EXTRAS:
        del found[EXTRAS]
    return found


def is_doubled(exercise: "Exercise", found: dict[str, list[str]]) -> bool:
    """Do several cells define this answer, so that somebody has to choose one?"""
    asked = {"id": exercise.id, "name": exercise.name}
    written = [source for source in found[exercise.id] if not is_stub(asked, source)]
    return sum(exercise.name in LINE_BINDS.findall(source) for source in written) > 1


def code_of(exercise_id: str, found: dict[str, list[str]]) -> list[tuple[str, str]]:
    """What `gather` takes an answer from: the student's own cells, then the answer's."""
    extras = [("", source) for source in found.get(EXTRAS, [])]
    return extras + [(answer_id(exercise_id), source) for source in found.get(exercise_id, [])]
