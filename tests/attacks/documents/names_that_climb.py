"""Names in the notebook that are paths out of the folder of results."""

from tests.attack import code, honest, instead

EARNS = 12
STATUS = "graded"


def notebook():
    made = instead(honest()["q2_3"])
    made["metadata"] = {"name": "../../../escaped", "course": {"lesson": "../../escaped"}}
    made["cells"].append(code("../../escaped", "pass"))
    return made
