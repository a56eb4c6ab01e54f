"""Where a classifier of points in the plane changes its mind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradus.errors import Usage
from gradus.plot.files import describe
from gradus.plot.plane import Predict, Survey, survey
from gradus.plot.style import INK, NARROW, blank, class_colour, class_marker, label, look, percent, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def decision_boundary(
    predict: Predict, X: np.ndarray, y: np.ndarray, classes: Sequence[object] | None = None
) -> Figure:
    """The plane coloured by the predicted class, paler where the prediction is less sure, with the examples upon it.

    predict: (n, 2) points → (n, C) or (C, n) probabilities or scores; or n numbers: labels, or for two classes the
    probability or the score of the second. X: (n, 2) points, or (2, n) as the hand-written network has them.
    y: (n,) labels, (n, 1) or (1, n). classes: names in the order of the labels. Mistaken examples have a black edge.

    Errors: Usage when X has not two features, lengths differ, or predict returns something else or nothing finite.

    >>> X, y = np.array([[-1.0, 0.0], [1.0, 0.5]]), np.array([0, 1])
    >>> figure = decision_boundary(lambda points: points[:, 0] > 0, X, y, ["left", "right"])
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['left', 'right']
    """
    X, y = _points(X), np.asarray(y).ravel()
    if len(X) != len(y) or not len(X):
        raise Usage(f"decision_boundary: {len(X)} points but {len(y)} labels")
    answers = survey(predict, X, y)
    names = answers.labels if classes is None else classes
    if len(names) < len(answers.labels):
        raise Usage(f"decision_boundary: {len(names)} class names for {len(answers.labels)} classes")
    return _draw(answers, X, y, [label(name) for name in names[: len(answers.labels)]])


plot_decision_boundary = decision_boundary


def _points(X: np.ndarray) -> np.ndarray:
    X = np.asarray(X)
    X = X if np.issubdtype(X.dtype, np.floating) else X.astype(np.float64)
    if X.ndim == 2 and X.shape[1] != 2 and X.shape[0] == 2:
        X = X.T
    if X.ndim != 2 or X.shape[1] != 2:
        raise Usage(f"decision_boundary: X must be (n, 2), one feature against another; got shape {X.shape}")
    return X


@look()
def _draw(answers: Survey, X: np.ndarray, y: np.ndarray, names: Sequence[str]) -> Figure:
    truth = np.searchsorted(answers.labels, y)
    right = answers.at_examples.argmax(axis=1) == truth
    figure = blank(NARROW, 4.6)
    axes = figure.subplots()
    _regions(axes, answers)
    _boundaries(axes, answers)
    _examples(axes, X, truth, right, names)
    title(figure, f"{right.sum()} of {len(y)} points right ({percent(right.mean())})")
    alt = f"Plane of two features divided between {len(names)} classes ({', '.join(names[:10])}); "
    alt += f"{right.sum()} of {len(y)} points lie on the side of their own class."
    caption = "The ground has the colour of the predicted class, paler where the network is less sure. "
    caption += "Points with a black edge are mistaken."
    return describe(figure, "Decision boundary", alt, caption)


def _regions(axes: Axes, answers: Survey) -> None:
    """Each point of the plane in its class's colour, from nearly white (undecided) to a light tint (sure)."""
    from matplotlib.colors import to_rgb

    classes = answers.shares.shape[-1]
    colours = np.array([to_rgb(class_colour(index)) for index in range(classes)])
    evenly = 1 / classes
    sure = np.clip((answers.shares.max(axis=-1, keepdims=True) - evenly) / (1 - evenly), 0, 1)
    picture = 1 - (0.12 + 0.38 * sure) * (1 - colours[answers.shares.argmax(axis=-1)])
    extent = (answers.across[0, 0], answers.across[0, -1], answers.up[0, 0], answers.up[-1, 0])
    axes.imshow(picture, extent=extent, origin="lower", aspect="auto", interpolation="bilinear")


def _boundaries(axes: Axes, answers: Survey) -> None:
    """A line wherever a class stops being the most probable."""
    classes = answers.shares.shape[-1]
    for index in range(1 if classes == 2 else 0, classes):  # two classes share their one line
        lead = answers.shares[..., index] - np.delete(answers.shares, index, axis=-1).max(axis=-1)
        if lead.min() < 0 < lead.max():
            axes.contour(answers.across, answers.up, lead, levels=[0], colors=INK, linewidths=1.1)


def _examples(axes: Axes, X: np.ndarray, truth: np.ndarray, right: np.ndarray, names: Sequence[str]) -> None:
    size = float(np.clip(9000 / len(X), 10, 42))
    for index, name in enumerate(names):
        mine = truth == index
        style: dict[str, Any] = {"c": class_colour(index), "marker": class_marker(index), "s": size, "label": name}
        style |= {"edgecolors": np.where(right[mine], "white", "black"), "linewidths": np.where(right[mine], 0.6, 1.6)}
        axes.scatter(X[mine, 0], X[mine, 1], **style)
    axes.set_xlabel("x₁")
    axes.set_ylabel("x₂")
    columns = min(len(names), 5 if max(map(len, names)) < 6 else 3)
    legend = axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.2, handletextpad=0.2)
    for handle in filter(None, legend.legend_handles):
        handle.set(sizes=[32], edgecolor="white", linewidth=0.6)
