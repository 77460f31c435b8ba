"""What lesson 05 feeds an answer and collects from it: tiny networks, built from data."""

import torch
from torch import nn

from grading.jail.tasks import tensor


def q5_1(activation, case):
    """A network whose ReLU works in place: it overwrites what a careless hook has kept."""
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 2, 3))
    for layer, kernel in ((model[0], case["first"]), (model[2], case["second"])):
        layer.weight.data, layer.bias.data = tensor(kernel), torch.zeros(len(kernel))
    layer, images = model[case["layer"]], tensor(case["images"])
    output = activation(model, layer, images)
    collected = {
        "the activation": output,
        "hooks left on the layer": len(layer._forward_hooks),
    }
    layer._forward_hooks.clear()
    # Pictures with a channel too many: the network raises, and the hook has to go all the same.
    raised = "no"
    try:
        activation(model, layer, torch.zeros(1, 4, 8, 8))
    except NotImplementedError:
        raise
    except Exception:
        raised = "yes"
    return collected | {
        "the network's error reaches the caller": raised,
        "hooks left after an error": len(layer._forward_hooks),
    }


def q5_2(receptive_field, case):
    size, jump, start = receptive_field([tuple(layer) for layer in case["layers"]])
    return {"the size": int(size), "the jump": int(jump), "the start": int(start)}


def q5_3(strongest, case):
    maps = tensor(case["maps"])
    return {"the places": strongest(maps, case["k"])}


def q5_4(objective, case):
    maps = tensor(case["maps"]).requires_grad_(True)
    return {"the scores": objective(maps, case["channel"])}


def q5_5(ascend, case):
    kernel, start = tensor(case["kernel"]), tensor(case["start"])

    def score(pictures):
        return torch.conv2d(pictures, kernel).sigmoid().mean((1, 2, 3))

    found = ascend(score, start, case["steps"], case["rate"])
    return {"the picture": found}
