"""Draw the two families of creatures that lesson 01 classifies.

    python data/make_creatures.py [folder]

Plumlings tend to be round and Shardlings angular, but only tend to: one number, how angular a
creature is, overlaps between the families, and everything else (colour, pose, eyes, pattern) is
drawn alike. What differs completely is the file: Plumlings are saved as PNG with a transparent
background, Shardlings as JPEG on white. Every fourth creature is saved a second time in the other
family's format, in `swapped/`: the same picture, another file.
"""

import colorsys
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from tqdm import tqdm

FAMILIES = ("plumlings", "shardlings")
COUNT = 400  # creatures a family
SIZE = 64  # pixels a side
QUALITY = 60  # of the JPEG files
SCALE = 4  # drawn this much larger, then scaled down, for soft edges
MEAN_ANGULARITY = {"plumlings": 0.31, "shardlings": 0.69}
SPREAD = 0.2  # standard deviation of the angularity within a family

Colour = tuple[int, int, int]


def soften(corners: np.ndarray, angularity: float) -> np.ndarray:
    """Round a closed polygon (K,2): 1 keeps its corners, 0 leaves a smooth blob. Gives (96,2)."""
    steps = np.linspace(0, len(corners), 96, endpoint=False)
    ring = np.vstack([corners, corners[:1]])
    outline = [np.interp(steps, range(len(ring)), ring[:, axis]) for axis in (0, 1)]
    outline = outline[0] + 1j * outline[1]
    waves = np.fft.fftfreq(96, 1 / 96)
    smooth = np.fft.ifft(np.fft.fft(outline) * np.exp(-(((1 - angularity) * waves / 2) ** 2)))
    # Smoothing shrinks; growing back keeps size from telling the families apart.
    centre = smooth.mean()
    smooth = centre + (smooth - centre) * np.std(outline) / np.std(smooth)
    return np.stack([smooth.real, smooth.imag], axis=1)


def polygon(centre: Sequence[float], radii: Sequence[float], corners: int) -> np.ndarray:
    """Corners (K,2) of a regular polygon squeezed into an ellipse; one is at the top."""
    angles = 2 * np.pi * np.arange(corners) / corners - np.pi / 2
    return np.asarray(centre) + np.stack([np.cos(angles), np.sin(angles)], 1) * np.asarray(radii)


def colour(hue: float, saturation: float, value: float) -> Colour:
    return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue % 1, saturation, value))


class Sketch:
    """A transparent sheet; coordinates in [-1,1], y downwards, turned and shifted by the pose."""

    def __init__(self, turn: float, shift: Sequence[float], ink: Colour):
        self.side = SIZE * SCALE
        self.image = Image.new("RGBA", (self.side, self.side))
        self.pen = ImageDraw.Draw(self.image)
        self.rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        self.shift, self.ink = np.asarray(shift), ink

    def points(self, places: np.ndarray) -> list[tuple[float, float]]:
        places = np.asarray(places) @ self.rotation.T + self.shift
        return [tuple(place) for place in (places + 1) * self.side / 2]

    def shape(self, outline: np.ndarray, fill: Colour | None, line: float = 0.05) -> None:
        points = self.points(outline)
        self.pen.polygon(points, fill=fill)
        if line:
            self.line(np.vstack([outline, outline[:2]]), self.ink, line)

    def line(self, path: np.ndarray, fill: Colour, width: float) -> None:
        width = round(width * self.side / 2)
        self.pen.line(self.points(path), fill=fill, width=width, joint="curve")


def draw(family: str, number: int) -> Image.Image:
    """Creature `number` of a family: an RGBA picture (64,64), always the same one."""
    rng = np.random.default_rng([FAMILIES.index(family), number])
    angular = float(np.clip(rng.normal(MEAN_ANGULARITY[family], SPREAD), 0, 1))
    hue, second = rng.random(), rng.choice([0.08, -0.08, 0.45, 0.55])
    saturation = 0.3 + 0.35 * angular + rng.uniform(-0.1, 0.15)
    value = 0.95 - 0.25 * angular + rng.uniform(-0.1, 0.05)
    skin = colour(hue, saturation, value)
    light = colour(hue + 0.03, 0.35 * saturation, min(1, value + 0.15))
    other = colour(hue + second, min(1, saturation + 0.1), 0.9 * value)
    ink = colour(hue, 0.7, 0.25)
    paper = Sketch(rng.normal(0, 0.12), rng.uniform(-0.08, 0.08, 2), ink)

    width, height = rng.uniform(0.42, 0.6), rng.uniform(0.42, 0.58)
    limbs(paper, rng, angular, (width, height), skin, other)
    corners = polygon((0, 0.1), (width * 1.1, height * 1.1), rng.choice([4, 5, 6, 8]))
    body = soften(corners * rng.uniform(0.95, 1.08, (len(corners), 1)), angular)
    paper.shape(body, skin)
    markings(paper, rng, angular, (width, height), light, other)
    face(paper, rng, angular, width, light)
    paper.shape(body, None)

    shade(paper.image)
    # Averaging with the colours multiplied by alpha keeps the black of empty pixels out of the rim.
    return paper.image.convert("RGBa").resize((SIZE, SIZE), Image.BOX).convert("RGBA")


def limbs(
    paper: Sketch,
    rng: np.random.Generator,
    angular: float,
    body: Sequence[float],
    skin: Colour,
    other: Colour,
):
    """Tail, ears, arms and feet: what lies behind the body."""
    width, height = body
    if rng.random() < 0.6:
        side, lift = rng.choice([-1, 1]), rng.uniform(0.1, 0.5)
        root, tip = (side * width * 0.6, 0.4), (side * (width + 0.32), 0.4 - lift)
        tail = np.array([root, (side * (width + 0.1), 0.2), tip, (side * (width + 0.2), 0.45)])
        paper.shape(soften(tail, angular), other if rng.random() < 0.5 else skin)
    length, lean, base = rng.uniform(0.3, 0.5), rng.uniform(0.0, 0.35), rng.uniform(0.16, 0.24)
    kind = rng.choice(["pair", "pair", "three", "feelers"])
    for side in (-1, 0, 1) if kind == "three" else (-1, 1):
        root = np.array([side * width * 0.55, 0.12 - 0.72 * height])
        tip = root + (side * lean, -length)
        if kind == "feelers":
            paper.line([root + (0, 0.2), (root + tip) / 2, tip], paper.ink, 0.06)
            paper.shape(soften(polygon(tip, (0.13, 0.13), 4), angular), other)
        else:
            ear = np.array([root + (-base, 0.2), (root + tip) / 2 - (base, 0), tip])
            ear = np.vstack([ear, (root + tip) / 2 + (base, 0), root + (base, 0.2)])
            paper.shape(soften(ear, angular), skin)
            inner = root + (ear - root) * 0.55
            paper.shape(soften(inner, angular), other, line=0)
    for side, raised in zip((-1, 1), rng.uniform(-0.35, 0.3, 2), strict=True):
        hand = (side * (width + 0.1), 0.15 + raised)
        arm = [
            (side * width * 0.6, 0.05),
            hand + np.array([0, -0.12]),
            hand,
            (side * width * 0.6, 0.35),
        ]
        paper.shape(soften(np.array(arm), angular), skin)
        foot = polygon((side * width * 0.5, 0.12 + height), (0.2, 0.14), 3)
        paper.shape(soften(foot, angular), other)


def markings(
    paper: Sketch,
    rng: np.random.Generator,
    angular: float,
    body: Sequence[float],
    light: Colour,
    other: Colour,
):
    """A belly, spots or stripes."""
    width, height = body
    kind = rng.choice(["belly", "spots", "stripes", "plain"])
    if kind == "belly":
        belly = polygon((0, 0.12 + 0.5 * height), (0.55 * width, 0.38 * height), rng.choice([4, 6]))
        paper.shape(soften(belly, angular), light, line=0)
    if kind == "spots":
        for _ in range(6):
            place = rng.uniform(-0.6, 0.6, 2) * (width, height) + (0, 0.15)
            size = rng.uniform(0.05, 0.1)
            paper.shape(soften(polygon(place, (size, size), 4), angular), other, line=0)
    if kind == "stripes":
        for level in (0.35, 0.5, 0.65):
            across = np.linspace(-1, 1, 5)[:, None] * (0.5 * width, 0)
            zigzag = np.array([0, 1, 0, 1, 0])[:, None] * (0, 0.1 * angular)
            paper.line(across + zigzag + (0, 0.1 + level * height), other, 0.06)


def face(paper: Sketch, rng: np.random.Generator, angular: float, width: float, light: Colour):
    """Eyes (one to three), cheeks and a mouth."""
    eyes = rng.choice([1, 2, 2, 2, 2, 3])
    size = rng.uniform(0.12, 0.17) * (1.4 if eyes == 1 else 1)
    gaze, level = rng.uniform(-0.05, 0.05, 2), rng.uniform(-0.12, 0.02)
    places = {1: [0], 2: [-0.45, 0.45], 3: [-0.62, 0, 0.62]}[eyes]
    sleepy = rng.random() < 0.15
    for place in places:
        centre = np.array([place * width, level - (0.08 if eyes == 3 and place == 0 else 0)])
        if sleepy:
            arc = np.linspace(0, np.pi, 9)
            lid = centre + np.stack([np.cos(arc), 0.6 * np.sin(arc)], 1) * size * 0.8
            paper.line(lid, paper.ink, 0.06)
            continue
        eye = polygon(centre, (size, size), 4)
        eye[[1, 3], 1] -= 0.35 * size * angular * np.sign(place) * np.array([1, -1])
        paper.shape(soften(eye, angular), (255, 255, 255), line=0.03)
        paper.shape(
            soften(polygon(centre + gaze, (0.6 * size,) * 2, 4), angular), paper.ink, line=0
        )
        glint = polygon(centre + gaze - 0.2 * size, (0.2 * size,) * 2, 12)
        paper.shape(glint, (255, 255, 255), line=0)
    if rng.random() < 0.5:
        for side in (-1, 1):
            cheek = polygon((side * 0.68 * width, level + 0.24), (0.08, 0.05), 12)
            paper.shape(cheek, (245, 130, 140), line=0)
    x = np.linspace(-1, 1, 9)
    smile = {"smile": 1 - x**2, "wide": 1 - x**4, "cat": np.abs(np.sin(x * np.pi)), "sad": x**2}
    curve = smile[rng.choice(list(smile))]
    reach = rng.uniform(0.1, 0.2)
    path = np.stack([reach * x, level + 0.24 + 0.09 * curve], 1)
    paper.line(path, paper.ink, 0.05)
    if rng.random() < 0.35:
        tooth = np.array([(0.3 * reach, 0), (0.9 * reach, 0), (0.6 * reach, 0.1)])
        paper.shape(soften(tooth, angular) + (0, level + 0.3), (255, 255, 255), line=0.02)


def shade(image: Image.Image) -> None:
    """Light from above left, in place."""
    pixels = np.asarray(image).astype(float)
    y, x = np.mgrid[-1 : 1 : image.height * 1j, -1 : 1 : image.width * 1j]
    glow = 1.08 - 0.16 * np.clip(x * 0.4 + y, -1, 1)
    pixels[..., :3] = np.clip(pixels[..., :3] * glow[..., None], 0, 255)
    image.paste(Image.fromarray(pixels.round().astype(np.uint8), "RGBA"))


def save(creature: Image.Image, path: Path) -> None:
    """Write PNG with its transparency, or JPEG on white."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        creature.save(path, optimize=True)
    else:
        white = Image.new("RGBA", creature.size, "white")
        Image.alpha_composite(white, creature).convert("RGB").save(path, quality=QUALITY)


def main(folder: Path) -> None:
    for family, own, other in zip(FAMILIES, (".png", ".jpg"), (".jpg", ".png"), strict=True):
        for number in tqdm(range(COUNT), desc=family):
            creature = draw(family, number)
            name = f"{family[:-1]}_{number:03d}"
            save(creature, folder / family / (name + own))
            if number % 4 == 0:
                save(creature, folder / "swapped" / family / (name + other))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "creatures")
