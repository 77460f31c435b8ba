"""What attack notebooks are made of, and all of them written: `python -m tests.attack FOLDER`.

An attack is one file in `attacks/`: at its head stands what it earns, and its status. Each is a
student's notebook of lesson 02 with honest answers (12 points), except where the attack stands,
which is mostly exercise 2.3 (1 point): five exercises come after it. An attack that tries to get
somewhere gives the right answer if it got there, so that a success shows as a point. The file has
a function `notebook()`, or `write(folder)` if there is more than a notebook to it or less.
"""

import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from grading import lesson as lessons
from grading.jail.ids import answer_id

FILES = Path(__file__).parent / "attacks"
LESSON = "02"
NOTEBOOK = "02_saliency.ipynb"
FULL = 12
MARKER = "sleep 27182818"  # what a process that an attack leaves behind would run
WRONG = "def for_the_eye(gradient):\n    return torch.zeros_like(gradient)[:, 0]\n"
PLANT = """
import os
for folder in ('.', '/tmp', '/course', os.path.expanduser('~')):
    for name in ('result.json', 'results.json', 'outputs.npz', '2.4.json', 'q2_4.json'):
        try:
            {}
        except OSError:
            pass
"""
CONTROLS = ("honest", "aaa_honest", "zzz_honest")  # before, amid and after the attacks


@dataclass(frozen=True)
class Attack:
    """What a file in `attacks/` says of itself; the student's name is the file's, or its own."""

    module: ModuleType
    student: str
    earns: int
    status: str

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        if hasattr(self.module, "write"):
            self.module.write(folder)
        else:
            save(folder / NOTEBOOK, self.module.notebook())


def attacks() -> dict[str, Attack]:
    """Every attack by the name of its file."""
    found = {}
    for path in sorted(FILES.glob("*/*.py")):
        module = importlib.import_module(f"tests.attacks.{path.parent.name}.{path.stem}")
        student = getattr(module, "STUDENT", path.stem)
        found[path.stem] = Attack(module, student, module.EARNS, module.STATUS)
    return found


def write_all(folder: Path) -> None:
    """All attacks, each in its student's folder, with honest controls before, amid and after."""
    for name in CONTROLS:
        (folder / name).mkdir(parents=True)
        save(folder / name / NOTEBOOK, instead(honest()["q2_3"]))
    for each in attacks().values():
        each.write(folder / each.student)


# notebooks


def honest() -> dict[str, str]:
    """The right answers of the lesson by cell id."""
    lesson = lessons.find(LESSON)
    return {answer_id(exercise): lesson.solution(exercise) for exercise in lesson.answers}


def instead(source: str = WRONG, cell: str = "q2_3") -> dict:
    """Honest answers, with this one in place of a cell's."""
    cells = []
    for name, answer in (honest() | {cell: source}).items():
        cells.append(code(name, answer))
        cells.append(code(name.replace("q", "check_"), f"check({name!r})"))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def if_it_works(attempt: str) -> dict:
    """2.3 is right only if the code of the attempt sets ESCAPED; whatever it raises is caught."""
    guarded = f"if not ESCAPED:\n{indented(WRONG)}"
    return instead(
        f"ESCAPED = False\ntry:\n{indented(attempt)}\nexcept BaseException:\n    pass\n"
        f"{honest()['q2_3']}\n{guarded}"
    )


def and_honest(harm: str) -> dict:
    """Harm is tried, then 2.3 is answered rightly: full marks, for the answer's sake."""
    return instead(f"try:\n{indented(harm)}\nexcept Exception:\n    pass\n{honest()['q2_3']}")


def claiming(text: str, cell: str = "q2_3", answer: str = WRONG) -> dict:
    """Whatever the answer is, this text is what the encoder makes of it."""
    return instead(f"import json\njson.dumps = lambda *_, **__: {text}\n" + answer, cell)


def indented(source: str) -> str:
    return "\n".join(f"    {line}" for line in source.strip().splitlines())


def code(name: str, source: str) -> dict:
    return {
        "cell_type": "code",
        "id": name,
        "source": source,
        "metadata": {"nbgrader": {"grade_id": name}},
        "outputs": [],
        "execution_count": None,
    }


def cell_of(made: dict, name: str = "q2_3") -> dict:
    return next(cell for cell in made["cells"] if cell["id"] == name)


def save(path: Path, made: dict) -> None:
    path.write_text(json.dumps(made), encoding="utf-8")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
    print(f"{len(attacks())} attacks and {len(CONTROLS)} honest notebooks in {sys.argv[1]}")
