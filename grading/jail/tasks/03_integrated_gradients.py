"""What lesson 03 feeds an answer and collects from it: a linear model and small smooth networks."""

import torch

from grading.jail.tasks import SmoothNetwork, gradient_of, tensor, tensors


def smooth_score(case):
    return SmoothNetwork(*tensors(case, "kernel", "head"))


def q3_1(contributions, case):
    images, baseline, weights = tensors(case, "images", "baseline", "weights")
    gradient = gradient_of(lambda pictures: (pictures * weights).flatten(1).sum(1))
    return {"the map": contributions(gradient, images, baseline)}


def q3_2(midpoints, case):
    return {"the points": midpoints(case["steps"])}


def q3_3(integrated_gradients, case):
    images, baseline, alphas = tensors(case, "images", "baseline", "alphas")
    gradient = gradient_of(smooth_score(case))
    made = {"the map": integrated_gradients(gradient, images, baseline, alphas)}
    return made


def q3_4(completeness_error, case):
    score = torch.no_grad()(smooth_score(case))
    maps, images, baseline = tensors(case, "maps", "images", "baseline")
    return {"the error": completeness_error(maps, score, images, baseline)}


def q3_7(farthest, case):
    images = tensor(case["images"])
    return {"the baseline": farthest(images)}
