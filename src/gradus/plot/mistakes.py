"""The examples that were taken for something else, the surest mistakes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradus.errors import Usage
from gradus.plot.files import describe
from gradus.plot.pictures import CLOSE, as_pictures, grid
from gradus.plot.style import GREY, MEDIUM, NARROW, blank, label, look, title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 24


@look()
def misclassified(
    images: np.ndarray,
    true: np.ndarray,
    predicted: np.ndarray,
    probability: np.ndarray | None = None,
    classes: Sequence[object] | None = None,
    image_shape: Sequence[int] = (28, 28),
) -> Figure:
    """The images that were classified wrongly, up to 24, those the network was surest of first.

    images: (n, …) numbers that fit image_shape, all of a test set or only the wrong ones: the right ones are left out.
    true, predicted: (n,) class indices. probability: (n,) of the predicted class, or (n, C) of every class; or None.
    classes: names by index. image_shape: (height, width), (channels, height, width) or (height, width, channels).
    One channel is drawn as ink on paper: the larger the number, the darker; colours are drawn as they are.

    Errors: Usage when lengths or shapes do not fit.

    >>> figure = misclassified(np.zeros((3, 4)), [0, 1, 1], [0, 0, 1], [0.9, 0.8, 0.7], ["cat", "dog"], (2, 2))
    >>> figure.axes[0].get_title()
    'is dog\\nsaid cat, 80 %'
    """
    true, predicted = np.asarray(true).ravel(), np.asarray(predicted).ravel()
    pictures = as_pictures(images, image_shape, "misclassified")
    if not len(pictures) == len(true) == len(predicted):
        raise Usage(f"misclassified: {len(pictures)} images, {len(true)} true classes, {len(predicted)} predictions")
    sureness = _sureness(probability, predicted)
    wrong = np.flatnonzero(true != predicted)
    order = wrong[np.argsort(-sureness[wrong], kind="stable")][:MOST]
    if not len(order):
        return _nothing_wrong(len(true))
    named = _namer(classes)
    titles = [_title(named(true[i]), named(predicted[i]), sureness[i]) for i in order]
    figure = _draw(pictures[order], titles)
    title(figure, _headline(len(wrong), len(true), len(order)))
    return describe(figure, "Mistakes", _words(len(wrong), len(true), titles), _caption(probability))


def _sureness(probability: np.ndarray | None, predicted: np.ndarray) -> np.ndarray:
    """(n,) the probability of what was predicted; NaN where none is known."""
    if probability is None:
        return np.full(len(predicted), np.nan)
    values = np.asarray(probability, dtype=np.float64)
    if values.ndim == 2 and len(values) == len(predicted) and values.shape[1] > 1:
        return values[np.arange(len(predicted)), predicted]
    if values.size != len(predicted):
        raise Usage(f"misclassified: probability has shape {values.shape} for {len(predicted)} predictions")
    return values.ravel()


def _namer(classes: Sequence[object] | None):
    def named(index: int) -> str:
        return label(classes[index] if classes is not None and 0 <= index < len(classes) else index, 12)

    return named


def _title(true: str, predicted: str, sureness: float) -> str:
    said = f"is {true}\nsaid {predicted}"
    return f"{said}, {sureness:.0%}".replace("%", " %") if np.isfinite(sureness) else said


def _draw(pictures: np.ndarray, titles: Sequence[str]) -> Figure:
    longest = max(len(line) for text in titles for line in text.split("\n"))
    most = 6 if longest <= 14 else 4
    columns = min(most, len(pictures))
    rows = -(-len(pictures) // columns)
    width = MEDIUM if columns > 3 else NARROW
    figure = blank(width, 0.35 + rows * (0.42 + min(width / columns - 0.15, 1.6)), **CLOSE)
    scale = (float(np.nanmin(pictures)), float(np.nanmax(pictures)))
    for axes, picture, text in zip(grid(figure, len(pictures), columns), pictures, titles, strict=True):
        if picture.ndim == 3:
            axes.imshow(np.clip((picture - scale[0]) / ((scale[1] - scale[0]) or 1), 0, 1))
        else:
            axes.imshow(picture, cmap="gray_r", vmin=scale[0], vmax=scale[1])
        axes.set_title(text, loc="center", fontweight="normal", fontsize=9, linespacing=1.25, pad=4)
    return figure


def _nothing_wrong(count: int) -> Figure:
    figure = blank(NARROW, 1.4)
    title(figure, "No mistakes")
    figure.text(0.5, 0.4, f"All {count} examples were classified correctly.", ha="center", color=GREY)
    return describe(figure, "Mistakes", f"No mistakes among {count} examples.", "There was nothing to show.")


def _headline(wrong: int, total: int, shown: int) -> str:
    start = f"{wrong} of {total} mistaken" if total > wrong else f"{wrong} mistaken"
    return f"{start}, the {shown} surest shown" if wrong > shown else start


def _caption(probability: np.ndarray | None) -> str:
    if probability is None:
        return "Above each picture: what it is, and what the network said."
    return "Above each picture: what it is, what the network said, and how sure it was. The surest mistakes come first."


def _words(wrong: int, total: int, titles: Sequence[str]) -> str:
    said = "; ".join(text.replace("\n", ", ") for text in titles[:3])
    return f"{_headline(wrong, total, len(titles))}. First: {said}."
