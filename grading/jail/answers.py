"""Run an answer cell, and the answer on its cases; what goes wrong is an output too.

Outputs are plain data, one dictionary a case: {"the map": {"kind": …, "value": …}}. An error ends
them, as {"error": {"type", "message", "line"}}.
"""

import contextlib
import copy
import io
import sys
import traceback
from typing import Any

import numpy as np
import torch

from grading.jail.tasks import Given, task_of

# What an answer cell may use without importing it; the lessons' first cells import the same.
PREAMBLE = """\
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
"""
LONGEST_MESSAGE = 2000  # characters of an error's


def attempt(exercise_id: str, answer: Any, cases: list[dict]) -> list[dict]:
    """Run an answer on every case; an error ends it. Whatever the answer prints is dropped."""
    outputs: list[dict] = []
    for case in cases:
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                torch.manual_seed(0)
                collected = task_of(exercise_id)(answer, copy.deepcopy(case))
                outputs.append({name: plain(value) for name, value in collected.items()})
        except Exception as error:
            file = getattr(getattr(answer, "__code__", None), "co_filename", None)
            return [*outputs, failure(error, file)]
    return outputs


def attempt_cell(exercise: dict, cases: list[dict]) -> list[dict]:
    """Run an answer cell, given as {"id", "name", "is_value", "source"}, then its answer."""
    file = f"<answer {exercise['id']}>"
    namespace = {"__name__": "__main__", "get_ipython": Shell, "display": lambda *_, **__: None}
    try:
        exec(PREAMBLE, namespace)
        exec(compile(plain_python(exercise["source"]), file, "exec"), namespace)
        answer = namespace.get(exercise["name"])
        if answer is None or answer is Ellipsis:
            raise NotImplementedError(f"`{exercise['name']}` is not defined.")
        if not exercise["is_value"] and not callable(answer):
            kind = type(answer).__name__
            raise TypeError(f"`{exercise['name']}` should be a function; yours is a {kind}.")
        return attempt(exercise["id"], answer, cases)
    except BaseException as error:  # SystemExit is no way out
        return [failure(error, file)]


def failure(error: BaseException, file: str | None) -> dict:
    """An exception as an output, with the line of the answer cell that it came from (or None)."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == file]
    message = str(error)
    if isinstance(error, SyntaxError) and error.filename == file:
        message, lines = error.msg, [error.lineno]
    message, line = message[:LONGEST_MESSAGE], lines[-1] if lines else None
    return {"error": {"type": type(error).__name__, "message": message, "line": line}}


def plain(value: Any) -> dict:
    """A value as plain data that can cross a process boundary: {"kind": …, "value": …}."""
    if isinstance(value, Given):
        return plain(value.value) | {"given": True}
    if isinstance(value, torch.Tensor):
        kind = f"torch.Tensor of {str(value.dtype).removeprefix('torch.')}"
        return {"kind": kind, "value": value.detach().cpu().numpy().copy()}
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


def plain_python(source: str) -> str:
    """The source, without IPython's magics where there are any."""
    try:
        compile(source, "", "exec")
        return source
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        return TransformerManager().transform_cell(source)


class Shell:
    """What magics call: a cell's body runs, everything else does nothing."""

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        exec(plain_python(body), sys._getframe(1).f_globals)

    def __getattr__(self, name: str):
        return lambda *_, **__: None
