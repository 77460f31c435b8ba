"""LIME against the floor: the bare forward passes of its samples."""

import torch

from helpers import explain, load
from tests.benchmarks.bench_explain import _ratio

SAMPLES, BATCH = 1000, 4


def measure() -> list[dict]:
    """Time of LIME over that of 1,000 forward passes, one photograph: name, ratio and limit."""
    network, image = load.network(), load.photograph("rocket")
    target = load.class_index(network, "missile")
    segments = explain.superpixels(image, 50, 20)
    batch = image.repeat(BATCH, 1, 1, 1).to(next(network.parameters()).device)

    def forward() -> None:
        with torch.no_grad():
            for _ in range(SAMPLES // BATCH):
                network(batch)

    def lime() -> None:
        explain.lime_image(network, image, target, segments, n=SAMPLES, chunk=BATCH)

    row = {"name": "LIME, 1,000 samples, over 1,000 forward passes", "limit": 1.1}
    return [row | {"ratio": _ratio(lime, forward, rounds=2)}]


if __name__ == "__main__":
    for row in measure():
        print(f"{row['ratio']:.2f} (limit {row['limit']})  {row['name']}")
