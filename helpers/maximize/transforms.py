"""Transforms: a random view of the picture, another at each step.

A move draws a 3 × 3 matrix in coordinates from −1 to 1; `shaken` multiplies the moves and looks the
picture up once.
"""

import math
from collections.abc import Callable
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor

Transform = Callable[[Tensor, torch.Generator], Tensor]  # pictures → a random view of them
Move = Callable[[int, torch.Generator], Tensor]  # size in pixels → (3, 3)


def shift(pixels: float) -> Move:
    """A shift by up to so many pixels, each way.

    >>> shift(8)(224, torch.Generator()).shape
    torch.Size([3, 3])
    """

    def draw(size: int, random: torch.Generator) -> Tensor:
        matrix = torch.eye(3)
        matrix[:2, 2] = (2 * torch.rand(2, generator=random) - 1) * 2 * pixels / size
        return matrix

    return draw


def scale(share: float) -> Move:
    """Larger or smaller by up to this share.

    >>> scale(0.1)(224, torch.Generator()).shape
    torch.Size([3, 3])
    """

    def draw(size: int, random: torch.Generator) -> Tensor:
        factor = 1 + share * (2 * torch.rand((), generator=random) - 1)
        return torch.diag(torch.stack([1 / factor, 1 / factor, torch.tensor(1.0)]))

    return draw


def rotate(degrees: float) -> Move:
    """A rotation by up to so many degrees, either way.

    >>> rotate(5)(224, torch.Generator()).shape
    torch.Size([3, 3])
    """

    def draw(size: int, random: torch.Generator) -> Tensor:
        angle = math.radians(degrees) * (2 * torch.rand((), generator=random).item() - 1)
        cos, sin = math.cos(angle), math.sin(angle)
        return torch.tensor([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])

    return draw


@cache
def _places(height: int, width: int) -> Tensor:
    """Where the pixels are: (height, width, 3), x and y from −1 to 1, and 1 for the shift."""
    x, y = ((2 * torch.arange(n) + 1) / n - 1 for n in (width, height))
    y, x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([x, y, torch.ones_like(x)], dim=2)


def shaken(*moves: Move) -> Transform:
    """All moves at once, drawn anew at each call; what comes in at the border is mirrored.

    >>> shaken(shift(8), rotate(5))(cat, torch.Generator()).shape
    torch.Size([1, 3, 224, 224])
    """

    def transform(pictures: Tensor, random: torch.Generator) -> Tensor:
        matrix = torch.eye(3)
        for move in moves:
            matrix = matrix @ move(pictures.shape[-1], random)
        grid = (_places(*pictures.shape[2:]) @ matrix[:2].T).to(pictures)
        grid = grid.expand(len(pictures), -1, -1, -1)
        return F.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)

    return transform
