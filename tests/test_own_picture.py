"""The panel for a picture of one's own, driven as a person would; its edits and its figure."""

import io
import itertools
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import torch
from PIL import Image
from torch import nn

from helpers import own_picture, side_by_side
from helpers.plot import Picture
from helpers.side_by_side import EDITS, METHODS

SIZE = 32
PICTURE = torch.rand(1, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))


def tiny(*layers):
    """A network of twelve classes, as `load.network` hands it out but in train mode."""
    torch.manual_seed(0)
    net = nn.Sequential(*layers, nn.Flatten(), nn.LazyLinear(12))
    net(PICTURE)
    net.classes = [f"thing {letter}" for letter in "abcdefghijkl"]
    return net


def convolutional():
    return tiny(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(5))


@pytest.fixture
def panel():
    return own_picture.panel(convolutional(), SIZE)


def png(picture=None):
    file = io.BytesIO()
    (picture or Image.new("RGB", (60, 40), "orange")).save(file, "PNG")
    return file.getvalue()


def upload(panel, name, content):
    """What the browser sends."""
    file = {"name": name, "type": "image/png", "size": len(content), "content": memoryview(content)}
    panel.upload.value = ({**file, "last_modified": datetime.now(UTC)},)


def choose(panel, method, edit="none"):
    panel.methods.value = METHODS_OF[method]
    panel.edit.value = edit
    panel.button.click()


METHODS_OF = {"all": tuple(METHODS), **{name: (name,) for name in METHODS}}


# Edits


def twice(name):
    return EDITS[name](EDITS[name](PICTURE))


@pytest.mark.parametrize("name", ["mirrored", "upside down", "red and blue swapped"])
def test_these_edits_twice_are_the_original(name):
    assert torch.equal(twice(name), PICTURE) and not torch.equal(EDITS[name](PICTURE), PICTURE)


def test_quarters_swapped_twice_is_the_original_and_keeps_every_pixel():
    edited = EDITS["quarters swapped"](PICTURE)
    assert torch.equal(twice("quarters swapped"), PICTURE)
    assert torch.equal(
        edited[..., : SIZE // 2, : SIZE // 2], PICTURE[..., SIZE // 2 :, SIZE // 2 :]
    )


def test_mirroring_swaps_left_and_right_and_upside_down_the_rows_too():
    assert torch.equal(EDITS["mirrored"](PICTURE)[..., 0], PICTURE[..., -1])
    assert torch.equal(EDITS["upside down"](PICTURE)[..., 0, 0], PICTURE[..., -1, -1])


def test_grey_has_three_equal_channels_of_the_same_brightness():
    grey = EDITS["grey"](PICTURE)
    assert torch.equal(grey[:, 0], grey[:, 2])
    assert torch.allclose(grey.mean(1), PICTURE.mean(1))


def test_the_cover_hides_the_middle_quarter_and_nothing_else():
    edited, middle = EDITS["middle covered"](PICTURE), slice(SIZE // 4, -SIZE // 4)
    assert (edited[..., middle, middle] == 0.5).all()
    assert (edited != PICTURE).sum() == 3 * (SIZE // 2) ** 2


def test_blurring_leaves_an_even_picture_and_darkening_leaves_its_colours():
    even = torch.full_like(PICTURE, 0.3)
    assert torch.allclose(EDITS["blurred"](even), even)
    assert EDITS["blurred"](PICTURE).var() < PICTURE.var()
    dark = EDITS["darker"](PICTURE)
    assert torch.allclose(dark / dark.sum(1, keepdim=True), PICTURE / PICTURE.sum(1, keepdim=True))


@pytest.mark.parametrize("name", EDITS)
def test_every_edit_is_a_picture_and_leaves_the_original_alone(name):
    original = PICTURE.clone()
    edited = EDITS[name](original)
    assert edited.shape == original.shape and edited.min() >= 0 and edited.max() <= 1
    assert torch.equal(original, PICTURE) and torch.equal(EDITS[name](original), edited)


# Methods


def test_every_method_explains_each_picture_by_itself():
    net = convolutional().eval()
    both = side_by_side.explain_all(net, torch.cat([PICTURE, PICTURE.flip(3)]), 3)
    alone = side_by_side.explain_all(net, PICTURE, 3)
    assert list(both) == list(alone) == list(METHODS)
    for name in set(METHODS) - {"random (control)"}:
        assert both[name].shape[0] == 2 and both[name].shape[-2:] == PICTURE.shape[-2:]
        assert torch.allclose(both[name][:1], alone[name], atol=1e-4), name


def test_what_a_network_does_not_allow_is_said_in_one_sentence():
    results = side_by_side.explain_all(tiny(), PICTURE, 3)
    impossible = {name for name, result in results.items() if isinstance(result, str)}
    assert impossible == {"guided backprop", "Grad-CAM"}
    assert "no convolution" in results["Grad-CAM"] and "\n" not in results["guided backprop"]


def test_grad_cam_takes_the_last_map_that_a_convolution_leads_to():
    net = convolutional()
    assert side_by_side.last_map(net, PICTURE) is net[0]
    inner = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    used_twice = nn.Conv2d(4, 4, 1)
    net = tiny(inner, used_twice, used_twice, nn.AdaptiveAvgPool2d(1))
    assert side_by_side.last_map(net, PICTURE) is inner


def test_the_network_is_handed_back_as_it_was():
    net = convolutional()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    choose(own_picture.panel(net, SIZE), "all", "mirrored")
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert all(module.training for module in net.modules())
    assert all(p.requires_grad and p.grad is None for p in net.parameters())
    assert not any(m._forward_hooks or m._backward_hooks for m in net.modules())


# The figure


def test_the_start_is_drawn_and_says_what_it_shows(panel):
    assert isinstance(panel.still, Picture)
    assert panel.target.label.startswith(panel.network.classes[panel.target.value])
    for word in ("gradient", "Grad-CAM", "Sobel", panel.network.classes[panel.target.value]):
        assert word in panel.still.alt
    assert f'alt="{panel.still.alt}"' in panel.result.value


def test_an_edit_adds_a_row_with_its_own_probability(panel):
    choose(panel, "all", "darker")
    assert all(name in panel.still.alt for name in METHODS)
    pictures = torch.cat([panel.pictures["cat"], EDITS["darker"](panel.pictures["cat"])])
    shares = side_by_side.probabilities(panel.network, pictures)[:, panel.target.value]
    name = panel.network.classes[panel.target.value]
    assert f"original, {name} {shares[0]:.1%}; darker, {name} {shares[1]:.1%}" in panel.still.alt
    assert "Done" in panel.message.value


def test_columns_appear_as_they_are_finished(panel, monkeypatch):
    seen = []
    sobel = METHODS["Sobel (control)"]
    monkeypatch.setitem(
        METHODS,
        "Sobel (control)",
        lambda *question: (
            seen.append((panel.result.value, panel.progress.value, panel.button.disabled)),
            sobel(*question),
        )[1],
    )
    choose(panel, "all")
    ((so_far, progress, disabled),) = seen
    assert "LIME: strongest" in so_far and "Sobel (control): strongest" not in so_far
    assert progress == 7 and disabled
    assert not panel.button.disabled and panel.progress.layout.display == "none"


def test_the_text_says_where_a_map_is_strongest():
    maps = torch.zeros(1, 1, 9, 9)
    maps[..., 7, 1] = 1
    drawn = side_by_side.draw(torch.rand(1, 3, 9, 9), ["original"], {"gradient": maps})
    assert "gradient: strongest bottom left" in drawn.alt


def test_impossible_methods_leave_an_empty_column_and_a_sentence():
    panel = own_picture.panel(tiny(), SIZE)
    choose(panel, "all")
    assert "Grad-CAM: not possible" in panel.still.alt and "gradient: strongest" in panel.still.alt
    assert "No Grad-CAM: The network has no convolution" in panel.message.value


# Choosing


def test_the_class_drop_down_holds_the_ten_best_best_first(panel):
    shares = side_by_side.probabilities(panel.network, panel.pictures["coffee"])[0]
    panel.picture.value = "coffee"
    assert [value for _, value in panel.target.options] == shares.topk(10).indices.tolist()
    assert panel.target.value == shares.argmax()


def test_any_other_class_can_be_typed(panel):
    missing = set(range(12)) - {value for _, value in panel.target.options}
    index = missing.pop()
    panel.name.value = panel.network.classes[index].upper()
    assert panel.target.value == index and panel.name.value == ""
    assert panel.target.label in panel.message.value
    panel.name.value = panel.network.classes[index]  # again: no second entry
    assert len(panel.target.options) == 11
    choose(panel, "gradient")
    assert panel.network.classes[index] in panel.still.alt


def test_an_uploaded_picture_is_chosen_and_explained(panel):
    upload(panel, "my <dog>.png", png())
    assert panel.picture.value == "my <dog>.png (yours)" and panel.upload.value == ()
    shown = panel.pictures[panel.picture.value]
    assert torch.allclose(shown[0, :, 0, 0], torch.tensor([255, 165, 0]) / 255)
    choose(panel, "gradient")
    assert "my <dog>.png (yours)" in panel.still.alt and "<dog>" not in panel.result.value
    upload(panel, "my <dog>.png", png(Image.new("RGB", (9, 9), "blue")))  # the same name again
    blue = panel.pictures[panel.picture.value]
    assert blue[0, 2].min() == 1
    best = side_by_side.probabilities(panel.network, blue)[0].topk(10).indices.tolist()
    assert [value for _, value in panel.target.options] == best
    assert len(panel.picture.options) == 7


def test_a_picture_is_taken_from_its_path_once_it_is_there(panel, tmp_path):
    path = tmp_path / "late.png"
    panel.path.value = str(path)
    assert "does not exist" in panel.message.value and panel.picture.value == "cat"
    path.write_bytes(png())
    panel.button.click()
    assert panel.picture.value == "late.png (yours)" and "late.png" in panel.still.alt
    assert panel.path.value == ""


# What goes wrong


def test_broken_uploads_get_one_sentence_and_change_nothing(panel, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10_000)
    before = panel.result.value
    giant = png(Image.new("L", (200, 200)))
    for content, words in (
        (b"just text", "trap.png is none of PNG"),
        (b"", "trap.png is empty"),
        (png(Image.effect_noise((80, 80), 50))[:2000], "trap.png is damaged"),
        (giant, "trap.png has more than"),
    ):
        upload(panel, "trap.png", content)
        assert words in panel.message.value, panel.message.value
        assert panel.message.value.count(". ") == 0
        assert panel.picture.value == "cat" and panel.result.value == before


@pytest.mark.parametrize("path", ["no/such.png", ".", "~nobody_here/x.png", "a\0b", "x" * 5000])
def test_bad_paths_get_one_sentence_and_stop_nothing(panel, path):
    before, said = panel.result.value, panel.message.value
    panel.path.value = path
    assert panel.message.value != said
    panel.button.click()
    assert panel.result.value == before and panel.picture.value == "cat"
    panel.picture.value = "coffee"  # another picture forgets what stood in the box
    assert panel.path.value == ""
    choose(panel, "gradient")
    assert panel.result.value != before


def test_an_unknown_class_gets_one_sentence_with_what_is_near(panel):
    before, chosen = panel.result.value, panel.target.value
    panel.name.value = "thin"
    assert "no class" in panel.message.value and "thing a" in panel.message.value
    panel.button.click()
    assert panel.result.value == before and panel.target.value == chosen


def test_a_network_that_fails_is_reported_and_the_button_works_again(panel, monkeypatch):
    before = panel.result.value
    monkeypatch.setattr(panel.network[0], "forward", SimpleNamespace().__getattribute__)
    choose(panel, "gradient")
    assert panel.result.value == before and "Done" not in panel.message.value
    assert not panel.button.disabled


def test_every_control_is_labelled(panel):
    rows = [row.children for row in panel.children[:3]]
    controls = [*itertools.chain.from_iterable(rows), panel.progress]
    assert len(controls) == 9 and all(control.description for control in controls)
