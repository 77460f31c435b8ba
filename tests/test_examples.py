"""Every public function and class of helpers has an example in its docstring, and it holds."""

import doctest
import importlib
import pkgutil

import pytest
import torch

import helpers
from helpers import attention, digits, explain, load, maximize, own_picture, plot, text, widgets

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(helpers.__path__, "helpers.")
]
PUBLIC = [
    (module, name)
    for module in MODULES
    for name, thing in vars(module).items()
    if not name.startswith("_")
    and callable(thing)
    and getattr(thing, "__module__", "") == module.__name__
]


@pytest.fixture(scope="module")
def names(network, cat):
    """What an example begins with: see the docstring of helpers."""
    modules = (attention, digits, explain, load, own_picture, plot, text, widgets)
    parts = {name: getattr(maximize, name) for name in maximize.__all__}
    parts |= {module.__name__.partition(".")[2]: module for module in modules}
    return parts | {"torch": torch, "network": network, "cat": cat}


@pytest.mark.parametrize("module, name", PUBLIC, ids=[f"{m.__name__}.{n}" for m, n in PUBLIC])
def test_a_public_name_has_an_example_that_holds(module, name, names, capsys):
    (found,) = doctest.DocTestFinder(recurse=False).find(
        getattr(module, name), name, module, globs=vars(module) | names
    )
    assert found.examples, f"{name} has no example, `>>> {name}(...)`, in its docstring"
    failed, _ = doctest.DocTestRunner().run(found)
    assert not failed, capsys.readouterr().out
