"""What lesson 04 feeds an answer and collects from it."""

from grading.tasks import tensor


def q4_1(renumber, case):
    segments = tensor(case["segments"])
    return {"the segments": renumber(segments), "the segments after the call": segments}


def q4_2(hide, case):
    image, hidden, segments, masks = (
        tensor(case[name]) for name in ("image", "hidden", "segments", "masks")
    )
    return {
        "the pictures": hide(image, hidden, segments, masks),
        "the picture after the call": image,
    }


def q4_3(kernel_weights, case):
    masks = tensor(case["masks"])
    return {
        "the weights": kernel_weights(masks, case["width"]),
        "the masks after the call": masks,
    }


def q4_4(weighted_ridge, case):
    masks, scores, importance = (tensor(case[name]) for name in ("masks", "scores", "importance"))
    weights, intercept = weighted_ridge(masks, scores, importance, case["strength"])
    return {
        "the weights": weights,
        "the intercept": float(intercept),
        "the masks after the call": masks,
    }


def q4_5(r_squared, case):
    scores, predictions, importance = (
        tensor(case[name]) for name in ("scores", "predictions", "importance")
    )
    return {"R²": float(r_squared(scores, predictions, importance))}


def q4_8(fidelity, case):
    network, surrogate, labels = (tensor(case[name]) for name in ("network", "surrogate", "labels"))
    return {"the fidelity": float(fidelity(network, surrogate, labels))}
