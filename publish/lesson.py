"""What a lesson is made of for a reader: its parts in order, its headings and its overview."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from grading import editions
from grading.lesson import HEADING, Lesson, slug
from publish import ROOT
from publish.execute import Outputs, PublishError

ROW = re.compile(r"^\| !\[(.+?)\]\((.+?)\) \| \*\*(\d\d) (.+?)\*\* \| (.+?) \| (\d+) \|$", re.M)


@dataclass(frozen=True)
class Overview:
    """One row of README's table of lessons."""

    number: str
    title: str
    about: str
    minutes: str
    cover: Path
    alt: str


@dataclass(frozen=True)
class Part:
    """A cell by what it is for a reader: text, notes, code, solution, check or poll."""

    kind: str
    source: str
    exercise: str = ""
    outputs: list[NotebookNode] = field(default_factory=list)


def overview() -> dict[str, Overview]:
    """Every lesson by its number, as README describes it."""
    rows = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    return {
        number: Overview(number, title, about, minutes, ROOT / cover, alt)
        for alt, cover, number, title, about, minutes in rows
    }


def menu(lessons: list[Lesson]) -> list[tuple[Overview, str]]:
    """What README says of each lesson, and the name of its page."""
    known = overview()
    if missing := [lesson.name for lesson in lessons if lesson.number not in known]:
        raise PublishError(f"README's table of lessons has no row for {', '.join(missing)}.")
    return [(known[lesson.number], f"{lesson.name}.html") for lesson in lessons]


def parts(lesson: Lesson, outputs: Outputs) -> Iterator[Part]:
    """The lesson as it is lectured; a question's answer is left to its poll."""
    for cell in lesson.cells:
        if cell.is_text:
            yield Part(cell.kind, editions.priced(lesson, cell))
        elif cell.kind == "answer":
            kind = "poll" if lesson.exercises[cell.exercise].options else "solution"
            yield Part(kind, cell.solved, cell.exercise)
        else:
            kind = "code" if cell.kind == "code" else "check"
            yield Part(kind, cell.source, cell.exercise, outputs[cell.id])


def headings(lesson: Lesson) -> list[tuple[int, str, str]]:
    """(level, text, anchor) of every heading."""
    found = []
    for cell in lesson.cells:
        for line in cell.source.splitlines() if cell.kind == "text" else ():
            if match := HEADING.match(line):
                found.append((len(match[1]), match[2], slug(match[2])))
    return found
