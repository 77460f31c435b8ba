"""conftest.py, pytest.ini, sitecustomize.py and modules that shadow those of the course."""

from tests.attack import NOTEBOOK, instead, save

EARNS = 11
STATUS = "graded"


def write(folder):
    shout = "raise SystemExit('planted')\n"
    for name in ("conftest.py", "sitecustomize.py", "usercustomize.py", "torch.py", "numpy.py"):
        (folder / name).write_text(shout, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --co\n", encoding="utf-8")
    (folder / "grading").mkdir()
    (folder / "grading/__init__.py").write_text(shout, encoding="utf-8")
    save(folder / NOTEBOOK, instead())
