"""Parameterisations: what is moved, and how it becomes pictures in [0, 1]."""

from functools import cache
from typing import Protocol

import torch
from torch import Tensor, nn

from helpers.model import frozen


class Parameterisation(Protocol):
    """`values`, the tensor that is moved; becomes pictures (N, C, H, W) in [0, 1] when called.

    >>> def moved(parameterisation: Parameterisation) -> int:
    ...     return parameterisation.values.numel()
    >>> moved(Pixels(torch.rand(1, 3, 8, 8)))
    192
    """

    values: Tensor

    def __call__(self) -> Tensor: ...

    def project(self) -> None:
        """Put the values back, in place, to those that are allowed."""


class Pixels:
    """The pixels themselves, kept in [0, 1]; start: pictures (N, C, H, W), noise or a photo.

    >>> Pixels(torch.rand(1, 3, 8, 8))().shape
    torch.Size([1, 3, 8, 8])
    """

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

    >>> Fourier(2, 16)().shape
    torch.Size([2, 3, 16, 16])
    """

    COLOURS = ((0.26, 0.06, 0.01), (0.27, 0.00, -0.03), (0.27, -0.06, 0.02))
    CONTRAST = 1.0  # standard deviation before the sigmoid: .2 after it, as in photographs

    def __init__(self, n: int, size: int, seed: int = 0, waves: bool = True, colours: bool = True):
        random = torch.Generator().manual_seed(seed)
        shape = (n, 3, size, size // 2 + 1, 2) if waves else (n, 3, size, size)
        self.values = (0.01 * torch.randn(shape, generator=random)).requires_grad_(True)
        coarsest = 1 / size  # where the mean of the picture, frequency 0, is counted too
        self.scale = frequencies(size).clamp(min=coarsest)[..., None] ** -1.5 if waves else None
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
def frequencies(size: int) -> Tensor:
    """Periods a pixel of each wave of a real picture, (size, size // 2 + 1).

    >>> frequencies(4)[0]
    tensor([0.0000, 0.2500, 0.5000])
    """
    rows, columns = torch.fft.fftfreq(size)[:, None], torch.fft.rfftfreq(size)[None]
    return (rows**2 + columns**2).sqrt()


class Generated:
    """Pictures drawn by a generator: z (N, d) → pictures in [0, 1]; only z is moved.

    Nguyen et al. 2016, Synthesizing the preferred inputs (arXiv:1605.09304).

    >>> Generated(digits.VAE().decode, torch.zeros(2, 10))().shape
    torch.Size([2, 1, 28, 28])
    """

    def __init__(self, generator: nn.Module, z: Tensor):
        self.generator = generator
        self.values = z.detach().clone().requires_grad_(True)

    def __call__(self) -> Tensor:
        with frozen(self.generator):
            return self.generator(self.values)

    def project(self) -> None:
        """Every z is allowed; `decay` keeps it where the generator was trained."""
