"""The section "A network of your own" runs on the homework's checkpoint and on torchvision."""

import pytest
import torch
import torchvision

from grading import lesson as lessons
from helpers import load

LESSONS = ("04", "07")


def cells_of(lesson, network):
    """The lesson's imports, the functions it draws with, and the section, on another network."""
    cells = lessons.find(lesson).cells
    imports = next(c for c in cells if "setup" in c.tags)
    section = next(c for c in cells if c.id.endswith("a-network-of-your-own_1"))
    functions = [c.source for c in cells if "def enlarged" in c.source]
    draw = [
        "def enlarged" + source.split("def enlarged")[1].split("\n\n\n")[0] for source in functions
    ]
    named = section.source.replace('NETWORK = "efficientnet_lite0"', f"NETWORK = {network!r}")
    assert named != section.source
    return [imports.solved, *draw, named]


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("kind", ["food", "torchvision"])
def test_section_runs(lesson, kind, tmp_path, monkeypatch):
    torch.manual_seed(0)
    if kind == "food":
        network = str(tmp_path / "checkpoint.pth")
        weights = {"epoch": 1, "model_state_dict": load.food_cnn().state_dict()}
        torch.save(weights | {"optimizer_state_dict": {}}, network)
    else:
        network, bare = "resnet18", torchvision.models.resnet18(weights=None)
        monkeypatch.setattr(torchvision.models, "get_model", lambda name, weights: bare)
    namespace = {}
    for source in cells_of(lesson, network):
        exec(source, namespace)
    assert type(namespace["mine"]).__name__ == ("Sequential" if kind == "food" else "ResNet")
    shown = namespace.get("my_map", namespace.get("my_maps"))
    assert all(torch.isfinite(one).all() for one in shown)
