"""What tests of explainers compare tensors with."""

import torch


def close(a: torch.Tensor, b: torch.Tensor, relative: float = 1e-4) -> bool:
    """Whether two tensors differ by no more than a share of the largest value of the second."""
    assert a.shape == b.shape and a.dtype == b.dtype
    return (a - b).abs().max() <= relative * b.abs().max()
