"""Lesson 00: one small exercise and one question, to show how checks work."""

import numpy as np
import torch

from grading.exercise import Exercise, choice

top_class = Exercise(
    "0.1",
    "top_class",
    points=1,
    minutes=3,
    cases=lambda seed: [
        {"logits": np.random.default_rng(seed + n).normal(size=(5 + n, 7)).astype("f4") - 4 * n}
        for n in range(2)
    ],
    hints=(
        "`logits.argmax` knows the way; along which dimension?",
        "Rows are pictures, columns are classes: look along dimension 1.",
    ),
)


@top_class.misconception("This is the *smallest* logit: argmin. You want the largest: argmax.")
def smallest(logits):
    return logits.argmin(1)


@top_class.naively(smallest)
def smallest_naively(logits):
    classes = []
    for row in logits:
        order = row.argsort()
        classes.append(int(order[0]))
    return torch.tensor(classes)


@top_class.misconception(
    "You looked down the columns, across pictures (dimension 0). The classes are along dimension 1."
)
def down_the_columns(logits):
    return logits.argmax(0)


@top_class.naively(down_the_columns)
def down_the_columns_naively(logits):
    classes = []
    for k in range(logits.shape[1]):
        column = logits[:, k].tolist()
        classes.append(column.index(max(column)))
    return torch.tensor(classes)


@top_class.misconception(
    "You looked for the largest number of the whole batch; each row has its own."
)
def of_the_whole_batch(logits):
    return logits.argmax()


@top_class.naively(of_the_whole_batch)
def of_the_whole_batch_naively(logits):
    largest = logits.max()
    rows, columns = torch.where(logits == largest)
    return columns


@top_class.misconception("These are the largest logits themselves; you want where they stand.")
def the_values(logits):
    return logits.max(1).values


@top_class.naively(the_values)
def the_values_naively(logits):
    result = torch.zeros(len(logits))
    for n in range(len(logits)):
        best = logits[n, 0]
        for value in logits[n]:
            if value > best:
                best = value
        result[n] = best
    return result


@top_class.misconception(
    "A softmax over the pictures (`dim=0`) changes which logit of a row is the largest. Take the "
    "largest along dimension 1; it needs no softmax."
)
def softmax_over_the_pictures(logits):
    return logits.softmax(0).argmax(1)


@top_class.naively(softmax_over_the_pictures)
def softmax_over_the_pictures_naively(logits):
    powers = torch.exp(logits)
    return (powers / powers.sum(0)).argmax(dim=1)


@top_class.misconception("The last class can never win here: does a loop stop one before the end?")
def without_the_last_class(logits):
    return logits[:, :-1].argmax(1)


@top_class.naively(without_the_last_class)
def without_the_last_class_naively(logits):
    best = torch.zeros(len(logits), dtype=torch.long)
    for n in range(len(logits)):
        for k in range(logits.shape[1] - 1):
            if logits[n, k] > logits[n, best[n]]:
                best[n] = k
    return best


@top_class.misconception(
    "Your search starts at the value 0, so that a row of negative logits has no winner. Start with "
    "the first logit, or take `argmax`."
)
def starts_at_zero(logits):
    with_zero = torch.cat([torch.zeros(len(logits), 1), logits], 1).argmax(1)
    return (with_zero - 1).clamp(min=0)


@top_class.naively(starts_at_zero)
def starts_at_zero_naively(logits):
    found = []
    for row in logits:
        top, where = 0, 0
        for k in range(len(row)):
            if row[k] > top:
                top, where = row[k], k
        found.append(where)
    return torch.tensor(found)


@top_class.misconception(
    "With the absolute value a strongly negative logit wins. The largest is the most positive one."
)
def largest_absolute(logits):
    return logits.abs().argmax(1)


@top_class.naively(largest_absolute)
def largest_absolute_naively(logits):
    return (logits**2).max(dim=1).indices


@top_class.alternative
def with_max(logits):
    return logits.max(dim=1).indices


@top_class.alternative
def with_sort(logits):
    return torch.sort(logits, dim=1, descending=True).indices[:, 0]


what_a_check_tells = choice(
    "0.2",
    key="B",
    points=1,
    minutes=1,
    feedback={
        "A": "A check in the notebook is feedback; marks, where there are any, are given by the "
        "staff's grader on inputs of its own.",
        "B": "And the same checks run in the notebook, in `make check` and in the grader.",
        "C": "Only what your code returns is compared; write it as you like.",
        "D": "A check never shows the answer, only the next hint.",
    },
)
