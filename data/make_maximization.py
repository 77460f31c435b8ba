"""Maximize classes of EfficientNet-Lite0 for lesson 06 (about 7 minutes).

    python data/make_maximization.py [yosinski] [waves] [classes]

Writes into `06_maximization/`: `yosinski.jpg`, the cat with all four of Yosinski's regularizers,
with each left out and with none, a row each, a column for each step in STEPS; `waves.jpg`, the
cat with every combination of the four ideas in IDEAS, a row each, a column for each step in
FEW_STEPS; `classes.jpg`, six classes; and `numbers.json` with their probabilities, logits and
total variation.
"""

import json
import sys
from itertools import product
from pathlib import Path

import torch
from PIL import Image

from helpers import load
from helpers.maximize import (
    Fourier,
    Pixels,
    blur,
    clip_small_contribution,
    clip_small_norm,
    coarse_first,
    decay,
    logit,
    maximize,
    rotate,
    scale,
    shaken,
    shift,
    variation,
)

FOLDER = Path(__file__).parent / "06_maximization"
STEPS = (0, 10, 25, 50, 100, 150)
FEW_STEPS = (20, 60, 100, 150)
IDEAS = ("waves", "colours", "shaking", "coarse first")
CAT = "Siamese cat"
# of a few classes and seeds, the ones that people read most easily
SEEDS = {CAT: 1, "ant": 5, "flamingo": 0, "volcano": 0, "ladybug": 2, "golden retriever": 1}
RULES = {
    "L2 decay": decay(0.02, gray=0.5),
    "blur": blur(0.5),
    "clip small norm": clip_small_norm(0.15),
    "clip small contribution": clip_small_contribution(0.15),
}
MOVES = shaken(shift(24), scale(0.25), rotate(12))


def gray_noise() -> torch.Tensor:
    random = torch.Generator().manual_seed(0)
    return 0.5 + 0.05 * torch.randn(1, 3, 224, 224, generator=random)


def sheet(pictures: list[torch.Tensor], columns: int, size: int, file: str) -> None:
    """Pictures side by side in one JPEG."""
    page = Image.new("RGB", (columns * size, -(-len(pictures) // columns) * size))
    for index, picture in enumerate(pictures):
        pixels = (picture[0].permute(1, 2, 0) * 255).round().byte().numpy()
        tile = Image.fromarray(pixels).resize((size, size), Image.Resampling.LANCZOS)
        page.paste(tile, (index % columns * size, index // columns * size))
    page.save(FOLDER / file, quality=80)


def numbers(network, picture: torch.Tensor, target: int) -> dict:
    logits = network(picture)[0]
    return {
        "p": round(logits.softmax(0)[target].item(), 4),
        "logit": round(logits[target].item(), 1),
        "total variation": round(variation(picture).item(), 3),
    }


def yosinski(network, target: int) -> dict:
    tiles, table = [], {}
    for left_out in ("nothing", *RULES, "all"):
        rules = [rule for name, rule in RULES.items() if left_out not in (name, "all")]
        pixels = Pixels(gray_noise())
        found = maximize(logit(network, target), pixels, 150, rules=rules, lr=0.03, keep=STEPS)
        tiles += list(found.frames.values())
        table[left_out] = numbers(network, found.picture, target)
        print(left_out, table[left_out], flush=True)
    sheet(tiles, len(STEPS), 150, "yosinski.jpg")
    return table


def drawn(network, target: int, ideas: tuple = (True,) * 4, seed: int = 0, keep: tuple = ()):
    """150 steps with those of the four ideas that are True."""
    waves, colours, shaking, coarse = ideas
    return maximize(
        logit(network, target),
        Fourier(1, 224, seed=seed, waves=waves, colours=colours),
        150,
        # without waves there are none to hold back
        rules=[coarse_first(120)] if coarse and waves else [],
        transform=MOVES if shaking else None,
        seed=seed,
        keep=keep,
    )


def waves(network, target: int) -> dict:
    tiles, table = [], {}
    for ideas in product((True, False), repeat=4):
        found = drawn(network, target, ideas, SEEDS[CAT], keep=FEW_STEPS)
        tiles += list(found.frames.values())
        name = ", ".join(idea for idea, used in zip(IDEAS, ideas, strict=True) if used)
        table[name or "none"] = numbers(network, found.picture, target)
        print(name, table[name or "none"], flush=True)
    sheet(tiles, len(FEW_STEPS), 140, "waves.jpg")
    return table


def classes(network, target: int) -> dict:
    tiles, table = [], {}
    for name, seed in SEEDS.items():
        target = load.class_index(network, name)
        found = drawn(network, target, seed=seed)
        tiles.append(found.picture)
        table[name] = numbers(network, found.picture, target)
        print(name, table[name], flush=True)
    sheet(tiles, 3, 224, "classes.jpg")
    return table


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    network = load.network()
    cat = load.class_index(network, CAT)
    file = FOLDER / "numbers.json"
    table = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for part in (yosinski, waves, classes):
        if len(sys.argv) == 1 or part.__name__ in sys.argv:
            table[part.__name__] = part(network, cat)
            file.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
