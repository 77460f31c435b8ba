"""Occlusion: cover a patch, and see how far the logit falls."""

from itertools import product

import torch
from torch import nn
from tqdm.auto import tqdm

from helpers.model import Target, check_count, check_images, check_target, frozen, logits_of


def occlusion(
    model: nn.Module,
    images: torch.Tensor,
    target: Target,
    patch: int = 32,
    stride: int = 16,
    fill: float = 0.5,
    chunk: int = 16,
) -> torch.Tensor:
    """The drop of the target's logit when a patch is covered, signed, (N, 1, H, W).

    A pixel gets the mean drop over all patches that cover it: positive where covering it hurts
    the class, negative where it helps.

    Args:
        model: classifier to logits (N, classes); used in eval mode, handed back as it was.
        images: float (N, 3, H, W) in [0, 1].
        target: class index, or one per image.
        patch, stride: side of the square patch and its step, in pixels; the last patch of a row
            or column is cut off at the border.
        fill: what the patch is filled with, a grey in [0, 1].
        chunk: covered copies per pass; bounds the memory, not the result.

    Raises ValueError for images, a target, a patch or a stride that cannot be used.

    Zeiler & Fergus 2014, Visualizing and understanding convolutional networks (arXiv:1311.2901).

    >>> explain.occlusion(network, cat, 285, patch=112, stride=112).shape
    torch.Size([1, 1, 224, 224])
    """
    check_images(images)
    check_count(patch=patch, stride=stride, chunk=chunk)
    target = check_target(target, len(images))
    height, width = images.shape[-2:]
    if patch > min(height, width):
        raise ValueError(f"patch is {patch}, larger than the {height}x{width} image: give less.")
    if stride > patch:
        raise ValueError(f"stride {stride} leaves gaps between patches of {patch}: give less.")
    corners = list(product(_starts(height, patch, stride), _starts(width, patch, stride)))
    covered = torch.zeros(height, width)
    for top, left in corners:
        covered[top : top + patch, left : left + patch] += 1
    drops = torch.zeros(len(images), height, width)
    bar = tqdm(total=len(images) * len(corners), desc="patches", delay=2, leave=False)
    with bar, torch.no_grad(), frozen(model) as device:
        for image, label, drop in zip(images, target, drops, strict=True):
            image, label = image[None].to(device), label[None].to(device)
            whole = logits_of(model, image, label)[0, label]
            for start in range(0, len(corners), chunk):
                batch = corners[start : start + chunk]
                copies = image.repeat(len(batch), 1, 1, 1)
                for copy, (top, left) in zip(copies, batch, strict=True):
                    copy[:, top : top + patch, left : left + patch] = fill
                falls = (whole - model(copies)[:, label[0]]).tolist()
                for fall, (top, left) in zip(falls, batch, strict=True):
                    drop[top : top + patch, left : left + patch] += fall
                bar.update(len(batch))
    return (drops / covered)[:, None].to(images)


def _starts(length: int, patch: int, stride: int) -> range:
    """Where patches start along one side: as few steps as reach the end."""
    steps = -((patch - length) // stride)  # rounded up
    return range(0, steps * stride + 1, stride)
