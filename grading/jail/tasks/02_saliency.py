"""What lesson 02 feeds an answer and collects from it: small smooth networks, built from data."""

import torch
import torch.nn.functional as F

from grading.jail.tasks import after, tensor


def tiny_network(case):
    """Images (N,3,8,8) → logits (N,4): a convolution, a smooth bend, a linear head; frozen."""
    kernel, head = tensor(case["kernel"]), tensor(case["head"])

    def network(images):
        return F.softplus(F.conv2d(images, kernel)).flatten(1) @ head

    return network


def q2_1(saliency, case):
    images, network = tensor(case["images"]), tiny_network(case)
    return after(
        {
            "the map": saliency(network, images, case["target"]),
            "the map of a second call": saliency(network, images, case["target"]),
        },
        pictures=images,
    )


def q2_3(for_the_eye, case):
    gradient = tensor(case["images"])
    return after({"the picture": for_the_eye(gradient)}, gradient=gradient)


def q2_5(noise_std, case):
    return {"the standard deviation": noise_std(tensor(case["images"]), case["fraction"])}


def q2_6(smoothgrad, case):
    images, network = tensor(case["images"]), tiny_network(case)

    def gradient(pictures):
        pictures = pictures.detach().clone().requires_grad_(True)
        network(pictures)[:, case["target"]].sum().backward()
        return pictures.grad

    noise = tensor(case["noise"])
    return after(
        {"the map": smoothgrad(gradient, images, noise, case["fraction"])}, pictures=images
    )


def q2_8(occlusion, case):
    image, network = tensor(case["images"])[:1], tiny_network(case)

    def score(pictures):
        with torch.no_grad():
            return network(pictures)[:, case["target"]]

    return after({"the map": occlusion(score, image, case["patch"], case["fill"])}, picture=image)
