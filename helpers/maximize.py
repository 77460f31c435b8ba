"""Activation maximization: draw the picture that a network, a class or a neuron likes best.

    from helpers.maximize import Fourier, logit, maximize, rotate, scale, shift, shaken
    result = maximize(logit(network, 285), Fourier(1, 224), steps=150,
                      rules=[decay(0.02)], transform=shaken(shift(8), scale(0.1), rotate(5)))
    result.picture                              # (1, 3, 224, 224) in [0, 1]

Four parts, each a function of a few lines; put together by `maximize`:

- objective: pictures (N, C, H, W) → scores (N,), to go up (`logit`, or any function of yours);
- parameterisation: what is moved, and how it becomes pictures in [0, 1] (`Pixels`, `Fourier`,
  `Generated`);
- priors: penalties taken off the score (`white_pixels`, `total_variation`), and rules that change
  the moved values after each step (`decay`, `blur`, `clip_small_norm`, `clip_small_contribution`,
  `coarse_first`);
- transform: a random view of the picture, another at each step (`shaken`).

Erhan et al. 2009, Visualizing higher-layer features; Simonyan et al. 2014 (arXiv:1312.6034);
Yosinski et al. 2015 (arXiv:1506.06579); Olah, Mordvintsev & Schubert 2017, Feature Visualization.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from time import monotonic

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm.auto import tqdm

from helpers.explain.contract import check_count, check_target, lent, logits_of

Objective = Callable[[Tensor], Tensor]  # pictures (N, C, H, W) → scores (N,)
Penalty = Callable[[Tensor], Tensor]  # pictures (N, C, H, W) → what to take off the scores (N,)
Rule = Callable[[Tensor, Tensor], Tensor]  # moved values, their gradient → moved values
Transform = Callable[[Tensor, torch.Generator], Tensor]  # pictures → a random view of them


@dataclass
class Maximized:
    """What `maximize` found.

    picture: (N, C, H, W) in [0, 1], the last one; frames: the pictures after the steps in `keep`,
    0 being the start; scores: (steps done, N), the score before each step, without the penalties,
    of the view that was shown; interrupted: True if it was stopped early.
    """

    picture: Tensor
    frames: dict[int, Tensor] = field(default_factory=dict)
    scores: Tensor = field(default_factory=lambda: torch.zeros(0))
    interrupted: bool = False


def maximize(
    score: Objective,
    parameterisation: "Pixels | Fourier | Generated",
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
                (values.grad,) = torch.autograd.grad(goal, values)
                _step(adam, parameterisation, rules)
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
def _step(adam: torch.optim.Adam, parameterisation, rules: Sequence[Rule]) -> None:
    """One step up, then the rules, then back to values that are allowed."""
    values = parameterisation.values
    gradient = values.grad
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


# ---------------------------------------------------------------------- objectives


def logit(model: nn.Module, target: int | Sequence[int] | Tensor) -> Objective:
    """The target's logit; target: one class index, or one a picture.

    The model is borrowed at each call: eval mode, its flags put back, frozen or not.
    """

    def score(pictures: Tensor) -> Tensor:
        wanted = check_target(target, len(pictures))
        with lent(model) as device:
            wanted = wanted.to(device)
            return logits_of(model, pictures.to(device), wanted).gather(1, wanted[:, None])[:, 0]

    return score


# ---------------------------------------------------------------------- parameterisations
# Each has `values`, the tensor that is moved, becomes pictures when called, and can `project` its
# values back to those allowed.


class Pixels:
    """The pixels themselves, kept in [0, 1]; start: pictures (N, C, H, W), noise or a photo."""

    def __init__(self, start: Tensor):
        self.values = start.detach().clone().requires_grad_(True)

    def __call__(self) -> Tensor:
        return self.values.clone()

    def project(self) -> None:
        self.values.clamp_(0, 1)


class Fourier:
    """Pictures (n, 3, size, size) as waves, colours decorrelated, of a photograph's contrast.

    Every wave is scaled by 1/frequency^1.5, so that a step changes coarse forms more easily than
    single pixels; and the three channels that are moved are those along which the colours of
    photographs vary independently. Both change which way is up, not what can be drawn. The
    contrast is held fixed: without that, whispers that only the network hears would do.

    Args:
        n, size: how many pictures, pixels a side; seed: of the clouds it starts from.
        waves: False moves pixels instead; colours: False moves red, green and blue.

    Olah, Mordvintsev & Schubert 2017 (10.23915/distill.00007), with their colour statistics of
    ImageNet; they scale by 1/frequency, which leaves this course's small network too much grain.
    """

    COLOURS = ((0.26, 0.06, 0.01), (0.27, 0.00, -0.03), (0.27, -0.06, 0.02))
    CONTRAST = 1.0  # standard deviation before the sigmoid: .2 after it, as in photographs

    def __init__(self, n: int, size: int, seed: int = 0, waves: bool = True, colours: bool = True):
        random = torch.Generator().manual_seed(seed)
        shape = (n, 3, size, size // 2 + 1, 2) if waves else (n, 3, size, size)
        self.values = (0.01 * torch.randn(shape, generator=random)).requires_grad_(True)
        coarsest = 1 / size  # where the mean of the picture, frequency 0, is counted too
        self.scale = _frequencies(size).clamp(min=coarsest)[..., None] ** -1.5 if waves else None
        self.colours = torch.tensor(self.COLOURS) if colours else torch.eye(3)
        self.size = size

    def __call__(self) -> Tensor:
        channels = self.values
        if self.scale is not None:
            waves = torch.view_as_complex(self.values * self.scale)
            channels = torch.fft.irfft2(waves, s=(self.size, self.size))
        channels = torch.einsum("cd,ndhw->nchw", self.colours, channels)
        contrast = channels.flatten(1).std(1)[:, None, None, None]
        return (channels * (self.CONTRAST / contrast)).sigmoid()

    def project(self) -> None:
        """Every wave is allowed: the sigmoid keeps the pictures in [0, 1]."""


@cache
def _frequencies(size: int) -> Tensor:
    """Periods a pixel of each wave of a real picture, (size, size // 2 + 1)."""
    rows, columns = torch.fft.fftfreq(size)[:, None], torch.fft.rfftfreq(size)[None]
    return (rows**2 + columns**2).sqrt()


class Generated:
    """Pictures drawn by a generator: z (N, d) → pictures in [0, 1]; only z is moved.

    Nguyen et al. 2016, Synthesizing the preferred inputs (arXiv:1605.09304).
    """

    def __init__(self, generator: nn.Module, z: Tensor):
        self.generator = generator
        self.values = z.detach().clone().requires_grad_(True)

    def __call__(self) -> Tensor:
        with lent(self.generator):
            return self.generator(self.values)

    def project(self) -> None:
        """Every z is allowed; `decay` keeps it where the generator was trained."""


# ---------------------------------------------------------------------- priors: penalties


def white_pixels(weight: float) -> Penalty:
    """weight × the sum of the brightness: few white pixels, as in a handwritten digit."""
    return lambda pictures: weight * pictures.flatten(1).sum(1)


def total_variation(weight: float) -> Penalty:
    """weight × (mean |difference| of neighbours down + across): smooth pictures."""
    return lambda pictures: weight * variation(pictures)


def variation(pictures: Tensor) -> Tensor:
    """Total variation a pixel, (N, C, H, W) → (N,): mean |dx| + mean |dy|."""
    down = (pictures[:, :, 1:] - pictures[:, :, :-1]).abs().flatten(1).mean(1)
    across = (pictures[..., 1:] - pictures[..., :-1]).abs().flatten(1).mean(1)
    return down + across


# ---------------------------------------------------------------------- priors: rules
# Yosinski et al. 2015 with their picture's zero at `gray`. Pictures (N, C, H, W); `decay` takes z.


def decay(share: float, gray: float = 0.0) -> Rule:
    """Pull every value toward gray by this share: L2 decay."""
    return lambda x, gradient: gray + (1 - share) * (x - gray)


def blur(std: float) -> Rule:
    """Blur by a Gaussian of this standard deviation in pixels: no high frequencies."""
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
    """Set this share of the pixels, those nearest to gray, to gray."""
    return lambda x, gradient: _clip(x, (x - gray).norm(dim=1), share, gray)


def clip_small_contribution(share: float, gray: float = 0.5) -> Rule:
    """Set this share of the pixels, those that matter least, |(x − gray) · gradient|, to gray."""
    return lambda x, gradient: _clip(x, ((x - gray) * gradient).sum(1).abs(), share, gray)


def coarse_first(steps: int, first: int = 4) -> Rule:
    """For waves: those of more than `first` periods a side wait; after `steps` steps all are in.

    What is drawn early decides where things are, so that one large thing comes before many small
    ones. It counts its calls: make a new one for each ascent.
    """
    taken = count(1)

    def rule(values: Tensor, gradient: Tensor) -> Tensor:
        size = values.shape[2]
        limit = first * (size / first) ** min(1.0, next(taken) / steps)
        return values * (size * _frequencies(size) <= limit)[..., None]

    return rule


def _clip(x: Tensor, importance: Tensor, share: float, gray: float) -> Tensor:
    """x (N, C, H, W) with the least important share of its pixels, (N, H, W), set to gray."""
    limit = importance.flatten(1).quantile(share, dim=1)[:, None, None]
    return torch.where((importance < limit)[:, None], gray, x)


# ---------------------------------------------------------------------- transforms
# A move draws a 3 × 3 matrix in coordinates from −1 to 1; `shaken` multiplies the moves and looks
# the picture up once.

Move = Callable[[int, torch.Generator], Tensor]  # size in pixels → (3, 3)


def shift(pixels: float) -> Move:
    """A shift by up to so many pixels, each way."""

    def draw(size: int, random: torch.Generator) -> Tensor:
        matrix = torch.eye(3)
        matrix[:2, 2] = (2 * torch.rand(2, generator=random) - 1) * 2 * pixels / size
        return matrix

    return draw


def scale(share: float) -> Move:
    """Larger or smaller by up to this share."""

    def draw(size: int, random: torch.Generator) -> Tensor:
        factor = 1 + share * (2 * torch.rand((), generator=random) - 1)
        return torch.diag(torch.stack([1 / factor, 1 / factor, torch.tensor(1.0)]))

    return draw


def rotate(degrees: float) -> Move:
    """A rotation by up to so many degrees, either way."""

    def draw(size: int, random: torch.Generator) -> Tensor:
        angle = math.radians(degrees) * (2 * torch.rand((), generator=random).item() - 1)
        cos, sin = math.cos(angle), math.sin(angle)
        return torch.tensor([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])

    return draw


@cache
def _places(height: int, width: int) -> Tensor:
    """Where the pixels are: (height, width, 3), x and y from −1 to 1, and 1 for the shift."""
    x, y = ((2 * torch.arange(n) + 1) / n - 1 for n in (width, height))
    y, x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([x, y, torch.ones_like(x)], dim=2)


def shaken(*moves: Move) -> Transform:
    """All moves at once, drawn anew at each call; what comes in at the border is mirrored."""

    def transform(pictures: Tensor, random: torch.Generator) -> Tensor:
        matrix = torch.eye(3)
        for move in moves:
            matrix = matrix @ move(pictures.shape[-1], random)
        grid = (_places(*pictures.shape[2:]) @ matrix[:2].T).to(pictures)
        grid = grid.expand(len(pictures), -1, -1, -1)
        return F.grid_sample(pictures, grid, padding_mode="reflection", align_corners=False)

    return transform
