"""Files as large as they may get."""

from tests.attack import PLANT, and_honest

EARNS = 12
STATUS = "graded"


def notebook():
    write = "open(os.path.join(folder, name), 'wb').truncate(10**15)"
    return and_honest(PLANT.format(write))
