"""Lesson 06: cases, misconceptions and alternatives. The solutions stand in the lesson itself."""

import numpy as np
import torch
import torch.nn.functional as F

from grading.exercise import Exercise, choice


def network_cases(seed: int) -> list[dict]:
    """Two random smooth networks with three pictures each, some pixels already at 0 and 1."""
    rng = np.random.default_rng(seed)
    return [
        {
            "pictures": rng.uniform(-0.1, 1.1, (3, 1, 6, 6)).clip(0, 1).astype("f4"),
            "kernel": rng.normal(size=(4, 1, 3, 3)).astype("f4"),
            "head": (0.4 * rng.normal(size=64)).astype("f4"),
            "steps": steps,
            "lr": float(rng.uniform(0.08, 0.15)),
        }
        for steps in (3, 6)
    ]


# 6.1 Gradient ascent

ascend = Exercise(
    "6.1",
    "ascend",
    points=2,
    minutes=8,
    difficulty=2,
    cases=network_cases,
    tolerance=1e-3,
    hints=(
        "Start from a copy: `.detach().clone()`. In every step: ask the copy for gradients, score "
        "it, and take the gradient of the sum of the scores.",
        "`torch.autograd.grad(score(x).sum(), x)` gives a tuple with one gradient; add lr times it "
        "to x.",
        "Cut to [0, 1] after every step and cut the tape: go on from `.detach()`.",
    ),
)


def climb(score, start, steps, lr, direction=lambda g: g, bound=lambda x: x.clamp(0, 1)):
    x = start.detach().clone()
    for _ in range(steps):
        x.requires_grad_(True)
        (gradient,) = torch.autograd.grad(score(x).sum(), x)
        x = bound(x.detach() + lr * direction(gradient))
    return x


@ascend.misconception("The score falls: you went down, as in training. Here you climb.")
def down(score, start, steps, lr):
    return climb(score, start, steps, lr, direction=lambda g: -g)


@ascend.naively(down)
def down_naively(score, start, steps, lr):
    x = start.clone().requires_grad_()
    optimizer = torch.optim.SGD([x], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = score(x).sum()
        loss.backward()
        optimizer.step()
        x.data = x.data.clamp(0, 1)
    return x.detach()


@ascend.misconception(
    "You cut to [0, 1] only at the end; on the way the score was that of a picture nobody can "
    "show. Cut after every step."
)
def cut_at_the_end(score, start, steps, lr):
    return climb(score, start, steps, lr, bound=lambda x: x).clamp(0, 1)


@ascend.naively(cut_at_the_end)
def cut_at_the_end_naively(score, start, steps, lr):
    x = start.clone()
    for _ in range(steps):
        x = x.detach()
        x.requires_grad = True
        score(x).sum().backward()
        x = x + lr * x.grad
    x = x.detach()
    x[x < 0] = 0
    x[x > 1] = 1
    return x


@ascend.misconception("Some values left [0, 1]: they are no brightness any more. Cut them.")
def never_cut(score, start, steps, lr):
    return climb(score, start, steps, lr, bound=lambda x: x)


@ascend.naively(never_cut)
def never_cut_naively(score, start, steps, lr):
    pictures = []
    for picture in start:
        x = picture.clone()
        for _ in range(steps):
            x.requires_grad = True
            score(x[None]).backward()
            x = x.detach() + lr * x.grad
        pictures.append(x)
    return torch.stack(pictures)


@ascend.misconception(
    "You stepped by the sign of the gradient, the same length for every pixel. Use the gradient."
)
def by_sign(score, start, steps, lr):
    return climb(score, start, steps, lr, direction=torch.sign)


@ascend.naively(by_sign)
def by_sign_naively(score, start, steps, lr):
    x = start.clone()
    for _ in range(steps):
        x.requires_grad = True
        score(x).sum().backward()
        gradient = x.grad
        x = x.detach()
        x[gradient > 0] += lr
        x[gradient < 0] -= lr
        x = x.clip(0, 1)
    return x


@ascend.misconception("Only one step was taken, whatever `steps` says. Where is the loop's return?")
def one_step(score, start, steps, lr):
    return climb(score, start, 1, lr)


@ascend.naively(one_step)
def one_step_naively(score, start, steps, lr):
    x = start.clone()
    for _ in range(steps):
        x.requires_grad = True
        score(x).sum().backward()
        x = x.detach() + lr * x.grad
        x = x.clamp(0, 1)
        return x


@ascend.misconception(
    "The gradient is that of the mean over the pictures: every picture climbs more slowly in a "
    "larger batch. Add the scores up."
)
def mean_of_scores(score, start, steps, lr):
    return climb(score, start, steps, lr / len(start))


@ascend.naively(mean_of_scores)
def mean_of_scores_naively(score, start, steps, lr):
    x = start.clone()
    for _ in range(steps):
        x.requires_grad = True
        loss = -score(x).mean()
        loss.backward()
        x = x.detach() - lr * x.grad
        x = torch.clip(x, 0, 1)
    return x


@ascend.misconception(
    "The gradients add up from step to step: `.grad` is never set to zero. Take "
    "`torch.autograd.grad`, or call `x.grad.zero_()` after each step."
)
def gradients_add_up(score, start, steps, lr):
    x, total = start.detach().clone(), torch.zeros_like(start)
    for _ in range(steps):
        x.requires_grad_(True)
        total = total + torch.autograd.grad(score(x).sum(), x)[0]
        x = (x.detach() + lr * total).clamp(0, 1)
    return x


@ascend.naively(gradients_add_up)
def gradients_add_up_naively(score, start, steps, lr):
    x = start.clone().requires_grad_()
    for _ in range(steps):
        score(x).sum().backward()
        with torch.no_grad():
            x += lr * x.grad
            x.clamp_(0, 1)
    return x.detach()


@ascend.alternative
def with_backward(score, start, steps, lr):
    x = start.clone()
    for _ in range(steps):
        x = x.detach().requires_grad_(True)
        score(x).sum().backward()
        x = (x + lr * x.grad).clamp(min=0, max=1)
    return x.detach()


@ascend.alternative
def with_an_optimizer(score, start, steps, lr):
    x = start.clone().requires_grad_(True)
    sgd = torch.optim.SGD([x], lr=lr, maximize=True)
    for _ in range(steps):
        sgd.zero_grad()
        score(x).sum().backward()
        sgd.step()
        with torch.no_grad():
            x.clamp_(0, 1)
    return x.detach()


second_network = choice(
    "6.2",
    key="D",
    points=1,
    minutes=3,
    feedback={
        "A": "Neither has seen the picture: it was made after both were trained, from the first "
        "alone.",
        "B": "They start from other weights and see other batches; print a few and compare.",
        "C": "They agree on all ten, and some of them nobody reads. Networks can agree on what no "
        "person sees.",
        "D": "The noise is no quirk of one network: it is what networks of this kind, trained on "
        "these digits, look for. Some can be read and some cannot; the score is 1 either way.",
    },
)


# 6.3 White pixels

white_pixels = Exercise(
    "6.3",
    "white_pixels",
    points=1,
    minutes=5,
    cases=lambda seed: [case | {"weight": 0.3 + n} for n, case in enumerate(network_cases(seed))],
    hints=(
        "In words: weight × the sum of the brightness of all pixels, for each picture by itself.",
        "`.flatten(1)` lays each picture's pixels in a row and keeps the pictures apart.",
        "Sum over dimension 1 of the flattened pictures; the shape is (N,).",
    ),
)


@white_pixels.misconception(
    "One number came out, for all pictures together. A picture has its own price: shape (N,)."
)
def all_together(pictures, weight):
    return weight * pictures.sum()


@white_pixels.naively(all_together)
def all_together_naively(pictures, weight):
    penalty = 0
    for picture in pictures:
        penalty = penalty + weight * picture.sum()
    return penalty


@white_pixels.misconception(
    "You took the mean over the pixels: the price of one white pixel then depends on the size of "
    "the picture. Take the sum."
)
def mean_over_pixels(pictures, weight):
    return weight * pictures.flatten(1).mean(1)


@white_pixels.naively(mean_over_pixels)
def mean_over_pixels_naively(pictures, weight):
    prices = []
    for picture in pictures:
        prices.append(picture.mean() * weight)
    return torch.stack(prices)


@white_pixels.misconception("This is the reward for white pixels; the penalty has the other sign.")
def reward(pictures, weight):
    return -weight * pictures.flatten(1).sum(1)


@white_pixels.naively(reward)
def reward_naively(pictures, weight):
    penalty = torch.zeros(len(pictures))
    for n in range(len(pictures)):
        penalty[n] -= pictures[n].sum() * weight
    return penalty


@white_pixels.misconception(
    "You squared the brightness, which is L2: it makes pixels dark gray, not few. Add the "
    "brightness itself."
)
def squared(pictures, weight):
    return weight * (pictures**2).flatten(1).sum(1)


@white_pixels.naively(squared)
def squared_naively(pictures, weight):
    prices = []
    for picture in pictures:
        prices.append(weight * torch.norm(picture))
    return torch.stack(prices)


@white_pixels.misconception("The weight is missing.")
def without_weight(pictures, weight):
    return pictures.flatten(1).sum(1)


@white_pixels.naively(without_weight)
def without_weight_naively(pictures, weight):
    sums = []
    for picture in pictures:
        total = torch.zeros(())
        for channel in picture:
            for row in channel:
                total = total + row.sum()
        sums.append(total)
    return torch.stack(sums)


@white_pixels.alternative
def over_three_axes(pictures, weight):
    return weight * pictures.sum((1, 2, 3))


@white_pixels.alternative
def by_einsum(pictures, weight):
    return torch.einsum("nchw->n", pictures) * weight


# 6.4 Total variation

total_variation = Exercise(
    "6.4",
    "total_variation",
    points=2,
    minutes=8,
    difficulty=2,
    cases=lambda seed: [
        {"pictures": np.random.default_rng(seed + n).random((2, 3, 7 + n, 5)).astype("f4")}
        for n in range(2)
    ],
    hints=(
        "Two slices that are shifted by one pixel against each other, subtracted: that is every "
        "difference down the picture at once.",
        "`pictures[:, :, 1:] - pictures[:, :, :-1]` goes down; which slices go across?",
        "Absolute values, then the mean over each picture (`.flatten(1).mean(1)`) of each of the "
        "two, then add the two means.",
    ),
)


def differences(pictures):
    down = pictures[:, :, 1:] - pictures[:, :, :-1]
    across = pictures[:, :, :, 1:] - pictures[:, :, :, :-1]
    return down.flatten(1), across.flatten(1)


@total_variation.misconception("The differences down the picture are missing.")
def only_across(pictures):
    return differences(pictures)[1].abs().mean(1)


@total_variation.naively(only_across)
def only_across_naively(pictures):
    steps = torch.diff(pictures)
    result = torch.zeros(len(pictures))
    for n in range(len(pictures)):
        result[n] = steps[n].abs().mean()
    return result


@total_variation.misconception("The differences across the picture are missing.")
def only_down(pictures):
    return differences(pictures)[0].abs().mean(1)


@total_variation.naively(only_down)
def only_down_naively(pictures):
    result = []
    for picture in pictures:
        steps = []
        for row in range(1, picture.shape[1]):
            steps.append((picture[:, row] - picture[:, row - 1]).abs())
        result.append(torch.stack(steps).mean())
    return torch.stack(result)


@total_variation.misconception(
    "Without absolute values, ups and downs cancel and only the borders are left."
)
def without_abs(pictures):
    down, across = differences(pictures)
    return down.mean(1) + across.mean(1)


@total_variation.naively(without_abs)
def without_abs_naively(pictures):
    result = []
    for picture in pictures:
        down = picture[:, :-1, :] - picture[:, 1:, :]
        across = picture[:, :, :-1] - picture[:, :, 1:]
        result.append(down.mean() + across.mean())
    return torch.stack(result)


@total_variation.misconception("You squared the differences; here their absolute values count.")
def squared_differences(pictures):
    down, across = differences(pictures)
    return (down**2).mean(1) + (across**2).mean(1)


@total_variation.naively(squared_differences)
def squared_differences_naively(pictures):
    result = []
    for picture in pictures:
        down = F.mse_loss(picture[:, 1:, :], picture[:, :-1, :])
        across = F.mse_loss(picture[:, :, 1:], picture[:, :, :-1])
        result.append(down + across)
    return torch.stack(result)


@total_variation.misconception(
    "You took sums, which grow with the size of the picture. Take the two means."
)
def sums(pictures):
    down, across = differences(pictures)
    return down.abs().sum(1) + across.abs().sum(1)


@total_variation.naively(sums)
def sums_naively(pictures):
    result = torch.zeros(len(pictures))
    for n in range(len(pictures)):
        picture = pictures[n]
        for row in range(1, picture.shape[1]):
            result[n] += (picture[:, row] - picture[:, row - 1]).abs().sum()
        for column in range(1, picture.shape[2]):
            result[n] += (picture[:, :, column] - picture[:, :, column - 1]).abs().sum()
    return result


@total_variation.misconception("One number came out for the whole batch; give one a picture.")
def one_for_all(pictures):
    down, across = differences(pictures)
    return down.abs().mean() + across.abs().mean()


@total_variation.naively(one_for_all)
def one_for_all_naively(pictures):
    down = F.l1_loss(pictures[:, :, 1:, :], pictures[:, :, :-1, :])
    across = F.l1_loss(pictures[:, :, :, 1:], pictures[:, :, :, :-1])
    return down + across


@total_variation.misconception(
    "`roll` wraps around: the last row is compared with the first. Only real neighbours count."
)
def wraps_around(pictures):
    return sum((pictures - pictures.roll(1, d)).abs().flatten(1).mean(1) for d in (2, 3))


@total_variation.naively(wraps_around)
def wraps_around_naively(pictures):
    result = torch.zeros(len(pictures))
    for n in range(len(pictures)):
        picture = pictures[n]
        down, across = torch.zeros_like(picture), torch.zeros_like(picture)
        for row in range(picture.shape[1]):
            down[:, row] = abs(picture[:, row] - picture[:, row - 1])
        for column in range(picture.shape[2]):
            across[:, :, column] = abs(picture[:, :, column] - picture[:, :, column - 1])
        result[n] = down.mean() + across.mean()
    return result


@total_variation.alternative
def with_diff(pictures):
    return sum(pictures.diff(dim=d).abs().mean((1, 2, 3)) for d in (2, 3))


@total_variation.alternative
def picture_by_picture(pictures):
    return torch.stack([p.diff(dim=1).abs().mean() + p.diff(dim=2).abs().mean() for p in pictures])


# 6.5 Search z


def z_cases(seed: int) -> list[dict]:
    rng = np.random.default_rng(seed)
    return [
        case
        | {
            "decoder": rng.normal(size=(5, 36)).astype("f4"),
            "z": rng.normal(size=(3, 5)).astype("f4"),
            "share": float(rng.uniform(0.05, 0.2)),
        }
        for case in network_cases(seed)
    ]


search_z = Exercise(
    "6.5",
    "search_z",
    points=2,
    minutes=8,
    difficulty=2,
    cases=z_cases,
    tolerance=1e-3,
    hints=(
        "The loop of 6.1 once more; but z takes the place of the picture, and the score is that "
        "of decode(z).",
        "The gradient is with respect to z. No cutting: z may have any value.",
        "After each step multiply z by (1 − share).",
    ),
)


def wander(score, decode, z, steps, lr, share, after=lambda z, share: (1 - share) * z, bound=None):
    z = z.detach().clone()
    for _ in range(steps):
        z.requires_grad_(True)
        (gradient,) = torch.autograd.grad(score(decode(z)).sum(), z)
        z = after(z.detach() + lr * gradient, share)
        z = bound(z) if bound else z
    return z


@search_z.misconception(
    "z is not pulled back after each step, so it drifts to where the generator was never trained."
)
def without_decay(score, decode, z, steps, lr, share):
    return wander(score, decode, z, steps, lr, 0.0)


@search_z.naively(without_decay)
def without_decay_naively(score, decode, z, steps, lr, share):
    z = z.clone().requires_grad_()
    optimizer = torch.optim.SGD([z], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = -score(decode(z)).sum()
        loss.backward()
        optimizer.step()
    return z.detach()


@search_z.misconception("You cut z to [0, 1]. Only brightness has bounds; z may have any value.")
def cut_z(score, decode, z, steps, lr, share):
    return wander(score, decode, z, steps, lr, share, bound=lambda z: z.clamp(0, 1))


@search_z.naively(cut_z)
def cut_z_naively(score, decode, z, steps, lr, share):
    z = z.clone()
    for _ in range(steps):
        z.requires_grad = True
        score(decode(z)).sum().backward()
        z = (z.detach() + lr * z.grad).clamp(0, 1)
        z = z * (1 - share)
    return z


@search_z.misconception("You returned the picture G(z*). Return z*; the lesson decodes it.")
def returns_picture(score, decode, z, steps, lr, share):
    return decode(wander(score, decode, z, steps, lr, share))


@search_z.naively(returns_picture)
def returns_picture_naively(score, decode, z, steps, lr, share):
    z = z.clone()
    for _ in range(steps):
        z.requires_grad = True
        picture = decode(z)
        score(picture).sum().backward()
        z = z.detach() + lr * z.grad
        z = z - share * z
    return picture


@search_z.misconception(
    "You multiplied z by the share itself. To pull z toward 0 by that share, keep the rest of it."
)
def times_share(score, decode, z, steps, lr, share):
    return wander(score, decode, z, steps, lr, share, after=lambda z, share: share * z)


@search_z.naively(times_share)
def times_share_naively(score, decode, z, steps, lr, share):
    z = z.clone().requires_grad_()
    optimizer = torch.optim.SGD([z], lr=lr, maximize=True)
    for _ in range(steps):
        optimizer.zero_grad()
        score(decode(z)).sum().backward()
        optimizer.step()
        z.data *= share
    return z.detach()


@search_z.misconception("The score falls: you went down. Climb.")
def z_down(score, decode, z, steps, lr, share):
    return wander(score, decode, z, steps, -lr, share)


@search_z.naively(z_down)
def z_down_naively(score, decode, z, steps, lr, share):
    for _ in range(steps):
        z = z.detach().requires_grad_()
        loss = score(decode(z)).sum()
        loss.backward()
        z = z - lr * z.grad
        z = z - share * z
    return z.detach()


@search_z.misconception(
    "You took the mean of the scores: with more than one z every step gets smaller. Add them up."
)
def mean_of_z_scores(score, decode, z, steps, lr, share):
    z = z.detach().clone()
    for _ in range(steps):
        z.requires_grad_(True)
        (gradient,) = torch.autograd.grad(score(decode(z)).mean(), z)
        z = (1 - share) * (z.detach() + lr * gradient)
    return z


@search_z.naively(mean_of_z_scores)
def mean_of_z_scores_naively(score, decode, z, steps, lr, share):
    z = z.clone().requires_grad_()
    optimizer = torch.optim.SGD([z], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = -torch.mean(score(decode(z)))
        loss.backward()
        optimizer.step()
        z.data = z.data * (1 - share)
    return z.detach()


@search_z.misconception(
    "The gradients add up from step to step: `.grad` is never set to zero. Take "
    "`torch.autograd.grad`, or call `z.grad.zero_()` after each step."
)
def z_gradients_add_up(score, decode, z, steps, lr, share):
    z, total = z.detach().clone(), torch.zeros_like(z)
    for _ in range(steps):
        z.requires_grad_(True)
        total = total + torch.autograd.grad(score(decode(z)).sum(), z)[0]
        z = (1 - share) * (z.detach() + lr * total)
    return z


@search_z.naively(z_gradients_add_up)
def z_gradients_add_up_naively(score, decode, z, steps, lr, share):
    z = z.clone().requires_grad_()
    for _ in range(steps):
        score(decode(z)).sum().backward()
        with torch.no_grad():
            z += lr * z.grad
            z *= 1 - share
    return z.detach()


@search_z.alternative
def z_with_backward(score, decode, z, steps, lr, share):
    z = z.clone()
    for _ in range(steps):
        z = z.detach().requires_grad_(True)
        score(decode(z)).sum().backward()
        z = (z + lr * z.grad) * (1 - share)
    return z.detach()


@search_z.alternative
def z_with_an_optimizer(score, decode, z, steps, lr, share):
    z = z.clone().requires_grad_(True)
    sgd = torch.optim.SGD([z], lr=lr, maximize=True)
    for _ in range(steps):
        sgd.zero_grad()
        score(decode(z)).sum().backward()
        sgd.step()
        with torch.no_grad():
            z -= share * z
    return z.detach()


# 6.6 Clipping small contributions


def clip_cases(seed: int) -> list[dict]:
    rng = np.random.default_rng(seed)
    return [
        {
            "x": rng.random((2, 3, 6, 7)).astype("f4"),
            "gradient": (rng.normal(size=(2, 3, 6, 7)) * rng.random((2, 1, 1, 1))).astype("f4"),
            "share": share,
            "gray": gray,
        }
        for share, gray in ((0.3, 0.5), (0.6, 0.25))
    ]


clip_small_contribution = Exercise(
    "6.6",
    "clip_small_contribution",
    points=2,
    minutes=12,
    difficulty=3,
    cases=clip_cases,
    hints=(
        "One number a pixel first: (x − gray) · gradient added up over the channels, then its "
        "size. Its shape is (N,H,W).",
        "The limit is a quantile of these numbers, one a picture: lay each picture's out in a row.",
        "`torch.where(condition[:, None], gray, x)` sets all three channels of a pixel.",
    ),
)


def clipped(x, importance, share, gray):
    limit = importance.flatten(1).quantile(share, dim=1)[:, None, None]
    return torch.where((importance < limit)[:, None], torch.full_like(x, gray), x)


@clip_small_contribution.misconception(
    "You took absolute values channel by channel. A pixel's contributions may cancel: add the "
    "channels up first."
)
def abs_before_sum(x, gradient, share, gray):
    return clipped(x, ((x - gray) * gradient).abs().sum(1), share, gray)


@clip_small_contribution.naively(abs_before_sum)
def abs_before_sum_naively(x, gradient, share, gray):
    result = x.clone()
    for n in range(len(x)):
        importance = torch.zeros(x.shape[2], x.shape[3])
        for channel in range(3):
            importance += abs((x[n, channel] - gray) * gradient[n, channel])
        limit = torch.quantile(importance, share)
        for channel in range(3):
            result[n, channel][importance < limit] = gray
    return result


@clip_small_contribution.misconception(
    "The pixels were ranked by how far they are from gray; that is clipping small norm. Multiply "
    "by the gradient."
)
def by_norm(x, gradient, share, gray):
    return clipped(x, (x - gray).norm(dim=1), share, gray)


@clip_small_contribution.naively(by_norm)
def by_norm_naively(x, gradient, share, gray):
    result = []
    for picture in x:
        distance = (picture - gray).sum(0).abs()
        limit = torch.quantile(distance, share)
        result.append(torch.where(distance < limit, gray, picture))
    return torch.stack(result)


@clip_small_contribution.misconception(
    "The sign counts in your ranking, so what speaks strongly against goes first. Take the size."
)
def signed(x, gradient, share, gray):
    return clipped(x, ((x - gray) * gradient).sum(1), share, gray)


@clip_small_contribution.naively(signed)
def signed_naively(x, gradient, share, gray):
    result = x.numpy().copy()
    for n in range(len(result)):
        importance = np.sum((result[n] - gray) * gradient[n].numpy(), axis=0)
        limit = np.quantile(importance, share)
        result[n][:, importance < limit] = gray
    return torch.from_numpy(result)


@clip_small_contribution.misconception(
    "You measured from black. The picture's zero is gray: contribute means differ from gray."
)
def from_black(x, gradient, share, gray):
    return clipped(x, (x * gradient).sum(1).abs(), share, gray)


@clip_small_contribution.naively(from_black)
def from_black_naively(x, gradient, share, gray):
    result = x.clone()
    for n in range(len(x)):
        importance = torch.zeros(x.shape[2], x.shape[3])
        for channel in range(3):
            importance += x[n, channel] * gradient[n, channel]
        importance = importance.abs()
        limit = torch.quantile(importance, share)
        result[n, :, importance < limit] = gray
    return result


@clip_small_contribution.misconception(
    "One limit for the whole batch: a picture with weak gradients loses nearly everything. Take "
    "the quantile in each picture."
)
def one_limit(x, gradient, share, gray):
    importance = ((x - gray) * gradient).sum(1).abs()
    keep = importance >= importance.quantile(share)
    return torch.where(keep[:, None], x, torch.full_like(x, gray))


@clip_small_contribution.naively(one_limit)
def one_limit_naively(x, gradient, share, gray):
    importance = abs(torch.sum((x - gray) * gradient, dim=1))
    limit = torch.quantile(importance, share)
    result = x.clone()
    for channel in range(3):
        result[:, channel][importance < limit] = gray
    return result


@clip_small_contribution.misconception("These pixels became black. Set them to gray.")
def to_black(x, gradient, share, gray):
    importance = ((x - gray) * gradient).sum(1).abs()
    limit = importance.flatten(1).quantile(share, dim=1)[:, None, None]
    return x * (importance >= limit)[:, None]


@clip_small_contribution.naively(to_black)
def to_black_naively(x, gradient, share, gray):
    result = x.clone()
    for n in range(len(x)):
        importance = ((x[n] - gray) * gradient[n]).sum(0).abs()
        limit = importance.quantile(share)
        for row in range(x.shape[2]):
            for column in range(x.shape[3]):
                if importance[row, column] < limit:
                    result[n, :, row, column] = 0
    return result


@clip_small_contribution.misconception(
    "The pixels that matter most went to gray. Clip those below the limit."
)
def largest_clipped(x, gradient, share, gray):
    importance = ((x - gray) * gradient).sum(1).abs()
    limit = importance.flatten(1).quantile(share, dim=1)[:, None, None]
    return torch.where((importance < limit)[:, None], x, torch.full_like(x, gray))


@clip_small_contribution.naively(largest_clipped)
def largest_clipped_naively(x, gradient, share, gray):
    result = x.clone()
    for n in range(len(x)):
        importance = ((x[n] - gray) * gradient[n]).sum(0).abs()
        limit = importance.quantile(1 - share)
        result[n, :, importance > limit] = gray
    return result


@clip_small_contribution.alternative
def by_multiplication(x, gradient, share, gray):
    importance = torch.einsum("nchw,nchw->nhw", x - gray, gradient).abs()
    limit = importance.flatten(1).quantile(share, dim=1).view(-1, 1, 1)
    return gray + (x - gray) * (importance >= limit).unsqueeze(1)


@clip_small_contribution.alternative
def one_picture_at_a_time(x, gradient, share, gray):
    done = x.clone()
    for picture, slope in zip(done, gradient, strict=True):
        importance = ((picture - gray) * slope).sum(0).abs()
        picture[:, importance < importance.quantile(share)] = gray
    return done


# 6.7 FGSM


def fgsm_cases(seed: int) -> list[dict]:
    rng = np.random.default_rng(seed + 7)
    return [
        case
        | {
            "heads": (0.4 * rng.normal(size=(64, 4))).astype("f4"),
            "labels": rng.integers(0, 4, 3),
            "epsilon": epsilon,
        }
        for case, epsilon in zip(network_cases(seed + 7), (0.05, 0.2), strict=True)
    ]


fgsm = Exercise(
    "6.7",
    "fgsm",
    points=2,
    minutes=8,
    difficulty=2,
    cases=fgsm_cases,
    hints=(
        "One gradient: that of the cross-entropy of the true labels, with respect to the pixels.",
        "Only its sign counts: every value moves by ε, up or down.",
        "Up the loss, then cut to [0, 1].",
    ),
)


def one_step_of(model, pictures, labels, move):
    pictures = pictures.detach().clone().requires_grad_(True)
    loss = F.cross_entropy(model(pictures), labels, reduction="sum")
    (gradient,) = torch.autograd.grad(loss, pictures)
    return pictures.detach() + move(gradient)


@fgsm.misconception("The network got surer of the label: you went down the loss. Go up.")
def down_the_loss(model, pictures, labels, epsilon):
    return one_step_of(model, pictures, labels, lambda g: -epsilon * g.sign()).clamp(0, 1)


@fgsm.naively(down_the_loss)
def down_the_loss_naively(model, pictures, labels, epsilon):
    x = pictures.clone()
    x.requires_grad = True
    loss = F.cross_entropy(model(x), labels)
    loss.backward()
    result = x.detach() - epsilon * torch.sign(x.grad)
    result[result < 0] = 0
    result[result > 1] = 1
    return result


@fgsm.misconception(
    "You used the gradient itself. FGSM moves every value by exactly ε: take the sign."
)
def without_sign(model, pictures, labels, epsilon):
    return one_step_of(model, pictures, labels, lambda g: epsilon * g).clamp(0, 1)


@fgsm.naively(without_sign)
def without_sign_naively(model, pictures, labels, epsilon):
    result = []
    for n in range(len(pictures)):
        x = pictures[n : n + 1].clone()
        x.requires_grad = True
        loss = F.cross_entropy(model(x), labels[n : n + 1])
        loss.backward()
        result.append(x.detach() + epsilon * x.grad)
    return torch.cat(result).clamp(0, 1)


@fgsm.misconception("Some values left [0, 1]; a picture cannot hold them. Cut.")
def fgsm_without_cut(model, pictures, labels, epsilon):
    return one_step_of(model, pictures, labels, lambda g: epsilon * g.sign())


@fgsm.naively(fgsm_without_cut)
def fgsm_without_cut_naively(model, pictures, labels, epsilon):
    x = pictures.clone().requires_grad_()
    F.cross_entropy(model(x), labels).backward()
    result = pictures.clone()
    result[x.grad > 0] += epsilon
    result[x.grad < 0] -= epsilon
    return result


@fgsm.misconception("This is only the change. Add it to the pictures.")
def only_the_change(model, pictures, labels, epsilon):
    return one_step_of(model, pictures, labels, lambda g: epsilon * g.sign()) - pictures


@fgsm.naively(only_the_change)
def only_the_change_naively(model, pictures, labels, epsilon):
    x = pictures.clone()
    x.requires_grad = True
    loss = torch.nn.CrossEntropyLoss()(model(x), labels)
    loss.backward()
    return epsilon * x.grad.sign()


@fgsm.misconception(
    "You lowered the label's logit. FGSM climbs the loss, in which the other classes count too."
)
def of_the_logit(model, pictures, labels, epsilon):
    pictures = pictures.detach().clone().requires_grad_(True)
    logits = model(pictures).gather(1, labels[:, None]).sum()
    (gradient,) = torch.autograd.grad(logits, pictures)
    return (pictures.detach() - epsilon * gradient.sign()).clamp(0, 1)


@fgsm.naively(of_the_logit)
def of_the_logit_naively(model, pictures, labels, epsilon):
    x = pictures.clone().requires_grad_()
    logits = model(x)
    score = 0
    for n in range(len(labels)):
        score = score + logits[n, labels[n]]
    score.backward()
    return torch.clip(x.detach() - epsilon * x.grad.sign(), 0, 1)


@fgsm.misconception(
    "The sign is missing: values move by ε times the gradient instead of by exactly ε."
)
def mean_loss_without_sign(model, pictures, labels, epsilon):
    x = pictures.detach().clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad(F.cross_entropy(model(x), labels), x)
    return (pictures + epsilon * gradient).clamp(0, 1)


@fgsm.naively(mean_loss_without_sign)
def mean_loss_without_sign_naively(model, pictures, labels, epsilon):
    x = pictures.clone().requires_grad_()
    optimizer = torch.optim.SGD([x], lr=epsilon, maximize=True)
    loss = torch.nn.CrossEntropyLoss()(model(x), labels)
    loss.backward()
    optimizer.step()
    x = x.detach()
    x[x < 0] = 0
    x[x > 1] = 1
    return x


@fgsm.alternative
def fgsm_with_backward(model, pictures, labels, epsilon):
    x = pictures.clone().requires_grad_(True)
    F.cross_entropy(model(x), labels).backward()
    return torch.clip(x + epsilon * torch.sign(x.grad), 0, 1).detach()


@fgsm.alternative
def by_log_probability(model, pictures, labels, epsilon):
    x = pictures.clone().requires_grad_(True)
    log_p = model(x).log_softmax(1)[torch.arange(len(x)), labels].sum()
    (gradient,) = torch.autograd.grad(log_p, x)
    moved = torch.where(gradient < 0, x + epsilon, torch.where(gradient > 0, x - epsilon, x))
    return moved.clamp(0, 1).detach()


whose_picture = choice(
    "6.8",
    key="B",
    points=1,
    minutes=3,
    feedback={
        "A": "Then the noise would have to look like this too: the network gives it as high a "
        "score.",
        "B": "The score only says that the network agrees. What makes the picture legible was "
        "put in by us: the waves, the shaking, the generator.",
        "C": "Without the network the priors draw gray or clouds, and no particular class.",
        "D": "The score is a fact about the network; it is the reading that is shared between "
        "the network and us.",
    },
)
