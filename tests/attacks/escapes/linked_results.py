"""Links to the key where a result file may be expected."""

from grading.editions import EDITIONS
from tests.attack import PLANT, and_honest

EARNS = 12
STATUS = "graded"


def notebook():
    target = str(EDITIONS["reference"] / "02_saliency.ipynb")
    return and_honest(PLANT.format(f"os.symlink({target!r}, os.path.join(folder, name))"))
