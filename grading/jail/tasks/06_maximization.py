"""What lesson 06 feeds an answer and collects from it: tiny networks and a tiny generator."""

import torch
import torch.nn.functional as F

from grading.jail.tasks import after, tensor


def scorer(case):
    """Pictures (N,1,6,6) → scores (N,): a smooth network built from the case's numbers."""
    kernel, head = tensor(case["kernel"]), tensor(case["head"])

    def score(pictures):
        return F.softplus(F.conv2d(pictures, kernel)).flatten(1) @ head

    return score


def q6_1(ascend, case):
    start = tensor(case["pictures"])
    return after(
        {"the pictures": ascend(scorer(case), start, case["steps"], case["lr"])}, start=start
    )


def q6_3(white_pixels, case):
    pictures = tensor(case["pictures"]).requires_grad_(True)
    penalty = white_pixels(pictures, case["weight"])
    (gradient,) = torch.autograd.grad(penalty.sum(), pictures)
    return {"the penalty": penalty, "its gradient": gradient}


def q6_4(total_variation, case):
    pictures = tensor(case["pictures"])
    return {"the total variation": total_variation(pictures)}


def q6_5(search_z, case):
    weights, z = tensor(case["decoder"]), tensor(case["z"])

    def decode(z):
        return torch.sigmoid(z @ weights).view(-1, 1, 6, 6)

    return after(
        {"z*": search_z(scorer(case), decode, z, case["steps"], case["lr"], case["share"])},
        first_z=z,
    )


def q6_6(clip_small_contribution, case):
    x, gradient = tensor(case["x"]), tensor(case["gradient"])
    return after(
        {"the picture": clip_small_contribution(x, gradient, case["share"], case["gray"])},
        picture=x,
    )


def q6_7(fgsm, case):
    pictures = tensor(case["pictures"])
    kernel, head = tensor(case["kernel"]), tensor(case["heads"])

    def model(pictures):
        return F.softplus(F.conv2d(pictures, kernel)).flatten(1) @ head

    return after(
        {"the pictures": fgsm(model, pictures, tensor(case["labels"]), case["epsilon"])},
        pictures=pictures,
    )
