"""The ascent: gradient steps up a score, with whatever is put between the values and the score."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

import torch
from torch import Tensor
from tqdm.auto import tqdm

from helpers.maximize.objective import Objective
from helpers.maximize.parameterisations import Parameterisation
from helpers.maximize.priors import Penalty, Rule
from helpers.maximize.transforms import Transform
from helpers.model import check_count


@dataclass
class Maximized:
    """What `maximize` found.

    picture: (N, C, H, W) in [0, 1], the last one; frames: the pictures after the steps in `keep`,
    0 being the start; scores: (steps done, N), the score before each step, without the penalties,
    of the view that was shown; interrupted: True if it was stopped early.

    >>> result = maximize(logit(network, 285), Pixels(cat), steps=2, keep=[0, 2])
    >>> list(result.frames), result.scores.shape
    ([0, 2], torch.Size([2, 1]))
    """

    picture: Tensor
    frames: dict[int, Tensor] = field(default_factory=dict)
    scores: Tensor = field(default_factory=lambda: torch.zeros(0))
    interrupted: bool = False


def maximize(
    score: Objective,
    parameterisation: Parameterisation,
    steps: int,
    priors: Sequence[Penalty] = (),
    rules: Sequence[Rule] = (),
    transform: Transform | None = None,
    lr: float = 0.05,
    seed: int = 0,
    keep: Iterable[int] = (),
    watch: Callable[[int, Tensor], None] | None = None,
) -> Maximized:
    """Climb the score, by Adam, from where the parameterisation stands.

    Args:
        score: objective, pictures (N, C, H, W) to N numbers; each picture climbs its own.
        parameterisation: what is moved; it is moved in place, so a second call goes on from there.
        steps: gradient steps.
        priors: penalties, pictures to N numbers, taken off the score.
        rules: applied to the moved values after each step, in this order.
        transform: the score sees a random view of the pictures, another at each step.
        lr: Adam's step size, in the units of what is moved (pixels: brightness).
        seed: same seed, same views.
        keep: steps after which the picture is kept in `frames`; 0 is the start.
        watch: called with (step, pictures) about once a second and at the end.

    Interrupting (the ■ button, Ctrl-C) stops after the last whole step and returns what there is.
    Raises ValueError for a score that has no gradient or is not one number a picture.

    >>> black = Pixels(torch.zeros(1, 3, 8, 8))
    >>> maximize(lambda pictures: pictures.mean((1, 2, 3)), black, steps=30).picture.mean()
    tensor(1.)
    """
    check_count(steps=steps)
    random = torch.Generator().manual_seed(seed)
    keep, scores, watched = set(keep), [], monotonic()
    result = Maximized(parameterisation().detach())
    if 0 in keep:
        result.frames[0] = result.picture
    # The caller may be under no_grad or inference_mode.
    with torch.inference_mode(False), torch.enable_grad():
        values = parameterisation.values
        adam = torch.optim.Adam([values], lr=lr, maximize=True)
        bar = tqdm(range(1, steps + 1), desc="steps", delay=1, leave=False)
        try:
            for step in bar:
                pictures = parameterisation()
                seen = transform(pictures, random) if transform else pictures
                reached = _checked(score(seen), len(pictures))
                goal = reached.sum() - sum(prior(pictures).sum() for prior in priors)
                (gradient,) = torch.autograd.grad(goal, values)
                _step(adam, parameterisation, rules, gradient)
                scores.append(reached.detach().cpu())
                bar.set_postfix(score=f"{scores[-1].mean():.1f}", refresh=False)
                if step in keep:
                    result.frames[step] = parameterisation().detach()
                if watch and (step == steps or monotonic() - watched > 1):
                    watch(step, parameterisation().detach())
                    watched = monotonic()
        except KeyboardInterrupt:
            result.interrupted = True
    result.picture = parameterisation().detach()
    result.scores = torch.stack(scores) if scores else result.scores
    return result


@torch.no_grad()
def _step(
    adam: torch.optim.Adam,
    parameterisation: Parameterisation,
    rules: Sequence[Rule],
    gradient: Tensor,
) -> None:
    """One step up, then the rules, then back to values that are allowed."""
    values = parameterisation.values
    values.grad = gradient
    adam.step()
    for rule in rules:
        values.copy_(rule(values, gradient))
    parameterisation.project()


def _checked(scores: Tensor, n: int) -> Tensor:
    if scores.shape != (n,):
        raise ValueError(f"The score has shape {tuple(scores.shape)}: give one number a picture.")
    if not scores.requires_grad:
        raise ValueError("The score has no gradient: remove its detach(), argmax() or no_grad.")
    return scores
