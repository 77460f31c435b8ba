"""What lesson 07 feeds an answer and collects from it: random features and small smooth heads."""

import torch
import torch.nn.functional as F

from grading.jail.tasks import tensor


def smooth_head(case):
    """Features (N,5,4,3) → logits (N,5): every place has weights of its own; frozen."""
    first, second = tensor(case["first"]), tensor(case["second"])

    def head(features):
        return F.softplus(features.flatten(1) @ first) @ second

    return head


def q7_1(cam, case):
    features, weights = tensor(case["features"]), tensor(case["weights"])
    return {"the map": cam(features, weights, case["target"])}


def q7_3(gradcam, case):
    features, head = tensor(case["features"]), smooth_head(case)
    with torch.enable_grad():
        made = {
            "the map": gradcam(features, head, case["target"]),
            "the map of a second call": gradcam(features, head, case["target"]),
        }
        return made


def q7_4(gap_gradient, case):
    return {"the gradient": gap_gradient(tensor(case["weights"]), case["target"], 4, 3)}


def q7_6(hirescam, case):
    return q7_3(hirescam, case)


def q7_7(share_inside, case):
    return {"the shares": share_inside(tensor(case["maps"]), tensor(case["regions"]))}
