"""Controls: maps that know nothing of the model. An explanation has to do better than these."""

import torch
import torch.nn.functional as F

from helpers.model import check_images


def sobel(images: torch.Tensor) -> torch.Tensor:
    """Edges: the magnitude of the Sobel gradient of the mean channel, (N, 3, H, W) -> (N, 1, H, W).

    In brightness per pixel: a ramp that rises by 0.1 a pixel has the value 0.1.

    Adebayo et al. 2018, Sanity checks for saliency maps (arXiv:1810.03292), use it as the control.

    >>> ramp = (torch.arange(8) / 10).expand(1, 3, 8, 8)
    >>> explain.sobel(ramp)[0, 0, 4, 3:5]  # the slope
    tensor([0.1000, 0.1000])
    """
    check_images(images)
    smooth, slope = images.new_tensor([1, 2, 1]) / 4, images.new_tensor([-1, 0, 1]) / 2
    kernels = torch.stack([torch.outer(smooth, slope), torch.outer(slope, smooth)])[:, None]
    # The border pixels are repeated: the picture's own frame is no edge.
    grey = F.pad(images.mean(1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    return F.conv2d(grey, kernels).norm(dim=1, keepdim=True)


def centre(images: torch.Tensor) -> torch.Tensor:
    """A blob in the middle, the same for every picture: (N, 3, H, W) -> (N, 1, H, W) in (0, 1].

    A Gaussian; its standard deviation is a quarter of the shorter side. Photographers put things in
    the middle, so a map must beat this before it may be said to find the object.

    >>> blob = explain.centre(cat)[0, 0]
    >>> blob.argmax().item() // 224, round(blob[112, 56].item(), 1)
    (111, 0.6)
    """
    check_images(images)
    height, width = images.shape[-2:]
    rows, columns = (torch.arange(side) - (side - 1) / 2 for side in (height, width))
    squared = rows[:, None] ** 2 + columns**2
    blob = torch.exp(-squared / 2 / (min(height, width) / 4) ** 2)
    return blob.expand(len(images), 1, height, width).to(images)


def random_map(images: torch.Tensor, seed: int = 0) -> torch.Tensor:
    """Uniform random numbers in [0, 1), one per pixel: (N, 3, H, W) -> (N, 1, H, W).

    >>> explain.random_map(cat).shape
    torch.Size([1, 1, 224, 224])
    """
    check_images(images)
    shape = (len(images), 1, *images.shape[-2:])
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)).to(images)
