"""Draw the two look-alike species that lesson 07 tells apart.

    python data/make_lookalikes.py [folder]

Tavis and Boros are drawn alike in everything (colour, pose, pattern, ears, collar, meadow) but
one trait: the tip of the tail, paler than the skin in a Tavi, darker in a Boro. PNG files, 64 x 64
pixels, `lookalikes/tavi/000.png` and so on.
"""

import colorsys
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from tqdm import tqdm

SPECIES = ("tavi", "boro")
COUNT = 200  # a species
SIZE, SCALE = 64, 4  # drawn four times as large, then scaled down, for soft edges
DARK, PALE = (45, 35, 40), (250, 248, 240)


def colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue % 1, saturation, value))


class Sheet:
    """A picture to draw on; coordinates in pixels of the small picture, moved by `shift`."""

    def __init__(self, ground: tuple[int, int, int], shift: np.ndarray):
        self.image = Image.new("RGB", (SIZE * SCALE,) * 2, ground)
        self.pen, self.shift = ImageDraw.Draw(self.image), shift

    def blob(self, centre, radii, fill) -> None:
        centre, radii = np.add(centre, self.shift), np.asarray(radii)
        corners = np.concatenate([centre - radii, centre + radii]) * SCALE
        self.pen.ellipse(corners.tolist(), fill=fill)

    def polygon(self, points, fill) -> None:
        points = (np.add(points, self.shift) * SCALE).tolist()
        self.pen.polygon([tuple(point) for point in points], fill=fill)

    def stroke(self, path, width: float, fill) -> None:
        for x, y in path:  # round, whichever way the path turns
            self.blob((x, y), (width / 2, width / 2), fill)


def draw(species: str, number: int) -> Image.Image:
    """Creature `number` of a species, a picture (64,64) of 64 colours; always the same one."""
    rng = np.random.default_rng([SPECIES.index(species), number])
    hue = rng.random()
    skin = colour(hue, rng.uniform(0.35, 0.6), rng.uniform(0.75, 0.95))
    shade = colour(hue + rng.choice([0.08, -0.08]), rng.uniform(0.4, 0.7), rng.uniform(0.5, 0.75))
    ground = colour(rng.random(), rng.uniform(0.1, 0.3), rng.uniform(0.55, 0.85))
    sheet = Sheet(ground, rng.uniform(-3, 3, 2))
    draw_tail(sheet, rng, species, skin)
    draw_body(sheet, rng, skin, shade)
    draw_head(sheet, rng, skin, shade)
    picture = sheet.image.resize((SIZE, SIZE), Image.BOX)
    picture = picture.transpose(Image.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else picture
    return picture.quantize(64)  # small files


def draw_tail(sheet: Sheet, rng: np.random.Generator, species: str, skin) -> None:
    """The only place where the species differ."""
    t = np.linspace(0, 1, 60)
    lift, curl = rng.uniform(20, 27), rng.uniform(-4, 5)
    path = np.stack([16 - 7 * t + curl * np.sin(np.pi * t) - 1, 40 - lift * t], 1)
    sheet.stroke(path, 6, skin)
    tone = np.array(PALE if species == "tavi" else DARK)
    tip = tuple((0.85 * tone + 0.15 * np.array(skin)).astype(int).tolist())
    sheet.stroke(path[t >= 0.88], 6.4, tip)


def draw_body(sheet: Sheet, rng: np.random.Generator, skin, shade) -> None:
    height = rng.uniform(9, 12)
    for x in (18, 24, 34, 40):
        leg = np.stack([np.full(20, x + rng.uniform(-1, 1)), np.linspace(44, 55, 20)], 1)
        sheet.stroke(leg, 4.5, skin)
        sheet.blob(leg[-1], (3, 2.2), shade)
    sheet.blob((28, 41), (15, height), skin)
    pattern = rng.choice(["plain", "spots", "stripes", "belly"])
    if pattern == "spots":
        for x in (20, 26, 32):
            sheet.blob((x, 38 + rng.uniform(-3, 5)), (rng.uniform(1.5, 2.5),) * 2, shade)
    if pattern == "stripes":
        for x in (22, 27, 32):
            sheet.stroke([(x, y) for y in np.linspace(36, 43, 20)], 2.2, shade)
    if pattern == "belly":
        sheet.blob((28, 45), (9, 5), shade)


def draw_head(sheet: Sheet, rng: np.random.Generator, skin, shade) -> None:
    centre = np.array([45, 28 + rng.uniform(-2, 2)])
    pointed = rng.random() < 0.5
    for side in (-5, 5):
        if pointed:
            sheet.polygon(centre + [(side - 3, -5), (side + 3, -5), (side * 1.2, -14)], shade)
        else:
            sheet.blob(centre + (side * 1.2, -8), (3.6, 4.2), shade)
    sheet.blob(centre, (10, 8.5), skin)
    if rng.random() < 0.5:
        sheet.blob(centre + (0, 8.5), (6, 1.8), shade)
    for side in (-3.6, 3.6):
        sheet.blob(centre + (side, -1), (1.9, 2.3), PALE)
        sheet.blob(centre + (side + 0.5, -0.6), (1.1, 1.4), DARK)
    sheet.blob(centre + (0.3, 3.4), (1.5, 1.0), DARK)


def main(folder: Path) -> None:
    for species in SPECIES:
        (folder / species).mkdir(parents=True, exist_ok=True)
        for number in tqdm(range(COUNT), desc=species):
            draw(species, number).save(folder / species / f"{number:03d}.png", optimize=True)


if __name__ == "__main__":
    here = Path(__file__).parent / "07_cam" / "lookalikes"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else here)
