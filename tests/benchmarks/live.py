"""`make bench-live`: does every live cell of the lecture answer within five seconds?

    python -m tests.benchmarks.live [lesson …]

Runs the solved lessons three times, each in a kernel with two threads as a student's laptop has
them, and takes the median of the seconds of each cell tagged `live`. Wall clock: run it on a
machine that does nothing else.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from nbformat import NotebookNode
from tqdm import tqdm

from grading import editions
from grading import lesson as lessons
from publish.execute import run

ROUNDS = 3
LIMIT = 5.0  # seconds
THREADS = "2"
SLOWEST = 10  # cells to show


def main(numbers: list[str]) -> int:
    wanted = numbers or lessons.names()
    notebooks = {n: editions.notebook(lessons.find(n), "lecture") for n in wanted}
    rows = []
    with tqdm(total=ROUNDS * len(notebooks), unit="run") as bar:
        for name, notebook in notebooks.items():
            rounds = []
            for _ in range(ROUNDS):
                bar.set_description(f"lesson {name}")
                rounds.append(seconds(notebook))
                bar.update()
            for cell in notebook.cells:
                if "live" in cell.metadata.get("tags", []):
                    took = [each[cell.id] for each in rounds]
                    rows.append(row(name, cell, statistics.median(took)))
    rows.sort(key=lambda row: -row["seconds"])
    print("lesson  seconds  cell")
    for each in rows[:SLOWEST]:
        print(f"{each['lesson']:6}  {each['seconds']:7.2f}  {each['cell']}: {each['line']}")
    late = [f"{row['lesson']} {row['cell']}" for row in rows if row["seconds"] > LIMIT]
    within = f"within {LIMIT:g} s (median of {ROUNDS}, {len(rows)} cells)"
    print(f"Not {within}: {', '.join(late)}" if late else f"Every live cell answers {within}.")
    path = Path("build/bench_live.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    print(f"written to {path}")
    return 1 if late else 0


def row(lesson: str, cell: NotebookNode, seconds: float) -> dict:
    lines = [line for line in cell.source.splitlines() if line and not line.startswith("#")]
    return {"lesson": lesson, "cell": cell.id, "line": lines[0], "seconds": round(seconds, 3)}


def seconds(notebook: NotebookNode) -> dict[str, float]:
    """The wall clock of each code cell in one run of a notebook; raises where a cell raises."""
    started, took = {}, {}

    def start(cell: NotebookNode, cell_index: int) -> None:
        started[cell.id] = time.monotonic()

    def end(cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        took[cell.id] = time.monotonic() - started[cell.id]

    hooks = {"on_cell_execute": start, "on_cell_executed": end}
    run(notebook, editions.EDITIONS["student"], 600, {"OMP_NUM_THREADS": THREADS}, **hooks)
    return took


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
