"""What lesson 04 feeds an answer and collects from it."""

from grading.jail.tasks import tensor, tensors


def q4_1(renumber, case):
    segments = tensor(case["segments"])
    return {"the segments": renumber(segments)}


def q4_2(hide, case):
    image, hidden, segments, masks = tensors(case, "image", "hidden", "segments", "masks")
    return {"the pictures": hide(image, hidden, segments, masks)}


def q4_3(kernel_weights, case):
    masks = tensor(case["masks"])
    return {"the weights": kernel_weights(masks, case["width"])}


def q4_4(weighted_ridge, case):
    masks, scores, importance = tensors(case, "masks", "scores", "importance")
    weights, intercept = weighted_ridge(masks, scores, importance, case["strength"])
    return {"the weights": weights.float(), "the intercept": float(intercept)}


def q4_5(r_squared, case):
    scores, predictions, importance = tensors(case, "scores", "predictions", "importance")
    return {"R²": float(r_squared(scores, predictions, importance))}


def q4_8(fidelity, case):
    network, surrogate, labels = tensors(case, "network", "surrogate", "labels")
    return {"the fidelity": float(fidelity(network, surrogate, labels))}
