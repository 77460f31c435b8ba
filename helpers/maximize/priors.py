"""Priors: penalties taken off the score, and rules that change the moved values after each step.

The rules are those of Yosinski et al. 2015 (arXiv:1506.06579) with their picture's zero at `gray`.
They take pictures (N, C, H, W); `decay` takes any values.
"""

import math
from collections.abc import Callable
from itertools import count

import torch
import torch.nn.functional as F
from torch import Tensor

from helpers.maximize.parameterisations import frequencies

Penalty = Callable[[Tensor], Tensor]  # pictures (N, C, H, W) → what to take off the scores (N,)
Rule = Callable[[Tensor, Tensor], Tensor]  # moved values, their gradient → moved values


def white_pixels(weight: float) -> Penalty:
    """weight × the sum of the brightness: few white pixels, as in a handwritten digit.

    >>> white_pixels(0.5)(torch.ones(1, 1, 2, 2))
    tensor([2.])
    """
    return lambda pictures: weight * pictures.flatten(1).sum(1)


def total_variation(weight: float) -> Penalty:
    """weight × (mean |difference| of neighbours down + across): smooth pictures.

    >>> total_variation(0.5)(torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]]))
    tensor([0.5000])
    """
    return lambda pictures: weight * variation(pictures)


def variation(pictures: Tensor) -> Tensor:
    """Total variation a pixel, (N, C, H, W) → (N,): mean |dx| + mean |dy|.

    >>> variation(torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]]))
    tensor([1.])
    """
    down = (pictures[:, :, 1:] - pictures[:, :, :-1]).abs().flatten(1).mean(1)
    across = (pictures[..., 1:] - pictures[..., :-1]).abs().flatten(1).mean(1)
    return down + across


def decay(share: float, gray: float = 0.0) -> Rule:
    """Pull every value toward gray by this share: L2 decay.

    >>> decay(0.5)(torch.ones(2), torch.zeros(2))
    tensor([0.5000, 0.5000])
    """
    return lambda x, gradient: gray + (1 - share) * (x - gray)


def blur(std: float) -> Rule:
    """Blur by a Gaussian of this standard deviation in pixels: no high frequencies.

    >>> blur(1)(cat, torch.zeros_like(cat)).shape
    torch.Size([1, 3, 224, 224])
    """
    radius = math.ceil(2 * std)
    bell = torch.exp(-0.5 * (torch.arange(-radius, radius + 1) / std) ** 2)
    bell = bell / bell.sum()

    def rule(x: Tensor, gradient: Tensor) -> Tensor:
        channels = x.shape[1]
        down = bell.to(x).view(1, 1, -1, 1).expand(channels, 1, -1, 1)
        x = F.pad(x, [radius] * 4, mode="reflect")
        x = F.conv2d(x, down, groups=channels)
        return F.conv2d(x, down.transpose(2, 3), groups=channels)

    return rule


def clip_small_norm(share: float, gray: float = 0.5) -> Rule:
    """Set this share of the pixels, those nearest to gray, to gray.

    >>> x = torch.tensor([[[[0.25, 1.0]]]])
    >>> clip_small_norm(0.5)(x, torch.ones_like(x))
    tensor([[[[0.5000, 1.0000]]]])
    """
    return lambda x, gradient: _clip(x, (x - gray).norm(dim=1), share, gray)


def clip_small_contribution(share: float, gray: float = 0.5) -> Rule:
    """Set this share of the pixels, those that matter least, |(x − gray) · gradient|, to gray.

    >>> x = torch.tensor([[[[0.25, 1.0]]]])
    >>> clip_small_contribution(0.5)(x, torch.tensor([[[[9.0, 1.0]]]]))
    tensor([[[[0.2500, 0.5000]]]])
    """
    return lambda x, gradient: _clip(x, ((x - gray) * gradient).sum(1).abs(), share, gray)


def coarse_first(steps: int, first: int = 4) -> Rule:
    """For waves: those of more than `first` periods a side wait; after `steps` steps all are in.

    What is drawn early decides where things are, so that one large thing comes before many small
    ones. It counts its calls: make a new one for each ascent.

    >>> waves = Fourier(1, 16).values.detach()
    >>> coarse_first(steps=10)(waves, waves).count_nonzero() < waves.count_nonzero()
    tensor(True)
    """
    taken = count(1)

    def rule(values: Tensor, gradient: Tensor) -> Tensor:
        size = values.shape[2]
        limit = first * (size / first) ** min(1.0, next(taken) / steps)
        return values * (size * frequencies(size) <= limit)[..., None]

    return rule


def _clip(x: Tensor, importance: Tensor, share: float, gray: float) -> Tensor:
    """x (N, C, H, W) with the least important share of its pixels, (N, H, W), set to gray."""
    limit = importance.flatten(1).quantile(share, dim=1)[:, None, None]
    return torch.where((importance < limit)[:, None], gray, x)
