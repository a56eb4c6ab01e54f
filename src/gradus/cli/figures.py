"""The figures of a finished run, as far as its data has something to show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gradus import plot
from gradus.datasets import Data
from gradus.train.metrics import confusion_matrix
from gradus.train.predictor import Predictor
from gradus.train.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_POINTS = 2_000  # in the plane: more would only cover each other


def draw(run: Run, predictor: Predictor, data: Data) -> list[Path]:
    """Write the figures into the run directory and return their paths."""
    return [plot.save(figure, run.figures / f"{name}.png") for name, figure in _figures(run, predictor, data)]


def _figures(run: Run, predictor: Predictor, data: Data) -> Iterator[tuple[str, Figure]]:
    history = run.history()
    yield "loss", plot.loss_curves(history)
    if data.task == "classification":
        yield "accuracy", plot.accuracy_curves(history)
        yield from _of_a_classifier(predictor, data)
    elif data.x_test.shape[1] == 1:
        x = data.x_test[:MOST_POINTS]
        yield "fit", plot.regression_curve(x[:, 0], data.y_test[:MOST_POINTS].ravel(), predictor(x))


def _of_a_classifier(predictor: Predictor, data: Data) -> Iterator[tuple[str, Figure]]:
    probability = predictor(data.x_test)
    predicted = probability.argmax(axis=1)
    matrix = confusion_matrix(data.y_test, predicted, len(data.classes))
    yield "confusion", plot.confusion_matrix(matrix, data.classes)
    if data.x_test.shape[1] == 2:
        x, y = data.x_test[:MOST_POINTS], data.y_test[:MOST_POINTS]
        yield "boundary", plot.decision_boundary(predictor, x, y, data.classes)
    if data.image_shape:
        sure = probability.max(axis=1)
        yield (
            "mistakes",
            plot.misclassified(data.x_test, data.y_test, predicted, sure, data.classes, data.image_shape),
        )
        yield "weights", plot.weights(next(predictor.network.parameters()).detach().numpy(), data.image_shape)
