"""The handwritten digits of scikit-learn, and two small networks to train on them.

1,797 real digits (UCI, 8 × 8 pixels), enlarged to 28 × 28. A CNN and a VAE take seconds to train
on them, with one thread and no GPU.
"""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm.auto import tqdm

from helpers.model import frozen

HELD_OUT = 297


def digits() -> tuple[Tensor, Tensor]:
    """All 1,797: pictures (1797, 1, 28, 28) in [0, 1], white on black, and labels (1797,).

    >>> pictures, labels = digits.digits()
    >>> pictures.shape, labels[:5].tolist()
    (torch.Size([1797, 1, 28, 28]), [0, 1, 2, 3, 4])
    """
    from sklearn.datasets import load_digits

    small, labels = load_digits(return_X_y=True)
    small = torch.tensor(small, dtype=torch.float32).view(-1, 1, 8, 8) / 16
    large = F.interpolate(small, size=(28, 28), mode="bicubic", align_corners=False)
    return large.clamp(0, 1), torch.tensor(labels)


def cnn() -> nn.Sequential:
    """Pictures (N, 1, 28, 28) to logits (N, 10); `[3]` is the second convolution.

    >>> digits.cnn()(torch.rand(2, 1, 28, 28)).shape
    torch.Size([2, 10])
    """
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


class VAE(nn.Module):
    """A variational autoencoder: `encode` to mean and log variance of z, `decode` to pictures.

    Kingma & Welling 2014, Auto-encoding variational Bayes (arXiv:1312.6114).

    >>> digits.VAE().decode(torch.zeros(2, 10)).shape
    torch.Size([2, 1, 28, 28])
    """

    def __init__(self, dimensions: int = 10):
        super().__init__()
        self.encode = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 2 * dimensions)
        )
        self.decode = nn.Sequential(
            nn.Linear(dimensions, 256),
            nn.ReLU(),
            nn.Linear(256, 784),
            nn.Sigmoid(),
            nn.Unflatten(1, (1, 28, 28)),
        )

    def loss(self, pictures: Tensor) -> Tensor:
        """Reconstruction error and distance from the prior, summed per picture, averaged: ()."""
        mean, log_variance = self.encode(pictures).chunk(2, 1)
        z = mean + (log_variance / 2).exp() * torch.randn_like(mean)
        error = F.binary_cross_entropy(self.decode(z), pictures, reduction="sum")
        distance = (mean**2 + log_variance.exp() - 1 - log_variance).sum() / 2
        return (error + distance) / len(pictures)


def trained_cnn(seed: int = 0, epochs: int = 8) -> nn.Sequential:
    """A CNN trained on the first 1,500 digits (seconds), in eval mode and frozen.

    >>> pictures, labels = digits.digits()
    >>> digits.trained_cnn(epochs=1)(pictures[:3]).shape
    torch.Size([3, 10])
    """
    pictures, labels = digits()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = cnn()
        _fit(
            model,
            lambda i: F.cross_entropy(model(pictures[i]), labels[i]),
            epochs,
            2e-3,
            f"training CNN {seed}",
        )
    return model.eval().requires_grad_(False)


def trained_vae(seed: int = 0, epochs: int = 60) -> VAE:
    """A VAE trained on the first 1,500 digits (seconds), in eval mode and frozen.

    >>> digits.trained_vae(epochs=1).decode(torch.randn(4, 10)).shape
    torch.Size([4, 1, 28, 28])
    """
    pictures, _ = digits()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = VAE()
        _fit(model, lambda i: model.loss(pictures[i]), epochs, 2e-3, f"training VAE {seed}")
    return model.eval().requires_grad_(False)


def accuracy(model: nn.Module) -> float:
    """Share of the 297 digits kept back from training that the model names rightly.

    >>> digits.accuracy(digits.trained_cnn(epochs=1)) > 0.5  # guessing reaches 0.1
    True
    """
    pictures, labels = digits()
    with torch.no_grad(), frozen(model):
        right = model(pictures[-HELD_OUT:]).argmax(1) == labels[-HELD_OUT:]
    return right.float().mean().item()


def nearest_digit(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """The real digit nearest to each picture: distances (N,), root mean square a pixel, indices.

    >>> pictures, labels = digits.digits()
    >>> distances, indices = digits.nearest_digit(pictures[7:9])
    >>> indices.tolist()
    [7, 8]
    """
    real, _ = digits()
    distances = torch.cdist(pictures.flatten(1), real.flatten(1)) / real[0].numel() ** 0.5
    return distances.min(1)


def _fit(model: nn.Module, loss: Callable, epochs: int, lr: float, label: str) -> None:
    """Adam on the first 1,500 digits, in batches of 64 drawn anew each epoch."""
    adam = torch.optim.Adam(model.parameters(), lr=lr)
    bar = tqdm(range(epochs), desc=label, delay=1, leave=False)
    with torch.inference_mode(False), torch.enable_grad():
        for _ in bar:
            for indices in _batches():
                adam.zero_grad()
                value = loss(indices)
                value.backward()
                adam.step()
            bar.set_postfix(loss=f"{value.item():.2f}")


def _batches(size: int = 64) -> Iterator[Tensor]:
    return iter(torch.randperm(1797 - HELD_OUT).split(size))
