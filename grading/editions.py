"""Build the student, reference and lecture notebooks from `notebooks/source/*.py`.

    python -m grading.editions            # write what has changed
    python -m grading.editions --check    # write nothing; exit 1 and name what is out of date

Nothing is executed: the reference notebook gets what each check cell says of a right answer, and
nbval proves that running it gives that.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading import lesson as lessons
from grading.exercise import Exercise, score_line
from grading.jail.ids import answer_id
from grading.lesson import ROOT, TITLE, Cell, Lesson, SourceError
from grading.notebook.verdict import right_outputs
from grading.rules import student_source, validate

EDITIONS = {
    "student": ROOT / "notebooks",
    "reference": ROOT / "grading" / "reference",
    "lecture": ROOT / "build" / "lecture",
}
COMMITTED = ("student", "reference")
NOT_LIVE = {"long", "setup"}  # cells that may take more than 5 s; imports run before class


def build(lesson: Lesson) -> dict[str, NotebookNode]:
    """The three editions of one lesson, by name; SourceError where it breaks a rule."""
    validate(lesson)
    return {edition: notebook(lesson, edition) for edition in EDITIONS}


def notebook(lesson: Lesson, edition: str) -> NotebookNode:
    built = [
        new
        for cell in lesson.cells
        if edition != "student" or cell.kind != "notes"
        for new in edition_cells(lesson, cell, edition)
    ]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "course": {"lesson": lesson.number, "edition": edition},
    }
    nb = nbformat.v4.new_notebook(cells=built, metadata=metadata)
    nb.nbformat_minor = 5
    nb.metadata["course"]["fingerprint"] = fingerprint(nb)
    nbformat.validate(nb)
    return nb


def edition_cells(lesson: Lesson, cell: Cell, edition: str) -> list[NotebookNode]:
    """A cell as an edition has it; in a lecture the answer to a question hides behind a poll."""
    slide = {"slideshow": {"slide_type": slide_type(cell)}}
    if cell.is_text:
        return [nbformat.v4.new_markdown_cell(priced(lesson, cell), id=cell.id, metadata=slide)]
    code = student_source(lesson, cell) if edition == "student" else cell.solved
    new = nbformat.v4.new_code_cell(code, id=cell.id, metadata=slide)
    tags = list(cell.tags)
    new.metadata["tags"] = tags if NOT_LIVE & set(tags) else ["live", *tags]
    if cell.kind == "answer":
        new.metadata |= {"deletable": False, "nbgrader": nbgrader(cell.id, solution=True)}
    if cell.kind in ("check", "score"):
        as_check(lesson, cell, new, with_output=edition == "reference")
    if edition == "lecture" and cell.kind == "answer" and lesson.exercises[cell.exercise].options:
        return [poll(cell), behind_a_poll(cell, new)]
    return [new]


def as_check(lesson: Lesson, cell: Cell, new: NotebookNode, with_output: bool) -> None:
    """Mark a cell as a check that nobody edits, with what it says of right answers if wanted."""
    exercise = lesson.exercises.get(cell.exercise)
    new.metadata["tags"] = [*new.metadata["tags"], "nbval-check-output"]
    new.metadata |= {"deletable": False, "editable": False}
    if exercise:
        new.metadata["nbgrader"] = nbgrader(cell.id, solution=False, points=exercise.points)
    if with_output:
        new.execution_count = 1
        if exercise:
            new.outputs = right_outputs(exercise)
        else:
            text = score_line(lesson.number, lesson.points, lesson.points)
            new.outputs = [nbformat.v4.new_output("stream", text=text)]


def poll(cell: Cell) -> NotebookNode:
    source = f'from grading.notebook.poll import poll\n\npoll("{cell.exercise}")'
    metadata = {"slideshow": {"slide_type": "-"}, "tags": ["live"]}
    name = "poll_" + cell.exercise.replace(".", "_")
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata)


def behind_a_poll(cell: Cell, new: NotebookNode) -> NotebookNode:
    # a hidden cell shows its first line
    new.source = f"# the answer to {cell.exercise}\n{new.source}"
    new.metadata |= {"jupyter": {"source_hidden": True}, "slideshow": {"slide_type": "fragment"}}
    return new


def question_cells(question: dict) -> list[NotebookNode]:
    """A question that stands in no source, as a student edition asks it."""
    name = answer_id(question["id"])
    points, options = f"*{question['points']} points*", question["options"].items()
    text = [f"### Question {question['id']} · {question['title']}", points, question["text"]]
    text.append("\n".join(f"- **{letter}** {option}" for letter, option in options))
    answer = nbformat.v4.new_code_cell(f"answer_{name[1:]} = None", id=name)
    answer.metadata["nbgrader"] = nbgrader(name, solution=True)
    return [nbformat.v4.new_markdown_cell("\n\n".join(text), id=f"text_{name}"), answer]


def priced(lesson: Lesson, cell: Cell) -> str:
    """A text, with points, minutes and difficulty below the title of each exercise."""
    return TITLE.sub(lambda m: f"{m[0]}\n\n{price(lesson.exercises[m[1]])}", cell.source)


def price(exercise: Exercise) -> str:
    difficulty = "●" * exercise.difficulty + "○" * (3 - exercise.difficulty)
    points, minutes = number(exercise.points, "point"), number(exercise.minutes, "minute")
    return f"*{points} · {minutes} · difficulty {difficulty}*"


def number(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def slide_type(cell: Cell) -> str:
    """RISE and nbconvert's slide types: headings start a slide, an exercise a slide below it."""
    level = cell.heading[0] if cell.heading else 0
    return cell.slide or {1: "slide", 2: "slide", 3: "subslide"}.get(level, "-")


def nbgrader(grade_id: str, solution: bool, points: int | None = None) -> dict:
    return {
        "grade_id": grade_id,
        "schema_version": 3,
        "solution": solution,
        "grade": not solution,
        "locked": not solution,
        "task": False,
    } | ({"points": points} if points is not None else {})


# Writing, without ever losing a student's work


def fingerprint(nb: NotebookNode) -> str:
    """A hash of ids, types and sources: a notebook that somebody worked in has another one."""
    cells = [(c.get("id"), c.cell_type, c.source) for c in nb.cells]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:16]


def is_worked_in(path: Path) -> bool:
    """True where a notebook holds anything that the builder did not write."""
    try:
        nb = nbformat.read(path, as_version=4)
        return nb.metadata["course"]["fingerprint"] != fingerprint(nb)
    except Exception:
        return True  # unreadable, or not built here: not ours to replace


def as_text(nb: NotebookNode) -> str:
    """A notebook as a file in which the text of a cell is one line.

    So git merges it whole or not at all: nbgitpuller mixes no new stub into a student's answer.
    """
    return json.dumps(nb, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    only_check = parser.parse_args(arguments).check
    refused = []
    try:
        for lesson in lessons.every():
            for edition, nb in build(lesson).items():
                path, text = EDITIONS[edition] / f"{lesson.name}.ipynb", as_text(nb)
                name, there = path.relative_to(ROOT), path.exists()
                if there and path.read_text(encoding="utf-8") == text:
                    continue
                if only_check and edition in COMMITTED:
                    refused.append(f"{name} is out of date: run `make build` and commit it.")
                elif only_check:
                    continue
                elif there and edition != "reference" and is_worked_in(path):
                    refused.append(
                        f"{name} holds somebody's work and was left alone; move it away."
                    )
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
                    print(f"built {name}")
    except SourceError as error:
        refused = [str(error)]
    for message in refused:
        print(message, file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
