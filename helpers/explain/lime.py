"""LIME on pictures: a small linear model that imitates the network near one of them.

The neighbourhood is predicted here, in batches on the network's device; distances, kernel and
ridge regression are the `lime` package's, with its defaults.

Ribeiro, Singh & Guestrin 2016, "Why should I trust you?" (arXiv:1602.04938).
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from tqdm.auto import tqdm

from helpers.model import Target, check_count, check_images, check_target, frozen

SCORES = {"logit": lambda logits: logits, "probability": lambda logits: logits.softmax(1)}


class Surrogate(NamedTuple):
    """The linear model: score ≈ intercept + the weights of the superpixels that are visible.

    >>> fit = Surrogate(torch.tensor([0.5, -1.0]), intercept=2.0, r2=0.9)
    >>> fit.intercept + fit.weights.sum().item()  # the score it expects with all visible
    1.5
    """

    weights: torch.Tensor  # (S,), in the score's units
    intercept: float  # the score it expects with every superpixel hidden
    r2: float  # weighted R² on the samples that it was fitted to


def superpixels(image: torch.Tensor, n: int = 50, compactness: float = 10.0) -> torch.Tensor:
    """Cut a picture (1, 3, H, W) into about n pieces of similar colour: (H, W), numbered from 0.

    `compactness`: small follows the colours, large gives squares.

    Achanta et al. 2012, SLIC superpixels compared to state-of-the-art superpixel methods.

    >>> pieces = explain.superpixels(cat, 9)
    >>> pieces.shape, pieces.min().item()
    (torch.Size([224, 224]), 0)
    """
    from skimage.segmentation import slic

    _check_one(image)
    check_count(n=n)
    pixels = image[0].permute(1, 2, 0).cpu().double().numpy()
    return _from_zero(slic(pixels, n, compactness, sigma=1, start_label=0))


def lime_image(
    model: nn.Module,
    images: torch.Tensor,
    target: Target,
    segments: torch.Tensor | np.ndarray,
    n: int = 1000,
    seed: int = 0,
    of: str = "logit",
    width: float = 0.25,
    fill: float | None = None,
    chunk: int = 4,
) -> torch.Tensor:
    """LIME on pictures: each pixel has the weight of its superpixel, signed, (N, 1, H, W).

    Args:
        model: classifier to logits (N, classes); used in eval mode, handed back as it was.
        images: float (N, 3, H, W) in [0, 1].
        target: class index, or one per image.
        segments: integers (H, W), or (N, H, W) for one segmentation an image; any numbers, they
            are renumbered from 0, without which lime can never hide the last superpixel.
        n: samples, each with about half of the superpixels hidden; the first hides none.
        seed: same seed, same masks: those that lime itself draws from `random_state=seed`.
        of: imitate the target's "logit" or its "probability".
        width: of the exponential kernel on the cosine distance between a mask and all ones.
        fill: what hides a superpixel: a grey in [0, 1], or None for its own mean colour.
        chunk: samples per pass; bounds the memory, not the result.

    Raises ValueError for arguments that cannot be used.

    >>> explain.lime_image(network, cat, 285, explain.superpixels(cat, 9), n=20).shape
    torch.Size([1, 1, 224, 224])
    """
    check_images(images)
    target = check_target(target, len(images))
    segments = torch.as_tensor(segments)
    each = segments if segments.ndim == 3 else segments.expand(len(images), *segments.shape)
    if len(each) != len(images):
        raise ValueError(f"There are {len(images)} images and {len(each)} segmentations: give one.")
    maps = []
    for image, label, pieces in zip(images, target.tolist(), each, strict=True):
        fit = lime_surrogate(model, image[None], label, pieces, n, seed, of, width, fill, chunk)
        maps.append(fit.weights[_from_zero(pieces)])
    return torch.stack(maps)[:, None].to(images)


def lime_surrogate(
    model: nn.Module,
    image: torch.Tensor,
    target: int,
    segments: torch.Tensor | np.ndarray,
    n: int = 1000,
    seed: int = 0,
    of: str = "logit",
    width: float = 0.25,
    fill: float | None = None,
    chunk: int = 4,
) -> Surrogate:
    """The linear model behind `lime_image` for one picture (1, 3, H, W), segments (H, W).

    The s-th weight belongs to the s-th smallest number in `segments`. Arguments as `lime_image`.

    >>> pieces = explain.superpixels(cat, 9)
    >>> fit = explain.lime_surrogate(network, cat, 285, pieces, n=20)
    >>> len(fit.weights) == pieces.max() + 1
    tensor(True)
    """
    from lime.lime_base import LimeBase

    _check_one(image)
    check_count(n=n)
    if not width > 0:
        raise ValueError(f"width is {width!r}: give more than 0; lime's own is 0.25.")
    if of not in SCORES:
        raise ValueError(f'of is {of!r}: take "logit" or "probability".')
    label = check_target(target, 1)
    masks = lime_masks(int(_from_zero(segments).max()) + 1, n, seed)
    scores = SCORES[of](masked_logits(model, image, segments, masks, fill, chunk))
    if not 0 <= label < scores.shape[1]:
        raise ValueError(
            f"target is {target}: the model has the classes 0 to {scores.shape[1] - 1}."
        )
    # cosine distance to the mask of ones: k of S pieces visible make an angle of cosine √(k/S)
    distances = 1 - masks.double().mean(1).sqrt().numpy()
    fitter = LimeBase(lambda d: np.sqrt(np.exp(-((d / width) ** 2))), random_state=seed)
    intercept, weights, r2, _ = fitter.explain_instance_with_data(
        masks.double().numpy(),
        scores[:, label].double().numpy(),
        distances,
        label=0,
        num_features=masks.shape[1],
        feature_selection="none",
    )
    by_piece = torch.tensor([weight for _, weight in sorted(weights)], dtype=torch.float32)
    return Surrogate(by_piece, float(intercept), float(r2))


def lime_masks(pieces: int, n: int, seed: int = 0) -> torch.Tensor:
    """The masks that lime draws, bool (n, pieces): True is visible; the first has all visible.

    >>> explain.lime_masks(pieces=4, n=20)[0]
    tensor([True, True, True, True])
    """
    masks = np.random.RandomState(seed).randint(0, 2, n * pieces).reshape(n, pieces)
    masks[0] = 1
    return torch.from_numpy(masks).bool()


def masked_logits(
    model: nn.Module,
    image: torch.Tensor,
    segments: torch.Tensor | np.ndarray,
    masks: torch.Tensor,
    fill: float | None = None,
    chunk: int = 4,
) -> torch.Tensor:
    """The model's logits (M, classes) for every mask (M, S) over the superpixels of one picture.

    Arguments as for `lime_image`.

    >>> pieces = explain.superpixels(cat, 9)
    >>> masks = explain.lime_masks(int(pieces.max()) + 1, n=3)
    >>> explain.masked_logits(network, cat, pieces, masks).shape
    torch.Size([3, 1000])
    """
    _check_one(image)
    check_count(chunk=chunk)
    segments, masks = _from_zero(segments), torch.as_tensor(masks).bool()
    if segments.shape != image.shape[-2:]:
        raise ValueError(
            f"segments has the shape {tuple(segments.shape)} for a picture of "
            f"{tuple(image.shape[-2:])}: give one number a pixel."
        )
    if masks.ndim != 2 or masks.shape[1] != segments.max() + 1:
        raise ValueError(
            f"masks has the shape {tuple(masks.shape)}: give (M, {int(segments.max()) + 1}), "
            "one column a superpixel."
        )
    hidden = _mean_colours(image, segments) if fill is None else torch.full_like(image, fill)
    logits, bar = [], tqdm(total=len(masks), desc="samples", delay=2, leave=False)
    with bar, torch.no_grad(), frozen(model) as device:
        # the network's own memory format, so that it does not copy every picture once more
        image, hidden = (x.to(device, memory_format=torch.channels_last) for x in (image, hidden))
        segments = segments.to(device)
        for part in masks.split(chunk):
            visible = part.to(device)[:, segments][:, None]
            logits.append(model(torch.where(visible, image, hidden)))
            bar.update(len(part))
    return torch.cat(logits).cpu()


def _from_zero(segments: torch.Tensor | np.ndarray) -> torch.Tensor:
    """The same superpixels (H, W), numbered 0 to S - 1 without gaps."""
    segments = torch.as_tensor(segments)
    if segments.ndim != 2 or segments.is_floating_point():
        raise ValueError(
            f"segments holds {segments.dtype} of shape {tuple(segments.shape)}: "
            "give integers (H, W), one number a superpixel."
        )
    return segments.unique(return_inverse=True)[1].cpu()


def _mean_colours(image: torch.Tensor, segments: torch.Tensor) -> torch.Tensor:
    """The picture with every superpixel in its mean colour, (1, 3, H, W)."""
    where, flat = segments.flatten().to(image.device), image[0].flatten(1)
    totals = torch.zeros(len(flat), int(where.max()) + 1).to(image).index_add_(1, where, flat)
    return (totals / where.bincount())[:, where].reshape(image.shape)


def _check_one(image: torch.Tensor) -> None:
    check_images(image)
    if len(image) != 1:
        raise ValueError(f"There are {len(image)} images: give one, (1, 3, H, W).")
