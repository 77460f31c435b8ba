"""What lesson 05 relies on: the answers' exact properties, on the course's own networks."""

import numpy as np
import pytest
import torch
from torch import nn

from grading import lesson as lessons
from helpers import digits, explain, load


@pytest.fixture(scope="module")
def digits_network():
    torch.manual_seed(0)
    return digits.cnn().eval()


def windows(part):
    """As in the lesson: (kernel, stride, padding at the left) of convolutions and poolings."""
    found = []
    for module in part.modules():
        if isinstance(module, (nn.Conv2d, nn.MaxPool2d)):
            k, s = np.max(module.kernel_size).item(), np.max(module.stride).item()
            found.append((k, s, (k - s) // 2))
    return found


def reach(function, side, channels, row):
    """First and last picture row that a place of function's map depends on."""
    generator = torch.Generator().manual_seed(0)
    picture = torch.rand(1, channels, side, side, generator=generator).requires_grad_(True)
    (gradient,) = torch.autograd.grad(function(picture)[0, :, row, row].sum(), picture)
    rows = gradient.abs().sum((0, 1, 3)).nonzero()
    return rows.min().item(), rows.max().item()


@pytest.mark.parametrize(("depth", "row"), [(0, 50), (4, 20), (6, 12), (8, 6)])
def test_receptive_field_is_what_the_network_sees(network, depth, row):
    part = network.features[: depth + 1]
    size, jump, start = lessons.of("5.2").right_answer("5.2")(windows(part))
    first, last = reach(lambda x: part(network.normalise(x)), 224, 3, row)
    assert (first, last) == (row * jump + start, row * jump + start + size - 1)


def test_receptive_field_of_the_digits_networks_second_convolution(digits_network):
    size, jump, start = lessons.of("5.2").right_answer("5.2")(windows(digits_network[:4]))
    assert (size, jump, start) == (8, 2, -3)
    first, last = reach(digits_network[:4], 28, 1, 7)
    # Pooling passes on one of two rows, so it may see less, never more.
    assert start + 7 * jump <= first <= last < start + 7 * jump + size


def test_activation_is_the_layers_output_and_leaves_no_hook(network):
    cat, layer = load.photograph("cat"), network.features[4]
    kept = lessons.of("5.1").right_answer("5.1")(network, layer, cat)
    assert torch.equal(kept, network.features[:5](network.normalise(cat)))
    assert not layer._forward_hooks


def test_activation_leaves_no_hook_when_the_model_raises(digits_network):
    layer = digits_network[3]
    with pytest.raises(RuntimeError):
        lessons.of("5.1").right_answer("5.1")(digits_network, layer, torch.zeros(1, 2, 28, 28))
    assert not layer._forward_hooks


def test_ascent_raises_every_filters_score_and_stays_a_picture(digits_network):
    part, own = digits_network[:4], torch.arange(12)
    start = torch.rand(12, 1, 28, 28, generator=torch.Generator().manual_seed(0))

    def score(pictures):
        return part(pictures)[own, own].mean((1, 2))

    found = lessons.of("5.5").right_answer("5.5")(score, start, 10, 0.02)
    assert (score(found) > score(start)).all()
    assert found.min() >= 0 and found.max() <= 1


def test_without_pooling_deconvolution_ignores_the_picture(network):
    """The lesson's failure case: the same map for every picture; the gradient has its own."""

    class Channels(nn.Module):
        def __init__(self):
            super().__init__()
            self.normalise, self.part = network.normalise, network.features[:5]

        def forward(self, images):
            return self.part(self.normalise(images)).mean((2, 3))

    pair = torch.cat([load.photograph("cat"), load.photograph("coffee")])
    first, second = explain.deconvolution(Channels(), pair, 4)
    assert torch.allclose(first, second, rtol=0, atol=1e-6 * first.abs().max().item())
    first, second = explain.gradient(Channels(), pair, 4)
    assert not torch.allclose(first, second, rtol=0, atol=0.1 * first.abs().max().item())
