"""What every method promises: inputs checked, the model handed back as it was."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

Target = int | Sequence[int] | Tensor  # a class index, or one per image


class Classifier(nn.Module):
    """A network that knows the names of its classes, as `load.network` gives it.

    Called with pictures (N, 3, H, W) in [0, 1] it returns logits (N, classes).

    >>> network.classes[285]
    'Egyptian cat'
    """

    classes: list[str]
    normalise: nn.Module


@contextmanager
def frozen(model: nn.Module) -> Generator[torch.device, None, None]:
    """Within, the model is in eval mode and its parameters are frozen; yields its device.

    Train mode and `requires_grad` flags are put back, also when the model raises.

    >>> model = nn.Dropout()
    >>> with frozen(model) as device:
    ...     model.training, device
    (False, device(type='cpu'))
    >>> model.training
    True
    """
    training = [module for module in model.modules() if module.training]
    needed = [parameter for parameter in model.parameters() if parameter.requires_grad]
    first = next(model.parameters(), None)
    try:
        if training:  # eval() walks through the whole model, and a model may be frozen at each step
            model.eval()
        for parameter in needed:  # their gradients would cost time and be thrown away
            parameter.requires_grad_(False)
        yield torch.device("cpu") if first is None else first.device
    finally:
        for module in training:
            module.training = True
        for parameter in needed:
            parameter.requires_grad_(True)


def check_images(images: Tensor) -> None:
    """ValueError unless the images are a float tensor (N, C, H, W).

    The range is not checked: noise and interpolation may leave [0, 1].

    >>> check_images(torch.rand(3, 224, 224))
    Traceback (most recent call last):
    ValueError: images has the shape (3, 224, 224): give (N, 3, H, W), images[None] adds the N.
    """
    if not isinstance(images, Tensor):
        raise ValueError(f"images is a {type(images).__name__}: give a tensor (N, 3, H, W).")
    if images.ndim != 4:
        hint = ", images[None] adds the N" if images.ndim == 3 else ""
        raise ValueError(f"images has the shape {tuple(images.shape)}: give (N, 3, H, W){hint}.")
    if not images.is_floating_point():
        raise ValueError(f"images holds {images.dtype}: give floats in [0, 1], as load.image does.")


def check_target(target: Target, n: int) -> Tensor:
    """The target as a tensor of n class indices; ValueError if there are more or fewer.

    >>> check_target(285, 3)
    tensor([285, 285, 285])
    """
    target = torch.as_tensor(target)
    if target.is_floating_point() or target.dtype == torch.bool:
        raise ValueError("target is no class index: give one integer, or one per image.")
    if target.ndim > 1 or (target.ndim == 1 and len(target) != n):
        raise ValueError(
            f"target has the shape {tuple(target.shape)} for {n} images: "
            "give one class index, or one per image."
        )
    return target.long().expand(n)


def check_count(**counts: int) -> None:
    """ValueError unless each is a whole number of at least 1.

    >>> check_count(steps=0)
    Traceback (most recent call last):
    ValueError: steps is 0: give a whole number of at least 1.
    """
    for name, count in counts.items():
        if not isinstance(count, int) or count < 1:
            raise ValueError(f"{name} is {count!r}: give a whole number of at least 1.")


def logits_of(model: nn.Module, images: Tensor, target: Tensor) -> Tensor:
    """The model's logits (N, classes), once it is clear that the target is one of the classes.

    >>> logits_of(network, cat, torch.tensor([285])).shape
    torch.Size([1, 1000])
    """
    logits = model(images)
    if logits.ndim != 2 or len(logits) != len(images):
        raise ValueError(
            f"The model returned the shape {tuple(logits.shape)} for {len(images)} images: "
            "explainers need logits (N, classes)."
        )
    if target.min() < 0 or target.max() >= logits.shape[1]:
        raise ValueError(
            f"target {target.tolist()} is out of range: "
            f"the model has the classes 0 to {logits.shape[1] - 1}."
        )
    return logits
