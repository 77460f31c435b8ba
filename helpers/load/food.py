"""The food CNN of a well-known homework and its pictures (Food-11, 2022), from one's own files."""

import os
import re
import warnings
from collections import OrderedDict
from pathlib import Path
from typing import cast

import numpy as np
import torch
from PIL import Image
from torch import nn
from tqdm.auto import tqdm

from helpers.load.devices import device
from helpers.load.images import image
from helpers.model import Classifier

FOOD_CLASSES = (
    "Bread",
    "Dairy product",
    "Dessert",
    "Egg",
    "Fried food",
    "Meat",
    "Noodles/Pasta",
    "Rice",
    "Seafood",
    "Soup",
    "Vegetable/Fruit",
)
FOOD_SIDE = 128
# One row a stack: input channels, output channels, blocks of convolution, batch norm and ReLU.
STACKS = ((3, 128, 3), (128, 128, 3), (128, 256, 3), (256, 512, 1), (512, 512, 1))
NAME = re.compile(r"(\d+)_\d+\.jpe?g", re.IGNORECASE)


def food_cnn() -> Classifier:
    """The homework's network, untrained: pictures (N, 3, 128, 128) in [0, 1] to logits (N, 11).

    `.cnn` and `.fc` are numbered as in the homework (`cnn[6]` is the third convolution), so that
    its checkpoint fits. There is no mean and standard deviation to subtract. `.classes` lists the
    11 names; pictures may stay on the CPU, the network fetches them.

    >>> load.food_cnn().eval()(torch.rand(1, 3, 128, 128)).shape
    torch.Size([1, 11])
    """
    layers: list[nn.Module] = []
    for inputs, outputs, blocks in STACKS:
        for _ in range(blocks):
            layers += [nn.Conv2d(inputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs), nn.ReLU()]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    head = nn.Linear(512 * 4 * 4, 1024), nn.ReLU(), nn.Dropout(0.3), nn.Linear(1024, 11)
    parts = {"cnn": nn.Sequential(*layers), "flatten": nn.Flatten(), "fc": nn.Sequential(*head)}
    net = cast(Classifier, nn.Sequential(OrderedDict(parts)))
    net.register_forward_pre_hook(lambda net, inputs: inputs[0].to(net.fc[0].weight.device))
    net.classes = list(FOOD_CLASSES)
    return net


def food_checkpoint(path: str | os.PathLike) -> Classifier:
    """`food_cnn` with the weights of the homework's checkpoint.pth, ready as `load.network` is.

    Only tensors and plain containers are read (`weights_only=True`): a file cannot run code.

    Raises FileNotFoundError where there is no file, ValueError where it is not that checkpoint.

    >>> load.food_checkpoint("checkpoint_of_mine.pth")
    Traceback (most recent call last):
    FileNotFoundError: checkpoint_of_mine.pth does not exist: give the path of checkpoint.pth.
    """
    path = Path(path).expanduser()
    if not os.path.exists(path):
        raise FileNotFoundError(f"{path} does not exist: give the path of checkpoint.pth.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd files torch says more than one sentence
            checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except MemoryError:
        raise
    except Exception:  # whatever a folder, a text file or a hostile pickle makes the reader raise
        raise ValueError(
            f"{path} is no checkpoint that can be read safely (tensors and plain containers only): "
            "save one with torch.save, or copy it again."
        ) from None
    weights = checkpoint.get("model_state_dict") if isinstance(checkpoint, dict) else None
    if not isinstance(weights, dict):
        raise ValueError(f"{path} has no `model_state_dict`: give the homework's checkpoint.pth.")
    net = food_cnn()
    if problem := _misfit(weights, net.state_dict()):
        raise ValueError(f"{path} is of another network, {problem}: give the homework's own.")
    net.load_state_dict(weights)
    return net.eval().requires_grad_(False).to(device()).to(memory_format=torch.channels_last)


def food_images(folder: str | os.PathLike) -> tuple[torch.Tensor, torch.Tensor]:
    """The pictures of a Food-11 folder, sorted by name: (N, 3, 128, 128) in [0, 1], labels (N,).

    Resized as in the homework, to 128x128 without keeping the aspect ratio. The label is the first
    number of the name, LABEL_NUMBER.jpg. Hidden files and subfolders are left alone; one printed
    line names what was skipped, and why.

    Raises FileNotFoundError where there is no folder, ValueError where no picture can be used.

    >>> load.food_images("food_of_mine")
    Traceback (most recent call last):
    FileNotFoundError: food_of_mine is not a folder: give the one that holds the pictures.
    """
    folder = Path(folder).expanduser()
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"{folder} is not a folder: give the one that holds the pictures.")
    files = sorted(f for f in folder.iterdir() if not f.name.startswith(".") and not f.is_dir())
    pictures, labels, skipped = [], [], []
    for file in tqdm(files, desc="loading pictures", delay=2, leave=False):
        name = NAME.fullmatch(file.name)
        if not name or int(name[1]) >= len(FOOD_CLASSES):
            skipped.append(f"{file.name} is not named LABEL_NUMBER.jpg with a label of 0 to 10")
            continue
        try:
            pictures.append(_squeezed(image(file, size=None)))
            labels.append(int(name[1]))
        except ValueError as error:
            skipped.append(str(error).removeprefix(f"{file.parent}{os.sep}").partition(": ")[0])
    reasons = "; ".join(skipped[:5]) + (f"; and {len(skipped) - 5} more" if skipped[5:] else "")
    if not pictures:
        raise ValueError(f"{folder} has no picture to use: {reasons or 'it holds no file'}.")
    if skipped:
        print(f"Skipped {len(skipped)} of {len(files)} files: {reasons}.")
    return torch.cat(pictures), torch.tensor(labels)


def _squeezed(picture: torch.Tensor) -> torch.Tensor:
    """(1, 3, H, W) to (1, 3, 128, 128), to the bit as torchvision's Resize((128, 128)) does it."""
    pixels = (picture[0].permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()
    small = Image.fromarray(pixels).resize((FOOD_SIDE, FOOD_SIDE), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.asarray(small, dtype=np.float32) / 255).permute(2, 0, 1)[None]


def _misfit(weights: dict, expected: dict[str, torch.Tensor]) -> str | None:
    """The first way in which weights do not fit a network, or None."""
    for name, want in expected.items():
        got = weights.get(name)
        if not isinstance(got, torch.Tensor):
            return f"it has no tensor {name}"
        if got.shape != want.shape:
            return f"its {name} has the shape {tuple(got.shape)}, not {tuple(want.shape)}"
        if got.is_meta or got.layout != torch.strided or got.is_quantized:
            return f"its {name} is no plain tensor"
    more = next((str(name) for name in weights if name not in expected), None)
    return f"it has the entry {more} too" if more else None
