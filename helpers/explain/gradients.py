"""Saliency and what is made of noisy copies of it: SmoothGrad, SmoothGrad², VarGrad."""

from typing import TypedDict, Unpack

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm.auto import tqdm

from helpers.model import Target, check_count, check_images, check_target, frozen, logits_of

# What is differentiated: the sum over the batch of one number per image, so that each image gets
# its own gradient. Loss and probability both vanish where p is 1; the logit does not.
SCORES = {
    "logit": lambda logits, target: logits.gather(1, target[:, None]).sum(),
    "probability": lambda logits, target: logits.softmax(1).gather(1, target[:, None]).sum(),
    "loss": lambda logits, target: F.cross_entropy(logits, target, reduction="sum"),
}


def gradient(
    model: nn.Module,
    images: Tensor,
    target: Target,
    of: str = "logit",
    chunk: int = 16,
) -> Tensor:
    """Saliency: how the score changes with each pixel, signed, (N, 3, H, W).

    Args:
        model: classifier to logits (N, classes); used in eval mode, handed back as it was.
        images: float (N, 3, H, W) in [0, 1].
        target: class index, or one per image.
        of: differentiate the target's "logit", its "probability", or the cross-entropy "loss".
        chunk: images per pass; bounds the memory, not the result.

    Returns the score's units per unit of brightness; nothing made absolute, nothing normalised.

    Raises ValueError for images, a target or an `of` that cannot be used.

    Simonyan, Vedaldi & Zisserman 2014, Deep inside convolutional networks (arXiv:1312.6034).

    >>> explain.gradient(network, cat, 285).shape
    torch.Size([1, 3, 224, 224])
    """
    target = _check(images, target, of, chunk=chunk)
    with frozen(model) as device:
        parts = zip(images.split(chunk), target.split(chunk), strict=True)
        maps = [gradient_of_chunk(model, x.to(device), t.to(device), of) for x, t in parts]
    return torch.cat(maps).to(images.device)


class Noise(TypedDict, total=False):
    """What is said of the noise, by name; `noisy_gradients` has the meanings and the defaults.

    >>> explain.smoothgrad(network, cat, 285, **Noise(fraction=0.2, n=4)).shape
    torch.Size([1, 3, 224, 224])
    """

    fraction: float
    n: int
    seed: int
    chunk: int
    of: str


def noisy_gradients(
    model: nn.Module,
    images: Tensor,
    target: Target,
    fraction: float = 0.15,
    n: int = 50,
    seed: int = 0,
    chunk: int = 8,
    of: str = "logit",
) -> tuple[Tensor, Tensor]:
    """Mean and variance of the gradient over n noisy copies of each image, both (N, 3, H, W).

    The variance is the mean squared distance from the mean (divided by n).

    Args:
        model, images, target, of: as for `gradient`.
        fraction: standard deviation of the Gaussian noise, as a fraction of (max - min) of the
            image it is added to. SmoothGrad's paper finds 0.1 to 0.2 best.
        n: noisy copies per image.
        seed: same seed, same noise, for each image whatever else is in the batch.
        chunk: noisy copies per pass; bounds the memory, not the result.

    >>> mean, variance = explain.noisy_gradients(network, cat, 285, n=4)
    >>> mean.shape, bool((variance >= 0).all())
    (torch.Size([1, 3, 224, 224]), True)
    """
    target = _check(images, target, of, n=n, chunk=chunk)
    if not fraction >= 0:
        raise ValueError(f"fraction is {fraction!r}: give 0 or more; 0.15 is 15 % of the range.")
    means, variances = [], []
    bar = tqdm(total=len(images) * n, desc="noisy copies", delay=2, leave=False)
    with bar, frozen(model) as device:
        for image, label in zip(images.detach(), target, strict=True):
            # The noise is drawn on the CPU, one copy after the other: the same numbers for every
            # chunk and on every device.
            random = torch.Generator().manual_seed(seed)
            noise_std = fraction * (image.max() - image.min()).item()
            image, label = image.to(device), label.to(device)
            mean, squares = torch.zeros_like(image), torch.zeros_like(image)
            for start in range(0, n, chunk):
                size = min(chunk, n - start)
                noise = [torch.randn(image.shape, generator=random) for _ in range(size)]
                copies = image + noise_std * torch.stack(noise).to(image)
                gradients = gradient_of_chunk(model, copies, label.expand(size), of)
                # Chan, Golub & LeVeque 1983: merge the chunk's mean and squared distances with
                # those so far. Subtracting mean² from the mean square would cancel.
                shift = gradients.mean(0) - mean
                squares += ((gradients - gradients.mean(0)) ** 2).sum(0)
                squares += shift**2 * (start * size / (start + size))
                mean += shift * (size / (start + size))
                bar.update(size)
            means.append(mean)
            variances.append(squares / n)
    return torch.stack(means).to(images.device), torch.stack(variances).to(images.device)


def smoothgrad(model: nn.Module, images: Tensor, target: Target, **noise: Unpack[Noise]) -> Tensor:
    """SmoothGrad: the mean gradient of n noisy copies of each image, signed, (N, 3, H, W).

    Arguments as for `noisy_gradients`: fraction=0.15, n=50, seed=0, chunk=8, of="logit".

    Smilkov et al. 2017, SmoothGrad: removing noise by adding noise (arXiv:1706.03825).

    >>> explain.smoothgrad(network, cat, 285, fraction=0.1, n=4).shape
    torch.Size([1, 3, 224, 224])
    """
    mean, _ = noisy_gradients(model, images, target, **noise)
    return mean


def smoothgrad_squared(
    model: nn.Module, images: Tensor, target: Target, **noise: Unpack[Noise]
) -> Tensor:
    """SmoothGrad²: the mean squared gradient of n noisy copies, never negative, (N, 3, H, W).

    Arguments as for `noisy_gradients`: fraction=0.15, n=50, seed=0, chunk=8, of="logit".

    Hooker et al. 2019, A benchmark for interpretability methods (arXiv:1806.10758).

    >>> explain.smoothgrad_squared(network, cat, 285, n=4).shape
    torch.Size([1, 3, 224, 224])
    """
    mean, variance = noisy_gradients(model, images, target, **noise)
    return mean**2 + variance


def vargrad(model: nn.Module, images: Tensor, target: Target, **noise: Unpack[Noise]) -> Tensor:
    """VarGrad: the variance of the gradient over n noisy copies, never negative, (N, 3, H, W).

    Arguments as for `noisy_gradients`: fraction=0.15, n=50, seed=0, chunk=8, of="logit".

    Adebayo et al. 2018, Local explanation methods … lack sensitivity (arXiv:1810.03307).

    >>> explain.vargrad(network, cat, 285, n=4).shape
    torch.Size([1, 3, 224, 224])
    """
    _, variance = noisy_gradients(model, images, target, **noise)
    return variance


def gradient_of_chunk(model: nn.Module, images: Tensor, target: Tensor, of: str) -> Tensor:
    """The gradient of as many images as fit into memory, (N, 3, H, W), of a `frozen` model.

    `target` has one class index an image; all of it is on the model's device, nothing is checked.
    Raises ValueError where the model's output has no gradient.

    >>> gradient_of_chunk(network, cat, torch.tensor([285]), "loss").shape
    torch.Size([1, 3, 224, 224])
    """
    # The caller may be under no_grad or inference_mode; clones are tensors that autograd accepts.
    with torch.inference_mode(False), torch.enable_grad():
        images, target = images.detach().clone().requires_grad_(True), target.clone()
        logits = logits_of(model, images, target)
        if not logits.requires_grad:
            raise ValueError("The model's output has no gradient: remove its detach() or no_grad.")
        (maps,) = torch.autograd.grad(SCORES[of](logits, target), images)
        return maps.contiguous()  # a channels_last network hands back channels_last gradients


def _check(images: Tensor, target: Target, of: str, **counts: int) -> Tensor:
    check_images(images)
    check_count(**counts)
    if of not in SCORES:
        raise ValueError(f'of is {of!r}: take "logit", "probability" or "loss".')
    return check_target(target, len(images))
