"""What lesson 02 feeds an answer and collects from it: small smooth networks, built from data."""

import torch

from grading.jail.tasks import SmoothNetwork, gradient_of, tensor, tensors


def tiny_network(case):
    return SmoothNetwork(*tensors(case, "kernel", "head"))


def q2_1(saliency, case):
    images, network = tensor(case["images"]), tiny_network(case)
    made = {
        "the map": saliency(network, images, case["target"]),
        "the map of a second call": saliency(network, images, case["target"]),
    }
    return made


def q2_3(for_the_eye, case):
    gradient = tensor(case["images"])
    return {"the picture": for_the_eye(gradient)}


def q2_5(noise_std, case):
    return {"the standard deviation": noise_std(tensor(case["images"]), case["fraction"])}


def q2_6(smoothgrad, case):
    images, noise = tensors(case, "images", "noise")
    gradient = gradient_of(lambda pictures: tiny_network(case)(pictures)[:, case["target"]])
    made = {"the map": smoothgrad(gradient, images, noise, case["fraction"])}
    return made


def q2_8(occlusion, case):
    image, network = tensor(case["images"])[:1], tiny_network(case)

    @torch.no_grad()
    def score(pictures):
        return network(pictures)[:, case["target"]]

    return {"the map": occlusion(score, image, case["patch"], case["fill"])}
