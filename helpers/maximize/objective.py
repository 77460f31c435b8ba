"""Objectives: what the ascent is to raise."""

from collections.abc import Callable

from torch import Tensor, nn

from helpers.model import Target, check_target, frozen, logits_of

Objective = Callable[[Tensor], Tensor]  # pictures (N, C, H, W) → scores (N,)


def logit(model: nn.Module, target: Target) -> Objective:
    """The target's logit; target: one class index, or one a picture.

    The model is `frozen` at each call, and handed back as it was.

    >>> logit(network, 285)(cat).shape
    torch.Size([1])
    """

    def score(pictures: Tensor) -> Tensor:
        wanted = check_target(target, len(pictures))
        with frozen(model) as device:
            wanted = wanted.to(device)
            return logits_of(model, pictures.to(device), wanted).gather(1, wanted[:, None])[:, 0]

    return score
