"""nbgrader's metadata says that the cell is worth 1000 points, and graded already."""

from tests.attack import cell_of, instead

EARNS = 11
STATUS = "graded"


def notebook():
    made = instead()
    cell_of(made)["metadata"]["nbgrader"] |= {"points": 1000, "score": 1000, "grade": True}
    made["metadata"] = {"course": {"lesson": "00", "edition": "reference"}, "score": 1000}
    return made
