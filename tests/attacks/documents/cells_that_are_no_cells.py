"""Numbers, nulls and lists between honest cells; metadata that is a text."""

from tests.attack import honest, instead

EARNS = 12
STATUS = "graded"


def notebook():
    made = instead(honest()["q2_3"])
    strange = [3, None, [], "cell", {}, {"cell_type": "code"}, {"cell_type": "code", "source": 3}]
    strange += [{"cell_type": "markdown", "source": "", "metadata": "text", "id": ["q2_3"]}]
    strange += [{"cell_type": "code", "source": "", "metadata": {"nbgrader": []}, "id": {}}]
    made["cells"][1:1] = strange
    return made
