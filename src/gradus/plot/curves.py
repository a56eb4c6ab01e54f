"""Curves of one run: loss, accuracy and learning rate, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from gradus.errors import Usage
from gradus.plot.files import describe
from gradus.plot.history import History, last, series
from gradus.plot.scales import accuracy_axis, draw_line, epoch_axis, loss_axis, rate_axis
from gradus.plot.style import GREY, INK, NARROW, PALE, TRAINING, VALIDATION, blank, look, percent, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curves = dict[str, tuple[np.ndarray, np.ndarray]]  # name → (epochs, values)


@look()
def loss_curves(history: History) -> Figure:
    """Training and validation loss by epoch, with the learning rate in a small panel below where it changed.

    history: one dict an epoch with ``epoch``, ``train_loss`` and, where known, ``val_loss`` and ``lr``. The loss axis
    is logarithmic when the losses span more than two decades. A loss that is NaN or infinite leaves a gap, shaded.

    Errors: Usage when there is no loss in the history at all.

    >>> figure = loss_curves([{"epoch": 1, "train_loss": 0.9, "val_loss": 1.0}])
    >>> [line.get_linestyle() for line in figure.axes[0].lines]
    ['-', '--']
    """
    curves = _curves(history, "loss")
    epochs, rates = series(history, "lr")
    changed = np.unique(rates).size > 1
    figure = blank(NARROW, 4.4 if changed else 3.5)
    rows = figure.subplots(1 + changed, 1, sharex=True, squeeze=False, height_ratios=[3.6, 1][: 1 + changed])[:, 0]
    _draw_pair(rows[0], curves)
    loss_axis(rows[0], _finite(curves))
    if changed:
        rows[0].set_xlabel("")
        _draw_rate(rows[1], epochs, rates)
        rows[1].set_ylabel("learning\nrate", color=GREY, fontsize=9)
    title(figure, "Loss")
    caption = "The loss that training lowers, and the same measured on examples that the network does not learn from. "
    caption += "Validation that rises while training falls is overfitting."
    if rates.size and not changed:
        caption += f" Learning rate {rates[0]:g} throughout."
    return describe(figure, "Loss", _words("Loss", curves, np.min, "{:.4g}".format), caption)


@look()
def accuracy_curves(history: History) -> Figure:
    """Training and validation accuracy by epoch, as percent.

    history: one dict an epoch with ``epoch`` and ``train_accuracy`` or ``val_accuracy`` (0 to 1) or both.

    Errors: Usage when the history has no accuracy (a regression has none).
    """
    curves = _curves(history, "accuracy")
    figure = blank(NARROW, 3.5)
    axes = figure.subplots()
    _draw_pair(axes, curves)
    accuracy_axis(axes, _finite(curves))
    title(figure, "Accuracy")
    caption = (
        "The share of examples whose most probable class is the true one. Training far above validation is overfitting."
    )
    return describe(figure, "Accuracy", _words("Accuracy", curves, np.max, percent), caption)


@look()
def learning_rate_curve(history: History) -> Figure:
    """The learning rate by epoch. Errors: Usage when the history has no ``lr``."""
    epochs, rates = series(history, "lr")
    if not rates.size:
        raise Usage("learning_rate_curve: no epoch of the history has an lr")
    figure = blank(NARROW, 2.2)
    _draw_rate(figure.subplots(), epochs, rates)
    title(figure, "Learning rate")
    alt = f"Learning rate by epoch: {rates[0]:.4g} at epoch {epochs[0]:g}, {rates[-1]:.4g} at epoch {epochs[-1]:g}."
    return describe(figure, "Learning rate", alt, "How far each step goes, as the schedule set it.")


# ---------------------------------------------------------------------------------------------------------------------
# The parts


def _curves(history: History, metric: str) -> Curves:
    curves = {"training": series(history, f"train_{metric}"), "validation": series(history, f"val_{metric}")}
    if not any(values.size for _, values in curves.values()):
        raise Usage(f"{metric}_curves: no epoch of the history has train_{metric} or val_{metric}")
    return curves


def _draw_pair(axes: Axes, curves: Curves) -> None:
    for (name, (epochs, values)), style in zip(curves.items(), (TRAINING, VALIDATION), strict=True):
        if values.size:
            draw_line(axes, epochs, values, label=name, **style)
    epoch_axis(axes)
    _shade_gaps(axes, *curves["training"])
    axes.grid(axis="y")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2, handlelength=2.6)


def _shade_gaps(axes: Axes, epochs: np.ndarray, values: np.ndarray) -> None:
    """A grey band wherever the value is not a number: half an epoch to either side."""
    for number, epoch in enumerate(epochs[np.isnan(values)]):
        name = "not a number" if number == 0 else None
        axes.axvspan(epoch - 0.5, epoch + 0.5, color=PALE, linewidth=0, zorder=0, label=name)


def _draw_rate(axes: Axes, epochs: np.ndarray, rates: np.ndarray) -> None:
    draw_line(axes, epochs, rates, color=INK, linewidth=1.5, markersize=3)
    rate_axis(axes, rates)
    epoch_axis(axes)
    axes.grid(axis="y")


def _finite(curves: Curves) -> np.ndarray:
    values = np.concatenate([values for _, values in curves.values()])
    return values[np.isfinite(values)]


def _words(metric: str, curves: Curves, best: Callable[[np.ndarray], float], show: Callable[[float], str]) -> str:
    """The curves in words: for each its first, last and best value."""
    said = [_curve_in_words(name, *curve, best, show) for name, curve in curves.items() if np.isfinite(curve[1]).any()]
    missing = int(np.isnan(curves["training"][1]).sum())
    if missing:
        said.append(f"training is not a number in {missing} epoch{'s' * (missing > 1)}")
    return f"{metric} by epoch: {'; '.join(said)}."


def _curve_in_words(name: str, epochs: np.ndarray, values: np.ndarray, best: Callable, show: Callable) -> str:
    epochs, values = epochs[np.isfinite(values)], values[np.isfinite(values)]
    if values.size == 1:
        return f"{name} {show(values[0])} at epoch {epochs[0]:g}"
    peak = best(values)
    where = epochs[np.flatnonzero(values == peak)[0]]
    return f"{name} goes from {show(values[0])} to {show(last(values))}, best {show(peak)} at epoch {where:g}"
