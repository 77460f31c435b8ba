"""An array of Python objects, which a careless reader would unpickle."""

from tests.attack import claiming

EARNS = 11
STATUS = "malformed"


def notebook():
    lie = '{"kind": "numpy array of object", "value": {"array": ["object", [1], "gASVAA=="]}}'
    return claiming(repr('[{"the picture": ' + lie + "}]"))
