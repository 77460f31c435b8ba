"""Links to /dev/zero, which never ends."""

from tests.attack import PLANT, and_honest

EARNS = 12
STATUS = "graded"


def notebook():
    return and_honest(PLANT.format("os.symlink('/dev/zero', os.path.join(folder, name))"))
