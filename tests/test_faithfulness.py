"""Faithfulness measures: exact on tiny cases, and the planted patch orders the methods."""

import runpy
from pathlib import Path

import pytest
import torch
from torch import nn

from helpers import explain

PLANTED = Path(__file__).parents[1] / "data" / "make_planted_patch.py"


@pytest.fixture
def images():
    return torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))


class LeftHalf(nn.Module):
    """Logits (0, s): s rises with the brightness of the left half only."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(8.0))

    def forward(self, x):
        assert not self.training
        score = self.scale * x[..., : x.shape[-1] // 2].mean((1, 2, 3))
        return torch.stack([torch.zeros_like(score), score], 1)


def test_mass_and_hit_of_known_maps():
    region = torch.zeros(3, 4, 4, dtype=torch.bool)
    region[:, :2, :2] = True
    maps = torch.zeros(3, 1, 4, 4)
    maps[0] = 1  # everywhere alike: the share of the area
    maps[1, 0, 0, 0], maps[1, 0, 3, 3] = -3, 1  # strength, not sign
    assert explain.mass(maps, region)[:2].tolist() == [0.25, 0.75]
    assert explain.mass(maps, region)[2].isnan()
    assert explain.hit(maps, region).tolist() == [
        0.25,
        1,
        0,
    ]  # ties are shared; zeros point nowhere
    maps[1, 0, 3, 3] = 4
    assert explain.hit(maps, region)[1] == 0


def test_channels_add_up_and_small_maps_are_enlarged():
    region = torch.zeros(1, 8, 8, dtype=torch.bool)
    region[:, :4] = True
    maps = torch.tensor([[[[1.0], [0]], [[-1.0], [2]]]])  # (1, 2, 2, 1): 2 above, 2 below
    assert explain.mass(maps, region).item() == pytest.approx(0.5)
    above = torch.tensor([[[[1.0], [0]]]])
    assert 0.8 < explain.mass(above, region).item() < 1 and explain.hit(above, region) == 1


def test_rank_correlation_is_spearmans():
    """Pearson's correlation of the ranks, where equal strengths share the mean of theirs."""
    random = torch.Generator().manual_seed(0)
    a, b = torch.randn(2, 3, 1, 6, 7, generator=random)
    b = (b + a).round()  # with ties

    def ranks(map_: torch.Tensor) -> torch.Tensor:
        x = map_.abs().flatten()
        return (x[:, None] > x).sum(1) + 0.5 * (x[:, None] == x).sum(1)

    pairs = zip(a, b, strict=True)
    expected = [torch.corrcoef(torch.stack([ranks(x), ranks(y)]))[0, 1].item() for x, y in pairs]
    assert explain.rank_correlation(a, b).tolist() == pytest.approx(expected, abs=1e-6)
    assert explain.rank_correlation(a, a.abs() ** 3).tolist() == pytest.approx([1, 1, 1])
    with pytest.raises(ValueError, match="shapes"):
        explain.rank_correlation(a, b[:, :, :3])


def test_rank_correlation_with_a_constant_map_is_nan_and_no_warning(recwarn):
    maps = torch.rand(2, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    constant = torch.ones_like(maps)
    constant[1] = maps[1]
    first, second = explain.rank_correlation(maps, constant).tolist()
    assert first != first and second == pytest.approx(1)
    assert not recwarn.list


@pytest.mark.parametrize("fill", [0.0, 0.5, "blur"])
def test_curves_start_and_end_at_the_picture_and_at_nothing(fill, images):
    model, maps = LeftHalf().eval(), explain.random_map(images)
    gone = explain.deletion(model, images, [0, 1], maps, steps=4, fill=fill)
    shown = explain.insertion(model, images, [0, 1], maps, steps=4, fill=fill)
    assert gone.shape == shown.shape == (2, 5)
    whole = model(images).softmax(1)[[0, 1], [0, 1]].detach()
    assert torch.allclose(gone[:, 0], whole) and torch.allclose(shown[:, -1], whole)
    assert torch.allclose(gone[:, -1], shown[:, 0])
    if fill == 0.0:
        assert torch.allclose(gone[:, -1], torch.tensor(0.5))
    else:
        assert not torch.allclose(gone[:, -1], whole)


def test_strongest_pixels_go_first():
    model, image = LeftHalf().eval(), torch.ones(1, 3, 8, 8)
    left = torch.zeros(1, 1, 8, 8)
    left[..., :4] = -1
    curves = {}
    for name, maps in {"left": left, "right": 1 + left}.items():
        curves[name] = explain.deletion(model, image, 1, maps, steps=2, fill=0.0)[0]
    full = torch.tensor(8.0).sigmoid()
    assert torch.allclose(curves["left"], torch.stack([full, *[torch.tensor(0.5)] * 2]))
    assert torch.allclose(curves["right"], torch.stack([full, full, torch.tensor(0.5)]))
    shown = explain.insertion(model, image, 1, left, steps=2, fill=0.0)[0]
    assert torch.allclose(shown, torch.stack([torch.tensor(0.5), full, full]))


def test_curves_do_not_depend_on_chunks_and_hand_the_model_back(images):
    model, maps = LeftHalf().train(), explain.random_map(images)
    curves = [explain.deletion(model, images, 1, maps, chunk=c) for c in (1, 4, 64)]
    assert torch.allclose(curves[0], curves[1]) and torch.allclose(curves[0], curves[2])
    assert model.training and model.scale.requires_grad
    for options, words in (
        ({"fill": "noise"}, "blur"),
        ({"steps": 0}, "steps is 0"),
        ({"maps": maps[:1]}, "one each"),
    ):
        with pytest.raises(ValueError, match=words):
            explain.deletion(model, images, 1, **({"maps": maps} | options))


def test_randomized_draws_every_layer_anew_and_leaves_the_model_alone():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(144, 2))
    model[1].weight.data.fill_(3.0)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    torch.manual_seed(5)
    state = torch.get_rng_state()
    fresh, again, other = (explain.randomized(model, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert fresh[1].weight.tolist() == [1] * 4
    for layer in (0, 3):
        assert not torch.equal(fresh[layer].weight, model[layer].weight)
        assert torch.equal(fresh[layer].weight, again[layer].weight)
        assert not torch.equal(fresh[layer].weight, other[layer].weight)


def test_model_randomization_notices_who_never_asks_the_model(images):
    torch.manual_seed(7)  # not the seed of the random weights
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Tanh(), nn.Flatten(), nn.Linear(8 * 36, 2))
    sobel = explain.model_randomization(lambda m: explain.sobel(images), model)
    asks = explain.model_randomization(lambda m: explain.gradient(m, images, 1), model)
    assert sobel.tolist() == pytest.approx([1, 1]) and asks.abs().max() < 0.5


# ------------------------------------------------------------------- the planted patch


@pytest.fixture(scope="module")
def tables():
    script = runpy.run_path(str(PLANTED))
    return {head: script["table"](head, n=32) for head in script["HEADS"]}


@pytest.mark.slow
def test_the_planted_patch_orders_the_methods(tables):
    for table in tables.values():
        assert table["accuracy"] > 0.95
        area, rows = table["area"], table["methods"]
        assert rows["random"]["mass"] == pytest.approx(area, abs=0.005)
        # What equals the baseline cannot be seen, though the class depends on nothing else.
        assert rows["IG, baseline of the square's colour"] == {"mass": 0, "hit": 0}
        assert rows["IG, black baseline"]["mass"] > 5 * area
        for name in ("HiRes-CAM", "Layer-CAM"):
            assert rows[name]["mass"] > 2 * rows["Sobel"]["mass"] and rows[name]["hit"] > 0.9
    gap, flat = (tables[head]["methods"] for head in ("GAP", "flat"))
    # On a GAP head they are one; elsewhere averaging over places costs evidence.
    assert gap["Grad-CAM"] == gap["HiRes-CAM"]
    for name in ("HiRes-CAM", "Layer-CAM"):
        assert flat["Grad-CAM"]["mass"] < flat[name]["mass"] - 0.03
    assert flat["Grad-CAM"]["mass"] < 0.7 * flat["HiRes-CAM"]["mass"]
    assert flat["Grad-CAM"]["hit"] < flat["HiRes-CAM"]["hit"]
    # Sobel knows no model and still hits the most colourful thing there is.
    assert gap["Sobel"]["hit"] > 5 * gap["random"]["hit"] and gap["Sobel"]["hit"] > 0.3
