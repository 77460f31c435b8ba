"""Pictures as float32 tensors (N, 3, H, W) in [0, 1].

Whatever comes in (a phone's rotated JPEG, a transparent PNG, a 16-bit scan, a broken file) gives
the picture as a person would see it, or one sentence that says what is wrong with it.
"""

import os
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from tqdm.auto import tqdm

from helpers.load.packages import package_folder

# The photographs that scikit-image and scikit-learn bring along; their README.txt name the authors.
PHOTOGRAPHS = {
    "cat": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "astronaut": ("skimage", "data/astronaut.png"),
    "palace": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
}

# Named, because Pillow also knows formats that start other programs (EPS runs Ghostscript).
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")


def image(
    source: str | os.PathLike | Image.Image | np.ndarray, size: int | None = 224
) -> torch.Tensor:
    """Load one picture as a float32 tensor (1, 3, size, size) in [0, 1].

    `source` is a path, a PIL image, or an array (H, W), (H, W, 3) or (H, W, 4) of uint8 or uint16,
    or of floats in [0, 1]. Pictures come upright, grey ones with three equal channels, transparent
    ones on white. The shorter side is resized to `size` pixels (bilinear, antialiased) and the
    central square kept; `size=None` keeps the picture as it is: (1, 3, H, W).

    Raises FileNotFoundError where there is no file, ValueError where it is not a usable picture.

    >>> load.image(np.zeros((300, 400), dtype=np.uint8)).shape
    torch.Size([1, 3, 224, 224])
    """
    _check_size(size)
    subject = "The picture"
    try:
        if isinstance(source, (str, os.PathLike)):
            subject = Path(source).expanduser()
            source = _read(subject)
        elif isinstance(source, Image.Image):
            with _in_one_sentence():
                source = _decode(source)
        return _fit(source, size)
    except (FileNotFoundError, ValueError) as error:
        raise type(error)(f"{subject} {error}.") from None


def folder(path: str | os.PathLike, size: int = 224) -> tuple[torch.Tensor, list[Path]]:
    """Load every readable picture of a folder, sorted by name: (N, 3, size, size) and N paths.

    Hidden files and subfolders are left alone. One printed line names what was skipped, and why.

    Raises FileNotFoundError where there is no folder, ValueError where it has no readable picture.

    >>> load.folder("pictures_of_mine")
    Traceback (most recent call last):
    FileNotFoundError: pictures_of_mine is not a folder: give the folder that holds the pictures.
    """
    if size is None:
        raise ValueError("A folder needs one size for all its pictures: give size=224, say.")
    _check_size(size)
    path = Path(path).expanduser()
    if not os.path.isdir(path):
        raise FileNotFoundError(f"{path} is not a folder: give the folder that holds the pictures.")
    files = sorted(p for p in path.iterdir() if not p.name.startswith(".") and not p.is_dir())
    pictures, paths, skipped = [], [], []
    for file in tqdm(files, desc="loading pictures", delay=2, leave=False):
        try:
            pictures.append(_fit(_read(file), size))
            paths.append(file)
        except (FileNotFoundError, ValueError) as error:
            skipped.append(f"{file.name} {str(error).partition(': ')[0]}")
    more = f"; and {len(skipped) - 5} more" if len(skipped) > 5 else ""
    reasons = "; ".join(skipped[:5]) + more
    if not files:
        inside = sorted(p.name for p in path.iterdir() if p.is_dir() and p.name[0] != ".")
        what = f"give one of its folders, {inside[0]} say" if inside else "put pictures there"
        raise ValueError(f"{path} holds no file: {what}.")
    if not pictures:
        raise ValueError(f"{path} has no readable picture: {reasons}.")
    if skipped:
        print(f"Skipped {len(skipped)} of {len(files)} files: {reasons}.")
    return torch.cat(pictures), paths


def photograph(name: str) -> torch.Tensor:
    """One of the course's six photographs, (1, 3, 224, 224): cat, coffee, rocket, astronaut, ...

    >>> load.photograph("cat").shape
    torch.Size([1, 3, 224, 224])
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"There is no photograph {name!r}: take one of {', '.join(PHOTOGRAPHS)}.")
    package, file = PHOTOGRAPHS[name]
    return image(package_folder(package) / file)


def photographs() -> dict[str, torch.Tensor]:
    """All six photographs by name, each (1, 3, 224, 224).

    >>> list(load.photographs())
    ['cat', 'coffee', 'rocket', 'astronaut', 'palace', 'flower']
    """
    return {name: photograph(name) for name in PHOTOGRAPHS}


def _check_size(size: int | None) -> None:
    if size is not None and (not isinstance(size, int) or size < 1):
        raise ValueError(f"size is {size!r}: give the side in whole pixels, 224 say, or None.")


# The helpers below raise sentences without their subject ("is empty, ..."): `image` puts the path
# in front, `folder` the file's name.


def _read(path: Path) -> np.ndarray:
    """The pixels of a picture file."""
    # os.path, because pathlib raises where a name is too long for the file system
    if os.path.isdir(path):
        raise ValueError("is a folder, not a picture: use load.folder for all its pictures")
    if str(path).startswith(("http:", "https:")):
        raise ValueError("is an address, not a file: download the picture and give its path")
    if str(path)[0] in "'\"":
        raise FileNotFoundError("does not exist: write the path without quotes")
    if not os.path.exists(path):
        raise FileNotFoundError("does not exist: check the spelling and the folder you are in")
    if not os.path.isfile(path):
        raise ValueError("is not a regular file: give the path of a picture")
    if path.stat().st_size == 0:
        raise ValueError("is empty (0 bytes): copy or download it again")
    with warnings.catch_warnings(), _in_one_sentence():
        warnings.simplefilter("ignore")
        # Pillow reads the size from the header: a bomb is refused before any pixel is decoded.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(path, formats=FORMATS) as picture:
            return _decode(picture)


@contextmanager
def _in_one_sentence() -> Generator[None, None, None]:
    """Whatever Pillow raises becomes a ValueError that says what to do."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        limit = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        problem = f"has more than {limit} million pixels: save a smaller copy and load that"
    except UnidentifiedImageError:
        problem = f"is none of {', '.join(FORMATS)}, whatever its name says: save it as PNG or JPEG"
    except PermissionError:
        problem = "may not be read by you: change the file's permissions"
    except MemoryError:
        raise
    except Exception:  # Pillow's readers raise whatever a damaged file makes them stumble over
        problem = "is damaged or cut off: copy or download it again"
    else:
        return
    raise ValueError(problem)


def _decode(picture: Image.Image) -> np.ndarray:
    """The pixels of a PIL image, upright: an array that `_fit` takes."""
    picture.load()
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I;16"):
        return np.asarray(picture).astype(np.uint16)  # to the machine's own byte order
    if picture.mode == "F":
        return np.asarray(picture)
    if picture.mode == "I":
        values = np.asarray(picture)  # Pillow's other home for 16 bits
        fits = values.min() >= 0 and values.max() <= 65535
        return values.astype(np.uint16) if fits else values
    return np.asarray(picture.convert("RGBA" if picture.has_transparency_data else "RGB"))


def _fit(pixels: np.ndarray, size: int | None) -> torch.Tensor:
    """Pixels (H, W), (H, W, 3) or (H, W, 4) as a tensor (1, 3, size, size) in [0, 1]."""
    if not isinstance(pixels, np.ndarray):
        raise ValueError(f"is a {type(pixels).__name__}: give a path, a PIL image or a numpy array")
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (3, 4)):
        raise ValueError(
            f"has the shape {pixels.shape}: give an array (height, width), (height, width, 3) or "
            "(height, width, 4)"
        )
    if pixels.size == 0:
        raise ValueError(f"has no pixels, its shape is {pixels.shape}: give at least one")
    if pixels.dtype not in (np.uint8, np.uint16) and pixels.dtype.kind != "f":
        raise ValueError(f"holds {pixels.dtype}: give uint8 or uint16, or floats in [0, 1]")
    # `not (... and ...)` because NaN makes every comparison false
    if pixels.dtype.kind == "f" and not (pixels.min() >= 0 and pixels.max() <= 1):
        raise ValueError(
            "has floats outside [0, 1] or NaN: divide by the largest value that a pixel can have"
        )
    pixels = pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)
    if size is not None:  # of a very long picture only the middle, lest it grow beyond memory
        pixels = _centre(pixels, 2 * min(pixels.shape[1:]))
    if len(pixels) == 4:
        pixels = _to_unit(pixels)
        pixels = pixels[:3] * pixels[3] + (1 - pixels[3])
    if size is not None:
        # Opaque 8-bit pictures are resized as such, which is how networks saw them in training.
        pixels = pixels if pixels.dtype == np.uint8 else _to_unit(pixels)
        pixels = _centre(np.stack([_resize(channel, size) for channel in pixels]), size)
    return torch.from_numpy(_to_unit(pixels).clip(0, 1)).expand(3, -1, -1)[None].contiguous()


def _to_unit(pixels: np.ndarray) -> np.ndarray:
    """Integers divided by their type's largest, floats as they are: float32 in [0, 1]."""
    white = np.iinfo(pixels.dtype).max if pixels.dtype.kind == "u" else 1
    return pixels.astype(np.float32) / np.float32(white)


def _resize(channel: np.ndarray, size: int) -> np.ndarray:
    """One channel with its shorter side at `size`, to the bit as torchvision's Resize does it."""
    height, width = channel.shape
    shape = [side * size // min(height, width) for side in (width, height)]
    return np.asarray(Image.fromarray(channel).resize(shape, Image.Resampling.BILINEAR))


def _centre(pixels: np.ndarray, side: int) -> np.ndarray:
    """The middle of (C, H, W), at most `side` rows and columns of it."""
    top, left = (max(round((length - side) / 2), 0) for length in pixels.shape[1:])
    return pixels[:, top : top + side, left : left + side]
