"""What an exercise feeds an answer and collects from it: cases in, outputs out, as plain data.

One module a lesson (`02_saliency.py`), one function an exercise (`q2_1(answer, case)`), returning
a dictionary of what there is to compare. A value such as a number or a letter needs no function.
Nothing here knows an answer.
"""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from grading.jail.ids import answer_id, lesson_of


def tensors(case: dict, *names: str) -> list[torch.Tensor]:
    return [tensor(case[name]) for name in names]


def tensor(array: Any) -> torch.Tensor:
    """A fresh tensor of plain data; it shares no memory with the case it came from."""
    return torch.tensor(np.asarray(array))


@cache
def task_of(exercise_id: str) -> Callable[[Any, dict], dict]:
    """The function that feeds an answer to this exercise; a value is collected as it is."""
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith(f"{lesson_of(exercise_id)}_"):
            tasks = importlib.import_module(f"{__name__}.{module.name}")
            return getattr(tasks, answer_id(exercise_id), collect_value)
    return collect_value


class SmoothNetwork(nn.Module):
    """Pictures → logits (N,4) where the head is a matrix, scores (N,) where it is a vector.

    A convolution, a smooth bend, a linear head; frozen.
    """

    def __init__(self, kernel: torch.Tensor, head: torch.Tensor):
        super().__init__()
        self.kernel, self.head = (nn.Parameter(p, requires_grad=False) for p in (kernel, head))

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return F.softplus(F.conv2d(pictures, self.kernel)).flatten(1) @ self.head


def gradient_of(score: Callable) -> Callable:
    """The function pictures → gradient of each picture's score, same shape."""

    def gradient(pictures: torch.Tensor) -> torch.Tensor:
        pictures = pictures.detach().clone().requires_grad_(True)
        return torch.autograd.grad(score(pictures).sum(), pictures)[0]

    return gradient


def collect_value(answer: Any, case: dict) -> dict:
    return {"value": answer}
