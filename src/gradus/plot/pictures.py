"""Rows of numbers as pictures, and pictures in a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradus.errors import Usage
from gradus.plot.style import PALE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLOSE: Mapping[str, Any] = {"w_pad": 0.02, "h_pad": 0.03, "rect": (0.008, 0.01, 0.984, 0.985)}  # layout of a grid


def as_pictures(rows: np.ndarray, image_shape: Sequence[int], name: str) -> np.ndarray:
    """(n, …) → (n, height, width) for one channel, (n, height, width, 3) for colour.

    image_shape: (height, width), (channels, height, width) as torch has it, or (height, width, channels); 1 or 3
    channels.

    >>> as_pictures(np.zeros((5, 12)), (1, 3, 4), "images").shape
    (5, 3, 4)
    """
    rows, shape = np.asarray(rows), tuple(int(size) for size in image_shape)
    if len(shape) not in (2, 3) or rows.ndim < 2 or rows[0:1].size not in (0, int(np.prod(shape))):
        each = int(np.prod(rows.shape[1:]))
        raise Usage(f"{name}: rows of {each} numbers do not fit image_shape {shape}, which holds {int(np.prod(shape))}")
    pictures = rows.reshape(-1, *shape)
    if len(shape) == 2:
        return pictures
    if shape[0] in (1, 3) and (shape[2] not in (1, 3) or shape[0] <= shape[2]):
        pictures = np.moveaxis(pictures, 1, -1)
    if pictures.shape[-1] not in (1, 3):
        raise Usage(f"{name}: image_shape {shape} has {pictures.shape[-1]} channels; figures show 1 or 3")
    return pictures[..., 0] if pictures.shape[-1] == 1 else pictures


def grid(figure: Figure, count: int, columns: int) -> list[Axes]:
    """``count`` thinly framed squares for pictures, ``columns`` in a row; the rest of the last row is left out."""
    rows = -(-count // columns)
    every = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in every:
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(visible=True, color=PALE, linewidth=0.8)
    for axes in every[count:]:
        axes.remove()
    return list(every[:count])
