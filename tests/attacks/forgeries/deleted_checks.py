"""All check cells are gone; the answers are honest."""

from tests.attack import honest, instead

EARNS = 12
STATUS = "graded"


def notebook():
    made = instead(honest()["q2_3"])
    made["cells"] = [cell for cell in made["cells"] if cell["id"].startswith("q2")]
    return made
