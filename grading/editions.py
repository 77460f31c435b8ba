"""Build the student, reference and lecture notebooks from `notebooks/source/*.py`.

    python -m grading.editions            # write what has changed
    python -m grading.editions --check    # write nothing; exit 1 and name what is out of date

Nothing is executed: the reference notebook gets the fixed line of each check cell, and nbval
proves that running it gives those lines. Whatever is wrong with a source is one error that names
its file and line.
"""

import argparse
import ast
import hashlib
import json
import re
import sys
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from grading import check
from grading import exercise as registry
from grading.exercise import Exercise
from grading.tasks import cell_id

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "notebooks" / "source"
EDITIONS = {
    "student": ROOT / "notebooks",
    "reference": ROOT / "grading" / "reference",
    "lecture": ROOT / "build" / "lecture",
}
COMMITTED = ("student", "reference")

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
TITLE = re.compile(r"^### (?:Exercise|Question) (\d+\.\d+)\b.*$", re.MULTILINE)
OPTION = re.compile(r"^- \*\*([A-Z])\*\* ", re.MULTILINE)
NOT_LIVE = {"long", "setup"}  # cells that may take more than 5 s; imports run before class
SMALL_STATEMENT = 8  # syntax-tree nodes; smaller statements (`total = 0`) give nothing away


class SourceError(Exception):
    """A lesson's source breaks a rule of the form; the message names file and line."""


def build(source: Path) -> dict[str, NotebookNode]:
    """The three editions of one lesson, by name."""
    cells = read(source)
    validate(source, cells)
    return {edition: notebook(source, cells, edition) for edition in EDITIONS}


def read(source: Path) -> list[NotebookNode]:
    """The cells of a source, each with its line number as `cell.line` and its stable id."""
    text = source.read_text(encoding="utf-8")
    cells = jupytext.reads(text, fmt="py:percent").cells
    markers = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    if len(markers) != len(cells):
        raise SourceError(f"{source.name}: text before the first cell; start it with `# %%`.")
    lesson, section, position = source.stem[:2], "top", 0
    for cell, line in zip(cells, markers, strict=True):
        cell.line = line
        heading = re.match(r"#{1,3} (.+)", cell.source) if cell.cell_type == "markdown" else None
        if heading:
            section, position = slug(heading[1]), 0
        cell.id = (
            cell_id(cell.metadata["exercise"])
            if "exercise" in cell.metadata
            else check_id(lesson, cell.metadata["check"])
            if "check" in cell.metadata
            else f"l{lesson}_{section}_{position}"
        )
        position += 1
    return cells


def slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")[:48].strip("-")


def check_id(lesson: str, checked: str) -> str:
    """Cell id of a check: "2.1" → "check_2_1"; "score" → "score_02"."""
    return f"score_{lesson}" if checked == "score" else "check_" + checked.replace(".", "_")


# Rules of the form


def validate(source: Path, cells: list[NotebookNode]) -> None:
    """Raise SourceError where a lesson's source breaks a rule."""

    def fail(line: int, message: str) -> None:
        raise SourceError(f"{source.name}:{line}: {message}")

    lesson = source.stem[:2]
    known = registry.exercises(lesson) if lesson in registry.lessons() else {}
    seen: dict[str, int] = {}
    titles = {t: c for c in cells if c.cell_type == "markdown" for t in TITLE.findall(c.source)}
    answers = {c.metadata["exercise"]: c for c in cells if "exercise" in c.metadata}
    checks = {c.metadata["check"]: c for c in cells if "check" in c.metadata}

    for cell in cells:
        if cell.id in seen:
            fail(cell.line, f"the id {cell.id} stands at line {seen[cell.id]} too; rename one.")
        seen[cell.id] = cell.line
        solution_blocks(source, cell)  # raises where the markers are unbalanced
        if BEGIN in cell.source and "exercise" not in cell.metadata:
            fail(cell.line, "a solution outside an exercise cell would stay in no edition right.")
    for exercise_id, cell in answers.items():
        if exercise_id not in known:
            fail(cell.line, f"exercise {exercise_id} has no entry in grading/checks.")
        if exercise_id not in checks:
            fail(cell.line, f"exercise {exercise_id} has no check cell.")
        if exercise_id not in titles:
            fail(
                cell.line, f"exercise {exercise_id} has no heading `### Exercise {exercise_id} …`."
            )
        if BEGIN not in cell.source:
            fail(cell.line, f"exercise {exercise_id} has no {BEGIN}.")
        options = tuple(OPTION.findall(titles[exercise_id].source))
        wanted = known[exercise_id].options
        if wanted and options != wanted:
            fail(
                titles[exercise_id].line,
                f"question {exercise_id} shows the options {options}, its check has {wanted}; "
                "write each as a line `- **A** text`.",
            )
    for checked, cell in checks.items():
        if checked != "score" and checked not in answers:
            fail(cell.line, f"check {checked} has no exercise.")
    if missing := set(known) - set(answers):
        fail(1, f"grading/checks has {sorted(missing)}, but the lesson does not.")
    for line, statement in leaks(source, cells):
        fail(line, f"a line of a solution stays in the student edition: {statement}")


def solution_blocks(source: Path, cell: NotebookNode) -> list[list[str]]:
    """The lines of each solution block of a cell."""
    blocks: list[list[str]] = []
    inside = False
    for number, line in enumerate(cell.source.splitlines(), cell.line + 1):
        mark = line.strip()
        if mark in (BEGIN, END) and inside == (mark == BEGIN):
            raise SourceError(f"{source.name}:{number}: {mark} without its other half.")
        if mark == BEGIN:
            blocks.append([])
        elif inside and mark != END:
            blocks[-1].append(line)
        inside = mark == BEGIN or (inside and mark != END)
    if inside:
        raise SourceError(f"{source.name}:{cell.line}: {BEGIN} without its other half.")
    return blocks


def leaks(source: Path, cells: list[NotebookNode]) -> list[tuple[int, str]]:
    """Statements of a solution that the student edition shows somewhere, with their lines."""
    hidden = {
        ast.dump(statement)
        for cell in cells
        for block in solution_blocks(source, cell)
        for statement in statements("\n".join(block))
    }
    found = []
    for cell in cells:
        if cell.cell_type != "code":
            continue
        for statement in statements(student_source(source, cell)):
            if ast.dump(statement) in hidden:
                line = cell.line + getattr(statement, "lineno", 1)
                found.append((line, ast.unparse(statement).splitlines()[0]))
    return found


def statements(code: str) -> list[ast.stmt]:
    """Every statement in some code, at any depth, that is large enough to give something away."""
    indent = min((len(ln) - len(ln.lstrip()) for ln in code.splitlines() if ln.strip()), default=0)
    dedented = "\n".join(line[indent:] for line in code.splitlines())
    code = re.sub(r"^\s*[%!].*$", "pass", dedented, flags=re.MULTILINE)
    if indent:  # a block cut out of a function may hold `return`
        code = "def block():\n" + "\n".join("    " + line for line in code.splitlines())
    every = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.stmt)]
    return [s for s in every if sum(1 for _ in ast.walk(s)) >= SMALL_STATEMENT and not is_def(s)]


def is_def(statement: ast.stmt) -> bool:
    return isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))


# The editions


def notebook(source: Path, cells: list[NotebookNode], edition: str) -> NotebookNode:
    lesson = source.stem[:2]
    known = registry.exercises(lesson) if lesson in registry.lessons() else {}
    built = [
        new
        for cell in cells
        if edition != "student" or cell.metadata.get("slide") != "notes"
        for new in edition_cells(source, cell, edition, known)
    ]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "course": {"lesson": lesson, "edition": edition},
    }
    nb = nbformat.v4.new_notebook(cells=built, metadata=metadata)
    nb.nbformat_minor = 5
    nb.metadata["course"]["fingerprint"] = fingerprint(nb)
    nbformat.validate(nb)
    return nb


def edition_cells(
    source: Path, cell: NotebookNode, edition: str, known: dict[str, Exercise]
) -> list[NotebookNode]:
    """A cell as an edition has it; in a lecture the answer to a question hides behind a poll."""
    new = edition_cell(source, cell, edition, known)
    asked = known.get(cell.metadata.get("exercise"))
    if edition != "lecture" or not asked or not asked.options:
        return [new]
    new.source = f"# the answer to {asked.id}\n{new.source}"  # a hidden cell shows its first line
    new.metadata |= {"jupyter": {"source_hidden": True}, "slideshow": {"slide_type": "fragment"}}
    poll = nbformat.v4.new_code_cell(
        f'from grading.poll import poll\n\npoll("{asked.id}")',
        id=new.id.replace("q", "poll_", 1),
        metadata={
            "course": {"poll": asked.id},
            "slideshow": {"slide_type": "-"},
            "tags": ["live"],
        },
    )
    return [poll, new]


def edition_cell(
    source: Path, cell: NotebookNode, edition: str, known: dict[str, Exercise]
) -> NotebookNode:
    lesson = source.stem[:2]
    slide = {"slideshow": {"slide_type": slide_type(cell)}}
    if cell.cell_type == "markdown":
        text = TITLE.sub(lambda m: f"{m[0]}\n\n{price(known[m[1]])}", cell.source)
        return nbformat.v4.new_markdown_cell(text, id=cell.id, metadata=slide)

    code = student_source(source, cell) if edition == "student" else solved_source(cell)
    new = nbformat.v4.new_code_cell(code, id=cell.id, metadata=slide)
    tags = cell.metadata.get("tags", [])
    new.metadata["tags"] = tags if NOT_LIVE & set(tags) else ["live", *tags]
    if "exercise" in cell.metadata:
        new.metadata |= {"deletable": False, "nbgrader": nbgrader(cell.id, solution=True)}
    if "check" in cell.metadata:
        new.metadata["tags"] = [*new.metadata["tags"], "nbval-check-output"]
        new.metadata |= {"deletable": False, "editable": False}
        checked = known.get(cell.metadata["check"])
        if checked:
            new.metadata["nbgrader"] = nbgrader(cell.id, solution=False, points=checked.points)
        if edition == "reference":
            new.execution_count = 1
            new.outputs = [nbformat.v4.new_output("stream", text=expected(lesson, checked, known))]
    return new


def expected(lesson: str, checked: Exercise | None, known: dict[str, Exercise]) -> str:
    """The fixed text that a check cell, or the score cell, prints when everything is right."""
    total = sum(e.points for e in known.values())
    return checked.right_line if checked else check.score_line(lesson, total, total)


def price(exercise: Exercise) -> str:
    difficulty = "●" * exercise.difficulty + "○" * (3 - exercise.difficulty)
    points = f"{exercise.points} point{'s' if exercise.points > 1 else ''}"
    minutes = f"{exercise.minutes} minute{'s' if exercise.minutes > 1 else ''}"
    return f"*{points} · {minutes} · difficulty {difficulty}*"


def slide_type(cell: NotebookNode) -> str:
    """RISE and nbconvert's slide types: headings start a slide, an exercise a slide below it."""
    if "slide" in cell.metadata:
        return cell.metadata["slide"]
    if cell.cell_type == "markdown" and re.match(r"#{1,2} ", cell.source):
        return "slide"
    return "subslide" if cell.cell_type == "markdown" and cell.source.startswith("### ") else "-"


def nbgrader(grade_id: str, solution: bool, points: int | None = None) -> dict:
    return {
        "grade_id": grade_id,
        "schema_version": 3,
        "solution": solution,
        "grade": not solution,
        "locked": not solution,
        "task": False,
    } | ({"points": points} if points is not None else {})


def solved_source(cell: NotebookNode) -> str:
    return "\n".join(ln for ln in cell.source.splitlines() if ln.strip() not in (BEGIN, END))


def student_source(source: Path, cell: NotebookNode) -> str:
    """The cell with each solution block replaced by a stub.

    Inside a function the stub raises NotImplementedError; plain assignments become `name = None`.
    """
    lines, block, inside = [], [], False
    for line in cell.source.splitlines():
        if line.strip() == BEGIN:
            block, inside = [], True
        elif line.strip() == END:
            lines += stub(source, cell, block)
            inside = False
        elif inside:
            block.append(line)
        else:
            lines.append(line)
    return "\n".join(lines)


def stub(source: Path, cell: NotebookNode, block: list[str]) -> list[str]:
    indent = block[0][: len(block[0]) - len(block[0].lstrip())]
    if indent:
        text = (
            f'raise NotImplementedError("Exercise {cell.metadata["exercise"]} is yours to write.")'
        )
        return [indent + text]
    tree = ast.parse("\n".join(block)).body
    if not all(isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name) for s in tree):
        raise SourceError(
            f"{source.name}:{cell.line}: a solution outside a function may only assign to names."
        )
    return [f"{statement.targets[0].id} = None" for statement in tree]


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
    stale, kept = [], []
    try:
        for source in sorted(SOURCES.glob("[0-9][0-9]_*.py")):
            for edition, nb in build(source).items():
                path, text = EDITIONS[edition] / f"{source.stem}.ipynb", as_text(nb)
                if path.exists() and path.read_text(encoding="utf-8") == text:
                    continue
                name = path.relative_to(ROOT)
                if only_check:
                    stale += [name] if edition in COMMITTED else []
                elif edition != "reference" and path.exists() and is_worked_in(path):
                    kept.append(name)
                else:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
                    print(f"built {name}")
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    for name in stale:
        print(f"{name} is out of date: run `make build` and commit it.", file=sys.stderr)
    for name in kept:
        print(f"{name} holds somebody's work and was left alone; move it away.", file=sys.stderr)
    return 1 if stale or kept else 0


if __name__ == "__main__":
    sys.exit(main())
