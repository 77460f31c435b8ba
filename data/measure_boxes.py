"""Does a map find the object? `python data/measure_boxes.py FOLDER` measures it.

FOLDER holds pictures and boxes.csv, with a header and a line a picture:

    file,class,left,top,right,bottom

where class is a name that the network knows and the box is in pixels of the file. Of each method
you get the share of pictures whose strongest place lies in the box (a **hit**; ties are shared) and
the share of the map that does (its **mass**), beside three controls that ask no network: Sobel,
a blob in the middle, and random numbers. Pictures that the network names otherwise are left out.
"""

import argparse
import csv
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from helpers import explain, load, side_by_side

SIDE = 224


def box_on(width: int, height: int, box: tuple[float, ...]) -> Tensor:
    """The box (left, top, right, bottom) on the central square as `load.image` cuts it, (1,H,W)."""
    scale = SIDE / min(width, height)
    off = (width * scale - SIDE) / 2, (height * scale - SIDE) / 2
    left, top, right, bottom = (
        round(min(max(edge * scale - off[n % 2], 0), SIDE)) for n, edge in enumerate(box)
    )
    inside = torch.zeros(1, SIDE, SIDE, dtype=torch.bool)
    inside[:, top:bottom, left:right] = True
    return inside


def measure(folder: Path, network: torch.nn.Module) -> tuple[dict[str, Tensor], float, int]:
    """Hit and mass of each method (2,), the boxes' mean share of the picture, and the pictures."""
    with open(folder / "boxes.csv", newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    found: dict[str, list[Tensor]] = {name: [] for name in side_by_side.METHODS}
    areas = []
    for line in tqdm(lines, desc="pictures"):
        with Image.open(folder / line["file"]) as opened:
            size = opened.size
        inside = box_on(*size, tuple(float(line[k]) for k in ("left", "top", "right", "bottom")))
        picture, target = (
            load.image(folder / line["file"]),
            load.class_index(network, line["class"]),
        )
        if network(picture).argmax().item() != target or not inside.any():
            continue
        areas.append(inside.float().mean().item())
        for name, method in side_by_side.METHODS.items():
            strong = method(network, picture, target).clamp(min=0)
            hit, mass = explain.hit(strong, inside), explain.mass(strong, inside).nan_to_num()
            found[name].append(torch.cat([hit, mass]))
    if not areas:
        raise ValueError(f"Of {len(lines)} pictures in {folder} the network names none as given.")
    means = {name: torch.stack(values).mean(0) for name, values in found.items()}
    return means, sum(areas) / len(areas), len(areas)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="pictures and boxes.csv")
    parser.add_argument("--network", default="efficientnet_lite0", help="as for load.network")
    arguments = parser.parse_args()
    means, area, count = measure(arguments.folder, load.network(arguments.network))
    print(f"{count} pictures, named right; a box is {area:.0%} of its picture")
    print(f"{'':24}  hit   mass")
    for name, (hit, mass) in sorted(means.items(), key=lambda row: -row[1][0]):
        print(f"{name:24} {hit:.2f}   {mass:.2f}")


if __name__ == "__main__":
    main()
