"""Lesson 01: cases, misconceptions and alternatives. The solutions stand in the lesson itself."""

import numpy as np
import torch
from PIL import Image

from grading.compare import difference
from grading.exercise import Exercise, choice

local_or_global = choice(
    "1.1",
    key="C",
    points=1,
    minutes=2,
    feedback={
        "A": "One application, one decision: a local question.",
        "B": "One X-ray: a local question, the kind that saliency maps answer.",
        "C": "It asks about the model's idea of a tank, not about one picture.",
        "D": "It asks what would change one decision: local, and called counterfactual.",
    },
)


# 1.2 Accuracy


def logits_cases(seed: int) -> list[dict]:
    """The right share differs from its complement, from the class-1 share and between cases."""
    rng = np.random.default_rng(seed)
    cases = []
    for classes, right, total in ((2, 6, 8), (4, 3, 10), (5, 8, 12)):
        logits = rng.normal(size=(total, classes)).astype("f4") - 3
        labels = logits.argmax(1)
        labels[right:] = (labels[right:] + rng.integers(1, classes, total - right)) % classes
        order = rng.permutation(total)
        cases.append({"logits": logits[order], "labels": labels[order].astype("i8")})
    return cases


accuracy = Exercise(
    "1.2",
    "accuracy",
    points=1,
    minutes=5,
    cases=logits_cases,
    hints=(
        "First find the predicted class of each picture: where in its row is the largest logit?",
        "`argmax` along the classes gives predictions of shape (N,); compare them with `labels`.",
        "The mean of a comparison is a share; it has to be turned into floats first, and `.item()` "
        "makes a Python number of it.",
    ),
)


@accuracy.misconception("This is the share that is wrong. Count the right ones.")
def error_rate(logits, labels):
    return (logits.argmax(1) != labels).float().mean().item()


@accuracy.naively(error_rate)
def error_rate_naively(logits, labels):
    wrong = 0
    for n in range(len(labels)):
        if logits[n].argmax() != labels[n]:
            wrong += 1
    return wrong / len(labels)


@accuracy.misconception("This is the number of right answers. Divide by the number of pictures.")
def count_of_right(logits, labels):
    return (logits.argmax(1) == labels).sum().item()


@accuracy.naively(count_of_right)
def count_of_right_naively(logits, labels):
    predictions = logits.argmax(dim=1).tolist()
    right = 0
    for n in range(len(predictions)):
        if predictions[n] == labels[n]:
            right = right + 1
    return right


@accuracy.misconception("This is in per cent. Return a share between 0 and 1.")
def per_cent(logits, labels):
    return 100 * (logits.argmax(1) == labels).float().mean().item()


@accuracy.naively(per_cent)
def per_cent_naively(logits, labels):
    predictions = np.argmax(logits.numpy(), axis=1)
    right = np.sum(predictions == labels.numpy())
    return round(right / len(labels) * 100, 2)


@accuracy.misconception("You took the smallest logit. The prediction is the largest.")
def smallest(logits, labels):
    return (logits.argmin(1) == labels).float().mean().item()


@accuracy.naively(smallest)
def smallest_naively(logits, labels):
    right = 0
    order = logits.softmax(1).sort(dim=1).indices
    for n in range(len(labels)):
        if order[n, 0] == labels[n]:
            right += 1
    return right / len(labels)


@accuracy.misconception(
    "The value is right, but it is a tensor. `.item()` makes a Python number of it."
)
def tensor_instead_of_number(logits, labels):
    return (logits.argmax(1) == labels).float().mean()


@accuracy.naively(tensor_instead_of_number)
def tensor_instead_of_number_naively(logits, labels):
    right = 0
    for n in range(len(labels)):
        right += logits[n].argmax() == labels[n]
    return right / len(labels)


@accuracy.misconception(
    "You compared every prediction with every label: (N,1) == (N,) is (N,N). Both should have the "
    "shape (N,)."
)
def all_with_all(logits, labels):
    return (logits.argmax(1, keepdim=True) == labels).float().mean().item()


@accuracy.naively(all_with_all)
def all_with_all_naively(logits, labels):
    predictions = logits.topk(1).indices
    right = (predictions == labels).sum().item()
    return right / len(labels)


@accuracy.alternative
def with_a_loop(logits, labels):
    right = 0
    for row, label in zip(logits, labels, strict=True):
        right += int(row.argmax() == label)
    return right / len(labels)


@accuracy.alternative
def with_softmax(logits, labels):
    return float(np.mean(logits.softmax(1).max(1).indices.numpy() == labels.numpy()))


weak_sign = choice(
    "1.3",
    key="B",
    points=1,
    minutes=3,
    feedback={
        "A": "More than half of the picture is background, so even a map that knows nothing has "
        "more than half of itself there.",
        "B": "A share says nothing without the area beside it: compare the strength per pixel, and "
        "put a random map next to it.",
        "C": "It can lie anywhere; you have just seen it lie on the background.",
        "D": "Whether the answers are right does not change what a share can tell.",
    },
)


# 1.4 Mass per area


def map_cases(seed: int) -> list[dict]:
    """Maps with small and large creatures, never half of the picture."""
    rng = np.random.default_rng(seed)
    cases = []
    for height, width in ((8, 8), (6, 10)):
        masks = np.zeros((3, height, width), dtype=bool)
        masks[0, 2:5, 2:6] = masks[1, 1:3, 3:5] = masks[2, 1:6, 1:7] = True
        maps = rng.random((3, height, width)) + masks * rng.uniform(0.5, 2, (3, 1, 1))
        cases.append({"maps": maps.astype("f4"), "masks": masks})
    return cases


outside_inside = Exercise(
    "1.4",
    "outside_inside",
    points=2,
    minutes=10,
    difficulty=2,
    cases=map_cases,
    hints=(
        "For each picture you need four numbers: the sum of the map and the count of pixels, "
        "outside and inside.",
        "Multiplying a map by a boolean mask sets everything outside to 0; `~masks` is the "
        "background.",
        "Sum over the dimensions (1, 2), so that one number a picture is left; divide each sum by "
        "its own count of pixels.",
    ),
)


def means(maps, masks):
    inside = (maps * masks).sum((1, 2)) / masks.sum((1, 2))
    return inside, (maps * ~masks).sum((1, 2)) / (~masks).sum((1, 2))


@outside_inside.misconception("It is upside down: this is inside divided by outside.")
def upside_down(maps, masks):
    inside, outside = means(maps, masks)
    return inside / outside


@outside_inside.naively(upside_down)
def upside_down_naively(maps, masks):
    ratios = []
    for n in range(len(maps)):
        inside = maps[n][masks[n]].mean()
        outside = maps[n][~masks[n]].mean()
        ratios.append(inside / outside)
    return torch.tensor(ratios)


@outside_inside.misconception(
    "You divided the sums (or both means by the whole picture). The larger side has more of "
    "everything: divide each sum by its own number of pixels first."
)
def sums_not_means(maps, masks):
    return (maps * ~masks).sum((1, 2)) / (maps * masks).sum((1, 2))


@outside_inside.naively(sums_not_means)
def sums_not_means_naively(maps, masks):
    outside = maps.clone()
    outside[masks] = 0
    inside = maps.clone()
    inside[~masks] = 0
    return outside.mean((1, 2)) / inside.mean((1, 2))


@outside_inside.misconception(
    "This is the share of the map on the background, which a random map has as well. Compare means "
    "per pixel."
)
def share(maps, masks):
    return (maps * ~masks).sum((1, 2)) / maps.sum((1, 2))


@outside_inside.naively(share)
def share_naively(maps, masks):
    result = torch.zeros(len(maps))
    for n in range(len(maps)):
        background = 0
        for value in maps[n][masks[n] == 0]:
            background += value
        result[n] = background / maps[n].sum()
    return result


@outside_inside.misconception(
    "This is one number for all pictures together. Return one a picture, shape (N,)."
)
def all_together(maps, masks):
    return maps[~masks].mean() / maps[masks].mean()


@outside_inside.naively(all_together)
def all_together_naively(maps, masks):
    total = 0
    for n in range(len(maps)):
        inside = maps[n][masks[n]].mean()
        outside = maps[n][~masks[n]].mean()
        total += outside / inside
    return total / len(maps)


@outside_inside.alternative
def one_at_a_time(maps, masks):
    return torch.stack([m[~k].mean() / m[k].mean() for m, k in zip(maps, masks, strict=True)])


@outside_inside.alternative
def with_nan(maps, masks):
    nan = torch.tensor(float("nan"))
    inside = torch.where(masks, maps, nan).flatten(1).nanmean(1)
    return torch.where(masks, nan, maps).flatten(1).nanmean(1) / inside


# 1.5 Corners


def corner_cases(seed: int) -> list[dict]:
    rng = np.random.default_rng(seed)
    return [
        {"images": rng.random((4, 3, height, width)).astype("f4")}
        for height, width in ((6, 6), (64, 70))
    ]


corner_brightness = Exercise(
    "1.5",
    "corner_brightness",
    points=1,
    minutes=7,
    cases=corner_cases,
    hints=(
        "The corners of a picture: row 0 or −1, column 0 or −1.",
        "`images[:, :, 0, 0]` is the upper left corner of every picture, shape (N,3).",
        "Add up the four corners and divide; then take the mean over the channels, dimension 1.",
    ),
)


@corner_brightness.misconception(
    "This is the mean of the whole picture. Take the four corner pixels only."
)
def whole_picture(images):
    return images.mean((1, 2, 3))


@corner_brightness.naively(whole_picture)
def whole_picture_naively(images):
    brightness = []
    for image in images:
        brightness.append(image.mean().item())
    return torch.tensor(brightness)


@corner_brightness.misconception("This is one corner. A tail may reach into it: take all four.")
def upper_left_only(images):
    return images[:, :, 0, 0].mean(1)


@corner_brightness.naively(upper_left_only)
def upper_left_only_naively(images):
    brightness = torch.zeros(len(images))
    for n in range(len(images)):
        red, green, blue = images[n, :, 0, 0]
        brightness[n] = (red + green + blue) / 3
    return brightness


@corner_brightness.misconception("The channels are still apart. Take the mean over them too.")
def channels_apart(images):
    return images[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].mean(2)


@corner_brightness.naively(channels_apart)
def channels_apart_naively(images):
    top = images[:, :, 0, 0] + images[:, :, 0, -1]
    bottom = images[:, :, -1, 0] + images[:, :, -1, -1]
    return (top + bottom) / 4


@corner_brightness.misconception(
    "This is one number for the whole batch. Return one a picture, shape (N,)."
)
def one_for_all(images):
    return images[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].mean()


@corner_brightness.naively(one_for_all)
def one_for_all_naively(images):
    corners = []
    for row in (0, -1):
        for column in (0, -1):
            corners.append(images[:, :, row, column])
    return torch.stack(corners).mean()


@corner_brightness.misconception(
    "This is the sum of the four corners, four times too large. Divide."
)
def sum_of_corners(images):
    return images[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].mean(1).sum(1)


@corner_brightness.naively(sum_of_corners)
def sum_of_corners_naively(images):
    height, width = images.shape[2:]
    total = torch.zeros(len(images))
    for row in (0, height - 1):
        for column in (0, width - 1):
            total += images[:, :, row, column].mean(1)
    return total


@corner_brightness.misconception(
    "Two lists of indices are paired up: `[0, -1], [0, -1]` reads two corners, upper left and "
    "lower right. Take all four."
)
def two_corners(images):
    return images[:, :, [0, -1], [0, -1]].mean((1, 2))


@corner_brightness.naively(two_corners)
def two_corners_naively(images):
    rows = [0, images.shape[2] - 1]
    columns = [0, images.shape[3] - 1]
    corners = images[:, :, rows, columns]
    return corners.sum(2).mean(1) / 4


@corner_brightness.misconception(
    "A step of 63 finds the corners of 64 × 64 pixels only. Rows 0 and −1, columns 0 and −1 are "
    "the corners of any picture."
)
def every_63rd(images):
    return images[:, :, ::63, ::63].mean((1, 2, 3))


@corner_brightness.naively(every_63rd)
def every_63rd_naively(images):
    total = torch.zeros(len(images))
    for row in (0, 63):
        for column in (0, 63):
            total += images[:, :, row, column].mean(1)
    return total / 4


@corner_brightness.alternative
def corner_by_corner(images):
    total = images[:, :, 0, 0] + images[:, :, 0, -1] + images[:, :, -1, 0] + images[:, :, -1, -1]
    return total.mean(1) / 4


@corner_brightness.alternative
def with_strides(images):
    height, width = images.shape[-2:]
    return images[:, :, :: height - 1, :: width - 1].mean((1, 2, 3))


# 1.6 On white


def rgba_cases(seed: int) -> list[dict]:
    """Clear, half clear and solid pixels with colours of their own, the hidden ones too."""
    rng = np.random.default_rng(seed)
    cases = []
    for height, width in ((6, 6), (4, 7)):
        pixels = rng.integers(0, 256, (height, width, 4), dtype=np.uint8)
        pixels[0, :, 3], pixels[1, :, 3] = 0, 255
        pixels[2, :, 3] = rng.integers(60, 120, width)
        pixels[2, :, :3] = rng.integers(0, 90, (width, 3))
        cases.append({"pixels": pixels})
    return cases


def rounded(outputs: dict, expected: dict, tolerance: float) -> str | None:
    """As `difference`; and where both are a level apart at most, they are so in both directions."""
    if problem := difference(outputs, expected, tolerance):
        return problem
    got, want = (np.asarray(each["the picture"]["value"], float) for each in (outputs, expected))
    off = (got - want).mean()
    return None if abs(off) < 0.2 else f"`the picture` is off by {off:.1f} of 255 in the mean."


on_white = Exercise(
    "1.6",
    "on_white",
    points=2,
    minutes=10,
    difficulty=2,
    cases=rgba_cases,
    tolerance=0.006,  # one and a half of 255 grey levels: Pillow rounds in its own way
    compare=rounded,
    hints=(
        "Split the array: the first three channels are the colours, the last one is alpha.",
        "Turn alpha into a float between 0 and 1 before you multiply; keep its last dimension "
        "(`pixels[..., 3:]`), so that it fits beside three channels.",
        "At the end round and go back to uint8 with `.astype(np.uint8)`.",
    ),
)


@on_white.misconception(
    "You dropped alpha. That is what the first loader did: the hidden colours come out."
)
def dropped(pixels):
    return pixels[..., :3]


@on_white.naively(dropped)
def dropped_naively(pixels):
    picture = Image.fromarray(pixels)
    picture = picture.convert("RGB")
    return np.array(picture)


@on_white.misconception(
    "This puts the picture on black. White paper is missing: 255 × (1 − a); white is 255 here."
)
def on_black(pixels):
    return np.round(pixels[..., :3] * (pixels[..., 3:] / 255)).astype(np.uint8)


@on_white.naively(on_black)
def on_black_naively(pixels):
    alpha = pixels[:, :, 3] / 255
    result = pixels[:, :, :3].copy()
    for c in range(3):
        result[:, :, c] = result[:, :, c] * alpha
    return result


@on_white.misconception("Alpha is the wrong way round: 255 is solid, 0 is clear.")
def inverted(pixels):
    alpha = 1 - pixels[..., 3:] / 255
    return np.round(pixels[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)


@on_white.naively(inverted)
def inverted_naively(pixels):
    result = pixels[:, :, :3].astype(float)
    clear = pixels[:, :, 3] / 255
    for c in range(3):
        result[:, :, c] *= 1 - clear
        result[:, :, c] += 255 * clear
    return result.round().astype(np.uint8)


@on_white.misconception(
    "Half-clear pixels are treated as solid or clear. Mix: colour × a + white × (1 − a)."
)
def hard_edge(pixels):
    return np.where(pixels[..., 3:] > 127, pixels[..., :3], 255).astype(np.uint8)


@on_white.naively(hard_edge)
def hard_edge_naively(pixels):
    alpha = pixels[:, :, 3:] // 255
    colour = pixels[:, :, :3]
    return colour * alpha + 255 * (1 - alpha)


@on_white.misconception(
    "Only the pixels that are entirely clear became white. Mix the others: colour × a + white × "
    "(1 − a)."
)
def only_clear(pixels):
    return np.where(pixels[..., 3:] == 0, 255, pixels[..., :3]).astype(np.uint8)


@on_white.naively(only_clear)
def only_clear_naively(pixels):
    result = pixels[:, :, :3].copy()
    for y in range(len(pixels)):
        for x in range(len(pixels[y])):
            if pixels[y, x, 3] == 0:
                result[y, x] = [255, 255, 255]
    return result


@on_white.misconception(
    "uint8 overflows: 200 × 200 does not fit into 0 … 255. Turn the pixels into floats first."
)
def overflow(pixels):
    colour, alpha = pixels[..., :3], pixels[..., 3:]
    return ((colour * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)


@on_white.naively(overflow)
def overflow_naively(pixels):
    alpha = pixels[:, :, 3]
    result = np.zeros((*alpha.shape, 3), dtype=np.uint8)
    for c in range(3):
        result[:, :, c] = pixels[:, :, c] * alpha / 255 + (255 - alpha)
    return result


@on_white.misconception(
    "The values are right, but they are floats. A picture is uint8: round, then "
    "`.astype(np.uint8)`."
)
def floats(pixels):
    alpha = pixels[..., 3:] / 255
    return pixels[..., :3] * alpha + 255 * (1 - alpha)


@on_white.naively(floats)
def floats_naively(pixels):
    pixels = pixels.astype(np.float32)
    alpha = pixels[:, :, 3] / 255
    channels = []
    for c in range(3):
        channels.append(pixels[:, :, c] * alpha + 255 * (1 - alpha))
    return np.round(np.stack(channels, axis=2))


@on_white.alternative
def with_integers(pixels):
    colour, alpha = pixels[..., :3].astype(np.int64), pixels[..., 3:].astype(np.int64)
    return ((colour * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)


@on_white.alternative
def with_pillow(pixels):
    paper = Image.new("RGBA", pixels.shape[1::-1], "white")
    return np.array(Image.alpha_composite(paper, Image.fromarray(pixels)).convert("RGB"))


@on_white.misconception(
    "`.astype(np.uint8)` cuts decimals off, so that half of the mixed pixels come out one level "
    "too dark, and a solid 255 may become 254. Round first: `np.round`."
)
def rounded_down(pixels):
    alpha = pixels[..., 3][..., None] / 255.0
    return (255 - (255.0 - pixels[..., :3]) * alpha).astype("uint8")


@on_white.naively(rounded_down)
def rounded_down_naively(pixels):
    height, width = pixels.shape[:2]
    result = np.zeros((height, width, 3), dtype=np.uint8)
    for y in range(height):
        for x in range(width):
            a = pixels[y, x, 3] / 255
            for c in range(3):
                result[y, x, c] = int(pixels[y, x, c] * a + 255 * (1 - a))
    return result


# 1.7 The same history


def history_cases(seed: int) -> list[dict]:
    rng = np.random.default_rng(seed)
    return [
        {
            "pixels": rng.integers(0, 256, (5, 6, channels), dtype=np.uint8),
            "was_jpeg": channels == 3,
        }
        for channels in (3, 4)
    ]


same_history = Exercise(
    "1.7",
    "same_history",
    points=2,
    minutes=5,
    cases=history_cases,
    hints=(
        "Count the compressions that each kind of file already has behind it.",
        "A JPEG file has had its one compression when it was saved; a PNG has had none.",
        "A PNG first has to stand on white, since `jpeg` takes three channels; then compress it.",
    ),
)


@same_history.misconception(
    "A picture from a JPEG file goes through `jpeg` again: it is now compressed twice, the others "
    "once."
)
def everything_again(pixels, was_jpeg, on_white, jpeg):
    return jpeg(pixels if was_jpeg else on_white(pixels))


@same_history.naively(everything_again)
def everything_again_naively(pixels, was_jpeg, on_white, jpeg):
    rgb = pixels
    if pixels.shape[2] == 4:
        rgb = on_white(pixels)
    return jpeg(rgb)


@same_history.misconception(
    "Nothing is compressed here: the PNG pictures still have no JPEG ripples, the others do."
)
def never(pixels, was_jpeg, on_white, jpeg):
    return pixels if was_jpeg else on_white(pixels)


@same_history.naively(never)
def never_naively(pixels, was_jpeg, on_white, jpeg):
    rgb = pixels
    if not was_jpeg:
        rgb = on_white(pixels)
        jpeg(rgb)
    return rgb


@same_history.misconception(
    "The wrong family: you compress the JPEG pictures and not the PNG ones."
)
def the_other_way_round(pixels, was_jpeg, on_white, jpeg):
    return jpeg(pixels) if was_jpeg else on_white(pixels)


@same_history.naively(the_other_way_round)
def the_other_way_round_naively(pixels, was_jpeg, on_white, jpeg):
    rgb = pixels.copy()
    if not was_jpeg:
        rgb = on_white(rgb)
    if was_jpeg:
        rgb = jpeg(rgb)
    return rgb


@same_history.misconception(
    "Dropping alpha brings the black pixels back. Use `on_white` before `jpeg`."
)
def alpha_dropped(pixels, was_jpeg, on_white, jpeg):
    return pixels if was_jpeg else jpeg(pixels[..., :3])


@same_history.naively(alpha_dropped)
def alpha_dropped_naively(pixels, was_jpeg, on_white, jpeg):
    if was_jpeg:
        return pixels
    red, green, blue = pixels[:, :, 0], pixels[:, :, 1], pixels[:, :, 2]
    rgb = np.dstack([red, green, blue])
    return jpeg(rgb)


@same_history.misconception(
    "The PNG pictures are compressed twice. Everybody gets exactly one compression."
)
def twice(pixels, was_jpeg, on_white, jpeg):
    return pixels if was_jpeg else jpeg(jpeg(on_white(pixels)))


@same_history.naively(twice)
def twice_naively(pixels, was_jpeg, on_white, jpeg):
    rgb = pixels
    if not was_jpeg:
        rgb = on_white(rgb)
        for _ in range(2):
            rgb = jpeg(rgb)
    return rgb


@same_history.misconception(
    "First on white, then the JPEG: a JPEG has three channels and no alpha."
)
def jpeg_before_white(pixels, was_jpeg, on_white, jpeg):
    return pixels if was_jpeg else on_white(jpeg(pixels))


@same_history.naively(jpeg_before_white)
def jpeg_before_white_naively(pixels, was_jpeg, on_white, jpeg):
    if was_jpeg:
        return pixels
    rgb = jpeg(pixels[:, :, :3])
    alpha = pixels[:, :, 3]
    return on_white(np.dstack([rgb, alpha]))


@same_history.alternative
def as_one_expression(pixels, was_jpeg, on_white, jpeg):
    return pixels.copy() if was_jpeg else jpeg(on_white(pixels))


@same_history.alternative
def by_channels(pixels, was_jpeg, on_white, jpeg):
    rgb = on_white(pixels) if pixels.shape[-1] == 4 else pixels
    if not was_jpeg:
        rgb = jpeg(rgb)
    return rgb


compress_everything = choice(
    "1.8",
    key="C",
    points=1,
    minutes=3,
    feedback={
        "A": "More training would not help: what it learns fails as soon as the files are swapped.",
        "B": "Pictures that nobody can recognise would give 50 % on both, not far more on the "
        "one and far less on the other.",
        "C": "A second compression rounds numbers that are already rounded, and that leaves a "
        "pattern of its own. Equal treatment is not enough; the histories must be equal.",
        "D": "The pictures stand on white before they are compressed; no black is left.",
    },
)
