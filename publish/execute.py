"""The solved lessons with their outputs: executed once, kept until something they use changes."""

import asyncio
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from publish import ROOT

SOURCES = ROOT / "notebooks" / "source"
KEPT = ROOT / "build" / "executed"
USED = ("helpers/**/*.py", "grading/*.py", "grading/checks/*.py", "grading/tasks/*.py")
USED += ("data/**/*", "publish/__init__.py", "publish/record.py", "requirements.lock")
SECONDS = 900  # for one cell
QUIET = ["--log-level=ERROR"]  # no word about the kernel's connection


class PublishError(Exception):
    """A lesson could not be published; the message says which and why."""


def lessons(numbers: list[str]) -> list[Path]:
    """The sources with these numbers ("02"), or all; PublishError where one does not exist."""
    sources = sorted(SOURCES.glob("[0-9][0-9]_*.py"))
    known = [source.stem[:2] for source in sources]
    if wrong := [number for number in numbers if number not in known]:
        raise PublishError(f"There is no lesson {', '.join(wrong)}; there are {', '.join(known)}.")
    return [source for source in sources if not numbers or source.stem[:2] in numbers]


def executed(sources: list[Path]) -> list[Path]:
    """Where the executed lecture edition of each lesson is kept; its name changes with its key."""
    files = sorted({file for pattern in USED for file in ROOT.glob(pattern) if file.is_file()})
    used = b"".join(file.read_bytes() for file in files)
    kept, missing = [], []
    for source in sources:
        key = hashlib.sha256(source.read_bytes() + used).hexdigest()[:16]
        kept.append(KEPT / f"{source.stem}.{key}.ipynb")
        if not kept[-1].is_file():
            missing.append((source, kept[-1]))
    if missing:
        with ThreadPoolExecutor(min(os.cpu_count() or 1, len(missing))) as pool:
            runs = pool.map(lambda pair: run(*pair), missing)
            list(tqdm(runs, desc="executing", total=len(missing), unit="lesson"))
    return kept


def run(source: Path, kept: Path) -> None:
    """Execute a lesson and keep it; PublishError with the cell that failed."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    from grading import editions  # brings torch, which takes seconds

    try:
        nb = editions.build(source)["lecture"]
    except editions.SourceError as error:
        raise PublishError(str(error)) from None
    install = nbformat.v4.new_code_cell("from publish import record; record.install()")
    recorded = nbformat.from_dict({**nb, "cells": [install, *nb.cells]})
    client = NotebookClient(recorded, timeout=SECONDS, kernel_name="python3", extra_arguments=QUIET)
    client.resources["metadata"] = {"path": str(editions.EDITIONS["student"])}
    quiet = {"TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    try:
        asyncio.run(client.async_execute(env=os.environ | quiet))
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        last = str(error).strip().splitlines()[-1]
        raise PublishError(f"Lesson {source.stem} did not run through: {last}") from None
    recorded.cells = recorded.cells[1:]
    kept.parent.mkdir(parents=True, exist_ok=True)
    for old in kept.parent.glob(f"{source.stem}.*"):
        old.unlink()
    unfinished = kept.with_suffix(".unfinished")
    nbformat.write(recorded, unfinished)
    unfinished.replace(kept)
