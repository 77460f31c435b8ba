"""Maximization against the floor: the bare forward and backward passes of its steps."""

import torch

from helpers import load
from helpers.maximize import Fourier, coarse_first, logit, maximize, rotate, scale, shaken, shift
from tests.benchmarks.bench_explain import _ratio

STEPS = 150


def measure() -> list[dict]:
    """Time of 150 steps over that of 150 bare passes, one 224 x 224 picture."""
    network = load.network()
    target = load.class_index(network, "flamingo")
    image = torch.rand(1, 3, 224, 224).to(next(network.parameters()).device)
    moves = shaken(shift(24), scale(0.25), rotate(12))

    def bare() -> None:
        for _ in range(STEPS):
            picture = image.clone().requires_grad_()
            torch.autograd.grad(network(picture)[:, target].sum(), picture)

    def ascent() -> None:
        rules = [coarse_first(120)]
        maximize(logit(network, target), Fourier(1, 224), STEPS, rules=rules, transform=moves)

    name = "maximization, 150 steps with waves and moves, over 150 forward and backward passes"
    return [{"name": name, "ratio": _ratio(ascent, bare), "limit": 1.15}]


if __name__ == "__main__":
    for row in measure():
        print(f"{row['ratio']:.2f} (limit {row['limit']})  {row['name']}")
