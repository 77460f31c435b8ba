"""LIME: planted linear models come back, and the `lime` package given the same masks agrees."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from helpers import explain

DATA = Path(__file__).parents[1] / "data" / "04_lime"


class Additive(nn.Module):
    """Two classes whose logits are linear in the pixels; the second one is planted by a test."""

    def __init__(self, probe):
        super().__init__()
        self.probe = nn.Parameter(probe)

    def forward(self, images):
        planted = (images * self.probe).sum((1, 2, 3))
        return torch.stack([0 * planted, planted], 1)


@pytest.fixture
def image():
    return torch.rand(1, 3, 12, 8, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def segments():
    """Six pieces of 4 x 4 pixels."""
    rows, columns = torch.arange(12) // 4, torch.arange(8) // 4
    return 2 * rows[:, None] + columns


def planted(image, segments, weights):
    """A network whose second logit is the sum of the weights of the pieces that are not black."""
    brightness = torch.zeros(6).index_add_(0, segments.flatten(), image[0].sum(0).flatten())
    return Additive((weights / brightness)[segments].expand(1, 3, -1, -1).clone())


WEIGHTS = torch.tensor([3.0, -1.0, 0.0, 0.5, 2.0, -2.0])


def test_a_planted_model_comes_back(image, segments):
    network = planted(image, segments, WEIGHTS)
    fit = explain.lime_surrogate(network, image, 1, segments, n=20_000, fill=0.0, chunk=5000)
    # lime's ridge of strength 1 shrinks by about 1 / (a quarter of the weighted samples)
    assert torch.allclose(fit.weights, WEIGHTS, atol=3e-3)
    assert abs(fit.intercept) < 3e-3 and fit.r2 > 0.9999


def test_the_map_has_each_pieces_weight(image, segments):
    network = planted(image, segments, WEIGHTS)
    fit = explain.lime_surrogate(network, image, 1, segments, n=50, fill=0.0)
    shown = explain.lime_image(network, image.repeat(2, 1, 1, 1), [1, 0], segments, n=50, fill=0.0)
    assert shown.shape == (2, 1, 12, 8)
    assert torch.equal(shown[0, 0], fit.weights[segments])
    assert not shown[1].any()


@pytest.mark.parametrize("of", ["logit", "probability"])
@pytest.mark.parametrize("fill", [None, 0.3])
def test_lime_itself_agrees(image, segments, of, fill):
    from lime.lime_image import LimeImageExplainer

    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(240, 2))

    def classify(pictures):
        with torch.no_grad():
            logits = network(torch.tensor(pictures).permute(0, 3, 1, 2).float())
        return (logits if of == "logit" else logits.softmax(1)).numpy()

    explainer = LimeImageExplainer(random_state=3, feature_selection="none")
    theirs = explainer.explain_instance(
        image[0].permute(1, 2, 0).double().numpy(),
        classify,
        labels=(1,),
        top_labels=None,
        hide_color=fill,
        num_samples=40,
        segmentation_fn=lambda _: segments.numpy(),
        random_seed=0,  # of the segmentation; without it a number is drawn before the masks
    )
    weights = torch.tensor([w for _, w in sorted(theirs.local_exp[1])])
    ours = explain.lime_surrogate(network, image, 1, segments, n=40, seed=3, of=of, fill=fill)
    assert torch.allclose(ours.weights, weights.float(), atol=1e-5)
    assert ours.intercept == pytest.approx(theirs.intercept[1], abs=1e-5)
    assert ours.r2 == pytest.approx(theirs.score, abs=1e-4)


def test_any_numbers_will_do(image, segments):
    """The last piece is hidden too, wherever the numbers start and whatever gaps they have."""
    network = planted(image, segments, WEIGHTS)
    plain = explain.lime_image(network, image, 1, segments, n=30, fill=0.0)
    for numbers in (segments + 1, 3 * segments + 7, (segments - 2).numpy()):
        shown = explain.lime_image(network, image, 1, numbers, n=30, fill=0.0)
        assert torch.equal(shown, plain)
    assert plain[0, 0, -1, -1] < -1


def test_a_piece_painted_in_its_mean_colour_keeps_its_mean(image, segments):
    """So a network that adds up brightness notices nothing, and every weight is zero."""
    network = planted(image, segments, WEIGHTS)
    assert explain.lime_image(network, image, 1, segments, n=30).abs().max() < 1e-4


def test_masks_hide_their_own_pieces(image, segments):
    network = planted(image, segments, WEIGHTS)
    masks = torch.cat([torch.eye(6), torch.ones(1, 6)])
    logits = explain.masked_logits(network, image, segments, masks, fill=0.0, chunk=3)
    assert torch.allclose(logits[:6, 1], WEIGHTS, atol=1e-5)
    assert torch.allclose(logits[6:], network(image), atol=1e-5)


def test_the_chunk_bounds_memory_not_the_result(image, segments):
    network = planted(image, segments, WEIGHTS)
    one, many = (
        explain.lime_image(network, image, 1, segments, n=30, fill=0.2, chunk=chunk)
        for chunk in (1, 30)
    )
    assert torch.allclose(one, many, atol=1e-6)


def test_fewer_samples_are_the_first_of_more():
    many = explain.lime_masks(7, 100, seed=2)
    assert many[0].all() and many.shape == (100, 7)
    assert torch.equal(many[:30], explain.lime_masks(7, 30, seed=2))
    assert not torch.equal(many, explain.lime_masks(7, 100, seed=3))


def test_the_network_comes_back_as_it_was(image, segments):
    network = planted(image, segments, WEIGHTS).train()
    explain.lime_image(network, image, 1, segments, n=10)
    assert network.training and network.probe.requires_grad


def test_superpixels_are_numbered_from_zero(image):
    pieces = explain.superpixels(torch.rand(1, 3, 64, 48), n=12)
    assert pieces.shape == (64, 48)
    assert pieces.unique().tolist() == list(range(int(pieces.max()) + 1))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"of": "loss"}, "of is"),
        ({"target": 2}, "classes 0 to 1"),
        ({"width": 0}, "width"),
        ({"n": 0}, "n is 0"),
        ({"chunk": 0}, "chunk is 0"),
        ({"segments": torch.zeros(3, 3).long()}, "one number a pixel"),
        ({"segments": torch.zeros(12, 8)}, "give integers"),
        ({"segments": torch.zeros(2, 12, 8).long()}, "2 segmentations"),
        ({"images": torch.rand(3, 12, 8)}, "adds the N"),
    ],
)
def test_bad_arguments_get_one_sentence(image, segments, change, words):
    network = planted(image, segments, WEIGHTS)
    arguments = {"images": image, "target": 1, "segments": segments, "n": 5} | change
    with pytest.raises(ValueError, match=words):
        explain.lime_image(network, **arguments)


def test_masks_of_another_segmentation_are_refused(image, segments):
    with pytest.raises(ValueError, match=r"\(M, 6\)"):
        explain.masked_logits(nn.Identity(), image, segments, torch.ones(4, 5))


def test_text_recovers_additive_words():
    values = {"good": 2.0, "bad": -3.0, "the": 0.0, "soup": 0.5}
    asked = []

    def predict(texts):
        asked.append(len(texts))
        scores = [sum(values.get(word, 0) for word in set(text.split())) for text in texts]
        return np.array([[-score, score] for score in scores])

    found = explain.lime_text(predict, "good the soup bad soup", 1, n=3000, chunk=500)
    assert [word for word, _ in found] == ["bad", "good", "soup", "the"]
    assert dict(found) == pytest.approx(values, abs=0.05)
    assert max(asked) == 500


def test_table_finds_the_one_feature_that_counts():
    rows = np.random.default_rng(0).normal(size=(200, 3))

    def predict(table):
        inside = (table[:, 1] > np.quantile(rows[:, 1], 0.75)).astype(float)
        return np.stack([1 - inside, inside], 1)

    row = np.array([0.0, 3.0, 0.0])
    found = explain.lime_table(predict, rows, row, 1, ["a", "b", "c"], n=2000)
    assert found[0][0].startswith("b >") and found[0][1] == pytest.approx(1, abs=0.02)
    assert all(abs(weight) < 0.02 for _, weight in found[1:])
    against = explain.lime_table(predict, rows, row, 0, ["a", "b", "c"], n=2000)
    assert against[0][1] == pytest.approx(-1, abs=0.02)


@pytest.mark.slow
def test_stored_answers_are_the_networks():
    """Some samples of data/04_lime asked again: the file belongs to these masks."""
    from helpers import load

    network, rocket = load.network(), load.photograph("rocket")
    stored = np.load(DATA / "rocket.npz")
    segments = torch.from_numpy(stored["segments"]).long()
    masks = explain.lime_masks(int(segments.max()) + 1, 1000, seed=1)[:8]
    logits = explain.masked_logits(network, rocket, segments, masks)
    for name, prefix in (("missile", ""), ("matchstick", "matchstick_")):
        index = load.class_index(network, name)
        for of, values in (("logits", logits), ("probabilities", logits.softmax(1))):
            kept = torch.from_numpy(stored[prefix + of][1, :8])
            assert torch.allclose(values[:, index], kept, atol=1e-2)
