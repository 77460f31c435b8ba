"""The outputs of the solved lessons: executed once, kept until something they use changes."""

import asyncio
import copy
import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from grading import lesson as lessons
from grading.lesson import Lesson
from publish import ROOT

KEPT = ROOT / "build" / "executed"
USED = ("helpers/**/*.py", "grading/*.py", "grading/checks/*.py", "grading/jail/**/*.py")
USED += ("grading/notebook/*.py", "data/**/*", "publish/__init__.py", "publish/widget_frames.py")
USED += ("requirements.lock",)
SECONDS = 900  # for one lesson

Outputs = dict[str, list[NotebookNode]]  # of each code cell, by its id


class PublishError(Exception):
    """A lesson could not be published; the message says which and why."""


def wanted(numbers: list[str]) -> list[Lesson]:
    """The lessons with these numbers ("02"), or all; PublishError where one does not exist."""
    known = lessons.names()
    if wrong := [number for number in numbers if number not in known]:
        raise PublishError(f"There is no lesson {', '.join(wrong)}; there are {', '.join(known)}.")
    try:
        return [lessons.find(number) for number in known if not numbers or number in numbers]
    except lessons.SourceError as error:
        raise PublishError(str(error)) from None


def executed(chosen: list[Lesson]) -> dict[Lesson, Outputs]:
    """The outputs of each lesson's lecture edition, from where they are kept or made anew."""
    missing = [lesson for lesson in chosen if not kept(lesson).is_file()]
    if missing:
        with ThreadPoolExecutor(min(os.cpu_count() or 1, len(missing))) as pool:
            list(tqdm(pool.map(keep, missing), "executing", total=len(missing), unit="lesson"))
    return {lesson: outputs_in(kept(lesson)) for lesson in chosen}


def kept(lesson: Lesson) -> Path:
    """The file of a lesson's outputs; its name changes with all that they are made from."""
    key = hashlib.sha256(lesson.file.read_bytes() + used_by_all()).hexdigest()[:16]
    return KEPT / f"{lesson.name}.{key}.json"


@cache
def used_by_all() -> bytes:
    """A hash of what every lesson uses, as it was when this process began."""
    files = sorted({file for pattern in USED for file in ROOT.glob(pattern) if file.is_file()})
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).digest()


def outputs_in(file: Path) -> Outputs:
    found = json.loads(file.read_text(encoding="utf-8"))
    return {name: [nbformat.from_dict(o) for o in outputs] for name, outputs in found.items()}


def keep(lesson: Lesson) -> None:
    """Execute a lesson and keep its outputs; PublishError with the cell that failed."""
    from grading import editions  # brings torch, which takes seconds

    try:
        nb = editions.build(lesson)["lecture"]
        install = nbformat.v4.new_code_cell("from publish import widget_frames as w; w.install()")
        nb.cells.insert(0, install)
        quiet = {"TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
        ran = run(nb, editions.EDITIONS["student"], SECONDS, quiet)
    except lessons.SourceError as error:
        raise PublishError(str(error)) from None
    except (CellExecutionError, CellTimeoutError, DeadKernelError, TimeoutError) as error:
        last = (str(error).strip() or f"it took longer than {SECONDS} s").splitlines()[-1]
        raise PublishError(f"Lesson {lesson.name} did not run through: {last}") from None
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob(f"{lesson.name}.*"):
        old.unlink()
    unfinished = kept(lesson).with_suffix(".unfinished")
    outputs = {cell.id: cell.outputs for cell in ran.cells if cell.cell_type == "code"}
    unfinished.write_text(json.dumps(outputs), encoding="utf-8")
    unfinished.replace(kept(lesson))


def run(
    nb: NotebookNode, folder: Path, seconds: int, environment: dict[str, str], **options: Any
) -> NotebookNode:
    """Run a notebook in a kernel of its own and return it with its outputs.

    `seconds` is the limit of the whole; `options` are nbclient's. Raises what nbclient raises.
    """
    ran = copy.deepcopy(nb)
    client = NotebookClient(
        ran,
        timeout=seconds,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # no word about the kernel's connection
        resources={"metadata": {"path": str(folder)}},
        **options,
    )
    every_cell = client.async_execute(env=os.environ | environment)
    asyncio.run(asyncio.wait_for(every_cell, seconds))  # nbclient has been seen to miss its own
    return ran
