"""Every local explanation method on the same pictures, side by side, and edits to compare with.

`EDITS` changes a picture, `explain_all` computes, `draw` draws.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers import explain, plot
from helpers.model import frozen
from helpers.plot.base import told, written
from helpers.plot.grid import grid
from helpers.plot.pictures import pixels_of, show_map


def gradcam(network: nn.Module, pictures: Tensor, target: int) -> Tensor:
    """Grad-CAM of the last layer that still has places, what speaks for the class, enlarged.

    >>> gradcam(network, cat, 285).shape
    torch.Size([1, 1, 224, 224])
    """
    maps = explain.gradcam(network, pictures, target, last_map(network, pictures[:1]))
    return F.interpolate(maps.clamp(min=0), pictures.shape[-2:], mode="bilinear")


def last_map(network: nn.Module, picture: Tensor) -> nn.Module:
    """The last module with a convolution in it that returns a map (N, K, h, w), used once.

    >>> last_map(network, cat) is network.features
    True
    """
    returned = []

    def note(module: nn.Module, inputs: tuple, output: Any) -> None:
        if isinstance(output, Tensor) and output.ndim == 4 and output[0, 0].numel() > 1:
            returned.append(module)

    def convolves(module: nn.Module) -> bool:
        return any(isinstance(part, nn.Conv2d) for part in module.modules())

    handles = [m.register_forward_hook(note) for m in network.modules() if convolves(m)]
    try:
        with frozen(network), torch.no_grad():
            network(picture)
    finally:
        for handle in handles:
            handle.remove()
    once = [module for module in returned if returned.count(module) == 1]
    if not once:
        raise ValueError("The network has no convolution whose output is a map.")
    return once[-1]


def occlusion(network: nn.Module, pictures: Tensor, target: int) -> Tensor:
    """Occlusion with a patch of a quarter of the side, in steps of an eighth.

    >>> occlusion(network, cat[..., ::4, ::4], 285).shape
    torch.Size([1, 1, 56, 56])
    """
    side = min(pictures.shape[-2:])
    return explain.occlusion(network, pictures, target, patch=side // 4, stride=side // 8)


def lime(network: nn.Module, pictures: Tensor, target: int) -> Tensor:
    """LIME on about 30 superpixels with 100 samples.

    >>> lime(network, cat[..., ::4, ::4], 285).shape
    torch.Size([1, 1, 56, 56])
    """
    pieces = torch.stack([explain.superpixels(one[None], 30) for one in pictures])
    return explain.lime_image(network, pictures, target, pieces, n=100)


# Fewer samples than the papers use, so that all of them answer within seconds on two cores.
METHODS: dict[str, Callable[[nn.Module, Tensor, int], Tensor]] = {
    "gradient": explain.gradient,
    "SmoothGrad": lambda *question: explain.smoothgrad(*question, n=16),
    "Integrated Gradients": lambda *question: explain.integrated_gradients(*question, 0, steps=24),
    "guided backprop": explain.guided_backprop,
    "Grad-CAM": gradcam,
    "occlusion": occlusion,
    "LIME": lime,
    "Sobel (control)": lambda network, pictures, target: explain.sobel(pictures),
    "centre (control)": lambda network, pictures, target: explain.centre(pictures),
    "random (control)": lambda network, pictures, target: explain.random_map(pictures),
}
SIGNED = ("occlusion", "LIME")  # coarse enough for the eye to read signs
COARSE = ("Grad-CAM", *SIGNED)  # drawn over the picture, which shows through
QUICK = ("gradient", "Grad-CAM", "Sobel (control)")


def covered(picture: Tensor) -> Tensor:
    """The picture with a grey square over its middle.

    >>> covered(cat)[0, 0, 112, 112].item()
    0.5
    """
    height, width = picture.shape[-2:]
    picture = picture.clone()
    picture[..., height // 4 : -height // 4, width // 4 : -width // 4] = 0.5
    return picture


def blurred(picture: Tensor) -> Tensor:
    """The picture with details below about 8 pixels gone.

    >>> blurred(cat).shape
    torch.Size([1, 3, 224, 224])
    """
    small = F.interpolate(picture, scale_factor=1 / 8, mode="area")
    return F.interpolate(small, picture.shape[-2:], mode="bilinear")


def noisy(picture: Tensor) -> Tensor:
    """The picture with Gaussian noise of standard deviation 0.15, always the same.

    >>> noisy(cat).shape
    torch.Size([1, 3, 224, 224])
    """
    noise = torch.randn(picture.shape, generator=torch.Generator().manual_seed(0))
    return (picture + 0.15 * noise).clamp(0, 1)


EDITS: dict[str, Callable[[Tensor], Tensor]] = {
    "mirrored": lambda picture: picture.flip(3),
    "upside down": lambda picture: picture.flip(2, 3),
    "grey": lambda picture: picture.mean(1, keepdim=True).expand_as(picture),
    "red and blue swapped": lambda picture: picture.flip(1),
    "darker": lambda picture: 0.4 * picture,
    "blurred": blurred,
    "noise": noisy,
    "middle covered": covered,
    "quarters swapped": lambda p: p.roll((p.shape[2] // 2, p.shape[3] // 2), (2, 3)),
}


def explain_all(
    network: nn.Module,
    pictures: Tensor,
    target: int,
    methods: Sequence[str] = tuple(METHODS),
    after_each: Callable[[dict], None] = lambda results: None,
) -> dict[str, Tensor | str]:
    """Each method's maps of all pictures (N, 3, H, W): (N, 3, H, W) or (N, 1, H, W), not scaled.

    A method that this network does not allow has one sentence in place of its maps.
    `after_each(results so far)` is called whenever a method is done.

    >>> list(explain_all(network, cat, 285, ["gradient", "Sobel (control)"]))
    ['gradient', 'Sobel (control)']
    """
    results: dict[str, Tensor | str] = {}
    for name in methods:
        try:
            results[name] = METHODS[name](network, pictures, target)
        except (ValueError, RuntimeError) as error:
            results[name] = str(error).partition("\n")[0]
        after_each(results)
    return results


def probabilities(network: nn.Module, pictures: Tensor) -> Tensor:
    """The network's probabilities of every class, (N, classes), on the CPU.

    >>> probabilities(network, cat).argmax(1)
    tensor([285])
    """
    with frozen(network), torch.no_grad():
        return network(pictures).softmax(1).cpu()


def like_sobel(results: Mapping[str, Tensor | str], picture: Tensor) -> dict[str, str]:
    """How much each method's first map is like the edges of the picture (1, 3, H, W), in words.

    >>> like_sobel(explain_all(network, cat, 285, ["Sobel (control)"]), cat)
    {'Sobel (control)': 'like Sobel: 1.00'}
    """
    edges = explain.sobel(picture)
    found = {
        name: explain.rank_correlation(maps[:1].abs().amax(1, keepdim=True), edges).item()
        for name, maps in results.items()
        if isinstance(maps, Tensor)
    }
    return {name: f"like Sobel: {written(like, '.2f')}" for name, like in found.items()}


COLUMNS = 4
PLACES = ("top left", "top", "top right", "left", "middle", "right")
PLACES += ("bottom left", "bottom", "bottom right")


def draw(
    pictures: Tensor,
    labels: Sequence[str],
    results: Mapping[str, Tensor | str],
    methods: Sequence[str] = (),
    caption: str = "",
    alt: str = "",
    numbers: Mapping[str, str] | None = None,
) -> plot.Picture:
    """One row a picture (N, 3, H, W), one column a method, empty while it has no result.

    After four columns it goes on below. Coarse maps lie over their picture, fine ones are drawn
    alone. All rows of a method share one scale, so that a fainter map is a weaker one. `numbers`,
    {name: text}, stand under the methods' names.

    >>> results = explain_all(network, cat, 285, ["Sobel (control)"])
    >>> draw(cat, ["the cat"], results).alt
    'Rows: the cat. Sobel (control): strongest top.'
    """
    names = ["picture", *(methods or results)]
    wide = 3 if len(names) in (5, 6) else min(COLUMNS, len(names))
    names += [""] * (-len(names) % wide)  # so that the last strip is full
    strips = [names[i : i + wide] for i in range(0, len(names), wide)]
    cells = [(row, name) for strip in strips for row in range(len(labels)) for name in strip]
    maps = {
        name: found.mean(1) if name in SIGNED else found.abs().amax(1)
        for name, found in results.items()
        if isinstance(found, Tensor)
    }
    below = {name: f"\n{text}" for name, text in (numbers or {}).items()}
    titles = ["" if row else name + below.get(name, "") for row, name in cells]
    rows = [*labels] * len(strips)
    figure, axes = grid([pictures[row] for row, _ in cells], titles, wide, rows)
    for axis, (row, name) in zip(axes, cells, strict=True):
        if name == "picture":
            axis.imshow(pixels_of(pictures[row]))
        elif name in maps:
            top = torch.quantile(maps[name].abs().flatten(), plot.CLIP).item() or 1.0
            under = pictures[row] if name in COARSE else None
            show_map(axis, (maps[name][row] / top).numpy(), name in SIGNED, under)
        elif name in results:
            axis.text(0.5, 0.5, "not possible", ha="center", fontsize=9)
        elif not name:
            axis.remove()
    said = [alt, "Rows: " + "; ".join(label.replace("\n", ", ") for label in labels)]
    for name in results:
        if name in maps:
            ninths = F.adaptive_avg_pool2d(maps[name], 3).flatten(1).argmax(1)
            said.append(f"{name}: strongest {', '.join(PLACES[ninth] for ninth in ninths)}")
        else:
            said.append(f"{name}: not possible")
    return plot.picture(figure, caption, told(*said))
