"""What a lesson is made of for a reader: its parts in order, its headings and its overview."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from grading.editions import slug
from publish import ROOT
from publish.execute import PublishError

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
    """A cell by what it is for: text, notes, code, solution, check or poll."""

    kind: str
    cell: NotebookNode
    exercise: str = ""


def overview() -> dict[str, Overview]:
    """Every lesson by its number, as README describes it."""
    rows = ROW.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    return {
        number: Overview(number, title, about, minutes, ROOT / cover, alt)
        for alt, cover, number, title, about, minutes in rows
    }


def menu(kept: list[Path]) -> list[tuple[Overview, str]]:
    """What README says of each executed lesson, and the name of its page."""
    known = overview()
    names = [path.name.partition(".")[0] for path in kept]
    if missing := [name for name in names if name[:2] not in known]:
        raise PublishError(f"README's table of lessons has no row for {', '.join(missing)}.")
    return [(known[name[:2]], f"{name}.html") for name in names]


def parts(nb: NotebookNode) -> Iterator[Part]:
    """The cells of the lecture edition; a question's hidden answer is left to its poll."""
    for cell in nb.cells:
        name = cell.id
        number = re.sub(r"^(q|check_)", "", name).replace("_", ".")
        if cell.cell_type == "markdown":
            notes = cell.metadata["slideshow"]["slide_type"] == "notes"
            yield Part("notes" if notes else "text", cell)
        elif cell.source.startswith("panel("):
            continue  # the score follows checks, and nothing is checked here
        elif "poll" in cell.metadata.get("course", {}):
            yield Part("poll", cell, cell.metadata["course"]["poll"])
        elif cell.metadata.get("jupyter", {}).get("source_hidden"):
            continue
        elif cell.metadata.get("nbgrader", {}).get("solution"):
            yield Part("solution", cell, number)
        elif name.startswith(("check_", "score_")):
            yield Part("check", cell, number)
        else:
            yield Part("code", cell)


def headings(nb: NotebookNode) -> list[tuple[int, str, str]]:
    """(level, text, anchor) of every heading."""
    found = []
    for part in parts(nb):
        for line in part.cell.source.splitlines() if part.kind == "text" else ():
            if match := re.match(r"(#{1,3}) (.+)", line):
                found.append((len(match[1]), match[2], slug(match[2])))
    return found
