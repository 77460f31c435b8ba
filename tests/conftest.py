"""Fixtures that several files of tests share."""

import sys

import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from torch import nn

from grading import __main__ as grading_command
from grading.notebook import history
from helpers import load
from tests.browser import browser, page  # noqa: F401
from tests.lab import address  # noqa: F401

# Files that take a minute or so come first, so that no core idles at the end of a run; lessons too.
LONG = {"grade_attacks", "browser_lab", "publish", "grade", "nbval", "labelled_class", "memory"}
LONG |= {"demonstrations", "maximize", "own_picture", "proofs", "examples"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def is_short(item: pytest.Item) -> bool:
        return item.path.suffix == ".py" and item.path.stem.removeprefix("test_") not in LONG

    items.sort(key=is_short)


@pytest.fixture
def command(monkeypatch, capsys):
    """`python -m grading …` in this process: its status, what it printed, and its errors."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["grading", *map(str, words)])
        status = grading_command.main()
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def shell():
    """A real IPython shell, which `get_ipython` finds, with nothing in it yet."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    history.begin()
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture(scope="module")
def network():
    return load.network()


@pytest.fixture(scope="module")
def cat():
    return load.photograph("cat")


@pytest.fixture
def tiny():
    """A smooth network of three classes on 8x8 images, with batch norm and dropout."""
    torch.manual_seed(0)
    layers = nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.Tanh(), nn.Flatten(), nn.Dropout(0.5)
    return nn.Sequential(*layers, nn.Linear(6 * 36, 3))


@pytest.fixture
def images():
    return torch.rand(5, 3, 8, 8, generator=torch.Generator().manual_seed(1))
