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


@cam.naively(mean_over_channels)
def mean_over_channels_naively(features, weights, target):
    result = features.clone()
    for k in range(features.shape[1]):
        result[:, k] *= weights[target, k]
    return result.mean(1)


@cam.misconception(
    "You cut off the negative values. They are evidence against the class; keep them for now."
)
def cam_with_relu(features, weights, target):
    return weighted(features, weights[target]).clamp(min=0)


@cam.naively(cam_with_relu)
def cam_with_relu_naively(features, weights, target):
    result = torch.zeros(len(features), features.shape[2], features.shape[3])
    for n in range(len(features)):
        for k in range(features.shape[1]):
            result[n] += weights[target, k] * features[n, k]
    result[result < 0] = 0
    return result


@cam.misconception(
    "`weights[:, target]` is what one channel gives to every class. One class is a row."
)
def column(features, weights, target):
    return weighted(features, weights[:, target])


@cam.naively(column)
def column_naively(features, weights, target):
    result = 0
    for k in range(features.shape[1]):
        result = result + weights[k, target] * features[:, k]
    return result


@cam.misconception("All channels count alike in your map, so that it is the same for every class.")
def unweighted(features, weights, target):
    return features.sum(1)


@cam.naively(unweighted)
def unweighted_naively(features, weights, target):
    maps = []
    for picture in features:
        maps.append(picture.mean(0))
    return torch.stack(maps)


@cam.misconception("You put a softmax over the weights. They are used as they are.")
def softmax_of_weights(features, weights, target):
    return weighted(features, weights[target].softmax(0))


@cam.naively(softmax_of_weights)
def softmax_of_weights_naively(features, weights, target):
    weights = torch.softmax(weights, dim=0)
    result = 0
    for k in range(features.shape[1]):
        result = result + weights[target, k] * features[:, k]
    return result


@cam.misconception(
    "You averaged over the places first: that gives the logit, one number a picture. Leave the "
    "mean out."
)
def averaged_first(features, weights, target):
    return features.mean((2, 3)) @ weights[target]


@cam.naively(averaged_first)
def averaged_first_naively(features, weights, target):
    pooled = torch.nn.functional.adaptive_avg_pool2d(features, 1)
    result = 0
    for k in range(features.shape[1]):
        result = result + weights[target, k] * pooled[:, k]
    return result


@cam.misconception("Only the last channel is left: a loop writes over the map. Add up: `+=`.")
def last_channel_only(features, weights, target):
    return features[:, -1] * weights[target, -1]


@cam.naively(last_channel_only)
def last_channel_only_naively(features, weights, target):
    result = torch.zeros(len(features), features.shape[2], features.shape[3])
    for n in range(len(features)):
        for k in range(features.shape[1]):
            result[n] = weights[target][k] * features[n][k]
    return result


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


@gradcam.naively(gradcam_with_sum)
def gradcam_with_sum_naively(features, head, target):
    x = features.clone().requires_grad_()
    head(x)[:, target].sum().backward()
    result = torch.zeros(len(x), x.shape[2], x.shape[3])
    for n in range(len(x)):
        for k in range(x.shape[1]):
            result[n] += x.grad[n, k].sum() * features[n, k]
    return result


@gradcam.misconception(
    "You multiplied place by place. That is HiRes-CAM, which comes later; Grad-CAM averages the "
    "gradient over the places first."
)
def place_by_place(features, head, target):
    return (logit_gradient(features, head, target) * features).sum(1)


@gradcam.naively(place_by_place)
def place_by_place_naively(features, head, target):
    maps = []
    for picture in features:
        x = picture.clone()
        x.requires_grad = True
        logits = head(x[None])[0]
        logits[target].backward()
        maps.append((picture * x.grad).sum(0))
    return torch.stack(maps)


@gradcam.misconception(
    "You cut off the negative values. The ReLU comes later; return the signed map."
)
def gradcam_with_relu(features, head, target):
    return averaged(features, logit_gradient(features, head, target)).clamp(min=0)


@gradcam.naively(gradcam_with_relu)
def gradcam_with_relu_naively(features, head, target):
    x = features.clone()
    x.requires_grad = True
    head(x)[:, target].sum().backward()
    result = torch.zeros_like(features[:, 0])
    for k in range(x.shape[1]):
        weight = x.grad[:, k].mean((1, 2)).reshape(-1, 1, 1)
        result = result + weight * features[:, k]
    return torch.relu(result)


@gradcam.misconception("You differentiated the probability, after the softmax. Take the logit.")
def of_probability(features, head, target):
    return averaged(features, gradient_of(features, head, lambda z: z.softmax(1)[:, target].sum()))


@gradcam.naively(of_probability)
def of_probability_naively(features, head, target):
    maps = []
    for picture in features:
        x = picture.clone().requires_grad_()
        probabilities = torch.softmax(head(x[None])[0], dim=0)
        probabilities[target].backward()
        result = torch.zeros_like(picture[0])
        for k in range(len(x)):
            result = result + x.grad[k].mean() * picture[k]
        maps.append(result)
    return torch.stack(maps)


@gradcam.misconception("You differentiated all logits at once. Which column is the target's?")
def of_all_logits(features, head, target):
    return averaged(features, gradient_of(features, head, lambda z: z.sum()))


@gradcam.naively(of_all_logits)
def of_all_logits_naively(features, head, target):
    x = features.clone().requires_grad_()
    head(x).mean().backward()
    weights = x.grad.mean(3).mean(2)
    result = 0
    for k in range(x.shape[1]):
        result = result + weights[:, k].reshape(-1, 1, 1) * features[:, k]
    return result


@gradcam.misconception(
    "You took the absolute value of the weights: channels that speak against the class then "
    "speak for it."
)
def absolute_weights(features, head, target):
    gradient = logit_gradient(features, head, target)
    return (gradient.mean((2, 3), keepdim=True).abs() * features).sum(1)


@gradcam.naively(absolute_weights)
def absolute_weights_naively(features, head, target):
    x = features.clone().requires_grad_()
    head(x)[:, target].sum().backward()
    gradient = abs(x.grad)
    result = torch.zeros(len(x), x.shape[2], x.shape[3])
    for n in range(len(x)):
        for k in range(x.shape[1]):
            result[n] += gradient[n, k].mean() * features[n, k]
    return result


@gradcam.misconception("You averaged over the pictures too; each has weights of its own.")
def one_weight_for_the_batch(features, head, target):
    gradient = logit_gradient(features, head, target)
    return (gradient.mean((0, 2, 3), keepdim=True) * features).sum(1)


@gradcam.naively(one_weight_for_the_batch)
def one_weight_for_the_batch_naively(features, head, target):
    x = features.clone().requires_grad_()
    head(x)[:, target].sum().backward()
    result = 0
    for k in range(x.shape[1]):
        weight = x.grad[:, k].mean()
        result = result + weight * features[:, k]
    return result


@gradcam.misconception("You took the mean over the channels; Grad-CAM adds them up.")
def gradcam_mean_of_channels(features, head, target):
    return averaged(features, logit_gradient(features, head, target)) / features.shape[1]


@gradcam.naively(gradcam_mean_of_channels)
def gradcam_mean_of_channels_naively(features, head, target):
    x = features.clone().requires_grad_()
    head(x)[:, target].sum().backward()
    maps = []
    for n in range(len(x)):
        weights = x.grad[n].flatten(1).mean(1)
        maps.append((weights.reshape(-1, 1, 1) * features[n]).mean(0))
    return torch.stack(maps)


@gradcam.misconception(
    "Only the first picture has a map: `[0, target]` is one number of one picture. Add up the "
    "whole column."
)
def first_picture_only(features, head, target):
    x = features.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(head(x)[0, target], x)
    alpha = gradient.mean((2, 3), keepdim=True)
    return (alpha * features).sum(1)


@gradcam.naively(first_picture_only)
def first_picture_only_naively(features, head, target):
    x = features.clone()
    x.requires_grad = True
    score = head(x)[0][target]
    score.backward()
    result = torch.zeros(len(x), x.shape[2], x.shape[3])
    for n in range(len(x)):
        for k in range(x.shape[1]):
            result[n] += x.grad[n, k].mean() * features[n, k]
    return result


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


@gap_gradient.naively(without_the_mean)
def without_the_mean_naively(weights, target, h, w):
    result = torch.zeros(weights.shape[1], h, w)
    for k in range(weights.shape[1]):
        result[k] = weights[target, k]
    return result


@gap_gradient.misconception("You divided by one side only; the mean runs over height and width.")
def divided_by_height(weights, target, h, w):
    return repeated(weights[target] / h, h, w)


@gap_gradient.naively(divided_by_height)
def divided_by_height_naively(weights, target, h, w):
    maps = []
    for weight in weights[target]:
        maps.append(torch.ones(h, w) * weight / w)
    return torch.stack(maps)


@gap_gradient.misconception("You multiplied by the number of places; the mean divides by it.")
def multiplied(weights, target, h, w):
    return repeated(weights[target] * h * w, h, w)


@gap_gradient.naively(multiplied)
def multiplied_naively(weights, target, h, w):
    places = h * w
    result = torch.zeros(weights.shape[1], h, w)
    for k in range(weights.shape[1]):
        for row in range(h):
            for column in range(w):
                result[k, row, column] = places * weights[target, k]
    return result


@gap_gradient.misconception("You took a column: what one channel gives to every class.")
def column_of_weights(weights, target, h, w):
    return repeated(weights[:, target] / (h * w), h, w)


@gap_gradient.naively(column_of_weights)
def column_of_weights_naively(weights, target, h, w):
    maps = []
    for k in range(len(weights)):
        value = weights[k, target].item() / (h * w)
        maps.append(torch.full((h, w), value))
    return torch.stack(maps)


@gap_gradient.misconception("You divided by the channels too; the logit adds the channels up.")
def divided_by_channels(weights, target, h, w):
    return repeated(weights[target] / (h * w * weights.shape[1]), h, w)


@gap_gradient.naively(divided_by_channels)
def divided_by_channels_naively(weights, target, h, w):
    x = torch.zeros(weights.shape[1], h, w, requires_grad=True)
    logit = (weights[target].reshape(-1, 1, 1) * x).mean()
    logit.backward()
    return x.grad


@gap_gradient.misconception(
    "It is 0 everywhere: `1 // (h * w)` is a division of whole numbers. Use `/`."
)
def whole_numbers(weights, target, h, w):
    return torch.zeros(weights.shape[1], h, w)


@gap_gradient.naively(whole_numbers)
def whole_numbers_naively(weights, target, h, w):
    share = 1 // (h * w)
    maps = []
    for weight in weights[target]:
        maps.append(torch.ones(h, w) * weight * share)
    return torch.stack(maps)


@gap_gradient.misconception(
    "`repeat` lays the whole row along the places, so that channels are mixed up. Each channel's "
    "number fills its own h × w places: `[:, None, None]`, then `expand`."
)
def channels_mixed(weights, target, h, w):
    return (weights[target] / (h * w)).repeat(h * w).reshape(-1, h, w)


@gap_gradient.naively(channels_mixed)
def channels_mixed_naively(weights, target, h, w):
    values = []
    for _ in range(h * w):
        for weight in weights[target]:
            values.append(weight / (h * w))
    return torch.tensor(values).reshape(weights.shape[1], h, w)


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
    minutes=5,
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


@hirescam.naively(still_averaged)
def still_averaged_naively(features, head, target):
    x = features.clone().requires_grad_()
    head(x)[:, target].sum().backward()
    gradient = x.grad.clone()
    for n in range(len(x)):
        for k in range(x.shape[1]):
            gradient[n, k] = gradient[n, k].mean()
    return (gradient * features).sum(1)


@hirescam.misconception(
    "You cut off the negative gradients: that is Layer-CAM. Keep the gradient as it is."
)
def layer_cam(features, head, target):
    return (logit_gradient(features, head, target).clamp(min=0) * features).sum(1)


@hirescam.naively(layer_cam)
def layer_cam_naively(features, head, target):
    x = features.clone()
    x.requires_grad = True
    head(x)[:, target].sum().backward()
    gradient = x.grad
    gradient[gradient < 0] = 0
    result = 0
    for k in range(x.shape[1]):
        result = result + gradient[:, k] * features[:, k]
    return result


@hirescam.misconception("You cut off the negative values at the end; return the signed map.")
def hirescam_with_relu(features, head, target):
    return (logit_gradient(features, head, target) * features).sum(1).clamp(min=0)


@hirescam.naively(hirescam_with_relu)
def hirescam_with_relu_naively(features, head, target):
    maps = []
    for picture in features:
        x = picture[None].clone().requires_grad_()
        head(x)[0, target].backward()
        result = (x.grad[0] * picture).sum(0)
        result[result < 0] = 0
        maps.append(result)
    return torch.stack(maps)


@hirescam.misconception("This is the gradient alone; multiply it by the features.")
def gradient_alone(features, head, target):
    return logit_gradient(features, head, target).sum(1)


@hirescam.naively(gradient_alone)
def gradient_alone_naively(features, head, target):
    x = features.clone().requires_grad_()
    head(x)[:, target].sum().backward()
    result = torch.zeros(len(x), x.shape[2], x.shape[3])
    for k in range(x.shape[1]):
        result += x.grad[:, k]
    return result


@hirescam.misconception("You differentiated the probability. Take the logit.")
def hirescam_of_probability(features, head, target):
    gradient = gradient_of(features, head, lambda z: z.softmax(1)[:, target].sum())
    return (gradient * features).sum(1)


@hirescam.naively(hirescam_of_probability)
def hirescam_of_probability_naively(features, head, target):
    maps = []
    for picture in features:
        x = picture.clone().requires_grad_()
        probabilities = torch.softmax(head(x[None]), dim=1)
        probabilities[0, target].backward()
        maps.append((x.grad * picture).sum(0))
    return torch.stack(maps)


@hirescam.misconception("You took the mean over the channels; add them up.")
def hirescam_mean_of_channels(features, head, target):
    return (logit_gradient(features, head, target) * features).mean(1)


@hirescam.naively(hirescam_mean_of_channels)
def hirescam_mean_of_channels_naively(features, head, target):
    x = features.clone()
    x.requires_grad = True
    head(x)[:, target].sum().backward()
    result = 0
    for k in range(x.shape[1]):
        result = result + x.grad[:, k] * features[:, k]
    return result / x.shape[1]


@hirescam.misconception(
    "Only the first picture has a map: `[0, target]` is one number of one picture. Add up the "
    "whole column."
)
def hirescam_of_the_first_picture_only(features, head, target):
    x = features.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(head(x)[0, target], x)
    alpha = gradient
    return (alpha * features).sum(1)


@hirescam.naively(hirescam_of_the_first_picture_only)
def hirescam_of_the_first_picture_only_naively(features, head, target):
    x = features.clone()
    x.requires_grad = True
    logits = head(x)
    logits[0][target].backward()
    result = torch.zeros(len(x), x.shape[2], x.shape[3])
    for k in range(x.shape[1]):
        result += x.grad[:, k] * features[:, k]
    return result


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


@share_inside.naively(mean_inside)
def mean_inside_naively(maps, regions):
    shares = []
    for n in range(len(maps)):
        shares.append(maps[n][regions[n]].mean())
    return torch.stack(shares)


@share_inside.misconception("You did not divide by the map's total.")
def sum_inside(maps, regions):
    return (maps * regions).sum((1, 2))


@share_inside.naively(sum_inside)
def sum_inside_naively(maps, regions):
    shares = torch.zeros(len(maps))
    for n in range(len(maps)):
        for row in range(maps.shape[1]):
            for column in range(maps.shape[2]):
                if regions[n, row, column]:
                    shares[n] += maps[n, row, column]
    return shares


@share_inside.misconception("You divided by what lies *outside*; a share is of the whole.")
def inside_to_outside(maps, regions):
    return (maps * regions).sum((1, 2)) / (maps * ~regions).sum((1, 2))


@share_inside.naively(inside_to_outside)
def inside_to_outside_naively(maps, regions):
    shares = torch.zeros(len(maps))
    for n in range(len(maps)):
        inside = maps[n][regions[n]].sum()
        outside = maps[n][~regions[n]].sum()
        shares[n] = inside / outside
    return shares


@share_inside.misconception("This is the share of the area; it never looks at the map.")
def share_of_area(maps, regions):
    return regions.float().mean((1, 2))


@share_inside.naively(share_of_area)
def share_of_area_naively(maps, regions):
    shares = []
    for region in regions:
        shares.append(region.sum() / region.numel())
    return torch.stack(shares)


@share_inside.misconception("You divided by one total for all pictures; each map has its own.")
def total_of_the_batch(maps, regions):
    return (maps * regions).sum((1, 2)) / maps.sum()


@share_inside.naively(total_of_the_batch)
def total_of_the_batch_naively(maps, regions):
    total = 0
    for picture in maps:
        total += picture.sum()
    shares = torch.zeros(len(maps))
    for n in range(len(maps)):
        shares[n] = maps[n][regions[n]].sum() / total
    return shares


@share_inside.misconception("This is the share *outside* the region.")
def share_outside(maps, regions):
    return (maps * ~regions).sum((1, 2)) / maps.sum((1, 2))


@share_inside.naively(share_outside)
def share_outside_naively(maps, regions):
    shares = []
    for n in range(len(maps)):
        outside = maps[n].clone()
        outside[regions[n]] = 0
        shares.append(outside.sum() / maps[n].sum())
    return torch.stack(shares)


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
