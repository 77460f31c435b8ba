"""How many steps does Integrated Gradients need? Measured for lesson 03 (about 4 minutes).

    python data/make_integrated_gradients.py

Writes `03_integrated_gradients/steps.json`: for each of the six photographs the class that
EfficientNet-Lite0 gives it, the logit along the straight line from black to the photograph, its
slope there (the gradient times the whole difference, which is what the completeness sum adds up),
and the sum that five quadrature rules make of it with 10, 50 and 200 steps.
"""

import json
from pathlib import Path

import numpy as np
import torch
from tqdm.auto import tqdm

from helpers import load

FILE = Path(__file__).parent / "03_integrated_gradients" / "steps.json"
STEPS = (10, 50, 200)
FINE = 400  # every point that the left, right, midpoint and trapezoid rules need is k / 400


def along(network, image: torch.Tensor, target: int, alphas: np.ndarray) -> tuple[list, list]:
    """Logit F(α) of α·image, and its slope dF/dα, at every α."""
    logits, slopes = [], []
    for part in tqdm(torch.tensor(alphas, dtype=torch.float32).split(8), leave=False):
        points = (part[:, None, None, None] * image).requires_grad_(True)
        logit = network(points)[:, target]
        (gradient,) = torch.autograd.grad(logit.sum(), points)
        logits += logit.tolist()
        slopes += (gradient * image).sum((1, 2, 3), dtype=torch.float64).tolist()
    return logits, slopes


def measure(network, image: torch.Tensor) -> dict:
    """What the file holds for one photograph."""
    target = network(image).argmax().item()
    logits, slopes = along(network, image, target, np.arange(FINE + 1) / FINE)
    sums: dict[str, dict] = {"left": {}, "right": {}, "midpoint": {}, "Gauss-Legendre": {}}
    for n in STEPS:
        stride = FINE // n
        sums["left"][n] = np.mean(slopes[:-1:stride])
        sums["right"][n] = np.mean(slopes[stride::stride])
        sums["midpoint"][n] = np.mean(slopes[stride // 2 :: stride])
        nodes, weights = np.polynomial.legendre.leggauss(n)
        _, at_nodes = along(network, image, target, (nodes + 1) / 2)
        sums["Gauss-Legendre"][n] = np.dot(at_nodes, weights / 2)
    return {
        "class": network.classes[target],
        "logit": [round(value, 4) for value in logits],
        "slope": [round(value, 3) for value in slopes],
        "sums": {r: {n: round(float(v), 4) for n, v in s.items()} for r, s in sums.items()},
    }


def main() -> None:
    network = load.network()
    table = {}
    for name, image in tqdm(load.photographs().items(), desc="photographs"):
        table[name] = measure(network, image)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
