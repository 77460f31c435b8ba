"""What lesson 06 feeds an answer and collects from it: tiny networks and a tiny generator."""

import torch

from grading.jail.tasks import SmoothNetwork, tensor, tensors


def scorer(case):
    return SmoothNetwork(*tensors(case, "kernel", "head"))


def q6_1(ascend, case):
    start = tensor(case["pictures"])
    made = {"the pictures": ascend(scorer(case), start, case["steps"], case["lr"])}
    return made


def q6_3(white_pixels, case):
    pictures = tensor(case["pictures"]).requires_grad_(True)
    penalty = white_pixels(pictures, case["weight"])
    (gradient,) = torch.autograd.grad(penalty.sum(), pictures) if penalty.requires_grad else (None,)
    return {"the penalty": penalty, "its gradient": gradient}


def q6_4(total_variation, case):
    pictures = tensor(case["pictures"])
    return {"the total variation": total_variation(pictures)}


def q6_5(search_z, case):
    weights, z = tensor(case["decoder"]), tensor(case["z"])

    def decode(z):
        return torch.sigmoid(z @ weights).view(-1, 1, 6, 6)

    found = search_z(scorer(case), decode, z, case["steps"], case["lr"], case["share"])
    return {"z*": found}


def q6_6(clip_small_contribution, case):
    x, gradient = tensor(case["x"]), tensor(case["gradient"])
    found = clip_small_contribution(x, gradient, case["share"], case["gray"])
    return {"the picture": found}


def q6_7(fgsm, case):
    pictures, labels, kernel, heads = tensors(case, "pictures", "labels", "kernel", "heads")
    made = {"the pictures": fgsm(SmoothNetwork(kernel, heads), pictures, labels, case["epsilon"])}
    return made
