"""A fitted curve over the points it was fitted to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradus.errors import Usage
from gradus.plot.files import describe
from gradus.plot.style import BLUE, NARROW, VERMILLION, blank, look, title

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@look()
def regression_curve(x: np.ndarray, y: np.ndarray, predicted: np.ndarray) -> Figure:
    """The targets as points and the predictions as a line, by rising x.

    x, y, predicted: (n,) or (n, 1); ``predicted`` holds the network's answer at each x.

    Errors: Usage when lengths differ or x has more than one feature.

    >>> figure = regression_curve([2.0, 0.0, 1.0], [4.0, 0.0, 1.0], [3.5, 0.1, 1.2])
    >>> figure.axes[0].lines[0].get_ydata().tolist()
    [0.1, 1.2, 3.5]
    """
    x, y, predicted = (np.asarray(values, dtype=np.float64).ravel() for values in (x, y, predicted))
    if not x.size == y.size == predicted.size or not x.size:
        raise Usage(f"regression_curve: {x.size} values of x, {y.size} of y and {predicted.size} predictions differ")
    order = np.argsort(x, kind="stable")
    figure = blank(NARROW, 3.5)
    axes = figure.subplots()
    axes.scatter(x, y, s=float(np.clip(5000 / x.size, 6, 30)), color=BLUE, alpha=0.55, linewidths=0, label="examples")
    axes.plot(x[order], predicted[order], color=VERMILLION, marker="o" if x.size == 1 else None, label="prediction")
    axes.set_xlabel("x")
    axes.set_ylabel("y")
    axes.grid(axis="y")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
    error = float(np.mean((predicted - y) ** 2))
    title(figure, f"Fitted curve, mean squared error {error:.3g}")
    alt = f"{x.size} points and the predicted curve through them, x from {x.min():.3g} to {x.max():.3g}; "
    alt += f"mean squared error {error:.3g}."
    return describe(figure, "Fitted curve", alt, "Points are the examples, the line is what the network answers.")
