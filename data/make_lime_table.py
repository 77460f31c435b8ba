"""Ask the network about 10 × 1,000 masked copies of the rocket, for lesson 04.

    python data/make_lime_table.py [folder]

Writes data/04_lime/rocket.npz, which holds
    segments                   (224, 224) uint8: the superpixels, numbered from 0
    logits, probabilities      (10, 1000) float32: of the network's answer, missile
    matchstick_logits, matchstick_probabilities: of a class that the network finds unlikely
The masks are not kept: `explain.lime_masks(pieces, 1000, seed)` draws them again, seeds 0 to 9.
About six minutes on one core.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from helpers import explain, load

SEEDS, SAMPLES = 10, 1000
PIECES, COMPACTNESS = 50, 20


def ask() -> dict[str, np.ndarray]:
    """The superpixels of the rocket and what the network says to its masked copies."""
    network, rocket = load.network(), load.photograph("rocket")
    classes = [load.class_index(network, name) for name in ("missile", "matchstick")]
    segments = explain.superpixels(rocket, PIECES, COMPACTNESS)
    logits, probabilities = [], []
    for seed in tqdm(range(SEEDS), desc="seeds"):
        masks = explain.lime_masks(int(segments.max()) + 1, SAMPLES, seed)
        answers = explain.masked_logits(network, rocket, segments, masks)
        logits.append(answers[:, classes])
        probabilities.append(answers.softmax(1)[:, classes])
    missile, matchstick = torch.stack([torch.stack(logits), torch.stack(probabilities)]).unbind(-1)
    return {
        "segments": segments.numpy().astype(np.uint8),
        "logits": missile[0].numpy(),
        "probabilities": missile[1].numpy(),
        "matchstick_logits": matchstick[0].numpy(),
        "matchstick_probabilities": matchstick[1].numpy(),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "04_lime")
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "rocket.npz", **ask())
