"""Take the answer cells out of what was handed in, and nothing else.

A submission is a notebook: SUBMISSIONS/alice.ipynb, or any in the folder SUBMISSIONS/alice. Its
outputs, metadata and every other file beside it are never looked at. Whatever is wrong with it is
said in one sentence (`problem`); nothing here raises because of what a student handed in.
"""

import json
import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grading import lesson as lessons
from grading.file.cells import LARGEST, answers, name_of
from grading.jail.ids import answer_id

DEEPEST = 5  # folders below a student's
MOST = 50  # notebooks of one student


@dataclass(frozen=True)
class Submission:
    """What is graded: the sources found for each exercise id (see `cells.answers`)."""

    student: str
    file: str  # its path below SUBMISSIONS
    lesson: str = ""
    answers: dict[str, list[str]] = field(default_factory=dict)
    problem: str = ""  # why there are no answers


class Unreadable(Exception):
    """This is no notebook of the course; the message says why."""


def submissions_in(folder: Path, pack: dict[str, list[dict]]) -> Iterator[Submission]:
    """Every submission in a folder, in the order of names; links are never followed."""
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        name = Path(entry.name)
        student = printable(name.stem if name.suffix == ".ipynb" else entry.name)
        try:
            if entry.is_dir(follow_symlinks=False):
                files = notebooks(Path(entry.path))
            elif name.suffix == ".ipynb":
                files = [Path(entry.path)]
            else:
                raise Unreadable("This is neither a notebook (.ipynb) nor a folder with one.")
        except Unreadable as trouble:
            yield Submission(student, printable(entry.name), problem=str(trouble))
            continue
        for path in files:
            file = printable(str(path.relative_to(folder)))
            try:
                yield Submission(student, file, *answers_in(path, pack))
            except Unreadable as trouble:
                yield Submission(student, file, problem=str(trouble))


def notebooks(folder: Path) -> list[Path]:
    """The notebooks in a student's folder."""
    found = []
    for parent, folders, files in os.walk(folder):
        depth = len(Path(parent).relative_to(folder).parts)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and depth < DEEPEST)
        found += [Path(parent) / f for f in sorted(files) if is_lesson(f)]
        if len(found) > MOST:
            raise Unreadable(f"There are more than {MOST} notebooks in this folder.")
    if not found:
        raise Unreadable("There is no notebook (.ipynb) in this folder.")
    return found


def is_lesson(name: str) -> bool:
    """A notebook that is neither hidden nor a copy that `restore` put aside."""
    return name.endswith(".ipynb") and not name.startswith(".") and ".before-restore" not in name


def answers_in(path: Path, pack: dict[str, list[dict]]) -> tuple[str, dict[str, list[str]]]:
    """The lesson that a notebook answers, and the sources of its answer cells."""
    cells = code_cells(loaded(path))
    own = {number: [question["id"] for question in pack[number]] for number in pack}
    asked = {e: [*e.answers, *own.get(e.number, [])] for e in lessons.with_exercises()}
    of = {answer_id(exercise): each for each, exercises in asked.items() for exercise in exercises}
    found = Counter(of[name].number for name, _ in cells if name in of)
    if not found:
        raise Unreadable("There is no answer cell of any lesson in this notebook.")
    lesson = lessons.find(max(sorted(found), key=found.__getitem__))
    return lesson.number, answers(cells, lesson, asked[lesson])


def loaded(path: Path) -> dict:
    """The JSON of a regular file that is not too large."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise Unreadable("This file cannot be opened; a link is not followed.") from None
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("This is not a regular file.")
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise Unreadable(f"This file is larger than {LARGEST // 2**20} MB.")
    try:
        return json.loads(data)
    except (ValueError, RecursionError, MemoryError):
        raise Unreadable("This is not a notebook: its JSON cannot be read.") from None


def code_cells(notebook: dict) -> list[tuple[str, str]]:
    """The code cells as (name, source); a cell that is not built like one is left out."""
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("This is not a notebook: it has no list of cells.")
    found = []
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source")
        if isinstance(source, list) and all(isinstance(part, str) for part in source):
            source = "".join(source)
        try:
            name = name_of(cell)
        except AttributeError:  # metadata that is no dictionary
            name = cell.get("id")
        if isinstance(source, str):
            found.append((name if isinstance(name, str) else "", utf8(source)))
    return found


def utf8(text: str) -> str:
    """JSON and file names can hold half characters that UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def printable(name: str) -> str:
    """A file's name with nothing in it that a terminal, a table or a page would act on."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in utf8(name))
