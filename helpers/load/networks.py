"""Image classifiers that take pictures in [0, 1]: the normalisation is inside."""

import socket
from collections.abc import Iterable
from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from pickle import PickleError
from typing import Any, cast
from urllib.parse import urlparse

import torch

from helpers.load.devices import device
from helpers.load.efficientnet_lite0 import efficientnet_lite0
from helpers.load.food import food_checkpoint
from helpers.load.normalise import Normalise
from helpers.model import Classifier

SILENCE = 20  # seconds without a byte after which a download is given up


def network(name: str | PathLike = "efficientnet_lite0") -> Classifier:
    """An image classifier: pictures (N, 3, H, W) in [0, 1] to logits (N, classes).

    "efficientnet_lite0" comes with the course; any other name is a torchvision classifier with its
    default weights, fetched once; and a path that ends in .pth or .pt is the checkpoint of the
    homework's food CNN (see `food_checkpoint`; its pictures have 128 x 128 pixels). In eval mode,
    parameters frozen, on the fastest device; pictures may stay on the CPU.
    `.classes` lists the names, `.normalise` is the first step of ImageNet's networks, for anyone
    who calls the network's parts one by one.

    Raises ValueError for an unknown name, ConnectionError where weights cannot be had.

    >>> network = load.network()
    >>> network(load.photograph("cat")).shape
    torch.Size([1, 1000])
    """
    name = str(name)
    if name.endswith((".pth", ".pt")):
        return food_checkpoint(name)
    net = efficientnet_lite0() if name == "efficientnet_lite0" else _from_torchvision(name)
    return net.eval().requires_grad_(False).to(device()).to(memory_format=torch.channels_last)


def top_classes(
    network: Classifier, images: torch.Tensor, k: int = 5
) -> list[list[tuple[str, float]]]:
    """The k most probable classes of each image (N, 3, H, W): lists of (name, probability).

    >>> ((best, probability),) = load.top_classes(network, cat, k=1)[0]
    >>> best
    'Egyptian cat'
    """
    with torch.no_grad():
        probabilities = torch.cat([network(part).softmax(1).cpu() for part in images.split(32)])
    best = probabilities.topk(min(k, probabilities.shape[1]))
    return [
        [(network.classes[index], value) for value, index in zip(values, indices, strict=True)]
        for values, indices in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    ]


def class_index(network: Classifier, name: str) -> int:
    """The index of a class by its name, upper and lower case alike; ValueError if unknown.

    >>> load.class_index(network, "egyptian cat")
    285
    """
    names = [known.lower() for known in network.classes]
    if name.lower() in names:
        return names.index(name.lower())
    raise ValueError(f"The network has no class {name!r}: {_near(name, network.classes)}.")


def _from_torchvision(name: str) -> Classifier:
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        known = ["efficientnet_lite0", *known]
        raise ValueError(f"There is no network {name!r}: {_near(name, known)}.")
    kinds: Any = models.get_model_weights(name)
    weights = kinds.DEFAULT
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SILENCE)  # a proxy that never answers would hold us for ever
    try:
        net = cast(Classifier, models.get_model(name, weights=weights))
    except (OSError, RuntimeError, EOFError, PickleError) as error:  # offline, or a file cut off
        file = Path(torch.hub.get_dir(), "checkpoints", Path(urlparse(weights.url).path).name)
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise ConnectionError(
            f"The weights of {name} could not be loaded ({reason}): go online, remove "
            f"{file} if it is there, and try again; load.network() needs no network."
        ) from None
    finally:
        socket.setdefaulttimeout(before)
    transforms = weights.transforms()
    net.normalise = Normalise(transforms.mean, transforms.std)
    # A hook and no wrapper, so that `features`, `layer4` and the rest stay where they are.
    net.register_forward_pre_hook(_normalise_first)
    net.classes = list(weights.meta["categories"])
    return net


def _normalise_first(net: Classifier, inputs: tuple) -> tuple:
    return (net.normalise(inputs[0]), *inputs[1:])


def _near(name: str, names: Iterable[str]) -> str:
    by_lower = {known.lower(): known for known in names}
    near = get_close_matches(name.lower(), by_lower, n=5, cutoff=0.5)
    near += [lower for lower in by_lower if name.lower() in lower and lower not in near][:5]
    return f"near it are {', '.join(by_lower[lower] for lower in near)}" if near else "none is near"
