"""Lesson 02: cases, misconceptions and alternatives. The solutions stand in the lesson itself."""

import numpy as np
import torch
import torch.nn.functional as F

from grading.exercise import Exercise, choice


def tiny_cases(seed: int) -> list[dict]:
    """Two random smooth networks with two pictures each; no two pictures have the same range."""
    rng = np.random.default_rng(seed)
    return [
        {
            "images": (rng.random((2, 3, 8, 8)) * [[[[0.35]]], [[[0.85]]]]).astype("f4"),
            "kernel": rng.normal(size=(5, 3, 3, 3)).astype("f4"),
            "head": (0.2 * rng.normal(size=(180, 4))).astype("f4"),
            "target": target,
            "noise": rng.normal(size=(6, 2, 3, 8, 8)).astype("f4"),
            "fraction": float(rng.uniform(0.1, 0.4)),
            "patch": 4 if target == 1 else 2,
            "fill": float(rng.uniform(0.3, 0.7)),
        }
        for target in (1, 3)
    ]


def tall_cases(seed: int) -> list[dict]:
    """Pictures that are taller than wide, so that rows and columns cannot be confused."""
    cases = tiny_cases(seed)
    rng = np.random.default_rng(seed + 1)
    for case in cases:
        case["images"] = rng.random((2, 3, 12, 8)).astype("f4")
        case["head"] = (0.2 * rng.normal(size=(5 * 10 * 6, 4))).astype("f4")
    return cases


# 2.1 Saliency

saliency = Exercise(
    "2.1",
    "saliency",
    points=2,
    minutes=12,
    difficulty=2,
    cases=tiny_cases,
    hints=(
        "Work on a copy of the pictures that asks for gradients: `.detach().clone()`, then "
        "`.requires_grad_(True)`.",
        "Pick one column of the logits, the target's, and add it up over the pictures: each "
        "picture's gradient then is its own.",
        "`torch.autograd.grad(a_number, a_tensor)` returns a tuple with one gradient a tensor.",
    ),
)


def gradient_of(model, images, scalar):
    images = images.detach().clone().requires_grad_(True)
    return torch.autograd.grad(scalar(model(images)), images)[0]


@saliency.misconception("You took the absolute value. The sign is information; keep it for now.")
def absolute(model, images, target):
    return gradient_of(model, images, lambda logits: logits[:, target].sum()).abs()


@saliency.naively(absolute)
def absolute_naively(model, images, target):
    x = images.clone()
    x.requires_grad = True
    for n in range(len(x)):
        logits = model(x[n : n + 1])
        logits[0, target].backward()
    return torch.abs(x.grad)


@saliency.misconception(
    "This is the gradient of the probability, after the softmax. Explain the logit: the number "
    "before the softmax."
)
def of_probability(model, images, target):
    return gradient_of(model, images, lambda logits: logits.softmax(1)[:, target].sum())


@saliency.naively(of_probability)
def of_probability_naively(model, images, target):
    maps = []
    for image in images:
        x = image.unsqueeze(0).clone()
        x.requires_grad = True
        probabilities = F.softmax(model(x), dim=1)
        probabilities[0, target].backward()
        maps.append(x.grad)
    return torch.cat(maps)


@saliency.misconception(
    "This is the gradient of the loss. It points away from the class and vanishes where the "
    "network is sure; explain the target's logit."
)
def of_loss(model, images, target):
    def loss(logits):
        wanted = torch.full((len(images),), target)
        return F.cross_entropy(logits, wanted, reduction="sum")

    return gradient_of(model, images, loss)


@saliency.naively(of_loss)
def of_loss_naively(model, images, target):
    x = images.clone()
    x.requires_grad = True
    labels = torch.tensor([target] * len(x))
    loss = F.cross_entropy(model(x), labels)
    loss.backward()
    return x.grad


@saliency.misconception("You explained all logits at once. Which column belongs to the target?")
def of_all_logits(model, images, target):
    return gradient_of(model, images, lambda logits: logits.sum())


@saliency.naively(of_all_logits)
def of_all_logits_naively(model, images, target):
    x = images.clone()
    x.requires_grad = True
    logits = model(x)
    logits.mean().backward()
    return x.grad


@saliency.misconception(
    "You took the mean over the pictures, so each gradient is divided by their number. Add up."
)
def mean_over_pictures(model, images, target):
    return gradient_of(model, images, lambda logits: logits[:, target].mean())


@saliency.naively(mean_over_pictures)
def mean_over_pictures_naively(model, images, target):
    x = images.clone()
    x.requires_grad = True
    logits = model(x)
    score = 0
    for n in range(len(x)):
        score = score + logits[n, target] / len(x)
    score.backward()
    return x.grad


@saliency.misconception(
    "Only the first picture has a gradient. `logits[0, target]` is one number of one picture; take "
    "the whole column."
)
def first_picture_only(model, images, target):
    return gradient_of(model, images, lambda logits: logits[0, target])


@saliency.naively(first_picture_only)
def first_picture_only_naively(model, images, target):
    x = images.clone()
    x.requires_grad = True
    scores = model(x)[0]
    scores[target].backward()
    return x.grad


@saliency.misconception(
    "`logits[target]` picks a row, which is a picture. The classes are the columns."
)
def row_instead_of_column(model, images, target):
    return gradient_of(model, images, lambda logits: logits[target].sum())


@saliency.naively(row_instead_of_column)
def row_instead_of_column_naively(model, images, target):
    maps = []
    for image in images:
        x = image[None].clone()
        x.requires_grad = True
        score = model(x)[target].sum()
        score.backward()
        maps.append(x.grad[0])
    return torch.stack(maps)


@saliency.misconception(
    "Called twice, your function gives another answer: `.grad` adds up on the pictures it was "
    "given. Work on a copy."
)
def accumulates(model, images, target):
    images.requires_grad_(True)
    model(images)[:, target].sum().backward()
    return images.grad


@saliency.naively(accumulates)
def accumulates_naively(model, images, target):
    images.requires_grad = True
    maps = []
    for n in range(len(images)):
        model(images)[n, target].backward()
        maps.append(images.grad[n])
    return torch.stack(maps)


@saliency.alternative
def with_backward(model, images, target):
    images = images.clone()
    images.requires_grad = True
    model(images)[:, target].sum().backward()
    return images.grad


@saliency.alternative
def one_picture_at_a_time(model, images, target):
    maps = []
    for image in images:
        one = image[None].clone().requires_grad_(True)
        maps.append(torch.autograd.grad(model(one)[0, target], one)[0])
    return torch.cat(maps)


@saliency.alternative
def with_functional_jacobian(model, images, target):
    return torch.func.grad(lambda x: model(x)[:, target].sum())(images)


vanishing = choice(
    "2.2",
    key="C",
    points=1,
    minutes=3,
    feedback={
        "A": "The pictures differ by an amount you can hardly see, and the logit's gradient is "
        "nearly as strong in both.",
        "B": "Nothing was trained or changed in the network between the two rows.",
        "C": "dp/dx = p(1−p) d(z − log of the other classes' sum)/dx, and the loss carries the "
        "factor 1−p: both go to zero with 1−p, whatever the pixels do.",
        "D": "Rounding is not the cause: 1−p is small but computed well, and the factor is there "
        "in exact arithmetic too.",
    },
)


# 2.3 A map for the eye

for_the_eye = Exercise(
    "2.3",
    "for_the_eye",
    points=1,
    minutes=8,
    cases=lambda seed: [
        {
            "images": np.random.default_rng(seed + n).normal(size=(2, 3, 19, 21)).astype("f4")
            * (1 + n)
        }
        for n in range(2)
    ],
    hints=(
        "Three steps: absolute value, the largest channel, divide. Look at the shape after each.",
        "`.amax(1)` takes the largest channel. For the percentile, lay out each picture's "
        "pixels in "
        "one row and look up `quantile`.",
        "Give the quantile the shape (N,1,1) so that each picture is divided by its own, and cut "
        "at 1 with `.clamp(max=1)`.",
    ),
)


def eye(strength, batched=True):
    flat = strength.flatten(1)
    top = flat.quantile(0.99, dim=1) if batched else flat.quantile(0.99).expand(len(flat))
    return (strength / top[:, None, None]).clamp(max=1)


@for_the_eye.misconception(
    "You divided by one number for the whole batch, so one strong picture darkens all others."
)
def one_scale_for_all(gradient):
    return eye(gradient.abs().amax(1), batched=False)


@for_the_eye.naively(one_scale_for_all)
def one_scale_for_all_naively(gradient):
    strength = np.abs(gradient.numpy()).max(axis=1)
    top = np.percentile(strength, 99)
    return torch.from_numpy(np.minimum(strength / top, 1))


@for_the_eye.misconception(
    "You took the mean over the channels; a pixel is as strong as its strongest channel."
)
def mean_of_channels(gradient):
    return eye(gradient.abs().mean(1))


@for_the_eye.naively(mean_of_channels)
def mean_of_channels_naively(gradient):
    red, green, blue = gradient[:, 0].abs(), gradient[:, 1].abs(), gradient[:, 2].abs()
    result = (red + green + blue) / 3
    for n in range(len(result)):
        result[n] = result[n] / result[n].quantile(0.99)
    result[result > 1] = 1
    return result


@for_the_eye.misconception(
    "You lost the negative values: take the absolute value before the largest channel."
)
def largest_without_abs(gradient):
    return eye(gradient.amax(1).clamp(min=0))


@for_the_eye.naively(largest_without_abs)
def largest_without_abs_naively(gradient):
    shown = []
    for picture in gradient:
        strength = picture.max(dim=0).values
        top = torch.quantile(strength, 0.99)
        shown.append((strength / top).clamp(max=1))
    return torch.stack(shown)


@for_the_eye.misconception(
    "You divided by the maximum, so that a single pixel decides how dark the rest is. Use the "
    "99th percentile."
)
def divided_by_maximum(gradient):
    strength = gradient.abs().amax(1)
    return strength / strength.amax((1, 2), keepdim=True)


@for_the_eye.naively(divided_by_maximum)
def divided_by_maximum_naively(gradient):
    strength = gradient.abs().max(dim=1).values
    largest = strength.max()
    return strength / largest


@for_the_eye.misconception(
    "Your percentile is over all channels' values; take the largest channel first, then the "
    "percentile of these H × W values."
)
def percentile_of_all_channels(gradient):
    top = gradient.abs().flatten(1).quantile(0.99, dim=1)
    return (gradient.abs().amax(1) / top[:, None, None]).clamp(max=1)


@for_the_eye.naively(percentile_of_all_channels)
def percentile_of_all_channels_naively(gradient):
    shown = []
    for picture in gradient:
        picture = picture.abs()
        picture = picture / torch.quantile(picture, 0.99)
        picture[picture > 1] = 1
        shown.append(picture.amax(0))
    return torch.stack(shown)


@for_the_eye.misconception("Values above 1 are left: cut them at 1.")
def not_clipped(gradient):
    strength = gradient.abs().amax(1)
    return strength / strength.flatten(1).quantile(0.99, dim=1)[:, None, None]


@for_the_eye.naively(not_clipped)
def not_clipped_naively(gradient):
    strength = np.abs(gradient.numpy()).max(axis=1)
    for n in range(len(strength)):
        strength[n] = strength[n] / np.percentile(strength[n], 99)
    return torch.from_numpy(strength)


@for_the_eye.misconception(
    "The absolute value comes first: you took the largest channel with its sign, and a strong "
    "negative one was lost."
)
def abs_after_the_largest(gradient):
    return eye(gradient.amax(1).abs())


@for_the_eye.naively(abs_after_the_largest)
def abs_after_the_largest_naively(gradient):
    strength = gradient.max(dim=1).values
    strength[strength < 0] *= -1
    for n in range(len(strength)):
        top = torch.quantile(strength[n], 0.99)
        strength[n] = torch.clamp(strength[n] / top, 0, 1)
    return strength


@for_the_eye.alternative
def picture_by_picture(gradient):
    shown = []
    for picture in gradient:
        strength = picture.abs().max(dim=0).values
        shown.append(torch.minimum(strength / torch.quantile(strength, 0.99), torch.tensor(1.0)))
    return torch.stack(shown)


@for_the_eye.alternative
def with_numpy_percentile(gradient):
    strength = np.abs(gradient.numpy()).max(axis=1)
    top = np.percentile(strength, 99, axis=(1, 2), keepdims=True)
    return torch.tensor(np.clip(strength / top, 0, 1), dtype=torch.float32)


sobel_looks_right = choice(
    "2.4",
    key="D",
    points=1,
    minutes=3,
    feedback={
        "A": "The Sobel filter has no class to look for: it never saw the network.",
        "B": "The network is not asked at all when the Sobel filter runs.",
        "C": "A gradient map does depend on the network; what fails is our way of judging it.",
        "D": "A map that would look the same for every network, trained or not, passes the test "
        "“it looks right”. So that test says nothing about the network.",
    },
)


# 2.5 and 2.6 SmoothGrad

noise_std = Exercise(
    "2.5",
    "noise_std",
    points=1,
    minutes=5,
    cases=tiny_cases,
    hints=(
        "The range of a picture is its largest value minus its smallest.",
        "`.amax((1, 2, 3), keepdim=True)` keeps the shape (N,1,1,1).",
        "σ is the fraction times the range, nothing else.",
    ),
)


def value_range(images):
    return images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True)


@noise_std.misconception(
    "This is the homework's formula, (fraction / range)²: it gives the flattest picture the most "
    "noise. Noise should grow with the range."
)
def homework_formula(images, fraction):
    return (fraction / value_range(images)) ** 2


@noise_std.naively(homework_formula)
def homework_formula_naively(images, fraction):
    sigma = torch.zeros(len(images), 1, 1, 1)
    for n in range(len(images)):
        span = images[n].max() - images[n].min()
        sigma[n] = (fraction / span) ** 2
    return sigma


@noise_std.misconception(
    "You took one range for the whole batch; each picture has its own, shape (N,1,1,1)."
)
def range_of_the_batch(images, fraction):
    return (fraction * (images.max() - images.min())).expand(len(images), 1, 1, 1)


@noise_std.naively(range_of_the_batch)
def range_of_the_batch_naively(images, fraction):
    largest = images.max()
    smallest = images.min()
    return fraction * (largest - smallest)


@noise_std.misconception(
    "You used the pictures' standard deviation; the fraction is of the range, maximum − minimum."
)
def of_the_standard_deviation(images, fraction):
    return fraction * images.std((1, 2, 3), keepdim=True)


@noise_std.naively(of_the_standard_deviation)
def of_the_standard_deviation_naively(images, fraction):
    sigma = []
    for image in images.numpy():
        sigma.append(fraction * np.std(image))
    return torch.tensor(sigma, dtype=torch.float32).reshape(-1, 1, 1, 1)


@noise_std.misconception(
    "You divided by the range; a picture with a larger range needs more noise, not less."
)
def divided_by_range(images, fraction):
    return fraction / value_range(images)


@noise_std.naively(divided_by_range)
def divided_by_range_naively(images, fraction):
    sigma = []
    for image in images:
        span = image.max() - image.min()
        sigma.append(fraction / span)
    return torch.stack(sigma).reshape(-1, 1, 1, 1)


@noise_std.misconception("You squared it: that is the variance; the noise is scaled by σ itself.")
def variance(images, fraction):
    return (fraction * value_range(images)) ** 2


@noise_std.naively(variance)
def variance_naively(images, fraction):
    flat = images.reshape(len(images), -1)
    span = flat.max(1).values - flat.min(1).values
    sigma = fraction * span
    return (sigma * sigma)[:, None, None, None]


@noise_std.alternative
def flattened(images, fraction):
    flat = images.flatten(1)
    span = flat.max(dim=1).values - flat.min(dim=1).values
    return (fraction * span).reshape(-1, 1, 1, 1)


@noise_std.alternative
def listed(images, fraction):
    return torch.stack([fraction * (i.max() - i.min()) for i in images])[:, None, None, None]


smoothgrad = Exercise(
    "2.6",
    "smoothgrad",
    points=3,
    minutes=15,
    difficulty=2,
    cases=tiny_cases,
    hints=(
        "One gradient for each of the n noisy copies, then the mean of the n gradients.",
        "`noise[i]` has the pictures' shape: the i-th copy is `images + sigma * noise[i]`.",
        "Start with `total = torch.zeros_like(images)`, add each gradient, divide by len(noise).",
    ),
)


def noisy(images, noise, fraction):
    return images + fraction * value_range(images) * noise


@smoothgrad.misconception(
    "You averaged the noisy pictures and took one gradient. The noise has gone before the network "
    "saw it: average the gradients."
)
def gradient_of_mean(gradient, images, noise, fraction):
    return gradient(noisy(images, noise, fraction).mean(0))


@smoothgrad.naively(gradient_of_mean)
def gradient_of_mean_naively(gradient, images, noise, fraction):
    span = images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True)
    total = torch.zeros_like(images)
    for z in noise:
        total += images + fraction * span * z
    return gradient(total / len(noise))


@smoothgrad.misconception(
    "You averaged absolute values. Noise that flips the sign then never cancels; average the "
    "signed gradients."
)
def mean_of_absolute(gradient, images, noise, fraction):
    return torch.stack([gradient(noisy(images, z, fraction)).abs() for z in noise]).mean(0)


@smoothgrad.naively(mean_of_absolute)
def mean_of_absolute_naively(gradient, images, noise, fraction):
    span = images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True)
    total = torch.zeros_like(images)
    for z in noise:
        total += torch.abs(gradient(images + fraction * span * z))
    return total / len(noise)


@smoothgrad.misconception("You added the gradients up and did not divide by their number.")
def sum_of_gradients(gradient, images, noise, fraction):
    return torch.stack([gradient(noisy(images, z, fraction)) for z in noise]).sum(0)


@smoothgrad.naively(sum_of_gradients)
def sum_of_gradients_naively(gradient, images, noise, fraction):
    total = torch.zeros_like(images)
    for n in range(len(images)):
        sigma = fraction * (images[n].max() - images[n].min())
        for i in range(len(noise)):
            copy = images[n] + sigma * noise[i, n]
            total[n] += gradient(copy[None])[0]
    return total


@smoothgrad.misconception("You averaged squares: that is SmoothGrad², which comes later.")
def mean_of_squares(gradient, images, noise, fraction):
    return torch.stack([gradient(noisy(images, z, fraction)) ** 2 for z in noise]).mean(0)


@smoothgrad.naively(mean_of_squares)
def mean_of_squares_naively(gradient, images, noise, fraction):
    span = images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True)
    maps = []
    for i in range(len(noise)):
        one = gradient(images + fraction * span * noise[i])
        maps.append(one * one)
    return sum(maps) / len(maps)


@smoothgrad.misconception(
    "Your noise piles up: each copy starts from the one before. Start every copy from the picture."
)
def random_walk(gradient, images, noise, fraction):
    current, total = images.clone(), torch.zeros_like(images)
    for z in noise:
        current = current + fraction * value_range(images) * z
        total += gradient(current)
    return total / len(noise)


@smoothgrad.naively(random_walk)
def random_walk_naively(gradient, images, noise, fraction):
    total = torch.zeros_like(images)
    for z in noise:
        span = images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True)
        images = images + fraction * span * z
        total += gradient(images)
    return total / len(noise)


@smoothgrad.misconception(
    "Your noise is scaled with (fraction / range)², the homework's formula; use fraction × range."
)
def homework_noise(gradient, images, noise, fraction):
    sigma = (fraction / value_range(images)) ** 2
    return torch.stack([gradient(images + sigma * z) for z in noise]).mean(0)


@smoothgrad.naively(homework_noise)
def homework_noise_naively(gradient, images, noise, fraction):
    total = torch.zeros_like(images)
    for n in range(len(images)):
        sigma = (fraction / (images[n].max() - images[n].min())) ** 2
        for i in range(len(noise)):
            copy = images[n] + sigma * noise[i, n]
            total[n] += gradient(copy[None])[0]
    return total / len(noise)


@smoothgrad.misconception(
    "Your noise has the size `fraction`, whatever the picture's range. Multiply by the range."
)
def without_range(gradient, images, noise, fraction):
    return torch.stack([gradient(images + fraction * z) for z in noise]).mean(0)


@smoothgrad.naively(without_range)
def without_range_naively(gradient, images, noise, fraction):
    copies = images + noise * fraction
    total = 0
    for copy in copies:
        total = total + gradient(copy)
    return total / len(copies)


@smoothgrad.misconception(
    "You cut the noisy pictures to [0, 1]. That shifts their mean wherever a picture is dark or "
    "bright; the paper leaves them as they are."
)
def clamped(gradient, images, noise, fraction):
    return torch.stack([gradient(noisy(images, z, fraction).clamp(0, 1)) for z in noise]).mean(0)


@smoothgrad.naively(clamped)
def clamped_naively(gradient, images, noise, fraction):
    span = images.amax((1, 2, 3), keepdim=True) - images.amin((1, 2, 3), keepdim=True)
    total = torch.zeros_like(images)
    for z in noise:
        copy = images + fraction * span * z
        copy[copy < 0] = 0
        copy[copy > 1] = 1
        total += gradient(copy)
    return total / len(noise)


@smoothgrad.alternative
def in_one_batch(gradient, images, noise, fraction):
    copies = noisy(images, noise, fraction)
    return gradient(copies.flatten(0, 1)).reshape(copies.shape).mean(0)


@smoothgrad.alternative
def running_mean(gradient, images, noise, fraction):
    mean = torch.zeros_like(images)
    for count, z in enumerate(noise, 1):
        mean = mean + (gradient(noisy(images, z, fraction)) - mean) / count
    return mean


samples_needed = Exercise(
    "2.7",
    "answer_2_7",
    is_value=True,
    points=1,
    minutes=3,
    hints=(
        "The copies are independent, so the mean of n gradients wanders as 1/√n.",
        "Half the error: √n must double.",
        "If √n doubles, by which factor does n grow?",
    ),
)


@samples_needed.misconception("Twice as many copies shrink the error by √2 only, not by 2.")
def twice():
    return 40


@samples_needed.misconception("60 more, yes. How many is that in all?")
def sixty_more():
    return 60


@samples_needed.misconception("Fewer copies leave more noise, not less.")
def half():
    return 10


@samples_needed.misconception(
    "It is n, not the error, that has to grow with the square: 2², not √2."
)
def root_two():
    return round(20 * 2**0.5)


@samples_needed.misconception("20² would be far more than needed: the error has to halve, no more.")
def squared():
    return 400


@samples_needed.alternative
def as_float():
    return 80.0


@samples_needed.alternative
def computed():
    return 20 * 2**2


# 2.8 Occlusion

occlusion = Exercise(
    "2.8",
    "occlusion",
    points=2,
    minutes=15,
    difficulty=2,
    cases=tall_cases,
    hints=(
        "For every patch: a copy of the picture, the patch filled, the score of the copy.",
        "Row r, column c covers `image[:, :, r*patch:(r+1)*patch, c*patch:(c+1)*patch]`.",
        "The map holds score(image) − score(copy): what the patch was worth.",
    ),
)


def occluded(score, image, patch, fill, drop=True, cumulative=False):
    rows, columns = image.shape[2] // patch, image.shape[3] // patch
    result, copy = torch.zeros(rows, columns), image.clone()
    for r in range(rows):
        for c in range(columns):
            copy = copy if cumulative else image.clone()
            copy[:, :, r * patch : (r + 1) * patch, c * patch : (c + 1) * patch] = fill
            result[r, c] = (score(image) - score(copy) if drop else score(copy))[0]
    return result


@occlusion.misconception(
    "Your sign is reversed: a patch that the class needs should have a positive drop, "
    "score(image) − score(copy)."
)
def rise_instead_of_drop(score, image, patch, fill):
    return -occluded(score, image, patch, fill)


@occlusion.naively(rise_instead_of_drop)
def rise_instead_of_drop_naively(score, image, patch, fill):
    before = score(image)
    result = []
    for top in range(0, image.shape[2], patch):
        row = []
        for left in range(0, image.shape[3], patch):
            copy = image.clone()
            copy[:, :, top : top + patch, left : left + patch] = fill
            row.append((score(copy) - before).item())
        result.append(row)
    return torch.tensor(result)


@occlusion.misconception("This is the score that is left; the map should hold the drop.")
def score_left(score, image, patch, fill):
    return occluded(score, image, patch, fill, drop=False)


@occlusion.naively(score_left)
def score_left_naively(score, image, patch, fill):
    height, width = image.shape[2:]
    scores = []
    for top in range(0, height, patch):
        for left in range(0, width, patch):
            copy = image.clone()
            copy[0, :, top : top + patch, left : left + patch] = fill
            scores.append(score(copy))
    return torch.cat(scores).reshape(height // patch, width // patch)


@occlusion.misconception(
    "Your patches stay covered once they were: start from a fresh copy of the picture each time."
)
def patches_stay(score, image, patch, fill):
    return occluded(score, image, patch, fill, cumulative=True)


@occlusion.naively(patches_stay)
def patches_stay_naively(score, image, patch, fill):
    rows, columns = image.shape[2] // patch, image.shape[3] // patch
    drops = torch.zeros(rows, columns)
    for r in range(rows):
        copy = image.clone()
        for c in range(columns):
            copy[:, :, r * patch : (r + 1) * patch, c * patch : (c + 1) * patch] = fill
            drops[r, c] = score(image) - score(copy)
    return drops


@occlusion.misconception(
    "You filled with black (0). The `fill` argument says which gray to use, so as not to add an "
    "edge that is stronger than need be."
)
def filled_with_black(score, image, patch, fill):
    return occluded(score, image, patch, 0.0)


@occlusion.naively(filled_with_black)
def filled_with_black_naively(score, image, patch, fill):
    rows, columns = image.shape[2] // patch, image.shape[3] // patch
    drops = torch.zeros(rows, columns)
    for r in range(rows):
        for c in range(columns):
            mask = torch.ones_like(image)
            mask[:, :, r * patch : (r + 1) * patch, c * patch : (c + 1) * patch] = 0
            drops[r, c] = score(image) - score(image * mask)
    return drops


@occlusion.misconception("Rows and columns are swapped: the first axis of a picture is its height.")
def transposed(score, image, patch, fill):
    return occluded(score, image, patch, fill).T.contiguous()


@occlusion.naively(transposed)
def transposed_naively(score, image, patch, fill):
    width, height = image.shape[2:]
    drops = torch.zeros(height // patch, width // patch)
    for y in range(height // patch):
        for x in range(width // patch):
            copy = image.clone()
            copy[:, :, y * patch : (y + 1) * patch, x * patch : (x + 1) * patch] = fill
            drops[y, x] = score(image) - score(copy)
    return drops


@occlusion.misconception("You took the size of the drop; a patch that speaks against is negative.")
def absolute_drop(score, image, patch, fill):
    return occluded(score, image, patch, fill).abs()


@occlusion.naively(absolute_drop)
def absolute_drop_naively(score, image, patch, fill):
    drops = torch.zeros(image.shape[2] // patch, image.shape[3] // patch)
    for r in range(len(drops)):
        for c in range(len(drops[r])):
            copy = image.clone()
            copy[0, :, r * patch : (r + 1) * patch, c * patch : (c + 1) * patch] = fill
            drops[r, c] = score(image) - score(copy)
            if drops[r, c] < 0:
                drops[r, c] = -drops[r, c]
    return drops


@occlusion.alternative
def all_copies_in_one_batch(score, image, patch, fill):
    rows, columns = image.shape[2] // patch, image.shape[3] // patch
    copies = image.repeat(rows * columns, 1, 1, 1)
    for n in range(rows * columns):
        top, left = n // columns * patch, n % columns * patch
        copies[n, :, top : top + patch, left : left + patch] = fill
    return (score(image) - score(copies)).reshape(rows, columns)


@occlusion.alternative
def with_masks(score, image, patch, fill):
    rows, columns = image.shape[2] // patch, image.shape[3] // patch
    cells = torch.eye(rows * columns).reshape(-1, 1, rows, columns)
    mask = cells.repeat_interleave(patch, 2).repeat_interleave(patch, 3)
    return (score(image) - score(image * (1 - mask) + fill * mask)).reshape(rows, columns)
