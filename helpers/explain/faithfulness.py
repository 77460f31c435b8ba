"""Does a map say what the model does? Measures, each to be read beside Sobel and random.

Strength is |map| added up over the channels; a map smaller than the picture is enlarged
(bilinear). What should not count, such as evidence against, is set to 0 before: `.clamp(min=0)`.
"""

import copy
import warnings
from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm.auto import tqdm

from helpers.model import Target, check_count, check_images, check_target, frozen, logits_of


def strength(maps: Tensor, size: Sequence[int]) -> Tensor:
    """How strong a map is at each pixel, never negative: (N, C, h, w) -> (N, H, W).

    >>> strength(torch.tensor([[[[1.0]], [[-2.0]]]]), (1, 2))
    tensor([[[3., 3.]]])
    """
    check_images(maps)
    maps = maps.detach().abs().sum(1, keepdim=True)
    if maps.shape[-2:] != tuple(size):
        maps = F.interpolate(maps, tuple(size), mode="bilinear")
    return maps[:, 0]


def mass(maps: Tensor, region: Tensor) -> Tensor:
    """The share of each map's strength in a region: (N, C, h, w), bool (N, H, W) -> (N,).

    A map that ignores everything has the region's share of the area. NaN for a map of zeros.

    >>> left = torch.tensor([[[True, False], [True, False]]])
    >>> explain.mass(torch.ones(1, 1, 2, 2), left)
    tensor([0.5000])
    """
    strong = strength(maps, region.shape[-2:])
    return (strong * region).sum((1, 2)) / strong.sum((1, 2))


def hit(maps: Tensor, region: Tensor) -> Tensor:
    """The pointing game: 1 where the map's strongest pixel lies in the region, else 0, (N,).

    Where several pixels are the strongest, the share of them in the region. Arguments as for
    `mass`. A map of zeros points nowhere and gets 0.

    Zhang et al. 2016, Top-down neural attention by excitation backprop (arXiv:1608.00507).

    >>> left = torch.tensor([[[True, False], [True, False]]])
    >>> explain.hit(torch.tensor([[[[1.0, 0.0], [9.0, 0.0]]]]), left)
    tensor([1.])
    """
    strong = strength(maps, region.shape[-2:]).flatten(1)
    inside = region.expand(len(maps), *region.shape[-2:]).flatten(1)
    strongest = (strong == strong.amax(1, keepdim=True)) & (strong > 0)
    return (strongest & inside).sum(1) / strongest.sum(1).clamp(min=1)


def rank_correlation(a: Tensor, b: Tensor) -> Tensor:
    """Spearman's correlation of the strengths of two maps, pixel by pixel, (N,) in [-1, 1].

    1: the same order of pixels; 0: unrelated. NaN where one of them is constant.

    >>> maps = torch.rand(2, 1, 4, 4)
    >>> explain.rank_correlation(maps, maps**3)  # the same order
    tensor([1., 1.])
    """
    from scipy.stats import ConstantInputWarning, spearmanr

    if a.shape != b.shape:
        raise ValueError(f"The maps have the shapes {tuple(a.shape)} and {tuple(b.shape)}.")
    flat = [strength(maps, maps.shape[-2:]).flatten(1).double().cpu().numpy() for maps in (a, b)]
    with warnings.catch_warnings(action="ignore", category=ConstantInputWarning):  # NaN says it
        values = [spearmanr(x, y).statistic for x, y in zip(*flat, strict=True)]
    return torch.tensor(values, dtype=torch.float32, device=a.device)


def deletion(
    model: nn.Module,
    images: Tensor,
    target: Target,
    maps: Tensor,
    steps: int = 20,
    fill: float | str = 0.5,
    chunk: int = 32,
) -> Tensor:
    """Take pixels away, strongest first: the target's probability after each step, (N, steps+1).

    Low is good: what was taken mattered. Some of the fall is the network's surprise at a picture
    with holes; a random map shows how much.

    Args:
        model: classifier to logits (N, classes); used in eval mode, handed back as it was.
        images: float (N, 3, H, W) in [0, 1].
        target: class index, or one per image.
        maps: (N, C, h, w), one per image.
        steps: the first value is the untouched picture's, the last that of none of it.
        fill: what stands in for a pixel: a gray in [0, 1], or "blur", the blurred picture.
        chunk: pictures per pass; bounds the memory, not the result.

    Petsiuk, Das & Saenko 2018, RISE (arXiv:1806.07421).

    >>> explain.deletion(network, cat, 285, explain.sobel(cat), steps=4).shape
    torch.Size([1, 5])
    """
    return _curve(model, images, target, maps, steps, fill, chunk, insert=False)


def insertion(
    model: nn.Module,
    images: Tensor,
    target: Target,
    maps: Tensor,
    steps: int = 20,
    fill: float | str = "blur",
    chunk: int = 32,
) -> Tensor:
    """Put pixels in, strongest first: the target's probability after each step, (N, steps+1).

    High is good: what was shown sufficed. Arguments and source as for `deletion`.

    >>> explain.insertion(network, cat, 285, explain.sobel(cat), steps=4).shape
    torch.Size([1, 5])
    """
    return _curve(model, images, target, maps, steps, fill, chunk, insert=True)


def randomized(model: nn.Module, seed: int = 0) -> nn.Module:
    """A copy of the model with every layer's weights drawn anew; the model stays as it is.

    >>> ignorant = explain.randomized(network)
    >>> torch.equal(ignorant.classifier[-1].weight, network.classifier[-1].weight)
    False
    """
    fresh = copy.deepcopy(model)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for module in fresh.modules():
            reset = getattr(module, "reset_parameters", None)
            if callable(reset):
                reset()
    return fresh


def model_randomization(
    method: Callable[[nn.Module], Tensor], model: nn.Module, seed: int = 0
) -> Tensor:
    """Rank correlation of method(model) with method(the model with random weights), (N,).

    `method` takes a model and returns maps (N, C, h, w). A map that explains the model has to
    change: near 0 is good; a Sobel filter, which never asks the model, gets 1.

    Adebayo et al. 2018, Sanity checks for saliency maps (arXiv:1810.03292).

    >>> explain.model_randomization(lambda model: explain.sobel(cat), network)
    tensor([1.])
    """
    return rank_correlation(method(model), method(randomized(model, seed)))


def _curve(
    model: nn.Module,
    images: Tensor,
    target: Target,
    maps: Tensor,
    steps: int,
    fill: float | str,
    chunk: int,
    insert: bool,
) -> Tensor:
    check_images(images)
    check_count(steps=steps, chunk=chunk)
    target, empty = check_target(target, len(images)), _filled(images, fill)
    if len(maps) != len(images):
        raise ValueError(f"There are {len(maps)} maps for {len(images)} images: give one each.")
    order = (
        strength(maps, images.shape[-2:]).flatten(1).argsort(dim=1, descending=True, stable=True)
    )
    rank = order.argsort(1).view(len(images), 1, *images.shape[-2:])  # 0: the strongest pixel
    counts = torch.linspace(0, order.shape[1], steps + 1).round().long()
    curves = []
    bar = tqdm(total=len(images) * len(counts), desc="curves", delay=2, leave=False)
    with bar, frozen(model) as device, torch.no_grad():
        for image, blank, place, label in zip(images, empty, rank, target, strict=True):
            start, end = (blank, image) if insert else (image, blank)
            curve = []
            for part in counts.to(place.device).split(chunk):
                pictures = torch.where(place < part.view(-1, 1, 1, 1), end, start)
                logits = logits_of(model, pictures.to(device), label.view(1).to(device))
                curve.append(logits.softmax(1)[:, label])
                bar.update(len(part))
            curves.append(torch.cat(curve))
    return torch.stack(curves).to(images.device)


def _filled(images: Tensor, fill: float | str) -> Tensor:
    """The picture with nothing on it, (N, 3, H, W): gray, or blurred beyond recognition."""
    if isinstance(fill, (int, float)):
        return torch.full_like(images, fill)
    if fill != "blur":
        raise ValueError(f'fill is {fill!r}: give a gray in [0, 1] or "blur".')
    side = max(min(images.shape[-2:]) // 8 * 2 + 1, 3)  # a quarter of the picture
    for _ in range(3):  # three box blurs are nearly a Gaussian
        images = F.pad(images, (side // 2,) * 4, mode="reflect")
        images = F.avg_pool2d(F.avg_pool2d(images, (side, 1), 1), (1, side), 1)
    return images
