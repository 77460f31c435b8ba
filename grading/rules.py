"""The rules that a lesson's source keeps to; whatever breaks one is an error with file and line."""

import ast
import re

from grading.lesson import BEGIN, END, OPTION, Cell, Lesson

NAMING = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
SMALL_STATEMENT = 8  # syntax-tree nodes; smaller statements (`total = 0`) give nothing away


def validate(lesson: Lesson) -> None:
    """Raise SourceError where a lesson's source breaks a rule."""
    known, fail = lesson.exercises, lesson.fail
    seen: dict[str, int] = {}
    checks = {cell.exercise: cell for cell in lesson.cells if cell.kind == "check"}
    for cell in lesson.cells:
        if cell.id in seen:
            fail(cell.line, f"the id {cell.id} stands at line {seen[cell.id]} too; rename one.")
        seen[cell.id] = cell.line
        pieces(lesson, cell)  # raises where the markers are unbalanced
        if BEGIN in cell.source and cell.kind != "answer":
            fail(cell.line, "a solution outside an exercise cell would stay in no edition right.")
    for exercise_id, cell in lesson.answers.items():
        name = f"exercise {exercise_id}"
        if exercise_id not in known:
            fail(cell.line, f"{name} has no entry in grading/checks.")
        if exercise_id not in checks:
            fail(cell.line, f"{name} has no check cell.")
        if exercise_id not in lesson.titles:
            fail(cell.line, f"{name} has no heading `### Exercise {exercise_id} …`.")
        if BEGIN not in cell.source:
            fail(cell.line, f"{name} has no {BEGIN}.")
        title = lesson.titles[exercise_id]
        options, wanted = tuple(OPTION.findall(title.source)), known[exercise_id].options
        if wanted and options != wanted:
            shown = f"question {exercise_id} shows the options {options}, its check has {wanted}"
            fail(title.line, f"{shown}; write each as a line `- **A** text`.")
    for checked, cell in checks.items():
        if checked not in lesson.answers:
            fail(cell.line, f"check {checked} has no exercise.")
    if missing := set(known) - set(lesson.answers):
        fail(1, f"grading/checks has {sorted(missing)}, but the lesson does not.")
    for line, statement in leaks(lesson):
        fail(line, f"a line of a solution stays in the student edition: {statement}")


def pieces(lesson: Lesson, cell: Cell) -> list[tuple[bool, list[str]]]:
    """A cell in pieces, in order: is it a solution, and its lines."""
    found: list[tuple[bool, list[str]]] = [(False, [])]
    for number, line in enumerate(cell.source.splitlines(), cell.line + 1):
        mark, inside = line.strip(), found[-1][0]
        if mark not in (BEGIN, END):
            found[-1][1].append(line)
        elif inside == (mark == BEGIN):
            lesson.fail(number, f"{mark} without its other half.")
        else:
            found.append((not inside, []))
    if found[-1][0]:
        lesson.fail(cell.line, f"{BEGIN} without its other half.")
    return found


def student_source(lesson: Lesson, cell: Cell) -> str:
    """The cell with each solution replaced by a stub.

    Inside a function the stub raises NotImplementedError; plain assignments become `name = None`.
    """
    lines: list[str] = []
    for is_solution, piece in pieces(lesson, cell):
        lines += stub(lesson, cell, piece) if is_solution else piece
    return "\n".join(lines)


def stub(lesson: Lesson, cell: Cell, solution: list[str]) -> list[str]:
    indent = solution[0][: len(solution[0]) - len(solution[0].lstrip())]
    if indent:
        return [f'{indent}raise NotImplementedError("Exercise {cell.exercise} is yours to write.")']
    names = []
    for statement in ast.parse("\n".join(solution)).body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            lesson.fail(cell.line, "a solution outside a function may only assign to names.")
        names.append(f"{statement.targets[0].id} = None")
    return names


# Does a demonstration show a line of a solution?


def leaks(lesson: Lesson) -> list[tuple[int, str]]:
    """Statements of a solution that the student edition shows somewhere, with their lines."""
    hidden = {
        ast.dump(statement)
        for cell in lesson.cells
        for is_solution, lines in pieces(lesson, cell)
        if is_solution
        for statement in statements("\n".join(lines))
    }
    return [
        (cell.line + statement.lineno, ast.unparse(statement).splitlines()[0])
        for cell in lesson.cells
        if not cell.is_text
        for statement in statements(student_source(lesson, cell))
        if ast.dump(statement) in hidden
    ]


def statements(code: str) -> list[ast.stmt]:
    """Every statement in some code, at any depth, that is large enough to give something away."""
    indent = min((len(ln) - len(ln.lstrip()) for ln in code.splitlines() if ln.strip()), default=0)
    dedented = "\n".join(line[indent:] for line in code.splitlines())
    code = re.sub(r"^\s*[%!].*$", "pass", dedented, flags=re.MULTILINE)
    if indent:  # a block cut out of a function may hold `return`
        code = "def block():\n" + "\n".join("    " + line for line in code.splitlines())
    every = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.stmt)]
    return [
        s for s in every if not isinstance(s, NAMING) and len([*ast.walk(s)]) >= SMALL_STATEMENT
    ]
