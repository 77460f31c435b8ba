"""Lesson 03: cases, misconceptions and alternatives. The solutions stand in the lesson itself."""

import numpy as np
import torch

from grading.exercise import Exercise, choice


def tiny_cases(seed: int) -> list[dict]:
    """Two random smooth networks, two pictures each with baselines, and points on the path.

    The points are uneven, so that a path walked backwards is told from one walked forwards.
    """
    rng = np.random.default_rng(seed)
    return [
        {
            "images": rng.uniform(0.4, 1, (2, 3, 8, 8)).astype("f4"),
            "baseline": rng.uniform(0.1, 0.4, (2, 3, 8, 8)).astype("f4"),
            "weights": rng.normal(size=(3, 8, 8)).astype("f4"),
            "kernel": rng.normal(size=(5, 3, 3, 3)).astype("f4"),
            "head": (0.2 * rng.normal(size=180)).astype("f4"),
            "alphas": (rng.uniform(0, 1, steps) ** 2).astype("f4"),
        }
        for steps in (3, 5)
    ]


def both_ways(seed: int) -> list[dict]:
    """Maps with large sums, the same with picture and baseline exchanged, and maps that sum to too
    little. The difference of the scores changes its sign, and so does what is missing.
    """
    rng = np.random.default_rng(seed + 1)
    one = tiny_cases(seed)[0] | {"maps": rng.normal(0.5, 1, (2, 3, 8, 8)).astype("f4")}
    other = one | {"images": one["baseline"], "baseline": one["images"]}
    return [one, other, one | {"maps": -one["maps"]}]


# 3.1 A linear model

contributions = Exercise(
    "3.1",
    "contributions",
    points=1,
    minutes=6,
    cases=tiny_cases,
    hints=(
        "In f = w₁x₁ + w₂x₂ + b, what does f change by when x₁ moves from its baseline to its "
        "value, and all else stays?",
        "`gradient(images)` gives every w. Each is multiplied by the distance its own value moved.",
        "The distance is picture minus baseline, with its sign, value by value.",
    ),
)


@contributions.misconception(
    "This is the gradient alone: what one unit would change. How many units did the value move?"
)
def gradient_alone(gradient, images, baseline):
    return gradient(images)


@contributions.naively(gradient_alone)
def gradient_alone_naively(gradient, images, baseline):
    distance = images - baseline
    weights = gradient(distance)
    return weights


@contributions.misconception(
    "You multiplied by the picture, which takes black for the baseline. Multiply by the distance "
    "from the baseline you were given."
)
def times_the_picture(gradient, images, baseline):
    return images * gradient(images)


@contributions.naively(times_the_picture)
def times_the_picture_naively(gradient, images, baseline):
    parts = gradient(images).clone()
    for n in range(len(images)):
        parts[n] *= images[n]
    return parts


@contributions.misconception(
    "Your sign is reversed: the way goes from the baseline to the picture, so it is picture minus "
    "baseline."
)
def reversed_difference(gradient, images, baseline):
    return (baseline - images) * gradient(images)


@contributions.naively(reversed_difference)
def reversed_difference_naively(gradient, images, baseline):
    first = gradient(baseline) * baseline
    second = gradient(images) * images
    return first - second


@contributions.misconception(
    "You took the absolute value, and the parts no longer add up. A value may speak against."
)
def absolute_contribution(gradient, images, baseline):
    return ((images - baseline) * gradient(images)).abs()


@contributions.naively(absolute_contribution)
def absolute_contribution_naively(gradient, images, baseline):
    weights = torch.abs(gradient(images))
    distance = torch.abs(images - baseline)
    return weights * distance


@contributions.misconception("You added the parts up. Keep one number for every value.")
def already_added(gradient, images, baseline):
    return ((images - baseline) * gradient(images)).flatten(1).sum(1)


@contributions.naively(already_added)
def already_added_naively(gradient, images, baseline):
    total = 0
    for n in range(len(images)):
        parts = gradient(images)[n] * (images[n] - baseline[n])
        total += parts.sum()
    return total


@contributions.alternative
def gradient_at_the_baseline(gradient, images, baseline):
    return gradient(baseline) * (images - baseline)  # a linear model has one gradient everywhere


@contributions.alternative
def two_products(gradient, images, baseline):
    weights = gradient(images)
    return weights * images - weights * baseline


# 3.2 Where to stand on the path

midpoints = Exercise(
    "3.2",
    "midpoints",
    points=1,
    minutes=6,
    cases=lambda seed: [{"steps": int(n)} for n in np.random.default_rng(seed).integers(3, 40, 3)],
    hints=(
        "Draw the line from 0 to 1 and cut it into two pieces. Where is the middle of each?",
        "The k-th piece, counted from 0, reaches from k/steps to (k+1)/steps.",
        "`torch.arange(steps)` counts the pieces; half a piece is 1/(2·steps).",
    ),
)


@midpoints.misconception(
    "These are the left ends, 0, 0.1, …, 0.9 for ten pieces, as in the homework: the last stretch "
    "before the picture is never visited. Stand in the middle of each piece."
)
def left_ends(steps):
    return torch.arange(steps) / steps


@midpoints.naively(left_ends)
def left_ends_naively(steps):
    points = []
    for k in range(steps):
        points.append(k / steps)
    return torch.tensor(points)


@midpoints.misconception("These are the right ends of the pieces; stand in the middle of each.")
def right_ends(steps):
    return torch.arange(1, steps + 1) / steps


@midpoints.naively(right_ends)
def right_ends_naively(steps):
    points = []
    alpha = 0
    while len(points) < steps:
        alpha += 1 / steps
        points.append(alpha)
    return torch.tensor(points)


@midpoints.misconception(
    "Your points reach from 0 to 1, both ends included, so the end points stand for pieces that "
    "are half as long as the others. Stand in the middle of each piece."
)
def both_ends(steps):
    return torch.linspace(0, 1, steps)


@midpoints.naively(both_ends)
def both_ends_naively(steps):
    points = np.linspace(0, 1, steps)
    return torch.from_numpy(points)


@midpoints.misconception(
    "Your points are evenly spread between 0 and 1, but they are not the middles: the first stands "
    "1/(2·steps) from 0, not 1/(steps+1)."
)
def evenly_inside(steps):
    return torch.linspace(0, 1, steps + 2)[1:-1]


@midpoints.naively(evenly_inside)
def evenly_inside_naively(steps):
    points = torch.zeros(steps)
    for k in range(steps):
        points[k] = (k + 1) / (steps + 1)
    return points


@midpoints.misconception("These are the middles of pieces of length 1. Divide, to end at 1.")
def not_divided(steps):
    return torch.arange(steps) + 0.5


@midpoints.naively(not_divided)
def not_divided_naively(steps):
    middles = []
    for k in range(steps):
        start, end = k, k + 1
        middles.append((start + end) / 2)
    return torch.tensor(middles)


@midpoints.alternative
def mean_of_the_ends(steps):
    ends = torch.linspace(0, 1, steps + 1)
    return (ends[:-1] + ends[1:]) / 2


@midpoints.alternative
def with_linspace(steps):
    half = 0.5 / steps
    return torch.linspace(half, 1 - half, steps)


# 3.3 Integrated Gradients

integrated_gradients = Exercise(
    "3.3",
    "integrated_gradients",
    points=3,
    minutes=15,
    difficulty=2,
    cases=tiny_cases,
    hints=(
        "Three steps: a picture for every α, the mean of their gradients, one multiplication.",
        "The picture at α is baseline + α·(images − baseline); at α = 1 it is the photograph.",
        "Start with `total = torch.zeros_like(images)`, add the gradient at each α, divide by "
        "len(alphas); the multiplication by the whole distance comes last.",
    ),
)


def mean_gradient(gradient, images, baseline, alphas):
    return torch.stack([gradient(baseline + a * (images - baseline)) for a in alphas]).mean(0)


@integrated_gradients.misconception(
    "You left out the multiplication by (x − x′), the homework's mistake. A mean gradient says "
    "what one unit would change; it adds up to nothing."
)
def homework_without_distance(gradient, images, baseline, alphas):
    return mean_gradient(gradient, images, baseline, alphas)


@integrated_gradients.naively(homework_without_distance)
def homework_without_distance_naively(gradient, images, baseline, alphas):
    total = torch.zeros_like(images)
    for alpha in alphas:
        total += gradient((1 - alpha) * baseline + alpha * images)
    return total / len(alphas)


@integrated_gradients.misconception(
    "Your path is α·x: it starts at black, whatever baseline you were given."
)
def path_from_black(gradient, images, baseline, alphas):
    mean = torch.stack([gradient(a * images) for a in alphas]).mean(0)
    return (images - baseline) * mean


@integrated_gradients.naively(path_from_black)
def path_from_black_naively(gradient, images, baseline, alphas):
    total = torch.zeros_like(images)
    for alpha in alphas:
        total += gradient(images * alpha)
    return images * total / len(alphas)


@integrated_gradients.misconception(
    "The path is right, but you multiplied by x. The distance walked is x − x′."
)
def times_x(gradient, images, baseline, alphas):
    return images * mean_gradient(gradient, images, baseline, alphas)


@integrated_gradients.naively(times_x)
def times_x_naively(gradient, images, baseline, alphas):
    result = torch.zeros_like(images)
    for n in range(len(images)):
        for alpha in alphas:
            point = baseline[n] + alpha * (images[n] - baseline[n])
            result[n] += gradient(point[None])[0]
        result[n] *= images[n] / len(alphas)
    return result


@integrated_gradients.misconception(
    "You added the gradients up and did not divide by the number of points."
)
def sum_not_mean(gradient, images, baseline, alphas):
    mean = mean_gradient(gradient, images, baseline, alphas)
    return (images - baseline) * mean * len(alphas)


@integrated_gradients.naively(sum_not_mean)
def sum_not_mean_naively(gradient, images, baseline, alphas):
    result = 0
    for alpha in alphas.tolist():
        point = (1 - alpha) * baseline + alpha * images
        result = result + gradient(point) * (images - baseline)
    return result


@integrated_gradients.misconception(
    "You walk backwards: at α = 1 you stand on the baseline. Start there and end at the picture."
)
def backwards(gradient, images, baseline, alphas):
    points = [gradient(images + a * (baseline - images)) for a in alphas]
    return (images - baseline) * torch.stack(points).mean(0)


@integrated_gradients.naively(backwards)
def backwards_naively(gradient, images, baseline, alphas):
    distance = baseline - images
    total = torch.zeros_like(images)
    for alpha in alphas:
        total += gradient(images + alpha * distance)
    return distance * total / len(alphas)


@integrated_gradients.misconception(
    "You took one gradient, at the picture itself. That is gradient × distance; where the score "
    "is saturated it says 0. Average along the path."
)
def one_gradient(gradient, images, baseline, alphas):
    return (images - baseline) * gradient(images)


@integrated_gradients.naively(one_gradient)
def one_gradient_naively(gradient, images, baseline, alphas):
    gradients = torch.zeros(len(alphas), *images.shape)
    for k in range(len(alphas)):
        gradients[k] = gradient(images)
    return gradients.mean(0) * (images - baseline)


@integrated_gradients.misconception(
    "You averaged the pictures and took one gradient. Take a gradient at every point, then the "
    "mean."
)
def gradient_of_the_mean(gradient, images, baseline, alphas):
    return (images - baseline) * gradient(baseline + alphas.mean() * (images - baseline))


@integrated_gradients.naively(gradient_of_the_mean)
def gradient_of_the_mean_naively(gradient, images, baseline, alphas):
    path = []
    for alpha in alphas:
        path.append(baseline + alpha * (images - baseline))
    middle = torch.stack(path).mean(0)
    return gradient(middle) * (images - baseline)


@integrated_gradients.misconception(
    "You averaged absolute gradients; what rises and falls along the path then never cancels."
)
def absolute_gradients(gradient, images, baseline, alphas):
    points = [gradient(baseline + a * (images - baseline)).abs() for a in alphas]
    return (images - baseline) * torch.stack(points).mean(0)


@integrated_gradients.naively(absolute_gradients)
def absolute_gradients_naively(gradient, images, baseline, alphas):
    total = np.zeros(images.shape, dtype="float32")
    for alpha in alphas:
        point = baseline + alpha * (images - baseline)
        total += np.abs(gradient(point).numpy())
    mean = torch.from_numpy(total) / len(alphas)
    return mean * (images - baseline)


@integrated_gradients.misconception(
    "You multiplied by α·(x − x′), the part of the way to each point; every gradient is multiplied "
    "by the whole distance."
)
def part_of_the_way(gradient, images, baseline, alphas):
    distance = images - baseline
    return torch.stack([a * distance * gradient(baseline + a * distance) for a in alphas]).mean(0)


@integrated_gradients.naively(part_of_the_way)
def part_of_the_way_naively(gradient, images, baseline, alphas):
    total = torch.zeros_like(images)
    for alpha in alphas:
        point = baseline + alpha * (images - baseline)
        total += gradient(point) * (point - baseline)
    return total / len(alphas)


@integrated_gradients.misconception(
    "Only the last point's gradient is left, divided by the number of points. Add up: `total +=`."
)
def only_the_last_counts(gradient, images, baseline, alphas):
    last = gradient(baseline + alphas[-1] * (images - baseline))
    return (images - baseline) * last / len(alphas)


@integrated_gradients.naively(only_the_last_counts)
def only_the_last_counts_naively(gradient, images, baseline, alphas):
    total = torch.zeros_like(images)
    for alpha in alphas:
        point = baseline + alpha * (images - baseline)
        total = gradient(point)
    return (images - baseline) * total / len(alphas)


@integrated_gradients.alternative
def in_one_batch(gradient, images, baseline, alphas):
    path = baseline + alphas.reshape(-1, 1, 1, 1, 1) * (images - baseline)
    gradients = gradient(path.flatten(0, 1)).reshape(path.shape)
    return (images - baseline) * gradients.mean(0)


@integrated_gradients.alternative
def with_lerp(gradient, images, baseline, alphas):
    total = 0
    for alpha in alphas.tolist():
        total = total + gradient(torch.lerp(baseline, images, alpha)) * (images - baseline)
    return total / len(alphas)


# 3.4 and 3.5 Completeness

completeness_error = Exercise(
    "3.4",
    "completeness_error",
    points=2,
    minutes=8,
    cases=both_ways,
    hints=(
        "Two numbers a picture: what its map adds up to, and what it should add up to.",
        "A map of shape (N,3,H,W) adds up to N numbers with `.sum((1, 2, 3))`.",
        "It should be the score of the picture minus the score of its baseline; divide the "
        "difference of the two numbers by that.",
    ),
)


def change(score, images, baseline):
    return score(images) - score(baseline)


@completeness_error.misconception(
    "You compared with f(x). The map explains the way from the baseline: f(x) − f(x′)."
)
def without_the_baseline(maps, score, images, baseline):
    return (maps.sum((1, 2, 3)) - score(images)) / score(images)


@completeness_error.naively(without_the_baseline)
def without_the_baseline_naively(maps, score, images, baseline):
    errors = []
    for n in range(len(maps)):
        wanted = score(images[n : n + 1])
        errors.append((maps[n].sum() - wanted) / wanted)
    return torch.cat(errors)


@completeness_error.misconception("You did not divide by f(x) − f(x′): the error is relative.")
def not_relative(maps, score, images, baseline):
    return maps.sum((1, 2, 3)) - change(score, images, baseline)


@completeness_error.naively(not_relative)
def not_relative_naively(maps, score, images, baseline):
    errors = torch.zeros(len(maps))
    before, after = score(baseline), score(images)
    for n in range(len(maps)):
        errors[n] = maps[n].sum() - (after[n] - before[n])
    return errors


@completeness_error.misconception("You took the mean of the map. Its parts have to be added up.")
def mean_of_the_map(maps, score, images, baseline):
    return maps.mean((1, 2, 3)) / change(score, images, baseline) - 1


@completeness_error.naively(mean_of_the_map)
def mean_of_the_map_naively(maps, score, images, baseline):
    errors = []
    for n in range(len(maps)):
        wanted = score(images)[n] - score(baseline)[n]
        errors.append((maps[n].mean() - wanted) / wanted)
    return torch.stack(errors)


@completeness_error.misconception(
    "You added up absolute values. What speaks against the class has to be subtracted."
)
def sum_of_absolute(maps, score, images, baseline):
    return maps.abs().sum((1, 2, 3)) / change(score, images, baseline) - 1


@completeness_error.naively(sum_of_absolute)
def sum_of_absolute_naively(maps, score, images, baseline):
    total = torch.from_numpy(np.abs(maps.numpy()).sum(axis=(1, 2, 3)))
    wanted = score(images) - score(baseline)
    return (total - wanted) / wanted


@completeness_error.misconception(
    "You added up over all pictures. Each has its own sum and its own error, shape (N,)."
)
def one_sum_for_all(maps, score, images, baseline):
    return maps.sum() / change(score, images, baseline) - 1


@completeness_error.naively(one_sum_for_all)
def one_sum_for_all_naively(maps, score, images, baseline):
    total = maps.sum()
    wanted = score(images).sum() - score(baseline).sum()
    return (total - wanted) / wanted


@completeness_error.misconception(
    "Your sign is reversed: a map that adds up to too much has a positive error."
)
def sign_reversed(maps, score, images, baseline):
    return 1 - maps.sum((1, 2, 3)) / change(score, images, baseline)


@completeness_error.naively(sign_reversed)
def sign_reversed_naively(maps, score, images, baseline):
    errors = torch.zeros(len(maps))
    wanted = score(images) - score(baseline)
    for n in range(len(maps)):
        errors[n] = (wanted[n] - maps[n].sum()) / wanted[n]
    return errors


@completeness_error.misconception("You lost the sign, which says whether there is too much.")
def unsigned(maps, score, images, baseline):
    return (maps.sum((1, 2, 3)) / change(score, images, baseline) - 1).abs()


@completeness_error.naively(unsigned)
def unsigned_naively(maps, score, images, baseline):
    wanted = score(images) - score(baseline)
    missing = torch.abs(maps.sum((1, 2, 3)) - wanted)
    return missing / torch.abs(wanted)


@completeness_error.misconception(
    "You divided by the sum of the map. The error is a share of f(x) − f(x′), which should come "
    "out."
)
def share_of_the_sum(maps, score, images, baseline):
    total = maps.flatten(1).sum(1)
    return (total - (score(images) - score(baseline))) / total


@completeness_error.naively(share_of_the_sum)
def share_of_the_sum_naively(maps, score, images, baseline):
    errors = []
    for n in range(len(maps)):
        total = maps[n].sum()
        wanted = score(images)[n] - score(baseline)[n]
        errors.append(1 - wanted / total)
    return torch.stack(errors)


@completeness_error.alternative
def as_a_ratio(maps, score, images, baseline):
    return maps.flatten(1).sum(1) / change(score, images, baseline) - 1


@completeness_error.alternative
def picture_by_picture(maps, score, images, baseline):
    errors = []
    for one, x, start in zip(maps, images, baseline, strict=True):
        wanted = (score(x[None]) - score(start[None])).item()
        errors.append((one.double().sum().item() - wanted) / wanted)
    return torch.tensor(errors)


complete_is_not_true = choice(
    "3.5",
    key="C",
    points=1,
    minutes=3,
    feedback={
        "A": "The uniform map has no error at all, and it points nowhere.",
        "B": "It does add up: n equal parts of f(x) − f(x′) make f(x) − f(x′).",
        "C": "Completeness is one number checked against one number. It finds a broken sum; it "
        "cannot tell whether the parts lie on the right pixels.",
        "D": "The sum rule is worth having: it finds a wrong formula or too few steps at once.",
    },
)


# 3.6 The trapezoid rule of a library

trapezoid = Exercise(
    "3.6",
    "answer_3_6",
    is_value=True,
    points=1,
    minutes=4,
    hints=(
        "The gradient of a linear function is the same at every point, so only the sum of the "
        "weights matters.",
        "Two of the 20 weights are 1/40, the others 1/20.",
        "Add the weights up, then multiply by 10.",
    ),
)


@trapezoid.misconception("A sound rule gives this. Add these weights up: do they make 1?")
def as_it_should_be():
    return 10


@trapezoid.misconception("The two ends count half, not nothing.")
def ends_dropped():
    return 9


@trapezoid.misconception("Both ends count half, not just one.")
def one_end():
    return 9.75


@trapezoid.misconception("Halving the ends makes the sum smaller, not larger.")
def too_much():
    return 10.5


@trapezoid.misconception("This is the sum of the weights. The difference of the scores is 10.")
def weights_alone():
    return 0.95


@trapezoid.misconception("This is what is missing. Asked is what the map adds up to.")
def what_is_missing():
    return 0.5


@trapezoid.misconception("There are two ends, and each of them counts half: 18 whole and 2 halves.")
def one_end_left_out():
    return 9.25


@trapezoid.alternative
def computed():
    return 10 * (18 / 20 + 2 / 40)


@trapezoid.alternative
def from_the_pieces():
    return 10 * 19 / 20


# 3.7 and 3.8 Baselines

farthest = Exercise(
    "3.7",
    "farthest",
    points=1,
    minutes=5,
    cases=lambda seed: [
        {"images": np.random.default_rng([seed, n]).random((2, 3, 5, 7)).astype("f4")}
        for n in range(2)
    ],
    hints=(
        "From 0.9, which end of the range is farther away? From 0.2?",
        "Only 0 and 1 come out: a comparison with 0.5 tells which.",
        "A comparison gives True and False; `.float()` turns them into 1 and 0.",
    ),
)


@farthest.misconception("This is the nearest end of the range; a dark value needs the bright one.")
def nearest(images):
    return images.round()


@farthest.naively(nearest)
def nearest_naively(images):
    result = images.clone()
    result[images > 0.5] = 1
    result[images <= 0.5] = 0
    return result


@farthest.misconception(
    "This is the negative. A gray value is all but its own negative, so x − x′ is nearly 0 there."
)
def negative(images):
    return 1 - images


@farthest.naively(negative)
def negative_naively(images):
    result = torch.ones_like(images)
    for n in range(len(images)):
        result[n] -= images[n]
    return result


@farthest.misconception(
    "You decide once for a pixel. A red pixel has a bright and two dark channels: decide for each "
    "value."
)
def by_pixel(images):
    return (images.mean(1, keepdim=True) < 0.5).float().expand_as(images)


@farthest.naively(by_pixel)
def by_pixel_naively(images):
    result = torch.zeros_like(images)
    for n in range(len(images)):
        for y in range(images.shape[2]):
            for x in range(images.shape[3]):
                if images[n, :, y, x].mean() < 0.5:
                    result[n, :, y, x] = 1
    return result


@farthest.misconception("You decide once for a picture; decide for each value.")
def by_picture(images):
    dark = images.mean((1, 2, 3), keepdim=True) < 0.5
    return dark.float().expand_as(images)


@farthest.naively(by_picture)
def by_picture_naively(images):
    baselines = []
    for image in images:
        if image.mean() < 0.5:
            baselines.append(torch.ones_like(image))
        else:
            baselines.append(torch.zeros_like(image))
    return torch.stack(baselines)


@farthest.misconception(
    "True and False are right, but a baseline is a picture: turn them into numbers."
)
def still_boolean(images):
    return images < 0.5


@farthest.naively(still_boolean)
def still_boolean_naively(images):
    baselines = []
    for image in images:
        baselines.append(image < 0.5)
    return torch.stack(baselines)


@farthest.alternative
def with_where(images):
    return torch.where(images > 0.5, torch.zeros_like(images), torch.ones_like(images))


@farthest.alternative
def rounded_negative(images):
    return (1 - images).round()


invisible = choice(
    "3.8",
    key="B",
    points=1,
    minutes=3,
    feedback={
        "A": "The network may well use the tyres; IG would say so with another baseline.",
        "B": "The factor x − x′ is 0 there, whatever the gradients are. The map says “nothing "
        "here” because it compared black with black.",
        "C": "More steps make the integral exact, and 0 times an exact integral is 0.",
        "D": "The gradient need not be 0 at a black pixel; the factor in front of it is.",
    },
)
