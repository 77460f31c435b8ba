"""Bring a lesson's own cells back into a student's notebook, and lose nothing the student wrote.

    python -m grading restore notebooks/02_saliency.ipynb    # without a name: every lesson

The restored notebook is the current student edition with the student's answers in it. Answers are
found by nbgrader's grade_id, then by id; cells of the student's own stay where they were. The file
as it was is kept beside it, so that a demonstration the student has changed is not lost either.
"""

import copy
import json
import os
import re
import shutil
import uuid
import warnings
from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading import editions
from grading import lesson as lessons
from grading.editions import number
from grading.file.cells import NotebookError, name_of

# ids that the builder gives to text, demonstrations and checks, in this version or an older one
COURSE_ID = re.compile(r"l\d\d_|check_\d|score_\d")
DEFINITION = re.compile(r"^(?:def \w+\(|answer_\w+ =)", re.MULTILINE)
VALID_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
CONFLICT = re.compile(
    r"^<{7}[^\n]*\n(.*?)(?:^\|{7}[^\n]*\n.*?)?^={7}\n(.*?)^>{7}[^\n]*\n?", re.MULTILINE | re.DOTALL
)
NEW = {
    "code": nbformat.v4.new_code_cell,
    "markdown": nbformat.v4.new_markdown_cell,
    "raw": nbformat.v4.new_raw_cell,
}


def notebooks() -> list[Path]:
    """Where the notebook of each lesson belongs."""
    return [editions.EDITIONS["student"] / f"{name}.ipynb" for name in lessons.names().values()]


def restore(path: Path) -> str:
    """Restore one notebook where it needs it, and say in a sentence what was done.

    NotebookError, and nothing is changed, where that is not possible.
    """
    path = path.resolve()
    if not path.exists():
        write(path, fresh_edition(path, {}))
        return f"{path.name} was missing; it is a fresh copy now."
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NotebookError(f"{path.name} cannot be read ({error.strerror}).") from None
    readable = as_notebook(data)
    old = readable or salvaged(data.decode("utf-8", errors="replace"))
    fresh = fresh_edition(path, old.metadata.get("course", {}))
    new = merged(fresh, old)

    stubs = {c.id: c.source for c in fresh.cells if is_answer(c)}
    answers = number(sum(c.source != stubs.get(c.id, c.source) for c in new.cells), "answer")
    if new == old:
        return f"{path.name}: nothing to restore, {answers} kept."
    before = [(name_of(c), c.cell_type, c.source) for c in old.cells]
    course = {c.id for c in fresh.cells}
    back = [c for c in new.cells if c.id in course and (c.id, c.cell_type, c.source) not in before]
    backup = write(path, new)
    done = f"{number(len(back), 'cell')} brought back" if back else "its cells put in order"
    done = f"{done}, {answers} kept"
    if not readable:
        done = f"it could not be read and is a fresh copy now, with {answers} found in it"
    return (
        f"{path.name}: {done}; the file as it was: {backup.name}. "
        "If it is open in JupyterLab, choose File > Reload Notebook from Disk."
    )


def fresh_edition(path: Path, course: dict) -> NotebookNode:
    """The current student edition of the lesson that a notebook belongs to."""
    names = lessons.names()
    named = next((name for name in names.values() if path.name.startswith(name)), None)
    name = names.get(course.get("lesson"), named)
    if name is None or (not path.exists() and path.stem != name):
        known = ", ".join(names.values())
        raise NotebookError(f"{path.name} is no lesson of this course; there are {known}.")
    if course.get("edition", "student") != "student":
        raise NotebookError(f"{path.name} is the {course['edition']} edition; run `make build`.")
    return editions.notebook(lessons.find(name[:2]), "student")


# Reading what may be broken


def as_notebook(data: bytes) -> NotebookNode | None:
    """A notebook, or None where it is not a readable one."""
    try:
        nb = nbformat.reader.reads(data.decode("utf-8"))
        with warnings.catch_warnings(action="ignore"):
            nbformat.validate(copy.deepcopy(nb))  # it would give a second cell q2_1 another id
        hash((nb.metadata.get("course", {}).get("lesson"), *map(name_of, nb.cells)))
    except Exception:  # nbformat raises whatever the broken file leads to
        return None
    return nb


def salvaged(text: str) -> NotebookNode:
    """What can still be read of a broken file; of a git conflict, one side after the other."""
    sides = dict.fromkeys(CONFLICT.sub(side, text) for side in (r"\1", r"\2"))
    nb = nbformat.v4.new_notebook()
    nb.cells = [cell for side in sides for cell in whole_cells(side)]
    return nb


def whole_cells(text: str) -> Iterator[NotebookNode]:
    """Every cell that stands in a text as complete JSON: its type, id and source."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(text, at)
            cell = NEW[found["cell_type"]]("".join(found["source"]))
            cell.id = str(name_of(found) or cell.id)
            yield cell
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            end = at + 1  # not a cell; there may be one inside
        at = text.find("{", end)


# Merging


def is_answer(cell: NotebookNode) -> bool:
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def merged(fresh: NotebookNode, old: NotebookNode) -> NotebookNode:
    """The fresh edition with the student's answers, and with the student's own cells in place.

    These stay below the cell they followed; right above an answer cell they stay above it, because
    `check` takes them for its beginning.
    """
    course = {cell.id: cell for cell in fresh.cells}
    names = names_of(old.cells, course)
    chosen = chosen_cells(names, course)
    above, below = defaultdict(list), defaultdict(list)  # the student's own cells, by course cell
    last, own, found = None, [], []
    for name, cell in names:
        if name in course:
            answer = is_answer(course[name])
            if answer and cell.source not in (course[name].source, chosen[name].source):
                own.append(plain(cell))  # a second answer
                continue
            (above[name] if answer and cell is chosen[name] else below[last]).extend(own)
            last, own = name, []
        elif COURSE_ID.match(str(name)) or ("id" in cell and cell in found):
            continue  # of an older version, or a cell of one's own in both sides of a conflict
        else:
            own.append(plain(cell) if cell.get("id") in course else cell)
            found.append(cell)
    below[last].extend(own)

    cells = below[None]
    for cell in fresh.cells:
        cells += [*above[cell.id], renewed(cell, chosen.get(cell.id)), *below[cell.id]]
    new = copy.deepcopy(fresh)
    new.cells = with_ids_of_their_own(cells)
    new.metadata = nbformat.from_dict(fresh.metadata | old.metadata)
    new.metadata["course"] = fresh.metadata["course"]
    return new


def names_of(cells: list[NotebookNode], course: dict) -> list[tuple[str | None, NotebookNode]]:
    """Each cell with the name of what it is.

    An editor may lose a cell's id, and git may merge an answer, or a text of the course, into a
    course cell of another name; they are known by what they say.
    """
    present = {name_of(cell) for cell in cells}
    texts = {(cell.cell_type, cell.source): name for name, cell in course.items()}
    definitions = {
        found[0]: name
        for name, cell in course.items()
        if is_answer(cell) and (found := DEFINITION.search(cell.source))
    }

    def known_as(cell: NotebookNode) -> str | None:
        name = name_of(cell)
        if name in course and cell.source == course[name].source:
            return name
        by_text = texts.get((cell.cell_type, cell.source))
        if by_text and (name in course or by_text not in present):
            return by_text
        defined = [definitions.get(start) for start in DEFINITION.findall(cell.source)]
        if name not in course or name in defined:
            return name
        return next(filter(None, defined), name)

    return [(known_as(cell), cell) for cell in cells]


def chosen_cells(names: list[tuple[str | None, NotebookNode]], course: dict) -> dict:
    """The cell that stands for each course cell: the first, but no stub where there is more."""
    chosen: dict[str, NotebookNode] = {}
    for name, cell in names:
        if name is not None and name in course:
            first = chosen.setdefault(name, cell)
            if is_answer(course[name]) and first.source.strip() in ("", course[name].source):
                chosen[name] = cell
    return chosen


def renewed(fresh: NotebookNode, old: NotebookNode | None) -> NotebookNode:
    """A course cell as it is in the fresh edition, with the student's answer or outputs."""
    cell = copy.deepcopy(fresh)
    if old is None:
        return cell
    cell.metadata = nbformat.from_dict(old.metadata | fresh.metadata)
    if is_answer(fresh) and old.source.strip():
        cell.source = old.source
    if cell.cell_type == old.cell_type == "code" and cell.source == old.source:
        cell.outputs, cell.execution_count = old.outputs, old.execution_count
    return cell


def plain(cell: NotebookNode) -> NotebookNode:
    """The same text in a cell without any mark of the course."""
    return NEW[cell.cell_type](cell.source)


def with_ids_of_their_own(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The same cells; one without an id, or with an id that came before, gets another."""
    unique: dict[str, NotebookNode] = {}
    for cell in cells:
        name = str(cell.get("id", ""))
        if name in unique or not VALID_ID.fullmatch(name):
            name = uuid.uuid4().hex[:8]
        unique[name] = nbformat.from_dict(cell | {"id": name})
    return list(unique.values())


# Writing, all or nothing


def write(path: Path, nb: NotebookNode) -> Path | None:
    """Replace the file in one step; gives the name under which the old one was kept beside it."""
    part = path.with_name(f".{path.name}.part")
    backup = None
    try:
        part.write_text(editions.as_text(nb), encoding="utf-8")
        if path.exists():
            shutil.copymode(path, part)
            backup = keep(path)
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = f"({error.strerror or error}); the file is as it was"
        raise NotebookError(f"{path.name} could not be restored {reason}.") from None
    return backup


def keep(path: Path) -> Path:
    """Copy a file to `NAME.before-restore.ipynb`, or -2, -3 and so on where there is one."""
    numbers = count(1)
    while True:
        suffix = "" if (n := next(numbers)) == 1 else f"-{n}"
        backup = path.with_name(f"{path.stem}.before-restore{suffix}.ipynb")
        try:
            file = backup.open("xb")
        except FileExistsError:
            continue
        try:
            with file:
                file.write(path.read_bytes())
        except OSError:
            backup.unlink()
            raise
        return backup
