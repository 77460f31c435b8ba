"""What an exercise feeds an answer and collects from it.

Nothing here knows an answer: this package is all of `grading` that code written by a student ever
runs beside. Cases come in and outputs go out as plain data: arrays, numbers, text and lists.

One module a lesson (`02_saliency.py`), one function an exercise (`q2_1(answer, case)`), returning
a dictionary of what there is to compare. A value such as a number or a letter needs no function.
"""

import contextlib
import copy
import importlib
import io
import pkgutil
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

# What an answer cell may use without importing it; the lessons' first cells import the same.
PREAMBLE = """\
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
"""


def tensor(array: Any) -> torch.Tensor:
    """A fresh tensor of plain data; it shares no memory with the case it came from."""
    return torch.tensor(np.asarray(array))


def cell_id(exercise_id: str) -> str:
    """The id of the answer cell of an exercise: "2.1" → "q2_1"."""
    return "q" + exercise_id.replace(".", "_")


def task_of(exercise_id: str) -> Callable[[Any, dict], dict]:
    """The function that feeds an answer to this exercise; a value is collected as it is."""
    lesson = f"{int(exercise_id.split('.')[0]):02d}_"
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith(lesson):
            tasks = importlib.import_module(f"{__name__}.{module.name}")
            return getattr(tasks, cell_id(exercise_id), collect_value)
    return collect_value


def collect_value(answer: Any, case: dict) -> dict:
    return {"value": answer}


def attempt(exercise_id: str, answer: Any, cases: list[dict]) -> list[dict]:
    """Run an answer on every case.

    Returns plain outputs, one dictionary a case. Where the answer raises, the outputs of that case
    are {"error": {"type", "message", "line"}} and the remaining cases are not run.
    Whatever the answer prints is dropped.
    """
    outputs = []
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
            outputs.append({"error": describe(error, answer)})
            break
    return outputs


def describe(error: Exception, answer: Any) -> dict:
    """An exception as plain data, with the line of the answer cell it came from (or None)."""
    cell = getattr(getattr(answer, "__code__", None), "co_filename", None)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == cell]
    return {
        "type": type(error).__name__,
        "message": str(error),
        "line": lines[-1] if lines else None,
    }


def plain(value: Any) -> dict:
    """A value as plain data that can cross a process boundary: {"kind": …, "value": …}."""
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
