"""Not a notebook, but a link to somebody else's."""

from tests.attack import NOTEBOOK

EARNS = 0
STATUS = "malformed"


def write(folder):
    (folder / NOTEBOOK).symlink_to("../honest/02_saliency.ipynb")
