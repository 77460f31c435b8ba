"""Maximize classes of EfficientNet-Lite0 for lesson 06 (about 6 minutes).

    python data/make_maximization.py [yosinski] [waves] [classes]

Writes into `06_maximization/`: `yosinski.jpg`, the cat with all four of Yosinski's regularizers,
with each left out and with none, a row each, a column for each step in STEPS; `waves.jpg`, the
flamingo with waves, colours and shaking, without each, and without all; `classes.jpg`, six
classes; and `numbers.json` with their probabilities, logits and total variation.
"""

import json
import sys
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
CAT = "tabby"
CLASSES = ("flamingo", "Persian cat", "volcano", "ladybug", "pizza", "golden retriever")
RULES = {
    "L2 decay": decay(0.02, gray=0.5),
    "blur": blur(0.5),
    "clip small norm": clip_small_norm(0.15),
    "clip small contribution": clip_small_contribution(0.15),
}
DECAY = 0.03
MOVES = shaken(shift(12), scale(0.15), rotate(8))


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


def waves(network, target: int) -> dict:
    target = load.class_index(network, CLASSES[0])
    tiles, table = [], {}
    for left_out in ("nothing", "waves", "colours", "shaking", "all"):
        with_waves, with_colours, with_shaking = (
            left_out not in (part, "all") for part in ("waves", "colours", "shaking")
        )
        found = maximize(
            logit(network, target),
            Fourier(1, 224, waves=with_waves, colours=with_colours),
            150,
            rules=[decay(DECAY)] if with_waves else [],
            transform=MOVES if with_shaking else None,
        )
        tiles.append(found.picture)
        table[left_out] = numbers(network, found.picture, target)
        print(left_out, table[left_out], flush=True)
    sheet(tiles, 5, 200, "waves.jpg")
    return table


def classes(network, target: int) -> dict:
    tiles, table = [], {}
    for name in CLASSES:
        target = load.class_index(network, name)
        found = maximize(
            logit(network, target), Fourier(1, 224), 150, rules=[decay(DECAY)], transform=MOVES
        )
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
