"""Lesson 07: cases, misconceptions and alternatives. The solutions stand in the lesson itself."""

import numpy as np
import torch

from grading.exercise import Exercise, choice


def feature_cases(seed: int) -> list[dict]:
    """Features of two pictures, five channels of 4 × 3, and heads for five classes."""
    rng = np.random.default_rng(seed)
    return [
        {
            "features": rng.random((2, 5, 4, 3)).astype("f4"),
            "weights": rng.normal(size=(5, 5)).astype("f4"),
            "first": rng.normal(size=(60, 6)).astype("f4") / 2,
            "second": rng.normal(size=(6, 5)).astype("f4"),
            "target": target,
        }
        for target in (1, 3, 4)
    ]


# 7.1 CAM

cam = Exercise(
    "7.1",
    "cam",
    points=2,
    minutes=8,
    cases=feature_cases,
    hints=(
        "Which row of `weights` belongs to the class? It holds one number a channel.",
        "Multiply each channel by its number and add the channels up; the places stay.",
        "A row of shape (K,) must become (K,1,1) to multiply features of shape (N,K,h,w).",
    ),
)


def weighted(features, weights):
    return (weights[:, None, None] * features).sum(1)


@cam.misconception("You took the mean over the channels; CAM adds them up.")
def mean_over_channels(features, weights, target):
    return weighted(features, weights[target]) / features.shape[1]


@cam.misconception(
    "You cut off the negative values. They are evidence against the class; keep them for now."
)
def cam_with_relu(features, weights, target):
    return weighted(features, weights[target]).clamp(min=0)


@cam.misconception(
    "`weights[:, target]` is what one channel gives to every class. One class is a row."
)
def column(features, weights, target):
    return weighted(features, weights[:, target])


@cam.misconception("All channels count alike in your map, so that it is the same for every class.")
def unweighted(features, weights, target):
    return features.sum(1)


@cam.misconception("You put a softmax over the weights. They are used as they are.")
def softmax_of_weights(features, weights, target):
    return weighted(features, weights[target].softmax(0))


@cam.misconception(
    "You averaged over the places first: that gives the logit, one number a picture. Leave the "
    "mean out."
)
def averaged_first(features, weights, target):
    return features.mean((2, 3)) @ weights[target]


@cam.misconception("Only the last channel is left: a loop writes over the map. Add up: `+=`.")
def last_channel_only(features, weights, target):
    return features[:, -1] * weights[target, -1]


@cam.alternative
def with_einsum(features, weights, target):
    return torch.einsum("nkhw,k->nhw", features, weights[target])


@cam.alternative
def as_a_convolution(features, weights, target):
    return torch.nn.functional.conv2d(features, weights[target][None, :, None, None])[:, 0]


@cam.alternative
def channel_by_channel(features, weights, target):
    total = torch.zeros_like(features[:, 0])
    for k in range(features.shape[1]):
        total = total + weights[target, k] * features[:, k]
    return total


what_gap_buys = choice(
    "7.2",
    key="C",
    points=1,
    minutes=3,
    feedback={
        "A": "Weights of its own for every place do not sharpen a map of 8 × 8 places; and with "
        "them there is no CAM, because no channel has *one* weight.",
        "B": "It is the mean that ignores where a feature is; weights of its own for every place "
        "tie the network to where things were in training.",
        "C": "512·64·11 weights for 512·11. And the number of places is built in: another picture "
        "size gives another number of features.",
        "D": "A linear layer on all places *can* average, but training need not find that, and "
        "it has 64 times the weights either way.",
    },
)


# 7.3 Grad-CAM

gradcam = Exercise(
    "7.3",
    "gradcam",
    points=3,
    minutes=15,
    difficulty=2,
    cases=feature_cases,
    hints=(
        "Three steps: the gradient of the logit with respect to the features, its mean over the "
        "places, the weighted sum of the channels.",
        "Work on `features.detach().clone().requires_grad_(True)`, put it through `head`, add up "
        "the target's column, and call `torch.autograd.grad`.",
        "The mean over height and width: `.mean((2, 3), keepdim=True)`, shape (N,K,1,1).",
    ),
)


def gradient_of(features, head, scalar):
    features = features.detach().clone().requires_grad_(True)
    return torch.autograd.grad(scalar(head(features)), features)[0]


def logit_gradient(features, head, target):
    return gradient_of(features, head, lambda logits: logits[:, target].sum())


def averaged(features, gradient):
    return (gradient.mean((2, 3), keepdim=True) * features).sum(1)


@gradcam.misconception("You added the gradient up over the places; Grad-CAM takes the mean.")
def gradcam_with_sum(features, head, target):
    gradient = logit_gradient(features, head, target)
    return (gradient.sum((2, 3), keepdim=True) * features).sum(1)


@gradcam.misconception(
    "You multiplied place by place. That is HiRes-CAM, which comes later; Grad-CAM averages the "
    "gradient over the places first."
)
def place_by_place(features, head, target):
    return (logit_gradient(features, head, target) * features).sum(1)


@gradcam.misconception(
    "You cut off the negative values. The ReLU comes later; return the signed map."
)
def gradcam_with_relu(features, head, target):
    return averaged(features, logit_gradient(features, head, target)).clamp(min=0)


@gradcam.misconception("You differentiated the probability, after the softmax. Take the logit.")
def of_probability(features, head, target):
    return averaged(features, gradient_of(features, head, lambda z: z.softmax(1)[:, target].sum()))


@gradcam.misconception("You differentiated all logits at once. Which column is the target's?")
def of_all_logits(features, head, target):
    return averaged(features, gradient_of(features, head, lambda z: z.sum()))


@gradcam.misconception(
    "You took the absolute value of the weights: channels that speak against the class then "
    "speak for it."
)
def absolute_weights(features, head, target):
    gradient = logit_gradient(features, head, target)
    return (gradient.mean((2, 3), keepdim=True).abs() * features).sum(1)


@gradcam.misconception("You averaged over the pictures too; each has weights of its own.")
def one_weight_for_the_batch(features, head, target):
    gradient = logit_gradient(features, head, target)
    return (gradient.mean((0, 2, 3), keepdim=True) * features).sum(1)


@gradcam.misconception("You took the mean over the channels; Grad-CAM adds them up.")
def gradcam_mean_of_channels(features, head, target):
    return averaged(features, logit_gradient(features, head, target)) / features.shape[1]


@gradcam.misconception(
    "Only the first picture has a map: `[0, target]` is one number of one picture. Add up the "
    "whole column."
)
def first_picture_only(features, head, target):
    x = features.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(head(x)[0, target], x)
    alpha = gradient.mean((2, 3), keepdim=True)
    return (alpha * features).sum(1)


@gradcam.alternative
def with_backward(features, head, target):
    leaf = features.clone().requires_grad_(True)
    head(leaf)[:, target].sum().backward()
    return torch.einsum("nkhw,nk->nhw", features, leaf.grad.mean((2, 3)))


@gradcam.alternative
def one_at_a_time(features, head, target):
    maps = [
        averaged(f, torch.func.grad(lambda x: head(x)[0, target])(f)) for f in features.split(1)
    ]
    return torch.cat(maps)


# 7.4 The gradient of a GAP head

gap_gradient = Exercise(
    "7.4",
    "gap_gradient",
    points=2,
    minutes=8,
    difficulty=2,
    cases=feature_cases,
    hints=(
        "Write the logit with all sums: Σ_k w_k · (1/hw) Σ_ij A_kij + b. Differentiate by one "
        "A_kij.",
        "The derivative is the same at every place of a channel.",
        "Take the class's row, divide, and repeat it: `.expand(-1, h, w)` of a tensor (K,1,1).",
    ),
)


def repeated(row, h, w):
    return row[:, None, None].expand(-1, h, w).contiguous()


@gap_gradient.misconception(
    "You forgot the mean: each of the h·w places has only 1/(h·w) of a say in it."
)
def without_the_mean(weights, target, h, w):
    return repeated(weights[target], h, w)


@gap_gradient.misconception("You divided by one side only; the mean runs over height and width.")
def divided_by_height(weights, target, h, w):
    return repeated(weights[target] / h, h, w)


@gap_gradient.misconception("You multiplied by the number of places; the mean divides by it.")
def multiplied(weights, target, h, w):
    return repeated(weights[target] * h * w, h, w)


@gap_gradient.misconception("You took a column: what one channel gives to every class.")
def column_of_weights(weights, target, h, w):
    return repeated(weights[:, target] / (h * w), h, w)


@gap_gradient.misconception("You divided by the channels too; the logit adds the channels up.")
def divided_by_channels(weights, target, h, w):
    return repeated(weights[target] / (h * w * weights.shape[1]), h, w)


@gap_gradient.misconception(
    "It is 0 everywhere: `1 // (h * w)` is a division of whole numbers. Use `/`."
)
def whole_numbers(weights, target, h, w):
    return torch.zeros(weights.shape[1], h, w)


@gap_gradient.misconception(
    "`repeat` lays the whole row along the places, so that channels are mixed up. Each channel's "
    "number fills its own h × w places: `[:, None, None]`, then `expand`."
)
def channels_mixed(weights, target, h, w):
    return (weights[target] / (h * w)).repeat(h * w).reshape(-1, h, w)


@gap_gradient.alternative
def filled(weights, target, h, w):
    return torch.stack([torch.full((h, w), value.item() / (h * w)) for value in weights[target]])


@gap_gradient.alternative
def by_autograd(weights, target, h, w):
    features = torch.zeros(weights.shape[1], h, w, requires_grad=True)
    (features.mean((1, 2)) @ weights.T)[target].backward()
    return features.grad


what_relu_drops = choice(
    "7.5",
    key="B",
    points=1,
    minutes=2,
    feedback={
        "A": "The ReLU knows nothing of noise; it looks at the sign only, and weak positive "
        "values stay.",
        "B": "A negative sum means that the place lowers the logit, as the coffee does for "
        "the cat; a picture of “where is the class?” leaves it out.",
        "C": "A channel that the class does not use has weight 0 and is gone before the ReLU.",
        "D": "The map says nothing of how sure the network is; a negative place can be very "
        "sure evidence, against the class.",
    },
)


# 7.6 HiRes-CAM

hirescam = Exercise(
    "7.6",
    "hirescam",
    points=2,
    minutes=8,
    difficulty=2,
    cases=feature_cases,
    hints=(
        "The same gradient as in Grad-CAM; only what happens to it afterwards is shorter.",
        "Gradient and features have one shape, (N,K,h,w). Leave both as they are.",
        "Multiply them place by place and add up the channels.",
    ),
)


@hirescam.misconception(
    "You averaged the gradient over the places: that is Grad-CAM. Here every place keeps its own."
)
def still_averaged(features, head, target):
    return averaged(features, logit_gradient(features, head, target))


@hirescam.misconception(
    "You cut off the negative gradients: that is Layer-CAM. Keep the gradient as it is."
)
def layer_cam(features, head, target):
    return (logit_gradient(features, head, target).clamp(min=0) * features).sum(1)


@hirescam.misconception("You cut off the negative values at the end; return the signed map.")
def hirescam_with_relu(features, head, target):
    return (logit_gradient(features, head, target) * features).sum(1).clamp(min=0)


@hirescam.misconception("This is the gradient alone; multiply it by the features.")
def gradient_alone(features, head, target):
    return logit_gradient(features, head, target).sum(1)


@hirescam.misconception("You differentiated the probability. Take the logit.")
def hirescam_of_probability(features, head, target):
    gradient = gradient_of(features, head, lambda z: z.softmax(1)[:, target].sum())
    return (gradient * features).sum(1)


@hirescam.misconception("You took the mean over the channels; add them up.")
def hirescam_mean_of_channels(features, head, target):
    return (logit_gradient(features, head, target) * features).mean(1)


@hirescam.misconception(
    "Only the first picture has a map: `[0, target]` is one number of one picture. Add up the "
    "whole column."
)
def hirescam_of_the_first_picture_only(features, head, target):
    x = features.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(head(x)[0, target], x)
    alpha = gradient
    return (alpha * features).sum(1)


@hirescam.alternative
def hirescam_with_backward(features, head, target):
    leaf = features.clone().requires_grad_(True)
    head(leaf)[:, target].sum().backward()
    return torch.einsum("nkhw,nkhw->nhw", features, leaf.grad)


@hirescam.alternative
def hirescam_one_at_a_time(features, head, target):
    gradients = [torch.func.grad(lambda x: head(x)[0, target])(f) for f in features.split(1)]
    return (torch.cat(gradients) * features).sum(1)


# 7.7 The share of a map in a region


def map_cases(seed: int) -> list[dict]:
    """Maps that are never negative, with a rectangle that holds their largest value or not."""
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(2):
        regions = np.zeros((3, 6, 7), dtype=bool)
        for region, (top, left) in zip(regions, rng.integers(0, 4, (3, 2)), strict=True):
            region[top : top + 2, left : left + 3] = True
        scale = rng.uniform(0.5, 5, (3, 1, 1))
        cases.append({"maps": (rng.random((3, 6, 7)) * scale).astype("f4"), "regions": regions})
    return cases


share_inside = Exercise(
    "7.7",
    "share_inside",
    points=1,
    minutes=5,
    cases=map_cases,
    hints=(
        "A share: what lies in the region, divided by everything.",
        "A boolean tensor multiplies like 0 and 1: `maps * regions` is 0 outside.",
        "Add up over height and width only, `.sum((1, 2))`, so that each picture has its share.",
    ),
)


@share_inside.misconception(
    "You divided by the region's area: that is its mean strength. A share is divided by the "
    "map's total."
)
def mean_inside(maps, regions):
    return (maps * regions).sum((1, 2)) / regions.sum((1, 2))


@share_inside.misconception("You did not divide by the map's total.")
def sum_inside(maps, regions):
    return (maps * regions).sum((1, 2))


@share_inside.misconception("You divided by what lies *outside*; a share is of the whole.")
def inside_to_outside(maps, regions):
    return (maps * regions).sum((1, 2)) / (maps * ~regions).sum((1, 2))


@share_inside.misconception("This is the share of the area; it never looks at the map.")
def share_of_area(maps, regions):
    return regions.float().mean((1, 2))


@share_inside.misconception("You divided by one total for all pictures; each map has its own.")
def total_of_the_batch(maps, regions):
    return (maps * regions).sum((1, 2)) / maps.sum()


@share_inside.misconception("This is the share *outside* the region.")
def share_outside(maps, regions):
    return (maps * ~regions).sum((1, 2)) / maps.sum((1, 2))


@share_inside.alternative
def map_by_map(maps, regions):
    return torch.stack([m[r].sum() / m.sum() for m, r in zip(maps, regions, strict=True)])


@share_inside.alternative
def normalised_first(maps, regions):
    shares = maps / maps.sum((1, 2), keepdim=True)
    return torch.where(regions, shares, 0).flatten(1).sum(1)


guided_fails = choice(
    "7.8",
    key="D",
    points=1,
    minutes=3,
    feedback={
        "A": "The head decides everything: with a random one the network is right on one picture "
        "in a thousand. It is the map that does not notice.",
        "B": "A map that stays the same when the answer's reason is gone is stable as a stopped "
        "clock is.",
        "C": "The head's million weights were drawn anew, and the gradient's map changed a lot.",
        "D": "Only what depends on the class can explain it. The map shows which strokes the "
        "lower layers pick up, whoever asks.",
    },
)

quiz_after = choice(
    "7.9",
    key="B",
    points=1,
    minutes=2,
    feedback={
        "A": "These are the Boros. Look at where the map is bright, and then at the tone there.",
        "B": "Pale tips. The network never told you in words; its map told you where to look.",
        "C": "One of these differs from the others exactly where the map was bright.",
        "D": "Colour, ears and pattern vary alike in both species. Where was the map bright?",
    },
)
