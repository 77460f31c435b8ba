"""Class activation maps: CAM, Grad-CAM and its relatives.

Each takes `(model, images, target, layer, ...)`, `layer` being the module whose channels
(N, K, h, w) are added up, and returns the raw map (N, 1, h, w) at that layer's own resolution.
The papers' last step, the ReLU that keeps what speaks for the class, is left to the caller:
`.clamp(min=0)`.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm.auto import tqdm

from helpers.model import Target, check_count, check_images, check_target, frozen, logits_of


def cam(
    model: nn.Module, images: Tensor, target: Target, layer: nn.Module, head: nn.Linear
) -> Tensor:
    """CAM: the channels weighted by the class's row of the last linear layer, (N, 1, h, w).

    In units of the logit: the mean of the map plus the bias is the logit.

    Args:
        model: classifier to logits (N, classes) that ends in layer, mean over all places, head.
        images: float (N, 3, H, W) in [0, 1].
        target: class index, or one per image.
        layer: the module whose output is averaged.
        head: the linear layer behind the average.

    Raises ValueError where the head is another one, so that the mean is not the logit.

    Zhou et al. 2016, Learning deep features for discriminative localization (arXiv:1512.04150).

    >>> explain.cam(network, cat, 285, network.features[-1], network.classifier[-1]).shape
    torch.Size([1, 1, 7, 7])
    """
    target = _check(images, target)
    with frozen(model) as device, torch.no_grad():
        target, weight, bias = target.to(device), head.weight, head.bias
        features, logits = _features(model, images.to(device), layer, target)
        if features.shape[1] == weight.shape[1] and weight.shape[0] == logits.shape[1]:
            maps = torch.einsum("nk,nkhw->nhw", weight[target], features)[:, None]
            pooled = maps.mean((1, 2, 3)) + (0 if bias is None else bias[target])
            logit = logits.gather(1, target[:, None])[:, 0]
            if (pooled - logit).abs().max() <= 1e-3 * logits.abs().max():
                return maps.contiguous().to(images.device)
    raise ValueError(
        "CAM needs a model that ends in this layer, the mean over all places, and this linear "
        "layer: use gradcam, which needs nothing of the kind."
    )


def gradcam(
    model: nn.Module, images: Tensor, target: Target, layer: nn.Module, chunk: int = 16
) -> Tensor:
    """Grad-CAM: the channels weighted by the mean of the logit's gradient, signed, (N, 1, h, w).

    Args:
        model: classifier to logits (N, classes); used in eval mode, handed back as it was.
        images: float (N, 3, H, W) in [0, 1].
        target: class index, or one per image.
        layer: any module of the model that returns (N, K, h, w) and is called once.
        chunk: images per pass; bounds the memory, not the result.

    Raises ValueError for images, a target or a layer that cannot be used.

    Selvaraju et al. 2017, Grad-CAM (arXiv:1610.02391).

    >>> explain.gradcam(network, cat, 285, network.features[-1]).clamp(min=0).shape
    torch.Size([1, 1, 7, 7])
    """

    def combine(features: Tensor, gradient: Tensor) -> Tensor:
        return gradient.mean((2, 3), keepdim=True) * features

    return _maps(model, images, target, layer, chunk, combine)


def hirescam(
    model: nn.Module, images: Tensor, target: Target, layer: nn.Module, chunk: int = 16
) -> Tensor:
    """HiRes-CAM: gradient times channel, place by place, signed, (N, 1, h, w).

    Adds up to the logit minus the bias wherever everything behind the layer is linear.
    Arguments as for `gradcam`.

    Draelos & Carin 2020, Use HiResCAM instead of Grad-CAM (arXiv:2011.08891).

    >>> explain.hirescam(network, cat, 285, network.features[9]).shape
    torch.Size([1, 1, 14, 14])
    """

    def combine(features: Tensor, gradient: Tensor) -> Tensor:
        return gradient * features

    return _maps(model, images, target, layer, chunk, combine)


def layercam(
    model: nn.Module, images: Tensor, target: Target, layer: nn.Module, chunk: int = 16
) -> Tensor:
    """Layer-CAM: positive gradient times channel, place by place, (N, 1, h, w).

    Arguments as for `gradcam`.

    Jiang et al. 2021, LayerCAM: exploring hierarchical class activation maps (IEEE TIP).

    >>> explain.layercam(network, cat, 285, network.features[9]).shape
    torch.Size([1, 1, 14, 14])
    """

    def combine(features: Tensor, gradient: Tensor) -> Tensor:
        return gradient.clamp(min=0) * features

    return _maps(model, images, target, layer, chunk, combine)


def gradcam_plus_plus(
    model: nn.Module, images: Tensor, target: Target, layer: nn.Module, chunk: int = 16
) -> Tensor:
    """Grad-CAM++: a weighted sum of the positive gradients is a channel's weight, (N, 1, h, w).

    The class score is exp(logit), as in the paper: with it the second and third derivatives are
    the square and the cube of the logit's gradient. Its factor exp(logit), one number an image, is
    left out. The paper's features come out of a ReLU; of signed ones only the positive values count
    in the denominator, which then is 2 or more. Arguments as for `gradcam`.

    Chattopadhyay et al. 2018, Grad-CAM++ (arXiv:1710.11063).

    >>> explain.gradcam_plus_plus(network, cat, 285, network.features[-1]).shape
    torch.Size([1, 1, 7, 7])
    """

    def combine(features: Tensor, gradient: Tensor) -> Tensor:
        # The square is taken out of the fraction: small gradients would underflow to 0 / 0.
        positive = gradient.clamp(min=0)
        below = 2 + positive * features.clamp(min=0).sum((2, 3), keepdim=True)
        return (positive / below).sum((2, 3), keepdim=True) * features

    return _maps(model, images, target, layer, chunk, combine)


def scorecam(
    model: nn.Module,
    images: Tensor,
    target: Target,
    layer: nn.Module,
    channels: int = 64,
    chunk: int = 16,
) -> Tensor:
    """Score-CAM: a channel weighs what the logit is when only its places are shown, (N, 1, h, w).

    No gradient: each channel, scaled to [0, 1] and enlarged, is multiplied into the image; the
    softmax of the target's logits over the channels gives the weights. (The paper subtracts the
    logit of a black image first, which a softmax does not notice.)

    Args:
        model, images, target, layer: as for `gradcam`.
        channels: only the channels with the largest mean are tried; the paper tries all.
        chunk: masked copies per pass; bounds the memory, not the result.

    Wang et al. 2020, Score-CAM (arXiv:1910.01279).

    >>> explain.scorecam(network, cat, 285, network.features[-1], channels=4).shape
    torch.Size([1, 1, 7, 7])
    """
    target = _check(images, target, channels=channels, chunk=chunk)
    maps, bar = [], tqdm(total=len(images), desc="Score-CAM", delay=2, leave=False)
    with bar, frozen(model) as device, torch.no_grad():
        for image, label in zip(images.detach().split(1), target.split(1), strict=True):
            image, label = image.to(device), label.to(device)
            features, _ = _features(model, image, layer, label)
            strongest = features.mean((0, 2, 3)).topk(min(channels, features.shape[1])).indices
            features = features[0, strongest][:, None]
            low, high = (f(features, dim=(2, 3), keepdim=True) for f in (torch.amin, torch.amax))
            masks = (features - low) / torch.where(high > low, high - low, 1)
            masks = F.interpolate(masks, image.shape[-2:], mode="bilinear")
            copies = (image * part for part in masks.split(chunk))
            scores = torch.cat([model(part)[:, label[0]] for part in copies])
            maps.append((scores.softmax(0).view(-1, 1, 1, 1) * features).sum(0, keepdim=True))
            bar.update()
    return torch.cat(maps).contiguous().to(images.device)


# What they share


def _maps(
    model: nn.Module,
    images: Tensor,
    target: Target,
    layer: nn.Module,
    chunk: int,
    combine: Callable[[Tensor, Tensor], Tensor],
) -> Tensor:
    """The sum over the channels of combine(features, gradient), (N, 1, h, w)."""
    target, maps = _check(images, target, chunk=chunk), []
    with frozen(model) as device:
        for x, label in zip(images.split(chunk), target.split(chunk), strict=True):
            # The caller may be under no_grad or inference_mode.
            with torch.inference_mode(False), torch.enable_grad():
                x, label = x.detach().to(device).clone(), label.to(device).clone()
                features, logits = _features(model, x, layer, label)
                if not logits.requires_grad:
                    raise ValueError(
                        "The model's output has no gradient: remove its detach() or no_grad."
                    )
                score = logits.gather(1, label[:, None]).sum()
                (gradient,) = torch.autograd.grad(score, features)
            maps.append(combine(features.detach(), gradient).sum(1, keepdim=True))
    return torch.cat(maps).contiguous().to(images.device)


def _features(
    model: nn.Module, images: Tensor, layer: nn.Module, target: Tensor
) -> tuple[Tensor, Tensor]:
    """The layer's output, from which the gradient can be taken, and the model's logits."""
    with captured(layer) as outputs:
        logits = logits_of(model, images, target)
    if len(outputs) != 1:
        times = "never" if not outputs else f"{len(outputs)} times"
        raise ValueError(
            f"The layer was called {times} in one pass: give a module of this model "
            "that is called once, for example network.features[-1]."
        )
    (features,) = outputs
    if features.ndim != 4 or len(features) != len(images):
        raise ValueError(
            f"The layer returned the shape {tuple(features.shape)}: give one with a map "
            "(N, channels, h, w)."
        )
    return features, logits


@contextmanager
def captured(layer: nn.Module) -> Generator[list[Tensor], None, None]:
    """Collect what a layer returns; the hook is gone afterwards, also when the model raises.

    Each output is the start of the graph: nothing is differentiated that lies before the layer.

    >>> with explain.captured(network.features[0]) as outputs:
    ...     logits = network(cat)
    >>> outputs[0].shape
    torch.Size([1, 32, 112, 112])
    """
    outputs = []

    def keep(module: nn.Module, inputs: tuple, output: Tensor) -> Tensor:
        outputs.append(output.detach().requires_grad_(torch.is_grad_enabled()))
        return outputs[-1].clone()  # an in-place ReLU behind the layer must not change what we keep

    handle = layer.register_forward_hook(keep)
    try:
        yield outputs
    finally:
        handle.remove()


def _check(images: Tensor, target: Target, **counts: int) -> Tensor:
    check_images(images)
    check_count(**counts)
    return check_target(target, len(images))
