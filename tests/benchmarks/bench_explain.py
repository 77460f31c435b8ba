"""Explainers against the floor: the bare passes through the network that they cannot do without."""

from collections.abc import Callable
from time import perf_counter, process_time

import torch

from helpers import explain, load

BATCH = 8


def measure() -> list[dict]:
    """Time over floor for each explainer on one photograph: dicts of name, ratio and limit."""
    network, image = load.network(), load.photograph("cat")
    target = load.class_index(network, "Egyptian cat")
    device = next(network.parameters()).device
    batch = image.repeat(BATCH, 1, 1, 1).to(device)

    def forward_backward(n: int) -> None:
        for start in range(0, n, BATCH):
            images = batch[: min(BATCH, n - start)].clone().requires_grad_()
            torch.autograd.grad(network(images)[:, target].sum(), images)

    def forward(n: int) -> None:
        with torch.no_grad():
            for start in range(0, n, BATCH):
                network(batch[: min(BATCH, n - start)])

    return [
        {
            "name": "SmoothGrad, 50 copies, over 50 forward and backward passes",
            "ratio": _ratio(
                lambda: explain.smoothgrad(network, image, target, n=50, chunk=BATCH),
                lambda: forward_backward(50),
            ),
            "limit": 1.1,
        },
        {
            "name": "occlusion, 169 patches, over 170 forward passes",
            "ratio": _ratio(
                lambda: explain.occlusion(network, image, target),
                lambda: forward(170),
            ),
            "limit": 1.3,
        },
    ]


def _ratio(work: Callable, floor: Callable, rounds: int = 5) -> float:
    """Best time of `work` over best time of `floor`, measured in turn."""
    # One thread's processor time: what else the machine is doing hardly shows in it. A GPU's work
    # is in no process's time, so there the wall clock counts.
    gpu = torch.cuda.is_available()
    clock = perf_counter if gpu else process_time
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    times = {work: [], floor: []}
    try:
        for _ in range(rounds):
            for function in times:
                start = clock()
                function()
                if gpu:
                    torch.cuda.synchronize()
                times[function].append(clock() - start)
    finally:
        torch.set_num_threads(threads)
    return min(times[work]) / min(times[floor])


if __name__ == "__main__":
    for row in measure():
        print(f"{row['ratio']:.2f} (limit {row['limit']})  {row['name']}")
