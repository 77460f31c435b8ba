"""Integrated Gradients: the gradient added up along the way from a baseline to the picture."""

import torch
from torch import nn
from tqdm.auto import tqdm

from helpers.explain.gradients import gradient_of_chunk
from helpers.model import Target, check_count, check_images, check_target, frozen


def integrated_gradients(
    model: nn.Module,
    images: torch.Tensor,
    target: Target,
    baseline: torch.Tensor | float,
    steps: int = 200,
    chunk: int = 8,
) -> torch.Tensor:
    """(x - x') times the mean gradient of the logit between x' and x, signed, (N, 3, H, W).

    The integral is a midpoint sum. In the limit of many steps each image's map adds up to
    f(x) - f(x'); how far it is from that says whether the steps were enough.

    Args:
        model: classifier to logits (N, classes); used in eval mode, handed back as it was.
        images: float (N, 3, H, W) in [0, 1], the x.
        target: class index, or one per image.
        baseline: the x' to compare with: one number for every value (0 is black), or a tensor that
            broadcasts to the images' shape. There is no default: what equals it is invisible.
        steps: gradients per image.
        chunk: points of the path per pass; bounds the memory, not the result.

    Raises ValueError for images, a target or a baseline that cannot be used.

    Sundararajan, Taly & Yan 2017, Axiomatic attribution for deep networks (arXiv:1703.01365).

    >>> linear = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2))
    >>> picture = torch.rand(1, 3, 2, 2)
    >>> maps = explain.integrated_gradients(linear, picture, 1, baseline=0, steps=1)
    >>> risen = (linear(picture) - linear(0 * picture))[0, 1]
    >>> torch.allclose(maps.sum(), risen, atol=1e-6)
    True
    """
    check_images(images)
    check_count(steps=steps, chunk=chunk)
    target = check_target(target, len(images))
    images = images.detach()
    baseline = _check_baseline(baseline, images)
    alphas = (torch.arange(steps) + 0.5) / steps
    maps = []
    bar = tqdm(total=len(images) * steps, desc="steps", delay=2, leave=False)
    with bar, frozen(model) as device:
        for image, start, label in zip(images, baseline, target, strict=True):
            image, start, label = image.to(device), start.to(device), label.to(device)
            total = torch.zeros_like(image)
            for part in alphas.to(image).split(chunk):
                path = start + part[:, None, None, None] * (image - start)
                total += gradient_of_chunk(model, path, label.expand(len(part)), "logit").sum(0)
                bar.update(len(part))
            maps.append((image - start) * total / steps)
    return torch.stack(maps).to(images.device)


def _check_baseline(baseline: torch.Tensor | float, images: torch.Tensor) -> torch.Tensor:
    """The baseline with the images' shape, type and device."""
    if not isinstance(baseline, (torch.Tensor, int, float)):
        kind = type(baseline).__name__
        raise ValueError(f"baseline is a {kind}: give a number, 0 for black, or a tensor.")
    baseline = torch.as_tensor(baseline).detach().to(images)
    try:
        return baseline.expand(images.shape)
    except RuntimeError:
        raise ValueError(
            f"baseline has the shape {tuple(baseline.shape)}, which does not fit images of "
            f"{tuple(images.shape)}: give one number, or a tensor of that shape."
        ) from None
