"""One epoch of MNIST end to end: `gradus train mnist-mlp` against the PyTorch program that most people would write.

Both start a process, import, read the same IDX files, train 784-128-64-10 for one epoch in batches
of 64 with Adam, evaluate on the 10,000 test images and print the accuracy. They take turns, with a
pause between, so that neither has the quieter machine.

Usage: python benchmarks/mnist_epoch.py [--rounds 5]        (needs torch and $GRADUS_DATA)
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

TORCH_PROGRAM = """
import gzip, os, numpy as np, torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

def read(name, offset):
    with gzip.open(os.path.join(os.environ["GRADUS_DATA"], "mnist", name)) as f:
        return np.frombuffer(f.read(), np.uint8, offset=offset)

def images(name):
    return torch.from_numpy(read(name, 16).reshape(-1, 784).astype(np.float32) / 255)

def labels(name):
    return torch.from_numpy(read(name, 8).astype(np.int64))

torch.manual_seed(0)
train = TensorDataset(images("train-images-idx3-ubyte.gz"), labels("train-labels-idx1-ubyte.gz"))
test = TensorDataset(images("t10k-images-idx3-ubyte.gz"), labels("t10k-labels-idx1-ubyte.gz"))
model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(model.parameters())
loss_of = nn.CrossEntropyLoss()
for x, y in DataLoader(train, batch_size=64, shuffle=True):
    optimizer.zero_grad()
    loss = loss_of(model(x), y)
    loss.backward()
    optimizer.step()
model.eval()
right = 0
with torch.no_grad():
    for x, y in DataLoader(test, batch_size=1000):
        right += (model(x).argmax(1) == y).sum().item()
print(f"test accuracy {right / len(test):.4f}")
"""

# As on a user's machine, where what Python has compiled once is kept.
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
PROGRAMS = ("gradus train", "gradus program", "torch program")


def command(which: str, out: Path) -> list[str]:
    if which == "gradus train":
        options = ["--set", "epochs=1", "--no-figures", "--out", str(out)]
        return [sys.executable, "-m", "gradus", "train", "mnist-mlp", *options]
    program = TORCH_PROGRAM
    if which == "gradus program":  # the same text; only the names of the imports differ
        program = program.replace("np, torch", "np, gradus as torch").replace("from torch", "from gradus")
    return [sys.executable, "-c", program]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two programs")
    rounds, pause = vars(parser.parse_args()).values()
    if "GRADUS_DATA" not in os.environ:
        sys.exit("mnist_epoch: set GRADUS_DATA to a folder with mnist/*-ubyte.gz")
    seconds: dict[str, list[float]] = {which: [] for which in PROGRAMS}
    said: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for i in range(rounds + 1):
            for which in PROGRAMS:
                time.sleep(pause)
                start = time.perf_counter()
                run = command(which, Path(folder) / f"run-{i}")
                done = subprocess.run(run, env=COMPILED, capture_output=True, text=True, check=True)
                if i > 0:  # the first round warms the disk cache
                    seconds[which].append(time.perf_counter() - start)
                said[which] = next(line for line in done.stdout.splitlines() if "accuracy" in line)
    print(f"one epoch of MNIST, whole processes, {rounds} rounds in turn")
    for which, times in seconds.items():
        print(f"  {which:<16} min {min(times):5.2f} s   median {median(times):5.2f} s   {said[which].strip()}")
    for which in PROGRAMS[:2]:
        pairs = [a / b for a, b in zip(seconds[which], seconds["torch program"], strict=True)]
        smallest = min(seconds[which]) / min(seconds["torch program"])
        print(f"  {which} / torch program: minima {smallest:.2f}, median of pairs {median(pairs):.2f}")


if __name__ == "__main__":
    main()
