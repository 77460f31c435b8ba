"""Explainers: captum agrees, exact properties hold, and the model comes back as it was."""

import pytest
import torch
from torch import nn

from helpers import explain
from tests.tensors import close

GRADIENTS = [explain.gradient, explain.smoothgrad, explain.smoothgrad_squared, explain.vargrad]
EXPLAINERS = [*GRADIENTS, explain.occlusion]
CAT = 285


def small(explainer):
    """Arguments that make an explainer quick on 8x8 images."""
    if explainer is explain.occlusion:
        return {"patch": 4, "stride": 2}
    return {} if explainer is explain.gradient else {"n": 4}


# ------------------------------------------------------------------- captum as the oracle


def test_gradient_is_captums(network, cat):
    from captum.attr import Saliency

    theirs = Saliency(network).attribute(cat.clone().requires_grad_(), target=CAT, abs=False)
    assert close(explain.gradient(network, cat, CAT), theirs)


@pytest.mark.parametrize(("patch", "stride"), [(80, 72), (100, 60)])  # the second is cut off
def test_occlusion_is_captums(network, cat, patch, stride):
    from captum.attr import Occlusion

    theirs = Occlusion(network).attribute(
        cat,
        target=CAT,
        sliding_window_shapes=(3, patch, patch),
        strides=(3, stride, stride),
        baselines=0.5,
    )
    ours = explain.occlusion(network, cat, CAT, patch=patch, stride=stride)
    assert ours.shape == (1, 1, 224, 224)
    assert close(ours, theirs[:, :1].float())


@pytest.mark.parametrize(("patch", "stride"), [(4, 2), (3, 3), (5, 2), (8, 8), (1, 1)])
def test_occlusion_is_captums_on_every_grid(tiny, images, patch, stride):
    from captum.attr import Occlusion

    tiny.eval()
    theirs = Occlusion(tiny).attribute(
        images[:2],
        target=torch.tensor([2, 0]),
        sliding_window_shapes=(3, patch, patch),
        strides=(3, stride, stride),
        baselines=0.25,
    )
    ours = explain.occlusion(tiny, images[:2], [2, 0], patch, stride, fill=0.25)
    assert close(ours, theirs[:, :1].float())


def test_smoothgrad_on_the_network_is_close_to_captums(network, cat):
    """Other random numbers, same method: the two agree better than either with the gradient."""
    from captum.attr import NoiseTunnel, Saliency

    std = 0.15 * (cat.max() - cat.min()).item()
    theirs = NoiseTunnel(Saliency(network)).attribute(
        cat.clone().requires_grad_(), nt_samples=16, nt_samples_batch_size=8, stdevs=std,
        target=CAT, abs=False,
    )  # fmt: skip
    ours = explain.smoothgrad(network, cat, CAT, n=16)
    plain = explain.gradient(network, cat, CAT)

    def agreement(a, b):
        return torch.corrcoef(torch.stack([a.detach().flatten(), b.flatten()]))[0, 1]

    assert agreement(theirs, ours) > agreement(plain, ours) + 0.1


# ------------------------------------------------------------------- exact properties


class Linear(nn.Module):
    """Logits ±w·x: the gradient is ±w everywhere."""

    def __init__(self, weight):
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, x):
        score = (x * self.weight).flatten(1).sum(1)
        return torch.stack([-score, score], dim=1)


class Square(nn.Module):
    """Logits ±|x|²/2: the gradient is ±x, so that noise shows in it unchanged."""

    def forward(self, x):
        score = (x**2).flatten(1).sum(1) / 2
        return torch.stack([-score, score], dim=1)


@pytest.fixture
def weight():
    return torch.randn(3, 8, 8, generator=torch.Generator().manual_seed(2))


def test_the_gradient_of_a_linear_model_is_its_weights_signed(weight, images):
    expected = weight.expand(5, -1, -1, -1)
    assert close(explain.gradient(Linear(weight), images, 1), expected)
    assert close(explain.gradient(Linear(weight), images, 0), -expected)
    assert close(explain.smoothgrad(Linear(weight), images, 1, n=7), expected)
    assert close(explain.smoothgrad_squared(Linear(weight), images, 1, n=7), expected**2)
    assert explain.vargrad(Linear(weight), images, 1, n=7).abs().max() < 1e-10


def test_probability_and_loss_are_the_logit_scaled(weight, images):
    """With logits ±s, p = sigmoid(2s): dp = 2p(1-p) ds and dloss = -2(1-p) ds."""
    model = Linear(weight / 10)
    p = model(images).softmax(1)[:, 1].detach().view(-1, 1, 1, 1)
    logit = explain.gradient(model, images, 1)
    assert close(explain.gradient(model, images, 1, of="probability"), 2 * p * (1 - p) * logit)
    assert close(explain.gradient(model, images, 1, of="loss"), -2 * (1 - p) * logit)
    smooth = explain.smoothgrad(model, images, 1, fraction=0, n=2, of="loss")
    assert close(smooth, -2 * (1 - p) * logit)


def test_loss_and_probability_vanish_on_a_certain_model(weight, images):
    model = Linear(weight.abs() * 10)
    assert explain.gradient(model, images, 1).abs().max() > 1
    assert explain.gradient(model, images, 1, of="probability").abs().max() == 0
    assert explain.gradient(model, images, 1, of="loss").abs().max() == 0


def test_without_noise_smoothgrad_is_the_gradient(tiny, images):
    plain = explain.gradient(tiny, images, 1)
    assert close(explain.smoothgrad(tiny, images, 1, fraction=0, n=5), plain, 1e-5)
    assert close(explain.smoothgrad_squared(tiny, images, 1, fraction=0, n=5), plain**2, 1e-5)
    assert explain.vargrad(tiny, images, 1, fraction=0, n=5).abs().max() < 1e-10


def test_noise_is_a_fraction_of_each_images_own_range(images):
    images = images * torch.tensor([1, 0.5, 0.1, 0.01, 0]).view(-1, 1, 1, 1) + 0.3
    ranges = images.flatten(1).amax(1) - images.flatten(1).amin(1)
    spread = explain.vargrad(Square(), images, 1, fraction=0.2, n=400).flatten(1).mean(1).sqrt()
    assert torch.allclose(spread, 0.2 * ranges, rtol=0.02, atol=1e-6)
    error = explain.smoothgrad(Square(), images, 1, fraction=0.2, n=400) - images
    assert torch.allclose(error.flatten(1).std(1), 0.01 * ranges, rtol=0.2, atol=1e-6)


def test_the_squares_split_into_mean_and_variance(tiny, images):
    mean, squares, variance = (
        method(tiny, images, 0, n=6)
        for method in (explain.smoothgrad, explain.smoothgrad_squared, explain.vargrad)
    )
    assert close(squares, mean**2 + variance) and variance.min() >= 0 and variance.max() > 0


def test_vargrad_divides_by_n(images):
    """Two copies: the variance is a quarter of the squared difference of the two gradients."""
    image = images[:1]
    one = explain.smoothgrad(Square(), image, 1, n=1)
    both = explain.smoothgrad(Square(), image, 1, n=2)
    expected = (one - both) ** 2  # both = (one + two) / 2
    assert close(explain.vargrad(Square(), image, 1, n=2), expected)


def test_occlusion_of_a_linear_model_is_the_covered_sum(weight, images):
    ours = explain.occlusion(Linear(weight), images, 1, patch=4, stride=4, fill=0.5)
    drop = ((images - 0.5) * weight).sum(1, keepdim=True)
    blocks = nn.functional.avg_pool2d(drop, 4) * 16
    assert close(ours, blocks.repeat_interleave(4, 2).repeat_interleave(4, 3))


# ------------------------------------------------------------------- the contract


@pytest.mark.parametrize("explainer", EXPLAINERS)
def test_images_are_explained_one_by_one(explainer, tiny, images):
    target = [0, 1, 2, 1, 0]
    together = explainer(tiny, images, target, **small(explainer))
    alone = [explainer(tiny, images[i : i + 1], target[i], **small(explainer)) for i in range(5)]
    assert close(together, torch.cat(alone), 1e-5)
    tensor = explainer(tiny, images, torch.tensor(target), **small(explainer))
    assert torch.equal(tensor, together)
    assert together.is_contiguous() and not together.requires_grad


@pytest.mark.parametrize("explainer", EXPLAINERS)
def test_chunk_bounds_the_batch_and_not_the_result(explainer, tiny, images):
    sizes = []
    tiny.register_forward_pre_hook(lambda module, inputs: sizes.append(len(inputs[0])))
    results = []
    for chunk in (1, 3, 64):
        sizes.clear()
        results.append(explainer(tiny, images, 1, chunk=chunk, **small(explainer)))
        assert max(sizes) <= chunk
    assert close(results[0], results[2], 1e-5) and close(results[1], results[2], 1e-5)


@pytest.mark.parametrize("explainer", GRADIENTS[1:])
def test_seeds_repeat(explainer, tiny, images):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = explainer(tiny, images, 1, n=3, seed=4)
    assert torch.equal(torch.get_rng_state(), before)  # nobody else's random numbers are used up
    assert torch.equal(explainer(tiny, images, 1, n=3, seed=4), first)
    assert not close(explainer(tiny, images, 1, n=3, seed=5), first, 1e-2)


@pytest.mark.parametrize("explainer", EXPLAINERS)
@pytest.mark.parametrize("fails", [False, True])
def test_the_model_comes_back_as_it_was(explainer, fails, tiny, images):
    class Fragile(nn.Module):
        def __init__(self):
            super().__init__()
            self.tiny = tiny

        def forward(self, x):
            assert not self.training and not self.tiny[1].training
            result = self.tiny(x)
            if fails:
                raise ZeroDivisionError("the model's own error")
            return result

    model = Fragile().train()
    tiny[1].eval()
    tiny[0].weight.requires_grad_(False)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    pictures = images.clone()
    if fails:
        with pytest.raises(ZeroDivisionError):
            explainer(model, images, 1, **small(explainer))
    else:
        explainer(model, images, 1, **small(explainer))
    assert model.training and tiny[4].training and not tiny[1].training
    assert [p.requires_grad for p in model.parameters()] == [False] + [True] * 5
    assert all(p.grad is None for p in model.parameters())
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert torch.is_grad_enabled() and torch.equal(images, pictures)
    assert not images.requires_grad and images.grad is None
    assert not model._forward_hooks and not model._forward_pre_hooks


@pytest.mark.parametrize("explainer", EXPLAINERS)
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_any_grad_mode_and_frozen_parameters(explainer, mode, tiny, images):
    expected = explainer(tiny, images, 1, **small(explainer))
    tiny.requires_grad_(False)
    with mode():
        assert torch.equal(explainer(tiny, images, 1, **small(explainer)), expected)
    needing = images.clone().requires_grad_()
    assert torch.equal(explainer(tiny, needing, 1, **small(explainer)), expected)


# ------------------------------------------------------------------- one sentence


def refusal(explainer, *arguments, **options):
    with pytest.raises(ValueError) as caught:
        explainer(*arguments, **options)
    text = str(caught.value)
    assert "\n" not in text and text.endswith(".")
    return text


@pytest.mark.parametrize("explainer", EXPLAINERS)
def test_bad_input_gets_one_sentence(explainer, tiny, images):
    options = small(explainer)
    assert "images[None]" in refusal(explainer, tiny, images[0], 1, **options)
    assert "uint8" in refusal(explainer, tiny, (images * 255).byte(), 1, **options)
    assert "ndarray" in refusal(explainer, tiny, images.numpy(), 1, **options)
    assert "0 to 2" in refusal(explainer, tiny, images, 3, **options)
    assert "0 to 2" in refusal(explainer, tiny, images, -1, **options)
    assert "one per image" in refusal(explainer, tiny, images, [0, 1], **options)
    assert "one integer" in refusal(explainer, tiny, images, 1.0, **options)
    assert "chunk is 0" in refusal(explainer, tiny, images, 1, chunk=0, **options)
    maps = nn.Conv2d(3, 2, 1)
    assert "logits (N, classes)" in refusal(explainer, maps, images, 1, **options)


@pytest.mark.parametrize("explainer", GRADIENTS)
def test_bad_settings_of_gradients(explainer, tiny, images):
    assert "probability" in refusal(explainer, tiny, images, 1, of="prob")

    class Detached(nn.Module):
        def forward(self, x):
            return tiny(x).detach()

    assert "detach()" in refusal(explainer, Detached(), images, 1)
    if explainer is not explain.gradient:
        assert "n is 0" in refusal(explainer, tiny, images, 1, n=0)
        assert "15 %" in refusal(explainer, tiny, images, 1, fraction=-0.1)


def test_bad_patches(tiny, images):
    assert "larger" in refusal(explain.occlusion, tiny, images, 1, patch=9, stride=1)
    assert "gaps" in refusal(explain.occlusion, tiny, images, 1, patch=2, stride=3)
    assert "stride is 0" in refusal(explain.occlusion, tiny, images, 1, patch=2, stride=0)


# ------------------------------------------------------------------- controls


def test_sobel_measures_brightness_per_pixel():
    ramp = (torch.arange(9.0) * 0.1).expand(2, 3, 7, 9)
    inside = explain.sobel(ramp)[..., 1:-1]
    assert explain.sobel(ramp).shape == (2, 1, 7, 9)
    assert torch.allclose(inside, torch.tensor(0.1), atol=1e-6)
    assert torch.allclose(explain.sobel(ramp.mT)[..., 1:-1, :], torch.tensor(0.1), atol=1e-6)


def test_sobel_has_no_edge_at_the_frame():
    assert explain.sobel(torch.full((1, 3, 5, 6), 0.7)).abs().max() < 1e-6


def test_sobel_is_scikit_images(cat):
    import numpy as np
    from skimage.filters import sobel_h, sobel_v

    grey = cat[0].mean(0).numpy()
    expected = torch.from_numpy(np.hypot(sobel_h(grey), sobel_v(grey)) / 2)  # over two pixels
    assert torch.allclose(explain.sobel(cat)[0, 0], expected.float(), atol=1e-5)


def test_random_map_is_uniform_and_repeats(cat):
    first = explain.random_map(cat, seed=3)
    assert first.shape == (1, 1, 224, 224) and first.min() >= 0 and first.max() < 1
    assert first.mean().item() == pytest.approx(0.5, abs=0.01)
    assert first.std().item() == pytest.approx(12**-0.5, abs=0.01)
    assert torch.equal(explain.random_map(cat, seed=3), first)
    assert not torch.equal(explain.random_map(cat, seed=4), first)
    assert "images[None]" in refusal(explain.random_map, cat[0])
    assert "images[None]" in refusal(explain.sobel, cat[0])
