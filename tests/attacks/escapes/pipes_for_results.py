"""FIFOs, at which a careless reader waits for ever."""

from tests.attack import PLANT, and_honest

EARNS = 12
STATUS = "graded"


def notebook():
    return and_honest(PLANT.format("os.mkfifo(os.path.join(folder, name))"))
