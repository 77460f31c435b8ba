"""Where networks run."""

import torch


def device() -> torch.device:
    """The fastest device of this machine: a CUDA GPU, Apple's GPU, or the CPU.

    >>> load.device().type in ("cuda", "mps", "cpu")
    True
    """
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
