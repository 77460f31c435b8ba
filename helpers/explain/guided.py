"""Guided backpropagation and deconvolution: gradients bent at every ReLU.

They are here to be caught: their sharp pictures hardly change when the weights are random
(Nie, Zhang & Patel 2018, arXiv:1805.07039; Adebayo et al. 2018, arXiv:1810.03292).
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from torch import Tensor, nn

from helpers.explain.gradients import gradient
from helpers.model import Target, frozen


def guided_backprop(
    model: nn.Module,
    images: Tensor,
    target: Target,
    chunk: int = 16,
) -> Tensor:
    """Guided backpropagation: at every ReLU a negative gradient is stopped, (N, 3, H, W).

    Arguments as for `gradient`. Bends what nn.ReLU and nn.ReLU6 modules do; ValueError if there
    are none. Not a gradient of anything.

    Springenberg et al. 2015, Striving for simplicity (arXiv:1412.6806).

    >>> explain.guided_backprop(network, cat, 285).shape
    torch.Size([1, 3, 224, 224])
    """
    # What arrives at the ReLU's input has passed the ordinary rule: zero where the ReLU was off.
    return _bent(model, images, target, chunk, lambda arrived, sent: arrived.clamp(min=0))


def deconvolution(
    model: nn.Module,
    images: Tensor,
    target: Target,
    chunk: int = 16,
) -> Tensor:
    """Deconvolution: the way back through a ReLU is a ReLU, whatever the input was, (N, 3, H, W).

    Arguments as for `guided_backprop`.

    Zeiler & Fergus 2014, Visualizing and understanding convolutional networks (arXiv:1311.2901).

    >>> explain.deconvolution(network, cat, 285).shape
    torch.Size([1, 3, 224, 224])
    """
    return _bent(model, images, target, chunk, lambda arrived, sent: sent.clamp(min=0))


def _bent(model: nn.Module, images: Tensor, target: Target, chunk: int, rule: Callable) -> Tensor:
    with frozen(model), bent_relus(model, rule):
        return gradient(model, images, target, chunk=chunk)


@contextmanager
def bent_relus(
    model: nn.Module, rule: Callable[[Tensor, Tensor], Tensor]
) -> Generator[None, None, None]:
    """Within, a ReLU sends back rule(gradient at its input, gradient at its output).

    >>> with bent_relus(network, lambda arrived, sent: arrived.clamp(min=0)):
    ...     maps = explain.gradient(network, cat, 285)
    >>> torch.equal(maps, explain.guided_backprop(network, cat, 285))
    True
    """
    relus = [m for m in model.modules() if isinstance(m, (nn.ReLU, nn.ReLU6))]
    if not relus:
        raise ValueError(
            "The model has no nn.ReLU or nn.ReLU6 module to bend: use modules, not F.relu."
        )
    in_place = [relu.inplace for relu in relus]
    handles = []
    try:
        for relu in relus:
            relu.inplace = False  # a module with a backward hook must not overwrite its input
            hook = relu.register_full_backward_hook(
                lambda module, inputs, outputs: (rule(inputs[0], outputs[0]),)
            )
            handles.append(hook)
        yield
    finally:
        for handle in handles:
            handle.remove()
        for relu, flag in zip(relus, in_place, strict=True):
            relu.inplace = flag
