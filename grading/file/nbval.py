"""A pytest plugin: nbval as the answer check of this course.

A student edition carries no outputs (nobody should see a ✓ they have not earned), and nbval passes
a checked cell without stored output whatever it prints. So each check cell gets, by its id, the
source and the expected output of the reference notebook. nbval's traps cured here:

- a checked cell without any stored output is refused, and so is a skipped cell;
- a kernel that died is noticed within a second instead of after the cell's timeout;
- the time to wait for outputs grows from 5 to 60 seconds;
- stderr (warnings, progress bars) is not compared.
"""

import json
import os
import time
from functools import cache
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import pytest
from nbval.kernel import RunningKernel
from nbval.plugin import IPyNbCell

from grading import VERDICT
from grading import lesson as lessons

REFERENCE = Path(__file__).parents[1] / "reference"
RECORDS = "NBVAL_CELL_RECORDS"  # the environment variable that names a file for `record_of`
OUTPUT_TIMEOUT = 60  # seconds


@cache
def reference_checks(lesson: str) -> dict[str, dict]:
    """The check cells of a lesson's reference notebook by id."""
    path = REFERENCE / f"{lessons.names().get(lesson)}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"] if path.is_file() else []
    return {c["id"]: c for c in cells if "nbval-check-output" in c["metadata"].get("tags", [])}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, IPyNbCell):
            prepare(item)


def prepare(item: IPyNbCell) -> None:
    """Give one cell of a notebook what nbval needs to judge it."""
    item.output_timeout = OUTPUT_TIMEOUT
    item.parent.skip_compare += ("stderr",)
    lesson = str(item.parent.nb.metadata.get("course", {}).get("lesson", ""))
    expected = reference_checks(lesson).get(item.cell.get("id")) if lesson else None
    if expected:
        item.cell.source = "".join(expected["source"])
        item.cell.outputs = [nbformat.from_dict(output) for output in expected["outputs"]]
        item.cell.execution_count = 1
        item.options["check"] = True
    if item.options["skip"]:
        refuse(item, "This cell is marked NBVAL_SKIP; remove the mark, so that it is checked.")
    elif item.options["check"] and not item.cell.outputs:
        refuse(item, "This cell is to be checked, but there is no stored output to compare with.")
    elif not item.options["check"]:
        item.cell.outputs = []  # a saved output says nothing of a cell that is not checked


def refuse(item: IPyNbCell, reason: str) -> None:
    item.options["skip"] = False
    item.runtest = lambda: item.raise_cell_error(reason)


def get_message(kernel: RunningKernel, stream: str, timeout: float | None = None) -> dict:
    """nbval's get_message, in steps of a second so that a dead kernel is noticed."""
    deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
    while True:
        step = max(0.0, min(1.0, deadline - time.monotonic()))
        try:
            return nbval_get_message(kernel, stream, timeout=step)
        except Empty:
            if not kernel.is_alive():
                raise RuntimeError("The kernel died while this cell ran.") from None
            if time.monotonic() >= deadline:
                raise


nbval_get_message = RunningKernel.get_message
setattr(RunningKernel, "get_message", get_message)  # noqa: B010 (an assignment changes its type)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write the record of each cell to the file that RECORDS names, one JSON line a cell."""
    record: Any = dict(report.user_properties).get("cell")
    if record and report.when == "call" and (file := os.environ.get(RECORDS)):
        with open(file, "a", encoding="utf-8") as records:
            records.write(json.dumps(record | {"passed": report.passed}) + "\n")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    if isinstance(item, IPyNbCell):
        item.user_properties[:] = [("cell", record_of(item))]
    yield


def record_of(item: IPyNbCell) -> dict:
    """What a cell did, as data: its error, if it raised one, and the verdict of a check."""
    outputs = item.test_outputs or []
    errors = [f"{o.ename}: {o.evalue}" for o in outputs if o.output_type == "error"]
    said = [o.data[VERDICT] for o in outputs if VERDICT in o.get("data", {})]
    verdict = dict(said[-1]) if said else None  # plain, so that xdist can send it
    return {"id": item.cell.get("id"), "error": "".join(errors), "verdict": verdict}
