"""One training step of 784-128-64-10 at batch 64, gradus beside PyTorch, with one thread each.

Each library runs in a process of its own, the two taking turns, as spinning threads of one would slow the other.

Usage: python benchmarks/mlp_step.py [--rounds 5]        (needs torch)
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from statistics import median

PROGRAM = """
import sys, time
if sys.argv[1] == "torch":
    import torch
    torch.set_num_threads(1)
else:
    import gradus as torch
nn = torch.nn
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
make = {"SGD": lambda p: torch.optim.SGD(p, lr=0.1), "Adam": torch.optim.Adam}[sys.argv[2]]
optimizer = make(model.parameters())
x, y = torch.randn(64, 784), torch.randint(0, 10, (64,))
loss_of = nn.CrossEntropyLoss()
best = float("inf")
for _ in range(20):
    start = time.perf_counter()
    for _ in range(50):
        optimizer.zero_grad()
        loss_of(model(x), y).backward()
        optimizer.step()
    best = min(best, (time.perf_counter() - start) / 50)
print(best)
"""


def measure(library: str, optimizer: str) -> float:
    """Seconds for a step: the fastest of twenty stretches of fifty steps."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-c", PROGRAM, library, optimizer]
    done = subprocess.run(command, env={**os.environ, **one_thread}, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"one training step, 784-128-64-10, batch 64, one thread, {rounds} rounds in turn")
    for optimizer in ("SGD", "Adam"):
        times: dict[str, list[float]] = {"gradus": [], "torch": []}
        for _ in range(rounds):
            for library, kept in times.items():
                time.sleep(0.5)
                kept.append(measure(library, optimizer))
        pairs = [a / b for a, b in zip(times["gradus"], times["torch"], strict=True)]
        fastest = {library: 1000 * min(kept) for library, kept in times.items()}
        print(
            f"  {optimizer:<5} gradus {fastest['gradus']:.3f} ms   torch {fastest['torch']:.3f} ms   "
            f"ratio of minima {fastest['gradus'] / fastest['torch']:.2f}, median of pairs {median(pairs):.2f}"
        )


if __name__ == "__main__":
    main()
