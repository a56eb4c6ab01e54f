"""A trained run, ready to answer: its best weights, and the scaling that its inputs need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import gradus
from gradus import nn
from gradus.errors import BadFile, Usage
from gradus.train import checkpoint, evaluate
from gradus.train.metrics import softmax
from gradus.train.network import build_network
from gradus.train.prepare import About
from gradus.train.run import Run


class Answer(NamedTuple):
    """For one example: the most probable class and every class's probability; or a number and nothing else."""

    label: str
    value: float
    probabilities: dict[str, float]


class Predictor:
    """A network together with what its inputs and outputs mean.

    Args:
        network: scaled inputs (N, features) → outputs (N, outputs).
        about: how to scale inputs, and the classes' names.
        warnings: what a user should hear before trusting it.
    """

    def __init__(self, network: nn.Module, about: About, warnings: Sequence[str] = ()) -> None:
        self.network, self.about, self.warnings = network, about, list(warnings)

    @classmethod
    def load(cls, run: Run) -> Predictor:
        """The best weights of a run.

        Raises:
            BadFile: the run has no checkpoint yet, all of them are damaged, or they do not fit its configuration.
        """
        about = About.from_json(run.read_json("data.json"), str(run.path / "data.json"))
        loaded = checkpoint.load(run.checkpoints)
        if loaded is None:
            raise BadFile(f"{run.path}: no checkpoint yet; `gradus train --resume {run.path}` trains it")
        weights = loaded.snapshot.tensors.get("best") or loaded.snapshot.tensors.get("model", {})
        network = build_network(run.config().model, about.features, about.outputs)
        try:
            network.load_state_dict({name: gradus.from_numpy(array) for name, array in weights.items()})
        except (KeyError, ValueError, RuntimeError) as error:
            raise BadFile(f"{loaded.path}: the weights do not fit {run.path / 'config.toml'}: {error}") from None
        return cls(network, about, _warnings(loaded, weights))

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """x (N, features …), as in the dataset → probabilities (N, classes), or values (N,) in the target's units."""
        rows = np.asarray(x, dtype=np.float32).reshape(len(x), -1)
        if rows.shape[1] != self.about.features:
            raise Usage(f"expected {self.about.features} numbers an example, got {rows.shape[1]}")
        outputs = evaluate.outputs(self.network, self.about.inputs.apply(rows, in_place=False))
        if self.about.task == "classification":
            return softmax(outputs)
        return self.about.targets.undo(outputs)[:, 0]

    def answer(self, x: np.ndarray) -> Answer:
        """The prediction for one example, x (features …)."""
        output = self(np.asarray(x)[None])[0]
        if self.about.task == "regression":
            return Answer("", float(output), {})
        ranked = sorted(zip(self.about.classes, output.tolist()), key=lambda pair: -pair[1])
        return Answer(ranked[0][0], ranked[0][1], dict(ranked))


def _warnings(loaded: checkpoint.Loaded, weights: dict[str, np.ndarray]) -> list[str]:
    passed_over = [f"{reason}; the checkpoint before it is used" for _, reason in loaded.damaged]
    not_finite = [name for name, weight in weights.items() if not np.isfinite(weight).all()]
    return passed_over + [f"{loaded.path}: {name} holds numbers that are not finite" for name in not_finite]
