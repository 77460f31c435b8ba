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

from helpers.maximize.ascent import Maximized, maximize
from helpers.maximize.objective import Objective, logit
from helpers.maximize.parameterisations import Fourier, Generated, Parameterisation, Pixels
from helpers.maximize.priors import (
    Penalty,
    Rule,
    blur,
    clip_small_contribution,
    clip_small_norm,
    coarse_first,
    decay,
    total_variation,
    variation,
    white_pixels,
)
from helpers.maximize.transforms import Move, Transform, rotate, scale, shaken, shift

__all__ = [
    "Fourier",
    "Generated",
    "Maximized",
    "Move",
    "Objective",
    "Parameterisation",
    "Penalty",
    "Pixels",
    "Rule",
    "Transform",
    "blur",
    "clip_small_contribution",
    "clip_small_norm",
    "coarse_first",
    "decay",
    "logit",
    "maximize",
    "rotate",
    "scale",
    "shaken",
    "shift",
    "total_variation",
    "variation",
    "white_pixels",
]
