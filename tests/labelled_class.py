"""Write a class whose every mistake is known: `python -m tests.labelled_class FOLDER --seed 1`.

FOLDER gets one notebook a student, and FOLDER_labels.json beside it says what each exercise of each
notebook earns, its status and the sentence that its student reads. A lesson's notebooks are dealt
like cards: until each of its registered alternatives and misconceptions and each solution has been
handed in once, none comes twice. Stubs, missing cells and crashes fill the places that are left.
"""

import argparse
import dis
import inspect
import json
import random
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from grading import editions
from grading import lesson as lessons
from grading.exercise import Exercise
from grading.grade.judging import SENTENCES
from grading.jail.answers import PREAMBLE
from grading.jail.ids import answer_id
from grading.lesson import Lesson
from grading.rules import student_source


@dataclass(frozen=True)
class Answer:
    """What stands in an answer cell (None: there is no such cell), and what it gets."""

    what: str
    source: str | None
    earned: int
    status: str
    message: str


def write(folder: Path, seed: int, students: int) -> dict[str, dict]:
    """Write the notebooks and their labels: by student, lesson and the label of each exercise."""
    folder.mkdir(parents=True)
    labels = {}
    for number, (lesson, answers) in enumerate(islice(notebooks(random.Random(seed)), students)):
        name = f"student{number:03}"
        save(folder / f"{name}.ipynb", lesson, answers)
        labels[name] = {
            "lesson": lesson.number,
            "exercises": {e: label(a) for e, a in answers.items()},
        }
    labels_of(folder).write_text(json.dumps(labels, indent=1) + "\n", encoding="utf-8")
    return labels


def labels_of(folder: Path) -> Path:
    """Beside the class, not in it: the grader takes every file of a class for a submission."""
    return folder.with_name(f"{folder.name}_labels.json")


def label(answer: Answer) -> dict:
    return {name: value for name, value in asdict(answer).items() if name != "source"}


def disagreements(results: Path, labels: dict[str, dict]) -> list[str]:
    """A line for each exercise whose result is not what its label says, or is not there."""
    rows = json.loads((results / "grades.json").read_text(encoding="utf-8"))
    lines = []
    for row in rows:
        path = results / "submissions" / f"{row['fingerprint']}.json"
        graded = json.loads(path.read_text(encoding="utf-8"))["exercises"]
        found = {each["exercise"]: each for each in graded}
        for exercise, wanted in labels[row["student"]]["exercises"].items():
            got = found.get(exercise, {})
            if any(got.get(name) != wanted[name] for name in ("earned", "status", "message")):
                lines.append(f"{row['student']} {exercise}: {wanted} but {got}")
    missing = labels.keys() - {row["student"] for row in rows}
    return lines + [f"{student} is not graded" for student in sorted(missing)]


# notebooks


def notebooks(rng: random.Random) -> Iterator[tuple[Lesson, dict[str, Answer]]]:
    """Lessons with an answer for each of their exercises, without end."""
    while True:
        dealt = {lesson: deal(lesson, rng) for lesson in lessons.with_exercises()}
        for turn in range(max(map(len, dealt.values()))):
            for lesson, hands in dealt.items():
                if turn < len(hands):
                    yield lesson, hands[turn]


def enough_for_all() -> int:
    """The number of notebooks in which every registered answer has been handed in once."""
    longest = (
        max(len(registered(exercise)) for exercise in lesson.exercises.values())
        for lesson in lessons.with_exercises()
    )
    return sum(longest)


def deal(lesson: Lesson, rng: random.Random) -> list[dict[str, Answer]]:
    """As few notebooks of a lesson as hold all registered answers and solutions."""
    decks = {e.id: registered(e) for e in lesson.exercises.values()}
    size = max(map(len, decks.values()))
    for exercise_id, deck in decks.items():
        deck += [filler(lesson.exercises[exercise_id], rng) for _ in range(size - len(deck))]
        rng.shuffle(deck)
    return [{e: deck[turn] for e, deck in decks.items()} for turn in range(size)]


def save(path: Path, lesson: Lesson, answers: dict[str, Answer]) -> None:
    """The student edition with these answers."""
    notebook = editions.notebook(lesson, "student")
    by_cell = {answer_id(exercise): answer.source for exercise, answer in answers.items()}
    for cell in notebook["cells"]:
        cell["source"] = by_cell.get(cell["id"], cell["source"])
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["source"] is not None]
    path.write_text(json.dumps(notebook), encoding="utf-8")


# answers that the lesson knows


def registered(exercise: Exercise) -> list[Answer]:
    """The solution, every alternative and every misconception."""

    def right(what: str, source: str) -> Answer:
        return Answer(what, source, exercise.points, "graded", "Right.")

    found = [right("solution", lessons.of(exercise.id).solution(exercise.id))]
    for function in exercise.alternatives:
        what = f"alternative {name_of(exercise, function)}"
        found.append(right(what, source_of(exercise, function)))
    for function, hint in exercise.misconceptions:
        what = f"misconception {name_of(exercise, function)}"
        found.append(Answer(what, source_of(exercise, function), 0, "graded", hint))
    return found


def name_of(exercise: Exercise, function: Callable) -> str:
    return repr(function()) if exercise.is_value else function.__name__


def source_of(exercise: Exercise, function: Callable) -> str:
    """An answer cell that says what a registered function does, with all that it needs."""
    if exercise.is_value:
        return f"{exercise.name} = {function()!r}"
    needed = [f"{text}\n\n" for text in needs(function, set()).values()]
    head = f"def {function.__name__}("
    return "\n".join(needed) + plain_source(function).replace(head, f"def {exercise.name}(", 1)


def needs(function: FunctionType, seen: set[str]) -> dict[str, str]:
    """The definitions of the names that a function takes from its module, what they need first."""
    found = {}
    for name in sorted(global_names(function.__code__) - seen - provided()):
        if name not in function.__globals__:
            continue  # a builtin
        seen.add(name)
        value = function.__globals__[name]
        if isinstance(value, FunctionType):
            found |= needs(value, seen) | {name: plain_source(value)}
        elif isinstance(value, ModuleType):
            found[name] = f"import {value.__name__} as {name}"
        else:
            found[name] = f"{name} = {value!r}"
    return found


def global_names(code: CodeType) -> set[str]:
    names = {i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_GLOBAL"}
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return names.union(*map(global_names, inner))


def provided() -> set[str]:
    """The names that every answer cell finds there."""
    names = {}
    exec(PREAMBLE, names)
    return set(names)


def plain_source(function: FunctionType) -> str:
    """The source of a function without its decorators."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines(keepends=True)
    start = next(n for n, line in enumerate(lines) if line.startswith("def "))
    return "".join(lines[start:])


# answers that no lesson knows


def filler(exercise: Exercise, rng: random.Random) -> Answer:
    """A stub, no cell, or seldom code that breaks; a loop without end is the rarest."""
    kinds = {stub: 30, missing: 30, raising: 12, unfinished: 8, leaving: 8, looping: 1}
    if exercise.is_value:
        kinds[flooding] = 8
    (kind,) = rng.choices(list(kinds), kinds.values())
    return kind(exercise)


def stub(exercise: Exercise) -> Answer:
    lesson = lessons.of(exercise.id)
    source = student_source(lesson, lesson.answers[exercise.id])
    return Answer("stub", source, 0, "graded", "Not attempted.")


def missing(exercise: Exercise) -> Answer:
    return Answer("missing", None, 0, "graded", SENTENCES["missing"])


def raising(exercise: Exercise) -> Answer:
    said = "Your code raised ValueError: no idea (line 2 of the answer cell)"
    source = "# my first try\nraise ValueError('no idea')"
    if not exercise.is_value:
        source = f"def {exercise.name}(*_, **__):\n    raise ValueError('no idea')"
    return Answer("exception", source, 0, "student_error", said)


def unfinished(exercise: Exercise) -> Answer:
    source = f"{exercise.name} = ("
    try:
        compile(source, "", "exec")
    except SyntaxError as error:
        said = f"Your code raised SyntaxError: {error.msg} (line {error.lineno} of the answer cell)"
    return Answer("syntax error", source, 0, "student_error", said)


def leaving(exercise: Exercise) -> Answer:
    return Answer("os._exit", "import os\nos._exit(0)", 0, "crashed", SENTENCES["crashed"])


def looping(exercise: Exercise) -> Answer:
    return Answer("endless loop", "while True:\n    pass", 0, "timeout", SENTENCES["timeout"])


def flooding(exercise: Exercise) -> Answer:
    source = f"{exercise.name} = 'x' * 2**24"
    return Answer("too much output", source, 0, "malformed", SENTENCES["flood"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.labelled_class", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--students", type=int, help="default: enough for every known answer")
    arguments = parser.parse_args()
    students = arguments.students or enough_for_all()
    labels = write(arguments.folder, arguments.seed, students)
    print(f"{len(labels)} notebooks in {arguments.folder}; {labels_of(arguments.folder)}")


if __name__ == "__main__":
    main()
