"""Class activation maps and bent ReLUs: captum agrees, identities hold, hooks are gone after."""

import pytest
import torch
from torch import nn

from helpers import explain
from tests.tensors import close

CAT = 285
CAMS = [
    explain.gradcam,
    explain.gradcam_plus_plus,
    explain.layercam,
    explain.hirescam,
    explain.scorecam,
]
BENT = [explain.guided_backprop, explain.deconvolution]


@pytest.fixture
def images():
    return torch.rand(3, 3, 12, 10, generator=torch.Generator().manual_seed(1))


class Tiny(nn.Module):
    """Two convolutions; a head with weights for every place, or a GAP head; in-place ReLUs."""

    def __init__(self, gap=False):
        super().__init__()
        torch.manual_seed(0)
        conv, norm = nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6)
        self.features = nn.Sequential(
            conv, norm, nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3), nn.ReLU6(True)
        )
        self.pool = nn.AdaptiveAvgPool2d(1) if gap else nn.Identity()
        self.head = nn.Linear(8 if gap else 8 * 4 * 3, 4)
        self.fails = False

    def forward(self, x):
        logits = self.head(self.pool(self.features(x)).flatten(1))
        if self.fails:
            raise ZeroDivisionError("the model's own error")
        return logits


def layers(method, model, layer=None):
    """The further arguments of a method: the CAMs take a layer."""
    return (layer or model.features[-1],) if method in CAMS else ()


# ------------------------------------------------------------------- oracles and identities


@pytest.mark.parametrize("depth", [3, 12, 21])
def test_gradcam_is_captums(network, cat, depth):
    from captum.attr import LayerGradCam

    layer = network.features[depth]
    theirs = LayerGradCam(network, layer).attribute(cat.clone().requires_grad_(), target=CAT)
    assert close(explain.gradcam(network, cat, CAT, layer), theirs)


@pytest.mark.parametrize("method", BENT)
def test_bent_relus_are_captums(method, images):
    from captum.attr import Deconvolution, GuidedBackprop

    model = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Conv2d(6, 4, 3), nn.ReLU())
    model = nn.Sequential(model, nn.Flatten(), nn.Linear(4 * 8 * 6, 3)).eval()
    oracle = GuidedBackprop if method is explain.guided_backprop else Deconvolution
    theirs = oracle(model).attribute(images.clone().requires_grad_(), target=1)
    assert close(method(model, images, 1), theirs, 1e-5)


def test_guided_backprop_stops_at_both_ends_of_relu6():
    x = torch.tensor([-1.0, 3.0, 7.0]).view(1, 3, 1, 1)
    model = nn.Sequential(nn.ReLU6(), nn.Flatten(), nn.Linear(3, 2, bias=False))
    model[2].weight.data = torch.tensor([[1.0, 1, 1], [-1.0, -1, -1]])
    assert explain.guided_backprop(model, x, 0).flatten().tolist() == [0, 1, 0]
    assert explain.guided_backprop(model, x, 1).flatten().tolist() == [0, 0, 0]
    assert explain.deconvolution(model, x, 0).flatten().tolist() == [1, 1, 1]


def test_cam_is_gradcam_times_the_number_of_places(network, cat):
    layer, head = network.features[-1], network.classifier[-1]
    cam = explain.cam(network, cat, CAT, layer, head)
    assert cam.shape == (1, 1, 7, 7)
    assert close(49 * explain.gradcam(network, cat, CAT, layer), cam, 1e-5)
    assert close(49 * explain.hirescam(network, cat, CAT, layer), cam, 1e-5)
    logit = network(cat)[0, CAT] - head.bias[CAT]
    assert cam.mean().item() == pytest.approx(logit.item(), rel=1e-4)


def test_hirescam_adds_up_to_the_logit_of_a_linear_head(images):
    model = Tiny().eval()
    maps = explain.hirescam(model, images, [0, 1, 2], model.features[-1])
    logits = model(images).gather(1, torch.tensor([[0], [1], [2]]))[:, 0]
    assert close(maps.sum((1, 2, 3)), (logits - model.head.bias[:3]).detach(), 1e-5)


def by_formula(model, images, target, layer, weigh):
    """The sum over channels of weigh(A, dz/dA), from autograd written out."""
    features = model.features[: list(model.features).index(layer) + 1](images).detach()
    features.requires_grad_(True)
    logits = model.head(model.pool(features).flatten(1))
    (gradient,) = torch.autograd.grad(logits[:, target].sum(), features)
    return (weigh(features, gradient) * features).sum(1, keepdim=True).detach()


def test_layercam_and_gradcam_plus_plus_follow_their_formulas(images):
    model = Tiny().eval()
    layer = model.features[-1]

    def plus_plus(a, g):
        alpha = g**2 / (2 * g**2 + a.sum((2, 3), keepdim=True) * g**3)
        return (alpha.nan_to_num() * g.relu()).sum((2, 3), keepdim=True)

    for method, weigh in (
        (explain.layercam, lambda a, g: g.relu()),
        (explain.gradcam_plus_plus, plus_plus),
    ):
        theirs = by_formula(model, images, 2, layer, weigh)
        assert close(method(model, images, 2, layer), theirs)


def test_scorecam_weighs_a_channel_by_what_it_shows():
    """Two channels, left and right half: the one that holds the class gets the weight."""
    model = nn.Sequential(nn.Conv2d(3, 2, 1, bias=False), nn.Flatten(), nn.Linear(32, 2))
    model[0].weight.data = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]]).view(2, 3, 1, 1)
    model[2].weight.data.zero_()
    model[2].weight.data[1, :16] = 1  # class 1 adds up the red channel
    image = torch.zeros(1, 3, 4, 4)
    image[:, 0, :, :2] = image[:, 1, :, 2:] = 1
    maps = explain.scorecam(model, image, 1, model[0])
    share = torch.tensor([8.0, 0]).softmax(0)  # logits: the mask keeps 8 red pixels, or none
    assert torch.allclose(maps[0, 0, :, 0], share[:1].expand(4), atol=1e-5)
    assert torch.allclose(maps[0, 0, :, 3], share[1:].expand(4), atol=1e-5)
    seen = []
    handle = model.register_forward_pre_hook(lambda m, inputs: seen.append(len(inputs[0])))
    explain.scorecam(model, image, 1, model[0], channels=1)
    handle.remove()
    assert sum(seen) == 2  # the picture itself, and one masked copy


# ------------------------------------------------------------------- the contract


@pytest.mark.parametrize("method", [*CAMS, *BENT])
def test_an_in_place_relu_behind_the_layer_changes_nothing(method, images):
    model, plain = Tiny().eval(), Tiny().eval()
    plain.features[2], plain.features[5] = nn.ReLU(), nn.ReLU6()
    results = [method(m, images, 1, *layers(method, m, m.features[4])) for m in (model, plain)]
    assert torch.equal(*results)


@pytest.mark.parametrize("method", [*CAMS, *BENT])
def test_images_are_explained_one_by_one_and_in_chunks(method, images):
    model = Tiny()
    together = method(model, images, [0, 1, 2], *layers(method, model))
    alone = [method(model, images[i : i + 1], i, *layers(method, model)) for i in range(3)]
    chunked = method(model, images, [0, 1, 2], *layers(method, model), chunk=2)
    assert close(together, torch.cat(alone), 1e-5) and close(chunked, together, 1e-5)
    assert together.is_contiguous() and not together.requires_grad


@pytest.mark.parametrize("method", [*CAMS, *BENT])
@pytest.mark.parametrize("fails", [False, True])
def test_the_model_comes_back_as_it_was(method, fails, images):
    model = Tiny().train()
    model.features[1].eval()
    model.features[0].weight.requires_grad_(False)
    flags = [p.requires_grad for p in model.parameters()]
    state = {name: value.clone() for name, value in model.state_dict().items()}
    model.fails = fails
    if fails:
        with pytest.raises(ZeroDivisionError):
            method(model, images, 1, *layers(method, model))
    else:
        method(model, images, 1, *layers(method, model))
    assert model.training and model.features[0].training and not model.features[1].training
    assert [p.requires_grad for p in model.parameters()] == flags
    assert all(p.grad is None for p in model.parameters())
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert model.features[2].inplace and model.features[5].inplace
    for module in model.modules():
        assert not module._forward_hooks and not module._backward_hooks
        assert not module._forward_pre_hooks and not module._backward_pre_hooks


@pytest.mark.parametrize("method", [*CAMS, *BENT])
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_any_grad_mode_and_frozen_parameters(method, mode, images):
    model = Tiny()
    expected = method(model, images, 1, *layers(method, model))
    model.requires_grad_(False)
    with mode():
        assert torch.equal(method(model, images, 1, *layers(method, model)), expected)
        if method in CAMS:
            gap = Tiny(gap=True)
            assert explain.cam(gap, images, 1, gap.features[-1], gap.head).shape == (3, 1, 4, 3)


# ------------------------------------------------------------------- one sentence


def refusal(method, *arguments, **options):
    with pytest.raises(ValueError) as caught:
        method(*arguments, **options)
    text = str(caught.value)
    assert "\n" not in text and text.endswith(".")
    return text


@pytest.mark.parametrize("method", [*CAMS, *BENT])
def test_bad_input_gets_one_sentence(method, images):
    model = Tiny()
    rest = layers(method, model)
    assert "images[None]" in refusal(method, model, images[0], 1, *rest)
    assert "0 to 3" in refusal(method, model, images, 4, *rest)
    assert "one per image" in refusal(method, model, images, [0, 1], *rest)
    assert "chunk is 0" in refusal(method, model, images, 1, *rest, chunk=0)


@pytest.mark.parametrize("method", CAMS)
def test_a_layer_that_cannot_be_used(method, images):
    model = Tiny()
    assert "never" in refusal(method, model, images, 1, nn.Conv2d(3, 3, 1))
    assert "(N, channels, h, w)" in refusal(method, model, images, 1, model.head)
    model.features[2] = model.features[5]
    assert "2 times" in refusal(method, model, images, 1, model.features[5])


def test_cam_refuses_a_head_that_is_not_behind_the_mean(images):
    flat, gap = Tiny(), Tiny(gap=True)
    other = nn.Linear(8, 4)
    for model, layer, head in (
        (flat, flat.features[-1], flat.head),
        (gap, gap.features[-1], other),
        (gap, gap.features[3], gap.head),
    ):
        assert "gradcam" in refusal(explain.cam, model, images, 1, layer, head)


@pytest.mark.parametrize("method", BENT)
def test_a_model_without_relu_modules(method, images):
    model = nn.Sequential(nn.Conv2d(3, 2, 3), nn.Tanh(), nn.Flatten(), nn.Linear(160, 3))
    assert "nn.ReLU" in refusal(method, model, images, 1)
