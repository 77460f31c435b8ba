"""21 MB, before anything is parsed."""

from tests.attack import honest, instead

EARNS = 0
STATUS = "malformed"


def notebook():
    made = instead(honest()["q2_3"])
    made["metadata"]["padding"] = "x" * 21 * 2**20
    return made
