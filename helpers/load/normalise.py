"""The first step of ImageNet's networks, inside the network: pictures come in [0, 1]."""

from collections.abc import Iterable

import torch
from torch import nn

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Normalise(nn.Module):
    """(images - mean) / std per channel, on the network's device and in its memory format.

    >>> Normalise(mean=[0.5], std=[0.25])(torch.ones(1, 1, 1, 1)).item()
    2.0
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, mean: Iterable[float] = IMAGENET_MEAN, std: Iterable[float] = IMAGENET_STD):
        super().__init__()
        # Not persistent: a checkpoint holds what was learned, nothing else.
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(-1, 1, 1), persistent=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        images = images.to(self.mean.device, memory_format=torch.channels_last)
        return (images - self.mean) / self.std
