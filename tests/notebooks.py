"""Run notebooks in a real kernel, with a limit that cannot be missed."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from publish.execute import run


def execute(path: Path, seconds: int = 600) -> NotebookNode:
    """The notebook with its outputs; exceptions are kept as outputs of their cell."""
    return run(nbformat.read(path, as_version=4), path.parent, seconds, {}, allow_errors=True)


def text_of(cell: NotebookNode) -> str:
    """What a cell printed."""
    streams = [o.text for o in cell.get("outputs", []) if o.output_type == "stream"]
    return "".join(streams)


def errors_of(nb: NotebookNode) -> list[str]:
    """Every exception in a notebook's outputs, with the id of its cell."""
    return [
        f"{cell.id}: {output.ename}: {output.evalue}"
        for cell in nb.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
