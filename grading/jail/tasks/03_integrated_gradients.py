"""What lesson 03 feeds an answer and collects from it: a linear model and small smooth networks."""

import torch
import torch.nn.functional as F

from grading.jail.tasks import after, tensor, tensors


def gradient_of(score):
    """The function images → gradient of each image's score, same shape."""

    def gradient(images):
        images = images.detach().clone().requires_grad_(True)
        score(images).sum().backward()
        return images.grad

    return gradient


def smooth_score(case):
    """Images (N,3,8,8) → N scores: a convolution, a smooth bend, a weighted sum."""
    kernel, head = tensor(case["kernel"]), tensor(case["head"])
    return lambda images: F.softplus(F.conv2d(images, kernel)).flatten(1) @ head


def q3_1(contributions, case):
    images, baseline, weights = tensors(case, "images", "baseline", "weights")
    gradient = gradient_of(lambda pictures: (pictures * weights).flatten(1).sum(1))
    return after({"the map": contributions(gradient, images, baseline)}, pictures=images)


def q3_2(midpoints, case):
    return {"the points": midpoints(case["steps"])}


def q3_3(integrated_gradients, case):
    images, baseline = tensor(case["images"]), tensor(case["baseline"])
    gradient = gradient_of(smooth_score(case))
    return after(
        {"the map": integrated_gradients(gradient, images, baseline, tensor(case["alphas"]))},
        pictures=images,
        baseline=baseline,
    )


def q3_4(completeness_error, case):
    network = smooth_score(case)

    def score(pictures):
        with torch.no_grad():
            return network(pictures)

    maps, images, baseline = tensors(case, "maps", "images", "baseline")
    return {"the error": completeness_error(maps, score, images, baseline)}


def q3_7(farthest, case):
    images = tensor(case["images"])
    return after({"the baseline": farthest(images)}, pictures=images)
