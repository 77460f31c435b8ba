"""Networks whose reason is known, and which maps find it: the table that lesson 07 shows.

    python data/make_planted_patch.py [folder]

A picture's class is the colour of one planted square, nothing else. Two networks are trained on
such pictures:

- "GAP": the square lies anywhere, the other squares are gray; global average pooling and a linear
  layer.
- "flat": the square lies in the top left corner, and squares of all colours lie anywhere and mean
  nothing; every place has weights of its own. Averaged over places, as Grad-CAM does, the weights
  no longer know which place counts.

For each method the table holds two means over the held-out pictures: `mass`, the share of the map
in the planted square, and `hit`, how often the strongest pixel lies in it.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm.auto import tqdm

from helpers import explain

SIZE, PATCH, CORNER = 40, 8, 4  # pixels: the picture's side, the square's side, where it lies
COLOURS = torch.tensor([[0.95, 0.3, 0.2], [0.2, 0.85, 0.3], [0.25, 0.4, 0.95]])  # one a class
HEADS = ("GAP", "flat")


def pictures(n: int, seed: int, head: str) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures (n,3,40,40), their classes (n,) and where the planted square is, bool (n,40,40)."""
    random = torch.Generator().manual_seed(seed)
    coarse, fine = (torch.rand(n, 3, k, k, generator=random) for k in (5, 20))
    soft = F.interpolate(coarse, (SIZE, SIZE), mode="bilinear")
    images = 0.25 * soft + 0.15 * F.interpolate(fine, (SIZE, SIZE))
    classes = torch.randint(len(COLOURS), (n,), generator=random)
    regions = torch.zeros(n, SIZE, SIZE, dtype=torch.bool)
    for image, region, label in zip(images, regions, classes, strict=True):
        for decoy in COLOURS.repeat(2, 1):  # squares that mean nothing
            gray = 0.4 * torch.rand(1, generator=random).expand(3)
            square(image, place(random), gray if head == "GAP" else decoy)
        corner = place(random) if head == "GAP" else (CORNER, CORNER)
        square(image, corner, COLOURS[label])
        square(region[None], corner, torch.ones(1))
    return images, classes, regions


def place(random: torch.Generator) -> tuple[int, int]:
    return tuple(torch.randint(SIZE - PATCH + 1, (2,), generator=random).tolist())


def square(image: Tensor, corner: tuple[int, int], colour: Tensor) -> None:
    top, left = corner
    image[:, top : top + PATCH, left : left + PATCH] = colour[:, None, None]


def network(head: str) -> nn.Sequential:
    """An untrained network: `[0]` gives the features (N,32,10,10), the rest is its head."""
    layers = []
    for inputs, outputs in ((3, 16), (16, 32)):
        conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        layers += [conv, nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]
    pool, inputs = (nn.AdaptiveAvgPool2d(1), 32) if head == "GAP" else (nn.Identity(), 3200)
    return nn.Sequential(nn.Sequential(*layers), pool, nn.Flatten(), nn.Linear(inputs, 3))


def trained(head: str, n: int = 600, epochs: int = 5, seed: int = 0) -> nn.Sequential:
    """A network trained on n pictures, in eval mode; a few seconds."""
    images, classes, _ = pictures(n, seed, head)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = network(head)
        optimiser = torch.optim.AdamW(model.parameters(), lr=0.003)
        for _ in tqdm(range(epochs), desc=f"training {head}", leave=False):
            for batch in torch.randperm(n).split(50):
                loss = F.cross_entropy(model(images[batch]), classes[batch])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
    return model.eval()


def maps(model: nn.Sequential, images: Tensor, classes: Tensor) -> dict[str, Tensor]:
    """One map a picture and method. The CAMs keep what speaks for the class."""
    own_colour = COLOURS[classes][:, :, None, None].expand_as(images)
    layer, given = model[0], (model, images, classes)
    return {
        "gradient": explain.gradient(*given),
        "SmoothGrad": explain.smoothgrad(*given, n=8),
        "IG, black baseline": explain.integrated_gradients(*given, baseline=0.0, steps=16),
        "IG, baseline of the square's colour": explain.integrated_gradients(
            *given, baseline=own_colour, steps=16
        ),
        "Grad-CAM": explain.gradcam(*given, layer).clamp(min=0),
        "HiRes-CAM": explain.hirescam(*given, layer).clamp(min=0),
        "Layer-CAM": explain.layercam(*given, layer).clamp(min=0),
        "Sobel": explain.sobel(images),
        "centre": explain.centre(images),
        "random": explain.random_map(images),
    }


def table(head: str, n: int = 64) -> dict:
    """Accuracy, the square's share of the area, and mass and hit of every method."""
    model = trained(head)
    images, classes, regions = pictures(n, 1, head)
    with torch.no_grad():
        accuracy = (model(images).argmax(1) == classes).float().mean().item()
    rows = {
        name: {
            # An empty map says nothing of the square: it counts as 0.
            "mass": round(explain.mass(m, regions).nan_to_num().mean().item(), 3),
            "hit": round(explain.hit(m, regions).mean().item(), 3),
        }
        for name, m in maps(model, images, classes).items()
    }
    return {"accuracy": round(accuracy, 3), "area": (PATCH / SIZE) ** 2, "methods": rows}


def main(folder: Path) -> None:
    tables = {head: table(head) for head in HEADS}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(tables, indent=1) + "\n"
    (folder / "planted_patch.json").write_text(text, encoding="utf-8")
    for head, found in tables.items():
        print(f"{head}: right on {found['accuracy']:.1%}, area {found['area']:.3f}")
        for name, row in found["methods"].items():
            print(f"  {name:36} mass {row['mass']:.3f}  hit {row['hit']:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "07_cam")
