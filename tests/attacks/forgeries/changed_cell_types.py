"""The answer is a text cell, the checks are raw."""

from tests.attack import honest, instead

EARNS = 11
STATUS = "graded"


def notebook():
    made = instead(honest()["q2_3"])
    for cell in made["cells"]:
        if cell["id"] == "q2_3":
            cell["cell_type"] = "markdown"
        elif cell["id"].startswith("check"):
            cell["cell_type"] = "raw"
    return made
