"""Run an answer cell, and the answer on its cases; what goes wrong is an output too.

Outputs are plain data, one dictionary a case: {"the map": {"kind": …, "value": …}}. Where a task
calls the answer, RETURNED and SIDE_EFFECTS (see `watch`) stand beside what it collected. An error
ends them, as {"error": {"type", "message", "line", "returned"}}.
"""

import contextlib
import copy
import inspect
import io
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from grading.jail.gather import gathered, plain_python, stub_message
from grading.jail.tasks import collect_value, task_of

# What an answer cell may use without importing it; the lessons' first cells import the same.
PREAMBLE = """\
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
"""
LONGEST_MESSAGE = 2000  # characters of an error's
RETURNED, SIDE_EFFECTS = "what it returned", "what it changed"


def attempt(exercise_id: str, answer: Any, cases: list[dict]) -> list[dict]:
    """Run an answer on every case; an error ends it. Whatever the answer prints is dropped."""
    outputs: list[dict] = []
    task = task_of(exercise_id)
    for case in cases:
        seen: dict[str, Any] = {RETURNED: "", SIDE_EFFECTS: []}
        watched = answer if task is collect_value else watch(answer, seen)
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                torch.manual_seed(0)
                collected = task(watched, copy.deepcopy(case)) | seen
                outputs.append({name: plain(value) for name, value in collected.items()})
        except Exception as error:
            file = getattr(getattr(inspect.unwrap(answer), "__code__", None), "co_filename", None)
            return [*outputs, failure(error, file, seen[RETURNED])]
    return outputs


def attempt_cell(
    exercise: dict, code: list[tuple[str, str]], cases: list[dict], names: dict | None = None
) -> list[dict]:
    """Run the cells that belong to an exercise (see `gathered`) by themselves, then its answer.

    exercise: {"id", "name", "is_value"}; names: what is defined besides the preamble.
    """
    file = f"<answer {exercise['id']}>"
    try:
        answer = defined(exercise, gathered(exercise, code), names or {})
        if answer is None or answer is Ellipsis:
            raise NotImplementedError(stub_message(exercise["id"]))
        if not exercise["is_value"] and not callable(answer):
            kind = type(answer).__name__
            raise TypeError(f"`{exercise['name']}` should be a function; yours is a {kind}.")
        return attempt(exercise["id"], answer, cases)
    except BaseException as error:  # SystemExit is no way out
        return [failure(error, file)]


def defined(exercise: dict, sources: list[str], names: dict) -> Any:
    """What the sources, the answer's last, define under the exercise's name.

    What fails beside that, such as a trial on the lesson's own pictures, costs nothing.
    """
    space: dict[str, Any] = {"__name__": "__main__", "get_ipython": Shell} | names
    space["display"] = lambda *_, **__: None
    exec(PREAMBLE, space)
    for number, source in enumerate(sources, 1 - len(sources)):
        file = f"<cell {number} of {exercise['id']}>" if number else f"<answer {exercise['id']}>"
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(plain_python(source), file, "exec"), space)
        except Exception:
            if number == 0 and exercise["name"] not in space:
                raise
    if exercise["name"] not in space:
        for other in (name for name, value in space.items() if is_function_of(value, file)):
            name = exercise["name"]
            raise NameError(f"The answer cell defines no `{name}` but `{other}`. Keep the name.")
    return space.get(exercise["name"])


def is_function_of(value: Any, file: str) -> bool:
    return getattr(getattr(value, "__code__", None), "co_filename", None) == file


def watch(answer: Callable, seen: dict) -> Callable:
    """The answer, which also tells what it returns and what it does to its arguments.

    Side effects are texts "position what name": what is `changed` (other values), `requires_grad`
    (switched) or `grad` (a gradient was left there).
    """

    def watched(*arguments: Any) -> Any:
        before = [state(argument) for argument in arguments]
        seen[RETURNED] = ""
        result = answer(*arguments)
        seen[RETURNED] = described(result)
        for position, (argument, old) in enumerate(zip(arguments, before, strict=True)):
            new = state(argument)
            for what in old:
                if not same(old[what], new[what]):
                    name = parameter(answer, position)
                    seen[SIDE_EFFECTS].append(f"{position} {what} {name}")
        return result

    return watched


def state(argument: Any) -> dict:
    """What an answer must leave as it was."""
    if isinstance(argument, torch.Tensor):
        grad = None if not argument.is_leaf or argument.grad is None else argument.grad.clone()
        flags = {"requires_grad": argument.requires_grad, "grad": grad}
        return {"changed": argument.detach().clone()} | flags
    if isinstance(argument, (np.ndarray, list, dict)):
        return {"changed": copy.deepcopy(argument)}
    return {}


def same(old: Any, new: Any) -> bool:
    if isinstance(old, torch.Tensor) and isinstance(new, torch.Tensor):
        return old.shape == new.shape and bool(torch.equal(old.nan_to_num(), new.nan_to_num()))
    if isinstance(old, np.ndarray):
        return np.array_equal(old, new)
    return type(old) is type(new) and bool(old == new)


def parameter(answer: Callable, position: int) -> str:
    """The name that a function gives its argument at a position."""
    try:
        return list(inspect.signature(answer).parameters)[position]
    except (ValueError, TypeError, IndexError):
        return f"argument {position + 1}"


def described(value: Any, depth: int = 0) -> str:
    """A value in a few words: "a torch.Tensor of float32, shape (2, 3)"."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return f"a {plain(value)['kind']}, shape {tuple(value.shape)}"
    if isinstance(value, (list, tuple)) and depth < 2:
        inner = ", ".join(described(item, depth + 1) for item in value[:3])
        more = ", …" if len(value) > 3 else ""
        return f"a {type(value).__name__} of {len(value)} ({inner}{more})"
    kind = plain(value)["kind"]
    return kind if kind in ("None", "True or False") else f"a {kind}"


def failure(error: BaseException, file: str | None, returned: str = "") -> dict:
    """An exception as an output, with the line of the answer cell that it came from (or None).

    returned: what the answer had returned, where it is the task that could not go on with it.
    """
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    message = str(error)
    if isinstance(error, SyntaxError) and error.filename == file:
        message, lines = error.msg, [error.lineno]
    message, line = message[:LONGEST_MESSAGE], lines[-1] if lines else None
    said = {"type": type(error).__name__, "message": message, "line": line}
    return {"error": said | {"returned": "" if line else returned[:LONGEST_MESSAGE]}}


def plain(value: Any) -> dict:
    """A value as plain data that can cross a process boundary: {"kind": …, "value": …}.

    A tensor with a graph says so: {…, "graph": True}.
    """
    if isinstance(value, torch.Tensor):
        kind = f"torch.Tensor of {str(value.dtype).removeprefix('torch.')}"
        data = {"kind": kind, "value": value.detach().cpu().numpy().copy()}
        return data | ({"graph": True} if value.requires_grad else {})
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return {"kind": f"numpy array of {value.dtype}", "value": value.copy()}
    if value is None or value is Ellipsis:
        return {"kind": "None", "value": None}
    if isinstance(value, (bool, np.bool_)):
        return {"kind": "True or False", "value": bool(value)}
    if isinstance(value, (int, float, np.integer, np.floating)):
        return {"kind": "number", "value": float(value)}
    if isinstance(value, str):
        return {"kind": "text", "value": str(value)}
    if isinstance(value, (list, tuple)):
        return {"kind": type(value).__name__, "value": [plain(item) for item in value]}
    return {"kind": type(value).__name__, "value": None}


class Shell:
    """What magics call: a cell's body runs, everything else does nothing."""

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        exec(plain_python(body), sys._getframe(1).f_globals)

    def __getattr__(self, name: str):
        return lambda *_, **__: None
