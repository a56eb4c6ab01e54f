"""The confusion matrix: what was taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradus.errors import Usage
from gradus.plot.files import describe
from gradus.plot.style import MAGNITUDES, MEDIUM, NARROW, WIDE, blank, ink_on, label, look, percent, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

ROOMY, CROWDED = 4, 14  # above 14 classes a cell has no room for its share, which the colour says anyway


@look()
def confusion_matrix(matrix: np.ndarray, classes: Sequence[object] | None = None) -> Figure:
    """Counts of true class (rows) against predicted class (columns), coloured by the share of the row.

    matrix: (C, C) counts, ``matrix[true, predicted]``. classes: C names, by default 0 to C − 1. Cells that are zero
    stay empty; the colour scale is a square root, so that a rare mistake can be seen beside a full diagonal.

    Errors: Usage when the matrix is not square, is negative, or the number of names differs.

    >>> figure = confusion_matrix(np.array([[48, 2], [5, 45]]), ["cat", "dog"])
    >>> figure.axes[0].texts[0].get_text()
    '48'
    """
    counts = _checked(matrix)
    names = [label(name, 14) for name in (range(len(counts)) if classes is None else classes)]
    if len(names) != len(counts):
        raise Usage(f"confusion_matrix: {len(names)} class names for a matrix of {len(counts)} × {len(counts)}")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = _page(len(counts), names)
    axes = figure.subplots()
    _cells(figure, axes, counts, shares)
    _names(axes, names)
    right, total = int(np.trace(counts)), int(counts.sum())
    title(figure, f"{right} of {total} right ({percent(right / max(total, 1))})")
    caption = "Rows are the true class, columns what was predicted: the diagonal is right, everything else a mistake. "
    caption += "The colour is the share of the row."
    return describe(figure, "Confusion matrix", _words(counts, names), caption)


def _checked(matrix: np.ndarray) -> np.ndarray:
    counts = np.asarray(matrix)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise Usage(f"confusion_matrix: matrix must be (classes, classes), got shape {counts.shape}")
    if not np.all(np.isfinite(counts)) or counts.min() < 0 or np.any(counts != np.floor(counts)):
        raise Usage("confusion_matrix: matrix must hold counts, so whole numbers from 0 up")
    return counts.astype(np.int64)


def _page(classes: int, names: Sequence[str]) -> Figure:
    width = NARROW if classes <= ROOMY else MEDIUM if classes <= CROWDED else WIDE
    return blank(width, 0.86 * width, compress=True)


def _cells(figure: Figure, axes: Axes, counts: np.ndarray, shares: np.ndarray) -> None:
    from matplotlib.colors import PowerNorm
    from matplotlib.ticker import FuncFormatter

    norm = PowerNorm(0.5, 0, 1)
    image = axes.imshow(np.ma.masked_equal(shares, 0), cmap=MAGNITUDES, norm=norm)
    _numbers(axes, counts, shares, norm)
    edges = np.arange(len(counts) + 1) - 0.5
    axes.set_xticks(edges, minor=True)
    axes.set_yticks(edges, minor=True)
    axes.grid(which="minor", color="#D5D8DC", linewidth=0.6)
    axes.tick_params(which="both", length=0)
    bar = figure.colorbar(image, ax=axes, fraction=0.04, pad=0.02, ticks=[0, 0.01, 0.1, 0.25, 0.5, 0.75, 1])
    bar.ax.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))
    bar.set_label("share of the true class")
    bar.outline.set_visible(False)


def _numbers(axes: Axes, counts: np.ndarray, shares: np.ndarray, norm: Normalize) -> None:
    import matplotlib

    colours = matplotlib.colormaps[MAGNITUDES](norm(shares))
    size = 13 if len(counts) <= ROOMY else 10 if len(counts) <= CROWDED else max(4.5, 210 / len(counts))
    shared = len(counts) <= CROWDED
    style: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "va": "center"}
    for row, column in zip(*np.nonzero(counts), strict=True):
        style |= {"xy": (column, row), "color": ink_on(colours[row, column])}
        text = str(counts[row, column])
        axes.annotate(text, xytext=(0, 0.45 * size * shared), fontsize=min(size, 4 * size / len(text)), **style)
        if shared:
            axes.annotate(percent(shares[row, column]), xytext=(0, -0.7 * size), fontsize=0.7 * size, **style)


def _names(axes: Axes, names: Sequence[str]) -> None:
    size = 9 if len(names) <= CROWDED else max(5, 230 / len(names))
    long = max(len(name) for name in names) > (48 // len(names) if len(names) <= CROWDED else 2)
    places = np.arange(len(names))
    axes.set_xticks(
        places,
        names,
        fontsize=size,
        rotation=45 if long else 0,
        ha="right" if long else "center",
        rotation_mode="anchor",
    )
    axes.set_yticks(places, names, fontsize=size)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.spines[:].set_visible(False)


def _words(counts: np.ndarray, names: Sequence[str]) -> str:
    """How many are right, and the three commonest mistakes."""
    wrong = counts - np.diag(np.diag(counts))
    worst = np.argsort(-wrong, axis=None, kind="stable")[:3]
    mistakes = [(wrong.flat[i], *np.unravel_index(i, wrong.shape)) for i in worst if wrong.flat[i]]
    said = ", ".join(
        f"{names[true]} taken for {names[predicted]} ({count} times)" for count, true, predicted in mistakes
    )
    start = f"Confusion matrix of {len(names)} classes: {np.trace(counts)} of {counts.sum()} right"
    return f"{start}; commonest mistakes: {said}." if said else f"{start}; no mistakes."
