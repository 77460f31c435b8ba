"""Lesson 04: cases, misconceptions and alternatives. The solutions stand in the lesson itself."""

import numpy as np
import torch
import torch.nn.functional as F

from grading.exercise import Exercise, choice

# 4.1 Numbers from 0


def segment_cases(seed: int) -> list[dict]:
    """Superpixels with gaps in their numbers, none of them 0; the first met is not the smallest."""
    rng = np.random.default_rng(seed)
    cases = []
    for smallest in (1, 2):
        numbers = smallest + np.array([0, 1, 3, 4, 7, 9])
        rows = rng.permutation(np.tile(numbers, 8)).reshape(6, 8)
        rows[0, 0], rows[0, 1:3] = numbers[3], numbers[:2]
        cases.append({"segments": rows.astype("int64")})
    return cases


renumber = Exercise(
    "4.1",
    "renumber",
    points=1,
    minutes=6,
    cases=segment_cases,
    hints=(
        "Each pixel's new number is the *position* of its old number among the sorted different "
        "numbers.",
        "`segments.unique()` gives the different numbers, sorted.",
        "`unique` can also return where each element went: look for its argument that has "
        "*inverse* in its name.",
    ),
)


@renumber.misconception(
    "You took 1 off. That is enough only if the numbers start at 1 and none is missing: after "
    "merging or cropping some are."
)
def minus_one(segments):
    return segments - 1


@renumber.naively(minus_one)
def minus_one_naively(segments):
    result = torch.zeros_like(segments)
    for n in range(len(segments.unique())):
        result[segments == n + 1] = n
    return result


@renumber.misconception(
    "It starts at 0 now, but the gaps have stayed: with S superpixels the largest number must be "
    "S − 1."
)
def minus_smallest(segments):
    return segments - segments.min()


@renumber.naively(minus_smallest)
def minus_smallest_naively(segments):
    numbers = segments.numpy().copy()
    while numbers.min() > 0:
        numbers -= 1
    return torch.from_numpy(numbers)


@renumber.misconception("Your numbers have no gaps, but they start at 1, not at 0.")
def from_one(segments):
    return segments.unique(return_inverse=True)[1] + 1


@renumber.naively(from_one)
def from_one_naively(segments):
    numbers = sorted(set(segments.flatten().tolist()))
    result = segments.clone()
    for n in range(len(numbers)):
        result[segments == numbers[n]] = n + 1
    return result


@renumber.misconception(
    "You numbered the superpixels in the order in which they are met; keep the order of their old "
    "numbers."
)
def by_appearance(segments):
    known = {}
    numbers = [known.setdefault(int(s), len(known)) for s in segments.flatten()]
    return torch.tensor(numbers).reshape(segments.shape)


@renumber.naively(by_appearance)
def by_appearance_naively(segments):
    result = segments.clone()
    seen = []
    for row in range(segments.shape[0]):
        for column in range(segments.shape[1]):
            number = int(segments[row, column])
            if number not in seen:
                seen.append(number)
            result[row, column] = seen.index(number)
    return result


@renumber.misconception(
    "You took the remainder by S: two superpixels can get the same number that way."
)
def remainder(segments):
    return segments % len(segments.unique())


@renumber.naively(remainder)
def remainder_naively(segments):
    count = len(set(segments.flatten().tolist()))
    result = segments - segments.min()
    while result.max() >= count:
        result[result >= count] -= count
    return result


@renumber.misconception("You changed the segments that you were given; return new ones.")
def in_place(segments):
    for new, old in enumerate(segments.unique()):
        segments[segments == old] = new
    return segments


@renumber.naively(in_place)
def in_place_naively(segments):
    pixels = segments.numpy()
    numbers = np.unique(pixels)
    for n in range(len(numbers)):
        pixels[pixels == numbers[n]] = n
    return torch.from_numpy(pixels)


@renumber.alternative
def with_a_loop(segments):
    result = torch.zeros_like(segments)
    for new, old in enumerate(sorted(set(segments.flatten().tolist()))):
        result[segments == old] = new
    return result


@renumber.alternative
def with_searchsorted(segments):
    return torch.searchsorted(segments.unique(), segments)


@renumber.alternative
def with_numpy(segments):
    numbers = np.unique(segments.numpy(), return_inverse=True)[1]
    return torch.from_numpy(numbers.reshape(segments.shape))


# 4.2 Hide superpixels


def picture_cases(seed: int) -> list[dict]:
    """Pictures taller than wide, six superpixels, five masks; no mask hides all or nothing."""
    rng = np.random.default_rng(seed)
    cases = []
    for _ in range(2):
        segments = rng.permutation(np.tile(np.arange(6), 10)).reshape(10, 6)
        masks = np.array([rng.permutation([1, 1, 1, 0, 0, 0]) for _ in range(5)])
        masks[0], masks[1] = [1, 1, 0, 1, 0, 0], [0, 1, 1, 1, 0, 1]
        cases.append(
            {
                "image": rng.random((1, 3, 10, 6)).astype("f4"),
                "hidden": rng.random((1, 3, 10, 6)).astype("f4"),
                "segments": segments.astype("int64"),
                "masks": masks.astype("f4"),
            }
        )
    return cases


hide = Exercise(
    "4.2",
    "hide",
    points=2,
    minutes=12,
    difficulty=2,
    cases=picture_cases,
    hints=(
        "Turn each mask over superpixels into a mask over pixels; the segments say which pixel "
        "belongs where.",
        "Indexing does it at once: `masks[:, segments]` has the shape (M,H,W).",
        "Give it a channel axis, (M,1,H,W), and mix: visible × image + (1 − visible) × hidden.",
    ),
)


def mixed(image, hidden, visible):
    visible = visible[:, None]
    return visible * image + (1 - visible) * hidden


@hide.misconception("It is the wrong way round: 1 means visible, 0 means hidden.")
def inverted(image, hidden, segments, masks):
    return mixed(image, hidden, 1 - masks[:, segments])


@hide.naively(inverted)
def inverted_naively(image, hidden, segments, masks):
    pictures = []
    for mask in masks:
        picture = image[0].clone()
        for piece in range(len(mask)):
            if mask[piece] == 1:
                picture[:, segments == piece] = hidden[0][:, segments == piece]
        pictures.append(picture)
    return torch.stack(pictures)


@hide.misconception(
    "Your columns are shifted by one: column 0 belongs to superpixel 0. (The segments are numbered "
    "from 0 here.)"
)
def shifted(image, hidden, segments, masks):
    return mixed(image, hidden, masks[:, segments - 1])


@hide.naively(shifted)
def shifted_naively(image, hidden, segments, masks):
    pictures = image.repeat(len(masks), 1, 1, 1)
    for m in range(len(masks)):
        for piece in range(1, masks.shape[1] + 1):
            if masks[m, piece - 1] == 0:
                where = segments == piece
                pictures[m][:, where] = hidden[0][:, where]
    return pictures


@hide.misconception(
    "You hid with black. The `hidden` picture says what to put there; black pixels are an edge and "
    "a dark object to the network."
)
def with_black(image, hidden, segments, masks):
    return mixed(image, 0 * hidden, masks[:, segments])


@hide.naively(with_black)
def with_black_naively(image, hidden, segments, masks):
    visible = torch.zeros(len(masks), *segments.shape)
    for m in range(len(masks)):
        for piece in range(masks.shape[1]):
            visible[m][segments == piece] = masks[m, piece]
    return image * visible.unsqueeze(1)


@hide.misconception(
    "Superpixels that one mask has hidden stay hidden in the next: start each from the picture."
)
def stays_hidden(image, hidden, segments, masks):
    return mixed(image, hidden, masks.cumprod(0)[:, segments])


@hide.naively(stays_hidden)
def stays_hidden_naively(image, hidden, segments, masks):
    pictures = torch.zeros(len(masks), *image.shape[1:])
    picture = image[0].clone()
    for m in range(len(masks)):
        for piece in range(masks.shape[1]):
            if masks[m, piece] == 0:
                picture[:, segments == piece] = hidden[0][:, segments == piece]
        pictures[m] = picture
    return pictures


@hide.misconception(
    "You mixed in only half of `hidden`: what is hidden should be `hidden` itself, not a blend."
)
def blended(image, hidden, segments, masks):
    visible = masks[:, segments][:, None]
    return visible * image + (1 - visible) * (image + hidden) / 2


@hide.naively(blended)
def blended_naively(image, hidden, segments, masks):
    half = 0.5 * image[0] + 0.5 * hidden[0]
    pictures = []
    for mask in masks:
        picture = image[0].clone()
        for piece in range(len(mask)):
            if mask[piece] == 0:
                picture[:, segments == piece] = half[:, segments == piece]
        pictures.append(picture)
    return torch.stack(pictures)


@hide.misconception("You changed the picture that you were given; work on a copy.")
def in_the_picture(image, hidden, segments, masks):
    pictures = mixed(image.clone(), hidden, masks[:, segments])
    image[:] = pictures[-1:]
    return pictures


@hide.naively(in_the_picture)
def in_the_picture_naively(image, hidden, segments, masks):
    pictures = []
    for mask in masks:
        picture = image[0]
        for piece in range(len(mask)):
            if mask[piece] == 0:
                picture[:, segments == piece] = hidden[0][:, segments == piece]
        pictures.append(picture)
    return torch.stack(pictures)


@hide.alternative
def with_where(image, hidden, segments, masks):
    return torch.where(masks.bool()[:, segments][:, None], image, hidden)


@hide.alternative
def piece_by_piece(image, hidden, segments, masks):
    pictures = []
    for mask in masks:
        picture = image[0].clone()
        for piece in range(len(mask)):
            if mask[piece] == 0:
                picture[:, segments == piece] = hidden[0][:, segments == piece]
        pictures.append(picture)
    return torch.stack(pictures)


@hide.alternative
def with_one_hot(image, hidden, segments, masks):
    pieces = F.one_hot(segments, masks.shape[1]).float()  # (H,W,S)
    return mixed(image, hidden, torch.einsum("hws,ms->mhw", pieces, masks))


# 4.3 The kernel


def mask_cases(seed: int) -> list[dict]:
    """Masks with any number of ones, the full and the empty one among them."""
    rng = np.random.default_rng(seed)
    cases = []
    for pieces, width in ((8, 0.25), (11, 0.6)):
        masks = (rng.random((12, pieces)) < rng.random((12, 1))).astype("f4")
        masks[0], masks[1] = 1, 0
        masks[2, : pieces // 2], masks[2, pieces // 2 :] = 1, 0
        cases.append({"masks": masks, "width": width})
    return cases


kernel_weights = Exercise(
    "4.3",
    "kernel_weights",
    points=2,
    minutes=10,
    difficulty=2,
    cases=mask_cases,
    hints=(
        "First the distance d of each mask, shape (M,), then the kernel of d.",
        "The product of a mask with the mask of ones is k, the number of ones; their lengths are "
        "√k and √S. So the cosine is √(k/S).",
        "`masks.mean(1)` is k/S. The distance is 1 − cosine, and the kernel exp(−d²/(2·width²)).",
    ),
)


def gaussian(distance, width):
    return torch.exp(-(distance**2) / (2 * width**2))


def angle(masks):
    return 1 - masks.mean(1).sqrt()


@kernel_weights.misconception(
    "Your distance is the share of hidden superpixels. The *cosine* distance is asked for: the "
    "cosine between a mask with k ones and the full one is not k/S."
)
def share_hidden(masks, width):
    return gaussian(1 - masks.mean(1), width)


@kernel_weights.naively(share_hidden)
def share_hidden_naively(masks, width):
    weights = []
    for mask in masks:
        hidden = 0
        for value in mask:
            if value == 0:
                hidden += 1
        distance = hidden / len(mask)
        weights.append(float(np.exp(-(distance**2) / (2 * width**2))))
    return torch.tensor(weights)


@kernel_weights.misconception(
    "You put the cosine into the kernel, not the distance 1 − cosine: the picture itself gets the "
    "smallest weight."
)
def of_similarity(masks, width):
    return gaussian(1 - angle(masks), width)


@kernel_weights.naively(of_similarity)
def of_similarity_naively(masks, width):
    full = torch.ones(masks.shape[1])
    similarity = masks @ full / (masks.norm(dim=1) * full.norm())
    return torch.exp(-(similarity**2) / (2 * width**2))


@kernel_weights.misconception(
    "The factor 2 in exp(−d²/(2·width²)) is missing: your weights are the squares of the right "
    "ones."
)
def without_two(masks, width):
    return torch.exp(-(angle(masks) ** 2) / width**2)


@kernel_weights.naively(without_two)
def without_two_naively(masks, width):
    weights = []
    for mask in masks:
        distance = 1 - F.cosine_similarity(mask, torch.ones_like(mask), dim=0)
        weights.append(torch.exp(-((distance / width) ** 2)))
    return torch.stack(weights)


@kernel_weights.misconception("The distance is not squared in your kernel.")
def not_squared(masks, width):
    return torch.exp(-angle(masks) / (2 * width**2))


@kernel_weights.naively(not_squared)
def not_squared_naively(masks, width):
    full = torch.ones(masks.shape[1])
    weights = torch.zeros(len(masks))
    for m in range(len(masks)):
        cosine = torch.dot(masks[m], full) / (masks[m].norm() * full.norm())
        weights[m] = torch.exp(-(1 - cosine) / (2 * width**2))
    return weights


@kernel_weights.misconception("The width is not squared in your kernel.")
def width_not_squared(masks, width):
    return torch.exp(-(angle(masks) ** 2) / (2 * width))


@kernel_weights.naively(width_not_squared)
def width_not_squared_naively(masks, width):
    weights = []
    for mask in masks:
        share = float(mask.sum()) / len(mask)
        distance = 1 - share**0.5
        weights.append(float(np.exp(-(distance**2) / (2 * width))))
    return torch.tensor(weights)


@kernel_weights.misconception("These are the distances; the kernel turns them into weights.")
def distances_only(masks, width):
    return angle(masks)


@kernel_weights.naively(distances_only)
def distances_only_naively(masks, width):
    full = torch.ones_like(masks)
    products = (masks * full).sum(1)
    lengths = masks.square().sum(1).sqrt() * full.square().sum(1).sqrt()
    return 1 - products / lengths


@kernel_weights.misconception(
    "Your weights add up to 1. They need not, and then the strength of the ridge, which is "
    "measured against their sum, would mean something else."
)
def normalised(masks, width):
    return gaussian(angle(masks), width) / gaussian(angle(masks), width).sum()


@kernel_weights.naively(normalised)
def normalised_naively(masks, width):
    distance = 1 - F.cosine_similarity(masks, torch.ones_like(masks))
    exponent = -(distance**2) / (2 * width**2)
    return torch.softmax(exponent, dim=0)


@kernel_weights.misconception(
    "The norm of the whole matrix is not that of a mask: give `norm` a `dim`."
)
def norm_of_all(masks, width):
    cosine = masks.sum(1) / (masks.norm() * masks.shape[1] ** 0.5)
    return torch.exp(-((1 - cosine) ** 2) / (2 * width**2))


@kernel_weights.naively(norm_of_all)
def norm_of_all_naively(masks, width):
    ones = torch.ones(masks.shape[1])
    cosine = torch.mv(masks, ones) / torch.norm(masks) / torch.norm(ones)
    return (-((1 - cosine) ** 2) / width**2 / 2).exp()


@kernel_weights.misconception(
    "A mask of zeros has no length: 0/0 is NaN. Its cosine should be 0, so that its distance is 1."
)
def not_a_number(masks, width):
    cosine = masks.sum(1) / (masks.norm(dim=1) * masks.shape[1] ** 0.5)
    return torch.exp(-((1 - cosine) ** 2) / (2 * width**2))


@kernel_weights.naively(not_a_number)
def not_a_number_naively(masks, width):
    found = []
    for mask in masks:
        cosine = mask.sum() / (mask.pow(2).sum().sqrt() * len(mask) ** 0.5)
        found.append(torch.exp(-((1 - cosine) ** 2) / (2 * width**2)))
    return torch.stack(found)


@kernel_weights.alternative
def with_cosine_similarity(masks, width):
    cosine = F.cosine_similarity(masks, torch.ones_like(masks), dim=1)
    return gaussian(1 - cosine, width)


@kernel_weights.alternative
def as_lime_writes_it(masks, width):
    visible = masks.sum(1)
    distance = 1 - visible / (visible * masks.shape[1]).sqrt().clamp(min=1e-12)
    return torch.sqrt(torch.exp(-(distance**2) / width**2))


# 4.4 Weighted ridge regression


def regression_cases(seed: int) -> list[dict]:
    """A planted linear model, to be recovered exactly; then one that is not linear, with ridge."""
    rng = np.random.default_rng(seed)
    cases = []
    for strength in (0.0, 3.0):
        masks = rng.integers(0, 2, (60, 6)).astype("f4")
        masks[0] = 1
        scores = 2.5 + masks @ rng.normal(size=6)
        if strength:
            scores = scores + 2 * masks[:, 0] * masks[:, 1] + rng.normal(size=60)
        cases.append(
            {
                "masks": masks,
                "scores": scores.astype("f4"),
                "importance": rng.uniform(0.05, 1.0, 60).astype("f4"),
                "strength": strength,
            }
        )
    return cases


weighted_ridge = Exercise(
    "4.4",
    "weighted_ridge",
    points=3,
    minutes=20,
    difficulty=3,
    cases=regression_cases,
    tolerance=1e-3,
    hints=(
        "Get rid of the intercept first: subtract from the masks and from the scores their "
        "*weighted* means.",
        "Set the derivative to zero. With centred masks Z, centred scores y and Π the diagonal "
        "matrix of the importance: (ZᵀΠZ + λI) w = ZᵀΠy.",
        "`torch.linalg.solve(A, b)` gives w; the intercept is the mean score minus the mean mask "
        "times w.",
    ),
)


def ridge(masks, scores, importance, strength, centred=True):
    share = importance / importance.sum()
    centre, level = (share @ masks, share @ scores) if centred else (0 * masks[0], 0 * scores[0])
    z, y = masks - centre, scores - level
    gram = (importance[:, None] * z).T @ z + strength * torch.eye(z.shape[1])
    weights = torch.linalg.lstsq(gram, (z.T @ (importance * y))[:, None]).solution[:, 0]
    return weights, level - centre @ weights


@weighted_ridge.misconception(
    "The importance changes nothing in your answer: samples near the picture must count more."
)
def importance_ignored(masks, scores, importance, strength):
    return ridge(masks, scores, torch.ones_like(importance), strength)


@weighted_ridge.naively(importance_ignored)
def importance_ignored_naively(masks, scores, importance, strength):
    x = torch.ones(masks.shape[0], masks.shape[1] + 1)
    x[:, 1:] = masks
    penalty = strength * torch.eye(x.shape[1])
    penalty[0, 0] = 0
    solution = torch.inverse(x.T @ x + penalty) @ x.T @ scores
    return solution[1:], solution[0]


@weighted_ridge.misconception(
    "There is no intercept. Your plane has to pass through 0 where everything is hidden, and the "
    "weights bend to make up for it."
)
def without_intercept(masks, scores, importance, strength):
    weights, _ = ridge(masks, scores, importance, strength, centred=False)
    return weights, torch.tensor(0.0)


@weighted_ridge.naively(without_intercept)
def without_intercept_naively(masks, scores, importance, strength):
    left = strength * torch.eye(masks.shape[1])
    right = torch.zeros(masks.shape[1])
    for m in range(len(masks)):
        left += importance[m] * torch.outer(masks[m], masks[m])
        right += importance[m] * scores[m] * masks[m]
    return torch.inverse(left) @ right, 0.0


@weighted_ridge.misconception(
    "You shrink the intercept too: λ holds for the weights of the superpixels only."
)
def intercept_shrunk(masks, scores, importance, strength):
    ones = torch.cat([masks, torch.ones(len(masks), 1)], 1)
    weights, _ = ridge(ones, scores, importance, strength, centred=False)
    return weights[:-1], weights[-1]


@weighted_ridge.naively(intercept_shrunk)
def intercept_shrunk_naively(masks, scores, importance, strength):
    x = np.column_stack([np.ones(len(masks)), masks.numpy()])
    p = np.diag(importance.numpy())
    left = x.T @ p @ x + strength * np.identity(x.shape[1])
    solution = np.linalg.inv(left) @ x.T @ p @ scores.numpy()
    return torch.tensor(solution[1:]), solution[0]


@weighted_ridge.misconception(
    "The importance counts twice. Whoever multiplies both masks and scores by it squares it in "
    "the sum; multiply by its square root."
)
def importance_squared(masks, scores, importance, strength):
    return ridge(masks, scores, importance**2, strength)


@weighted_ridge.naively(importance_squared)
def importance_squared_naively(masks, scores, importance, strength):
    mean_mask = (importance[:, None] * masks).sum(0) / importance.sum()
    mean_score = (importance * scores).sum() / importance.sum()
    z, y = masks - mean_mask, scores - mean_score
    for m in range(len(masks)):
        z[m] *= importance[m]
        y[m] *= importance[m]
    weights = torch.inverse(z.T @ z + strength * torch.eye(z.shape[1])) @ z.T @ y
    return weights, mean_score - mean_mask @ weights


@weighted_ridge.misconception(
    "λ changes nothing in your answer: this is least squares, not ridge regression."
)
def no_ridge(masks, scores, importance, strength):
    return ridge(masks, scores, importance, 0.0)


@weighted_ridge.naively(no_ridge)
def no_ridge_naively(masks, scores, importance, strength):
    root = importance.sqrt().unsqueeze(1)
    x = torch.cat([masks, torch.ones(len(masks), 1)], dim=1)
    solution = torch.linalg.lstsq(root * x, root * scores.unsqueeze(1)).solution.flatten()
    return solution[:-1], solution[-1]


@weighted_ridge.misconception(
    "You took the mean over the samples and not their sum, so that λ is M times too strong."
)
def mean_over_samples(masks, scores, importance, strength):
    return ridge(masks, scores, importance, strength * len(masks))


@weighted_ridge.naively(mean_over_samples)
def mean_over_samples_naively(masks, scores, importance, strength):
    share = importance / importance.sum()
    mean_mask, mean_score = share @ masks, share @ scores
    left, right = strength * torch.eye(masks.shape[1]), torch.zeros(masks.shape[1])
    for m in range(len(masks)):
        z = masks[m] - mean_mask
        left += share[m] * torch.outer(z, z)
        right += share[m] * (scores[m] - mean_score) * z
    weights = torch.linalg.solve(left, right)
    return weights, mean_score - mean_mask @ weights


@weighted_ridge.misconception(
    "You centred with plain means. Where samples have an importance, their mean has it too."
)
def plain_means(masks, scores, importance, strength):
    z, y = masks - masks.mean(0), scores - scores.mean()
    gram = (importance[:, None] * z).T @ z + strength * torch.eye(z.shape[1])
    weights = torch.linalg.solve(gram, z.T @ (importance * y))
    return weights, scores.mean() - masks.mean(0) @ weights


@weighted_ridge.naively(plain_means)
def plain_means_naively(masks, scores, importance, strength):
    x, y, p = masks.numpy().copy(), scores.numpy().copy(), np.diag(importance.numpy())
    x_mean, y_mean = x.mean(axis=0), y.mean()
    x -= x_mean
    y -= y_mean
    weights = np.linalg.inv(x.T @ p @ x + strength * np.identity(x.shape[1])) @ x.T @ p @ y
    return torch.tensor(weights), y_mean - np.dot(x_mean, weights)


@weighted_ridge.misconception(
    "The column of ones is the last, so the intercept is the last coefficient; you took the first."
)
def intercept_at_the_wrong_end(masks, scores, importance, strength):
    x = torch.cat([masks, torch.ones(len(masks), 1)], 1)
    shrink = strength * torch.eye(x.shape[1])
    shrink[-1, -1] = 0
    solved = torch.linalg.solve(x.T * importance @ x + shrink, x.T * importance @ scores)
    return solved[1:], solved[0]


@weighted_ridge.naively(intercept_at_the_wrong_end)
def intercept_at_the_wrong_end_naively(masks, scores, importance, strength):
    count, pieces = masks.shape
    x = torch.hstack([masks, torch.ones(count, 1)])
    root = importance.sqrt()
    penalty = strength**0.5 * torch.eye(pieces + 1)
    penalty[pieces, pieces] = 0
    rows = torch.vstack([x * root[:, None], penalty])
    values = torch.cat([scores * root, torch.zeros(pieces + 1)])
    found = torch.linalg.lstsq(rows, values[:, None]).solution[:, 0]
    return found[1:], found[0]


@weighted_ridge.alternative
def with_a_column_of_ones(masks, scores, importance, strength):
    ones = torch.cat([masks, torch.ones(len(masks), 1)], 1)
    penalty = strength * torch.eye(ones.shape[1])
    penalty[-1, -1] = 0
    weights = torch.linalg.solve(
        ones.T @ torch.diag(importance) @ ones + penalty, ones.T @ (importance * scores)
    )
    return weights[:-1], weights[-1]


@weighted_ridge.alternative
def with_extra_rows(masks, scores, importance, strength):
    """Ridge as least squares: one more sample a weight, which says that it should be 0."""
    pieces, root = masks.shape[1], importance.double().sqrt()
    ones = torch.cat([masks, torch.ones(len(masks), 1)], 1).double() * root[:, None]
    extra = torch.cat([strength**0.5 * torch.eye(pieces), torch.zeros(pieces, 1)], 1).double()
    wanted = torch.cat([scores * root, torch.zeros(pieces).double()])
    weights = torch.linalg.lstsq(torch.cat([ones, extra]), wanted[:, None]).solution[:, 0].float()
    return weights[:-1], weights[-1].item()


@weighted_ridge.alternative
def in_numpy(masks, scores, importance, strength):
    z, y, p = masks.numpy(), scores.numpy(), importance.numpy()
    centre, level = np.average(z, axis=0, weights=p), np.average(y, weights=p)
    gram = (z - centre).T @ np.diag(p) @ (z - centre) + strength * np.eye(z.shape[1])
    weights = np.linalg.solve(gram, (z - centre).T @ (p * (y - level)))
    return torch.tensor(weights, dtype=torch.float32), level - centre @ weights


# 4.5 and 4.6 How well does it imitate?


def imitation_cases(seed: int) -> list[dict]:
    rng = np.random.default_rng(seed)
    cases = []
    for noise in (0.4, 1.0):
        scores = rng.normal(3, 1, 30)
        predictions = 1.2 + 0.5 * scores + noise * rng.normal(size=30)
        importance = rng.uniform(0.01, 1, 30) ** 2
        cases.append(
            {
                "scores": scores.astype("f4"),
                "predictions": predictions.astype("f4"),
                "importance": importance.astype("f4"),
            }
        )
    return cases


r_squared = Exercise(
    "4.5",
    "r_squared",
    points=1,
    minutes=8,
    cases=imitation_cases,
    hints=(
        "Two weighted sums of squares: of scores − predictions, and of scores − their mean.",
        "The mean of the scores is weighted as well.",
        "R² is 1 − (first sum) / (second sum): 1 is perfect, 0 no better than the mean.",
    ),
)


def explained(scores, predictions, importance, centre):
    left = (importance * (scores - predictions) ** 2).sum()
    return 1 - left / (importance * (scores - centre) ** 2).sum()


@r_squared.misconception("This R² does not use the importance: near samples should count more.")
def unweighted(scores, predictions, importance):
    return explained(scores, predictions, torch.ones_like(scores), scores.mean())


@r_squared.naively(unweighted)
def unweighted_naively(scores, predictions, importance):
    error = F.mse_loss(predictions, scores)
    spread = scores.var()
    return 1 - error / spread


@r_squared.misconception("Your sums are weighted, but the mean of the scores is not.")
def plain_mean(scores, predictions, importance):
    return explained(scores, predictions, importance, scores.mean())


@r_squared.naively(plain_mean)
def plain_mean_naively(scores, predictions, importance):
    mean = scores.mean()
    left, total = 0, 0
    for n in range(len(scores)):
        left += importance[n] * (scores[n] - predictions[n]) ** 2
        total += importance[n] * (scores[n] - mean) ** 2
    return 1 - left / total


@r_squared.misconception("This is the share that is *not* explained: take it from 1.")
def unexplained(scores, predictions, importance):
    centre = (importance * scores).sum() / importance.sum()
    return 1 - explained(scores, predictions, importance, centre)


@r_squared.naively(unexplained)
def unexplained_naively(scores, predictions, importance):
    y, p, w = scores.numpy(), predictions.numpy(), importance.numpy()
    mean = np.average(y, weights=w)
    error = np.average((y - p) ** 2, weights=w)
    return error / np.average((y - mean) ** 2, weights=w)


@r_squared.misconception(
    "This is the squared correlation. It forgives predictions with a wrong level or slope; R² "
    "does not."
)
def squared_correlation(scores, predictions, importance):
    share = importance / importance.sum()
    y, p = scores - share @ scores, predictions - share @ predictions
    return (share @ (y * p)) ** 2 / ((share @ y**2) * (share @ p**2))


@r_squared.naively(squared_correlation)
def squared_correlation_naively(scores, predictions, importance):
    both = np.stack([scores.numpy(), predictions.numpy()])
    r = np.corrcoef(both)[0, 1]
    return r**2


@r_squared.misconception(
    "Your second sum is around the mean of the predictions; it belongs around that of the scores."
)
def mean_of_predictions(scores, predictions, importance):
    centre = (importance * predictions).sum() / importance.sum()
    return explained(scores, predictions, importance, centre)


@r_squared.naively(mean_of_predictions)
def mean_of_predictions_naively(scores, predictions, importance):
    mean = predictions.mean()
    left, total = 0, 0
    for y, p, w in zip(scores, predictions, importance, strict=True):
        left += w * (y - p) ** 2
        total += w * (y - mean) ** 2
    return 1 - left / total


@r_squared.misconception("The importance stands inside the square; it should multiply the square.")
def importance_in_the_square(scores, predictions, importance):
    mean = (importance * scores).sum() / importance.sum()
    left = ((importance * (scores - predictions)) ** 2).sum()
    return 1 - left / ((importance * (scores - mean)) ** 2).sum()


@r_squared.naively(importance_in_the_square)
def importance_in_the_square_naively(scores, predictions, importance):
    mean = sum(importance * scores) / sum(importance)
    a, b = 0, 0
    for score, guess, weight in zip(scores, predictions, importance, strict=True):
        a += (weight * (score - guess)) ** 2
        b += (weight * (score - mean)) ** 2
    return 1 - a / b


@r_squared.misconception(
    "The weighted mean divides by the sum of the weights, not by the number of samples."
)
def mean_over_the_number(scores, predictions, importance):
    mean = (importance * scores).mean()
    left = (importance * (scores - predictions) ** 2).sum()
    return 1 - left / (importance * (scores - mean) ** 2).sum()


@r_squared.naively(mean_over_the_number)
def mean_over_the_number_naively(scores, predictions, importance):
    mean = 0
    for score, weight in zip(scores, importance, strict=True):
        mean += score * weight / len(scores)
    a = (importance * (scores - predictions).pow(2)).mean()
    return 1 - a / (importance * (scores - mean).pow(2)).mean()


@r_squared.alternative
def as_dot_products(scores, predictions, importance):
    share = importance / importance.sum()
    return 1 - share @ (scores - predictions) ** 2 / (share @ scores**2 - (share @ scores) ** 2)


@r_squared.alternative
def averaged_in_numpy(scores, predictions, importance):
    y, p, w = scores.numpy(), predictions.numpy(), importance.numpy()
    spread = np.average((y - np.average(y, weights=w)) ** 2, weights=w)
    return 1 - np.average((y - p) ** 2, weights=w) / spread


high_r2 = choice(
    "4.6",
    key="B",
    points=1,
    minutes=3,
    feedback={
        "A": "Nearest to the network would mean that it predicts masks it has not seen. On fresh "
        "masks it is the worst of all.",
        "B": "47 numbers are fitted to 50 samples, so the model can follow them nearly wherever "
        "they go; other masks give other weights. Only samples that the fit has not seen tell how "
        "well it imitates.",
        "C": "The masks are drawn in the same way for 50 and for 1,000 samples, and are as near.",
        "D": "The network is the same function however often it is asked; it is the fit that "
        "changes.",
    },
)

logit_or_probability = choice(
    "4.7",
    key="C",
    points=1,
    minutes=3,
    feedback={
        "A": "Both are numbers between the mask and the softmax; neither is noisier to compute.",
        "B": "The ridge subtracts the mean and fits any range; the range alone would only rescale "
        "the weights.",
        "C": "The softmax is flat near 0: a mask that costs the class much and one that costs it "
        "everything look the same. The few masks that lift p above 0 decide the whole fit.",
        "D": "The kernel knows masks only; it gives the same weights for both.",
    },
)


# 4.8 Fidelity of a global surrogate


def agreement_cases(seed: int) -> list[dict]:
    rng = np.random.default_rng(seed)
    cases = []
    for classes in (2, 4):
        labels = np.arange(60) % classes
        hot = np.eye(classes)[labels]
        network = 1.6 * hot + rng.normal(size=(60, classes))
        surrogate = 0.6 * network + 0.3 * hot + 0.8 * rng.normal(size=(60, classes))
        cases.append(
            {
                "network": network.astype("f4"),
                "surrogate": surrogate.astype("f4"),
                "labels": labels.astype("int64"),
            }
        )
    return cases


fidelity = Exercise(
    "4.8",
    "fidelity",
    points=1,
    minutes=5,
    cases=agreement_cases,
    hints=(
        "The surrogate imitates the network, not the world. Whom must it agree with?",
        "A decision is the class with the largest score: `.argmax(1)`.",
        "Compare two decisions a picture and take the share of pictures where they are the same. "
        "Not every argument is needed.",
    ),
)


def right(scores, labels):
    return scores.argmax(1) == labels


@fidelity.misconception(
    "This is the surrogate's accuracy: how often it is right about the world. Fidelity asks how "
    "often it does what the network does, mistakes included."
)
def accuracy_of_surrogate(network, surrogate, labels):
    return right(surrogate, labels).float().mean()


@fidelity.naively(accuracy_of_surrogate)
def accuracy_of_surrogate_naively(network, surrogate, labels):
    hits = 0
    for n in range(len(labels)):
        if surrogate[n].argmax() == labels[n]:
            hits += 1
    return hits / len(labels)


@fidelity.misconception("This is the network's accuracy; the surrogate does not occur in it.")
def accuracy_of_network(network, surrogate, labels):
    return right(network, labels).float().mean()


@fidelity.naively(accuracy_of_network)
def accuracy_of_network_naively(network, surrogate, labels):
    decisions = np.argmax(network.numpy(), axis=1)
    hits = decisions == labels.numpy()
    return hits.mean()


@fidelity.misconception(
    "You counted only pictures where both are right. Where both make the same mistake the "
    "surrogate is faithful too."
)
def both_right(network, surrogate, labels):
    return (right(network, labels) & right(surrogate, labels)).float().mean()


@fidelity.naively(both_right)
def both_right_naively(network, surrogate, labels):
    count = 0
    for n in range(len(labels)):
        a, b = network[n].argmax(), surrogate[n].argmax()
        if a == labels[n] and b == labels[n]:
            count += 1
    return count / len(labels)


@fidelity.misconception(
    "You compared being right or wrong. With more than two classes both can be wrong in different "
    "ways, and that is no agreement."
)
def equally_right(network, surrogate, labels):
    return (right(network, labels) == right(surrogate, labels)).float().mean()


@fidelity.naively(equally_right)
def equally_right_naively(network, surrogate, labels):
    same = 0
    for n in range(len(labels)):
        network_is_right = network[n].argmax() == labels[n]
        surrogate_is_right = surrogate[n].argmax() == labels[n]
        if network_is_right == surrogate_is_right:
            same += 1
    return same / len(labels)


@fidelity.misconception("This is the share where they differ; fidelity is the share that agrees.")
def disagreement(network, surrogate, labels):
    return (network.argmax(1) != surrogate.argmax(1)).float().mean()


@fidelity.naively(disagreement)
def disagreement_naively(network, surrogate, labels):
    a = np.argmax(network.numpy(), axis=1)
    b = np.argmax(surrogate.numpy(), axis=1)
    return np.count_nonzero(a - b) / len(a)


@fidelity.misconception(
    "You looked at the pictures that the network gets right only. Fidelity counts all of them: an "
    "imitation should share the network's errors too."
)
def where_the_network_is_right(network, surrogate, labels):
    right = network.argmax(1) == labels
    return (network.argmax(1)[right] == surrogate.argmax(1)[right]).float().mean().item()


@fidelity.naively(where_the_network_is_right)
def where_the_network_is_right_naively(network, surrogate, labels):
    same, all_of_them = 0, 0
    for ours, theirs, label in zip(network, surrogate, labels, strict=True):
        if ours.argmax() == label:
            all_of_them += 1
            same += int(theirs.argmax() == label)
    return same / all_of_them


@fidelity.alternative
def counted(network, surrogate, labels):
    same = [int(a.argmax() == b.argmax()) for a, b in zip(network, surrogate, strict=True)]
    return sum(same) / len(same)


@fidelity.alternative
def by_sorting(network, surrogate, labels):
    first = network.argsort(1)[:, -1], surrogate.argsort(1)[:, -1]
    return torch.eq(*first).double().mean().item()
