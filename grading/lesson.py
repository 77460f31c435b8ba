"""A lesson as its author wrote it: the one reader of `notebooks/source`.

    lesson.find("02").solution("2.1")       # of a lesson by its number
    lesson.exercise("2.1").judge(…)         # of a lesson by an exercise's id

Checks, polls, editions, the grader and the pages all ask a `Lesson`; what the editions write is
read back by nobody but nbval. Importing this needs no torch: a lesson's checks are loaded when its
`exercises` are asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import jupytext

from grading.jail.ids import answer_id, check_id, lesson_of

if TYPE_CHECKING:
    from grading.exercise import Exercise

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "notebooks" / "source"
CHECKS = Path(__file__).parent / "checks"

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
TITLE = re.compile(r"^### (?:Exercise|Question) (\d+\.\d+)\b(?: · )?(.*)$", re.MULTILINE)
HEADING = re.compile(r"(#{1,3}) (.+)")
OPTION = re.compile(r"^- \*\*([A-Z])\*\* ", re.MULTILINE)


class SourceError(Exception):
    """A lesson's source breaks a rule of the form; the message names file and line."""


@dataclass(frozen=True)
class Cell:
    """A cell of a source.

    kind: text, notes (the lecturer's), code, answer, check or score; exercise: "2.1" for the
    answer or the check of one.
    """

    id: str
    kind: str
    source: str
    line: int
    exercise: str = ""
    tags: tuple[str, ...] = ()
    slide: str = ""

    @property
    def is_text(self) -> bool:
        return self.kind in ("text", "notes")

    @property
    def solved(self) -> str:
        """The source without the marks around a solution."""
        lines = self.source.splitlines()
        return "\n".join(line for line in lines if line.strip() not in (BEGIN, END))

    @property
    def heading(self) -> tuple[int, str] | None:
        """Level and text of the heading that a text begins with."""
        found = HEADING.match(self.source) if self.is_text else None
        return (len(found[1]), found[2]) if found else None


@dataclass(frozen=True)
class Option:
    """One answer to choose from; text and feedback are a line of Markdown."""

    letter: str
    text: str
    feedback: str
    is_right: bool


@dataclass(frozen=True)
class Question:
    """A question as its lesson asks it; text (Markdown) is empty where the title says it all."""

    id: str
    title: str
    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, eq=False)
class Lesson:
    """One source, read."""

    file: Path
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """Of its files: "02_saliency"."""
        return self.file.stem

    @property
    def number(self) -> str:
        return self.name[:2]

    @cached_property
    def answers(self) -> dict[str, Cell]:
        """The answer cell of each exercise, by id, in order."""
        return {cell.exercise: cell for cell in self.cells if cell.kind == "answer"}

    @cached_property
    def titles(self) -> dict[str, Cell]:
        """The text cell in which the title of each exercise stands."""
        texts = (cell for cell in self.cells if cell.is_text)
        return {found: cell for cell in texts for found, _ in TITLE.findall(cell.source)}

    @cached_property
    def exercises(self) -> dict[str, "Exercise"]:
        """What the lesson's checks register, by id, in order; nothing where there are none."""
        if not (CHECKS / f"{self.name}.py").is_file():
            return {}
        registered = import_module(f"grading.checks.{self.name}").__dict__.values()
        found = [value for value in registered if hasattr(value, "misconceptions")]
        return {e.id: e for e in sorted(found, key=lambda e: int(e.id.split(".")[1]))}

    @property
    def points(self) -> int:
        return sum(exercise.points for exercise in self.exercises.values())

    def solution(self, exercise_id: str) -> str:
        """The solved answer cell of an exercise."""
        return self.answers[exercise_id].solved

    @cache  # noqa: B019 (a lesson lives as long as the process)
    def right_answer(self, exercise_id: str) -> Any:
        """The course's own answer; a function is marked, so that a check knows it again."""
        return self.exercises[exercise_id].defined_by(self.solution(exercise_id))

    def question(self, exercise_id: str) -> Question:
        """A multiple-choice question with its options; ValueError where it is none."""
        exercise = self.exercises[exercise_id]
        if not exercise.options:
            raise ValueError(
                f"{exercise_id} is no multiple-choice question; there is nothing to poll."
            )
        head, *parts = OPTION.split(self.titles[exercise_id].source)
        title, _, text = head.partition("\n")
        options = [
            Option(
                letter, " ".join(line.split()), exercise.feedback[letter], letter == exercise.key
            )
            for letter, line in zip(parts[::2], parts[1::2], strict=True)
        ]
        return Question(exercise_id, TITLE.findall(title)[0][1], text.strip(), tuple(options))

    def fail(self, line: int, message: str) -> NoReturn:
        raise SourceError(f"{self.file.name}:{line}: {message}")


def read(file: Path) -> Lesson:
    """A lesson from its source; SourceError where its cells cannot be told apart."""
    text = file.read_text(encoding="utf-8")
    cells = jupytext.reads(text, fmt="py:percent").cells
    markers = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    if len(markers) != len(cells):
        raise SourceError(f"{file.name}: text before the first cell; start it with `# %%`.")
    return Lesson(file, tuple(_cells(file.stem[:2], zip(cells, markers, strict=True))))


def _cells(number: str, with_lines: Any) -> Iterator[Cell]:
    """Cells with stable ids: of an exercise's from its number, of others from their heading."""
    section, position = "top", 0
    for cell, line in with_lines:
        marks = cell.metadata
        exercise = marks.get("exercise") or marks.get("check", "")
        if cell.cell_type == "markdown":
            kind = "notes" if marks.get("slide") == "notes" else "text"
            if found := HEADING.match(cell.source):
                section, position = slug(found[2]), 0
        elif exercise == "score":
            kind, exercise = "score", ""
        else:
            kind = "answer" if "exercise" in marks else "check" if exercise else "code"
        name = {
            "answer": answer_id(exercise),
            "check": check_id(exercise),
            "score": f"score_{number}",
        }.get(kind, f"l{number}_{section}_{position}")
        tags, slide = tuple(marks.get("tags", ())), marks.get("slide", "")
        yield Cell(name, kind, cell.source, line, exercise, tags, slide)
        position += 1


def slug(heading: str) -> str:
    """A heading as part of an address: "What is it?" → "what-is-it"."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")[:48].strip("-")


# All lessons


def names() -> dict[str, str]:
    """Every lesson's number and name, in order: {"02": "02_saliency"}; nothing is read."""
    return {file.stem[:2]: file.stem for file in sorted(SOURCES.glob("[0-9][0-9]_*.py"))}


def find(number: str) -> Lesson:
    """A lesson by its number, read once; KeyError for one that is not there."""
    return _read_once(SOURCES / f"{names()[number]}.py")


_read_once = cache(read)


def every() -> list[Lesson]:
    return [find(number) for number in names()]


def with_exercises() -> list[Lesson]:
    return [each for each in every() if each.answers]


def of(exercise_id: str) -> Lesson:
    """The lesson of an exercise; KeyError with the known ids where there is no such exercise."""
    number = lesson_of(exercise_id)
    known = list(find(number).answers) if number in names() else []
    if exercise_id not in known:
        raise KeyError(f"There is no exercise {exercise_id!r}; lesson {number} has {known}.")
    return find(number)


def exercise(exercise_id: str) -> "Exercise":
    """An exercise by its id; KeyError with the known ids otherwise."""
    return of(exercise_id).exercises[exercise_id]
