"""Running a network without gradients, and scoring what it says."""

from __future__ import annotations

import numpy as np

import gradus
from gradus import nn
from gradus.nn import functional as F
from gradus.train import metrics
from gradus.train.prepare import About

BATCH = 8_192  # examples at once: large, because without gradients little memory is needed


class Tally:
    """Running sums over the batches of an epoch."""

    def __init__(self, loss: float = 0.0, right: float = 0.0, count: int = 0) -> None:
        self.loss = loss  # summed over examples
        self.right = right  # how many were right; for numbers, the sum of distances
        self.count = count

    def add(self, loss: float, outputs: np.ndarray, y: np.ndarray) -> None:
        """Count a batch: its mean loss, the network's outputs (B, outputs), the targets."""
        self.loss += loss * len(y)
        if y.ndim == 1:
            self.right += int(np.count_nonzero(outputs.argmax(axis=1) == y))
        else:
            self.right += float(np.abs(outputs - y).sum())
        self.count += len(y)

    def scores(self, about: About) -> dict[str, float]:
        """The means so far: loss, and accuracy or mae."""
        mean = self.right / self.count
        if about.task == "classification":
            return {"loss": self.loss / self.count, "accuracy": mean}
        return {"loss": self.loss / self.count, "mae": mean * float(about.targets.deviation[0])}

    def state(self) -> list[float]:
        """The arguments that make an equal tally."""
        return [self.loss, self.right, self.count]


def outputs(network: nn.Module, x: np.ndarray) -> np.ndarray:
    """The network's outputs (N, outputs) for scaled inputs (N, features), in evaluation mode, without gradients."""
    was_training = network.training
    network.eval()
    with gradus.no_grad():
        parts = [network(gradus.from_numpy(x[i : i + BATCH])).numpy() for i in range(0, len(x), BATCH)]
    network.train(was_training)
    return np.concatenate(parts)


def scores(outputs: np.ndarray, y: np.ndarray, about: About) -> dict[str, float]:
    """The mean loss, and the accuracy or the mean absolute error in the target's own units."""
    given, wanted = gradus.from_numpy(outputs), gradus.from_numpy(y)
    if about.task == "classification":
        loss = F.cross_entropy(given, wanted).item()
        return {"loss": loss, "accuracy": metrics.accuracy(y, outputs.argmax(axis=1))}
    distance = metrics.mean_absolute_error(y, outputs) * float(about.targets.deviation[0])
    return {"loss": F.mse_loss(given, wanted).item(), "mae": distance}
