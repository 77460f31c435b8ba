"""The homework's food CNN: its checkpoint and pictures fit, anything else gets one sentence."""

import os
import pickle

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from helpers import explain, load
from helpers.load.food import FOOD_CLASSES


@pytest.fixture(scope="module")
def checkpoint():
    """What the homework saves, with random weights."""
    torch.manual_seed(0)
    weights = {name: value.clone() for name, value in load.food_cnn().state_dict().items()}
    optimizer = {"state": {}, "param_groups": [{"lr": 3e-4, "betas": (0.9, 0.999), "params": [0]}]}
    return {"epoch": 7, "model_state_dict": weights, "optimizer_state_dict": optimizer}


@pytest.fixture(scope="module")
def network(checkpoint, tmp_path_factory):
    path = tmp_path_factory.mktemp("food") / "checkpoint.pth"
    torch.save(checkpoint, path)
    return load.food_checkpoint(path)


def one_sentence(error):
    text = str(error.value)
    assert "\n" not in text and text.endswith(".") and len(text) < 400
    return text


# ------------------------------------------------------------------------------ the network


def test_it_is_the_homeworks_architecture():
    net = load.food_cnn()
    assert sum(p.numel() for p in net.parameters()) == 14_162_827
    convolutions = [i for i, layer in enumerate(net.cnn) if isinstance(layer, nn.Conv2d)]
    assert convolutions.index(6) == 2 and isinstance(net.cnn[15], nn.ReLU)
    assert isinstance(net.cnn[21], nn.BatchNorm2d)
    assert (net.cnn[23].in_channels, net.cnn[23].out_channels) == (256, 256)
    assert [type(layer) for layer in net.fc] == [nn.Linear, nn.ReLU, nn.Dropout, nn.Linear]
    prefixes = {name.split(".")[0] for name in net.state_dict()}
    assert prefixes == {"cnn", "fc"} and net.fc[2].p == 0.3


def test_a_checkpoint_is_loaded(network, checkpoint):
    weights = network.state_dict()
    assert all(torch.equal(weights[k].cpu(), v) for k, v in checkpoint["model_state_dict"].items())
    assert not network.training and not any(p.requires_grad for p in network.parameters())
    assert tuple(network.classes) == FOOD_CLASSES and len(FOOD_CLASSES) == 11


def test_explainers_take_it(network):
    pictures = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(0))
    (best,) = load.top_classes(network, pictures, k=11)
    assert {name for name, _ in best} == set(FOOD_CLASSES)
    assert load.class_index(network, "soup") == 9
    maps = explain.integrated_gradients(network, pictures, 9, 0, steps=2)
    assert maps.shape == pictures.shape and maps.any()


# --------------------------------------------------------------------------- bad checkpoints


class Hostile:
    """A pickle that would make a folder where it is loaded carelessly."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_hostile_pickle_is_not_run(tmp_path):
    trap = tmp_path / "trap"
    for name, save in (
        ("a.pth", torch.save),
        ("b.pth", lambda o, p: p.write_bytes(pickle.dumps(o))),
    ):
        save({"model_state_dict": Hostile(trap)}, tmp_path / name)
        with pytest.raises(ValueError, match="read safely") as error:
            load.food_checkpoint(tmp_path / name)
        one_sentence(error)
    assert not trap.exists()


@pytest.mark.parametrize("content", [b"", b"hello\n", b"PK\x03\x04 cut off", b"\x80\x02}q\x00."])
def test_another_file_gets_one_sentence(tmp_path, content):
    path = tmp_path / "checkpoint.pth"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"checkpoint\.pth (is no|has no)") as error:
        load.food_checkpoint(path)
    one_sentence(error)


def test_a_missing_file_and_a_folder_get_one_sentence(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist") as error:
        load.food_checkpoint(tmp_path / "none.pth")
    one_sentence(error)
    with pytest.raises(ValueError, match="is no checkpoint") as error:
        load.food_checkpoint(tmp_path)
    one_sentence(error)


def without(name):
    return lambda weights: {k: v for k, v in weights.items() if k != name}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("fc.3.bias"), "no tensor fc.3.bias"),
        (lambda w: w | {"fc.3.bias": torch.zeros(10)}, r"fc.3.bias has the shape \(10,\), not"),
        (lambda w: w | {"fc.3.bias": [0.0] * 11}, "no tensor fc.3.bias"),
        (lambda w: w | {"fc.3.bias": torch.zeros(11).to_sparse()}, "fc.3.bias is no plain tensor"),
        (lambda w: w | {"fc.3.bias": torch.zeros(11, device="meta")}, "is no plain tensor"),
        (lambda w: w | {"head.bias": torch.zeros(1)}, "the entry head.bias too"),
        (lambda w: {}, "no tensor cnn.0.weight"),
        (lambda w: 3, "no `model_state_dict`"),
    ],
)
def test_another_network_is_named(checkpoint, tmp_path, change, message):
    path = tmp_path / "checkpoint.pth"
    weights = change(checkpoint["model_state_dict"])
    torch.save({"model_state_dict": weights}, path)
    with pytest.raises(ValueError, match=message) as error:
        load.food_checkpoint(path)
    one_sentence(error)


@pytest.mark.parametrize("content", [[1, 2], {"epoch": 1}, torch.zeros(3)])
def test_a_file_without_weights_gets_one_sentence(tmp_path, content):
    torch.save(content, tmp_path / "checkpoint.pth")
    with pytest.raises(ValueError, match="no `model_state_dict`") as error:
        load.food_checkpoint(tmp_path / "checkpoint.pth")
    one_sentence(error)


# --------------------------------------------------------------------------------- pictures


def save_picture(path, width, height, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def test_pictures_are_resized_as_in_the_homework(tmp_path):
    from torchvision.transforms import Compose, Resize, ToTensor

    for name, size in (("0_1.jpg", (300, 200)), ("10_0.jpg", (100, 260)), ("3_12.jpg", (128, 128))):
        save_picture(tmp_path / name, *size)
    (tmp_path / ".hidden").write_text("no picture")
    (tmp_path / "folder").mkdir()
    pictures, labels = load.food_images(tmp_path)
    homework = Compose([Resize((128, 128)), ToTensor()])
    expected = [homework(Image.open(f)) for f in sorted(tmp_path.glob("*.jpg"))]
    assert torch.equal(pictures, torch.stack(expected))
    assert labels.tolist() == [0, 10, 3] and labels.dtype == torch.int64


def test_what_cannot_be_used_is_named(tmp_path, capsys):
    save_picture(tmp_path / "1_1.jpg", 20, 20)
    save_picture(tmp_path / "11_1.jpg", 20, 20)
    save_picture(tmp_path / "soup.jpg", 20, 20)
    (tmp_path / "2_1.jpg").write_text("no picture")
    pictures, labels = load.food_images(tmp_path)
    assert pictures.shape == (1, 3, 128, 128) and labels.tolist() == [1]
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and said.startswith("Skipped 3 of 4 files: ")
    assert all(name in said for name in ("11_1.jpg", "soup.jpg", "2_1.jpg"))
    assert str(tmp_path) not in said


def test_a_folder_without_pictures_gets_one_sentence(tmp_path):
    with pytest.raises(ValueError, match="holds no file") as error:
        load.food_images(tmp_path)
    one_sentence(error)
    (tmp_path / "1_1.jpg").write_text("no picture")
    with pytest.raises(ValueError, match="no picture to use: 1_1.jpg") as error:
        load.food_images(tmp_path)
    one_sentence(error)
    with pytest.raises(FileNotFoundError, match="is not a folder") as error:
        load.food_images(tmp_path / "none")
    one_sentence(error)
