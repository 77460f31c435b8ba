"""What a student ran in this kernel: the cells in which `check` finds an answer.

A check judges the text of an answer's cell by itself, as the grader does. What the lesson's own
cells or other answers define is not there.
"""

import builtins
import re
from difflib import get_close_matches
from functools import cache
from typing import Any

from IPython import get_ipython

from grading.jail.gather import binds
from grading.jail.ids import answer_id
from grading.lesson import Lesson
from grading.rules import student_source

A_CHECK = re.compile(r"^(?:\w+ = )?check\(.*$", re.MULTILINE)
_ran: list[str] = []  # the source of every cell, since this module was imported
NOT_RUN = "Run the answer cell above first."


def of(lesson: Lesson) -> list[tuple[str, str]]:
    """The student's cells in the order they were run, as `gather` takes them.

    A cell that defines an answer goes by that answer's id; of its versions the last one counts.
    """
    own = _own_cells(lesson)
    answers = {e.name: answer_id(e.id) for e in lesson.exercises.values()}
    found: dict[str, tuple[str, str]] = {}
    extras = []
    for source in (A_CHECK.sub("", source) for source in _ran if source.strip() not in own):
        defined = [name for name in answers if name in binds(source)]
        found |= {name: (answers[name], source) for name in defined}
        if not defined:
            extras.append(("", source))
    return [*extras, *found.values()]


def begin() -> None:
    """Keep the source of each cell from now on; the shell's own history may be switched off."""
    if shell := get_ipython():
        _ran.clear()
        shell.events.register("pre_run_cell", lambda info: _ran.append(info.raw_cell))


def names() -> dict[str, Any]:
    """The names defined in the notebook."""
    return _shell().user_ns


def close_to(name: str, code: list[tuple[str, str]]) -> str:
    """What to do where nothing of this name was run: perhaps it was renamed."""
    others = sorted(set().union(*(binds(source) for _, source in code)))
    for similar in get_close_matches(name, others, n=1):
        return f"Nothing is called `{name}`, but there is a `{similar}`: keep the name."
    return NOT_RUN


@cache
def _own_cells(lesson: Lesson) -> set[str]:
    """The sources of the lesson's own cells, its stubs left out."""
    return {student_source(lesson, c).strip() for c in lesson.cells if c.kind != "answer"}


def _shell() -> Any:
    if shell := get_ipython():
        return shell
    raise RuntimeError("Answers are checked in a notebook; elsewhere use `make check`.")


def _import(name: str, *arguments: Any, **named: Any) -> Any:
    """`import`, without what exists on this machine only."""
    if name.partition(".")[0] in ("helpers", "grading"):
        raise ModuleNotFoundError(f"No module named {name.partition('.')[0]!r}")
    return builtins.__import__(name, *arguments, **named)


ALONE = {"__builtins__": vars(builtins) | {"__import__": _import}}

begin()
