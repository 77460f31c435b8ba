"""The sentence that says how an output differs."""

import numpy as np
import pytest
import torch

from grading.compare import difference
from grading.jail.answers import plain

WANT = torch.tensor([[1.0, -2.0], [3.0, -4.0]])


def said(got, want=WANT, tolerance=1e-4):
    return difference({"the map": plain(got)}, {"the map": plain(want)}, tolerance)


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (WANT.numpy(), "torch.Tensor of float32; yours is a numpy array"),
        (WANT.double(), "float32; yours is a torch.Tensor of float64"),
        (WANT[0], "shape (2, 2); yours has shape (2,)"),
        (-WANT, "opposite sign"),
        (WANT.abs(), "lost its sign"),
        (5 * WANT, "5 times what it should be"),
        (0 * WANT, "zero everywhere"),
        (WANT * float("nan"), "not finite"),
        (WANT.T.contiguous(), "differ by up to"),
        (None, "yours is None"),
    ],
)
def test_named_differences(got, words):
    assert words in said(got)


def test_tolerance_is_relative_to_the_largest_value():
    assert said(WANT + 3e-4) is None
    assert said(WANT + 5e-4) is not None


def test_true_is_not_one_and_nan_is_not_a_number_that_passes():
    assert said(True, 1.0) is not None
    assert said(float("nan"), 1.0) is not None
    assert said(1, 1.0) is None
    assert said(np.float32(1), 1.0) is None


def test_lists_are_compared_item_by_item():
    assert said(["a", 2.0], ["a", 2.0]) is None
    assert "[1]" in said(["a", 3.0], ["a", 2.0])
    assert "should have 2 items" in said(["a"], ["a", 2.0])


def test_missing_output():
    assert "missing" in difference({}, {"the map": plain(1.0)}, 1e-4)
