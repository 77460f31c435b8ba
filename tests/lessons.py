"""Run a lesson's cells in this process, with any right answer in the place of the course's own."""

import ast
import contextlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import Mock

import IPython.display
import numpy as np
import torch
from PIL import Image

from grading.jail.gather import binds, uses
from grading.lesson import Lesson
from helpers.plot import Picture


@dataclass(frozen=True)
class Shown:
    """What a cell puts before its reader: what it prints, and a figure's pixels and words."""

    text: str
    pixels: np.ndarray | None = None


def run(lesson: Lesson, demonstration: Callable[[dict, str, str], None] | None = None) -> dict:
    """Run every cell with the course's own answers; the names there are at the end.

    demonstration(space, exercise, source) is called with the first cell that puts the function of
    an exercise to work, before it is run.
    """
    space: dict[str, Any] = {"__name__": "__main__"}
    IPython.display.display = lambda *_, **__: Mock()  # there is no front end here
    waiting: dict[str, set[str]] = {}  # exercise → its function, and what calls it
    for cell in lesson.cells:
        if cell.kind == "check":
            exercise = lesson.exercises[cell.exercise]
            if not exercise.is_value:
                space[exercise.name] = lesson.right_answer(exercise.id)
                waiting[exercise.id] = {exercise.name}
        elif cell.kind == "answer" and not lesson.exercises[cell.exercise].is_value:
            continue
        elif cell.kind in ("code", "answer"):
            for exercise_id in [e for e, names in waiting.items() if names & uses(cell.source)]:
                if only_defines(cell.source):
                    waiting[exercise_id] |= binds(cell.source)
                else:
                    del waiting[exercise_id]
                    if demonstration:
                        demonstration(space, exercise_id, cell.source)
            shown(cell.solved, space)
    return space


def only_defines(source: str) -> bool:
    kinds = (ast.FunctionDef, ast.Import, ast.ImportFrom)
    return all(isinstance(statement, kinds) for statement in ast.parse(source).body)


def shown(source: str, space: dict) -> Shown:
    """Run a cell."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    torch.manual_seed(0)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        exec(compile(tree, "<cell>", "exec"), space)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), space) if last else None
    if not isinstance(value, Picture):
        return Shown(printed.getvalue())
    pixels = np.asarray(Image.open(io.BytesIO(value.webp)).convert("RGB").reduce(4), "f4") / 255
    return Shown(f"{printed.getvalue()}\n{value.caption}\n{value.alt}", pixels)
