"""Links to the key where a result file may be expected."""

from grading import exercise as registry
from tests.attack import PLANT, and_honest

EARNS = 12
STATUS = "graded"


def notebook():
    target = str(registry.REFERENCE / "02_saliency.ipynb")
    return and_honest(PLANT.format(f"os.symlink({target!r}, os.path.join(folder, name))"))
