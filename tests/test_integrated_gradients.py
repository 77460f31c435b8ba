"""Integrated Gradients: captum agrees, exact properties hold, the model comes back as it was."""

import pytest
import torch
from torch import nn

from helpers import explain, load
from tests.tensors import close


def error(model, images, target, baseline, **options):
    """(sum of the map - difference) / difference, for each image."""
    maps = explain.integrated_gradients(model, images, target, baseline, **options)
    with torch.no_grad():
        start = torch.as_tensor(baseline).expand(images.shape)
        difference = (model(images) - model(start.float()))[:, target]
    return (maps.sum((1, 2, 3)) - difference) / difference


@pytest.mark.parametrize("baseline", [0, 0.5, "noise"])
def test_it_is_captums_midpoint_rule(network, baseline):
    from captum.attr import IntegratedGradients

    rocket, missile = load.photograph("rocket"), 657
    if baseline == "noise":
        baseline = torch.rand(rocket.shape, generator=torch.Generator().manual_seed(0))
    theirs = IntegratedGradients(network).attribute(
        rocket, baseline, target=missile, n_steps=8, method="riemann_middle", internal_batch_size=4
    )
    ours = explain.integrated_gradients(network, rocket, missile, baseline, steps=8, chunk=3)
    assert close(ours, theirs.float())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("photograph", "target"),
    [("coffee", 967), pytest.param("flower", 985, marks=pytest.mark.every_lesson)],
)
def test_200_steps_add_up_to_within_one_percent(network, photograph, target):
    picture = load.photograph(photograph)
    with torch.no_grad():
        logits = network(torch.cat([picture, torch.zeros_like(picture)]))
    assert logits[0].argmax() == target and logits[0, target] - logits[1, target] >= 5
    assert abs(error(network, picture, target, 0, steps=200)) <= 0.01


def test_one_step_is_exact_on_a_linear_model(images):
    linear = nn.Sequential(nn.Flatten(), nn.Linear(192, 3))
    weights = linear[1].weight[2].view(3, 8, 8)
    for baseline in (0, 0.3, images.flip(0)):
        maps = explain.integrated_gradients(linear, images, 2, baseline, steps=1)
        assert torch.allclose(maps, (images - baseline) * weights, atol=1e-6)


def test_a_smooth_model_is_complete(tiny, images):
    tiny.eval()
    assert error(tiny, images, 1, 0, steps=200).abs().max() < 1e-3
    assert error(tiny, images, 1, 0, steps=1).abs().max() > 1e-2  # the test can fail


def test_what_equals_the_baseline_gets_nothing(tiny, images):
    baseline = torch.zeros_like(images)
    baseline[..., :4] = images[..., :4]
    maps = explain.integrated_gradients(tiny, images, 0, baseline, steps=5)
    assert not maps[..., :4].any() and maps[..., 4:].all()


def test_a_baseline_may_be_a_colour_or_one_picture(tiny, images):
    colour = torch.tensor([0.9, 0.5, 0.1]).view(3, 1, 1)
    whole = explain.integrated_gradients(tiny, images, 0, colour.expand_as(images), steps=3)
    assert torch.equal(explain.integrated_gradients(tiny, images, 0, colour, steps=3), whole)
    one = explain.integrated_gradients(tiny, images, 0, images[:1], steps=3)
    assert not one[0].any() and one[1:].any()


def test_batch_and_chunk_change_nothing(tiny, images):
    target = [0, 2, 1, 2, 0]
    together = explain.integrated_gradients(tiny, images, target, 0.2, steps=7, chunk=7)
    for i, label in enumerate(target):
        alone = explain.integrated_gradients(tiny, images[i : i + 1], label, 0.2, steps=7, chunk=2)
        assert close(alone, together[i : i + 1], 1e-5)


def test_model_and_images_come_back_as_they_were(tiny, images):
    tiny.train()
    tiny[0].weight.requires_grad_(False)
    before = {name: value.clone() for name, value in tiny.state_dict().items()}
    copy = images.clone().requires_grad_()
    maps = explain.integrated_gradients(tiny, copy, 0, 0, steps=3)
    with pytest.raises(ValueError):
        explain.integrated_gradients(tiny, images, 3, 0, steps=3)
    assert tiny.training and all(module.training for module in tiny.modules())
    assert [p.requires_grad for p in tiny.parameters()] == [False, *[True] * 5]
    assert all(torch.equal(value, before[name]) for name, value in tiny.state_dict().items())
    assert torch.equal(copy, images) and copy.grad is None and not maps.requires_grad


def test_it_works_without_grad_mode(tiny, images):
    expected = explain.integrated_gradients(tiny, images, 0, 0, steps=3)
    with torch.inference_mode():
        assert torch.equal(explain.integrated_gradients(tiny, images, 0, 0, steps=3), expected)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"baseline": "black"}, "baseline is a str"),
        ({"baseline": None}, "baseline is a NoneType"),
        ({"baseline": torch.zeros(1, 3, 9, 9)}, r"shape \(1, 3, 9, 9\), which does not fit"),
        ({"baseline": torch.zeros(2, 4, 3, 8, 8)}, "does not fit"),
        ({"steps": 0}, "steps is 0"),
        ({"chunk": 1.5}, "chunk is 1.5"),
        ({"images": torch.zeros(3, 8, 8)}, r"images\[None\]"),
        ({"target": [0, 1]}, "one per image"),
    ],
)
def test_mistakes_get_one_sentence(tiny, images, changes, message):
    arguments = {"images": images, "target": 0, "baseline": 0} | changes
    with pytest.raises(ValueError, match=message) as error:
        explain.integrated_gradients(tiny, **arguments)
    assert "\n" not in str(error.value)


def test_the_baseline_has_no_default(tiny, images):
    with pytest.raises(TypeError, match="baseline"):
        explain.integrated_gradients(tiny, images, 0)
