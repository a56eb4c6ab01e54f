"""A program written for torch runs when `import torch` means gradus, and gives the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradus.datasets.digits import load_digits
from gradus.datasets.mnist import load_mnist

PROGRAM = """
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset


class MLP(nn.Module):
    def __init__(self, pixels, hidden=(128, 64), drop=0.0):
        super().__init__()
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(pixels, hidden[0])
        self.fc2 = nn.Linear(hidden[0], hidden[1])
        self.fc3 = nn.Linear(hidden[1], 10)
        self.dropout = nn.Dropout(drop)

    def forward(self, x):
        x = self.flatten(x)
        x = torch.relu(self.fc1(x))
        x = self.dropout(nn.functional.gelu(self.fc2(x)))
        return self.fc3(x)


torch.manual_seed(1234)
images = torch.from_numpy(x)
labels = torch.from_numpy(y)
loader = DataLoader(TensorDataset(images, labels), batch_size=64, shuffle=True)
model = MLP(images[0].numel(), drop=drop)
start = {name: value.clone() for name, value in model.state_dict().items()}
criterion = nn.CrossEntropyLoss()
optimizer = make(optim, model.parameters())

losses = []
model.train()
while len(losses) < 100:
    for batch, target in loader:
        optimizer.zero_grad()
        loss = criterion(model(batch), target)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        losses.append(loss.item())

model.eval()
with torch.no_grad():
    accuracy = (model(images).argmax(dim=1) == labels).float().mean().item()
"""

OPTIMIZERS = {
    "sgd": lambda optim, parameters: optim.SGD(parameters, lr=0.05, momentum=0.9, weight_decay=1e-4),
    "adam": lambda optim, parameters: optim.Adam(parameters, lr=1e-3),
}


def run(library: str, **given: Any) -> dict[str, Any]:
    text = PROGRAM.replace("import torch\n", f"import {library} as torch\n").replace("from torch", f"from {library}")
    names = dict(given)
    exec(compile(text, f"<the program on {library}>", "exec"), names)
    return names


def check(x: np.ndarray, y: np.ndarray, optimizer: str, drop: float) -> None:
    given = {"x": x, "y": y, "make": OPTIMIZERS[optimizer], "drop": drop}
    ours, theirs = run("gradus", **given), run("torch", **given)
    assert list(ours["start"]) == list(theirs["start"])
    for name, weights in theirs["start"].items():
        np.testing.assert_array_equal(ours["start"][name].numpy(), weights.numpy(), err_msg=name)
    np.testing.assert_allclose(ours["losses"][:100], theirs["losses"][:100], rtol=1e-4)
    assert ours["losses"][99] < ours["losses"][0] / 2, "the program does learn"
    assert ours["accuracy"] == pytest.approx(theirs["accuracy"], abs=2e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("drop", [0.0, 0.2])
def test_first_100_losses_on_digits(optimizer: str, drop: float) -> None:
    data = load_digits()
    check(data.x_train.astype(np.float32).reshape(-1, 1, 8, 8), data.y_train.astype(np.int64), optimizer, drop)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_first_100_losses_on_mnist(optimizer: str, data_root: Path) -> None:
    """100 batches of 64 are 6,400 of these; twice as many, so that the order in which they come is put to the test."""
    data = load_mnist(data_root, n_train=12_800, n_test=1)
    check(data.x_train.reshape(-1, 1, 28, 28), data.y_train.astype(np.int64), optimizer, 0.0)
