"""An array that says it has 2**60 numbers, and holds none."""

from tests.attack import claiming

EARNS = 11
STATUS = "malformed"


def notebook():
    array = f'{{"array": ["float32", [{2**60}], ""]}}'
    lie = f'{{"kind": "torch.Tensor of float32", "value": {array}}}'
    return claiming(repr('[{"the picture": ' + lie + "}]"))
