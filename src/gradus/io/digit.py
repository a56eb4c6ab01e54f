"""A photograph of a handwritten digit, framed as the digits were that a network has learned from."""

from __future__ import annotations

import os

import numpy as np

from gradus.errors import BadFile
from gradus.io.files import shown
from gradus.io.image import Invert, read_image, resize

_INK = 0.15  # of the darkest ink: what is fainter is paper
_TOO_FAINT = 0.1  # contrast below which a picture counts as blank


def read_digit(
    path: str | os.PathLike[str],
    size: tuple[int, int] = (28, 28),
    *,
    invert: Invert = "auto",
    margin: bool | None = None,
) -> np.ndarray:
    """Read a picture of one digit as bright ink on black, framed as the digits of MNIST or of the bundled set are.

    A network reads a photograph well only if it is framed as what it has learned from. So the paper's brightness is
    taken off, the ink is cut out, scaled with its proportions kept, and placed. A picture that already has the right
    size is left as it is.

    Args:
        path: the picture; see `gradus.io.image.read_image`.
        size: (height, width) of the result, such as a dataset's `image_shape`.
        invert: see `read_image`.
        margin: True: as MNIST, see `with_margin`; False: as the bundled digits, see `edge_to_edge`; None: with a margin
            unless the frame is smaller than 16 pixels.

    Returns:
        float32 (height, width), values in [0, 1].

    Raises:
        BadFile: as `read_image`, or the picture is blank.
    """
    picture = read_image(path, None, invert=invert)
    if picture.shape == tuple(size):
        return picture
    ink = _without_paper(picture)
    if ink.max() == 0:
        raise BadFile(f"{shown(path)}: the picture is blank, no ink stands out from the paper")
    if margin is None:
        margin = min(size) >= 16
    return (with_margin if margin else edge_to_edge)(_cut_out(ink), size)


def _without_paper(picture: np.ndarray) -> np.ndarray:
    """Ink from 0 to 1, paper 0: a digit covers little of a picture, so the median is paper."""
    ink = np.clip(picture - np.median(picture), 0, None)
    top = np.quantile(ink, 0.999)
    return np.zeros_like(ink) if top < _TOO_FAINT else np.clip(ink / top, 0, 1)


def _cut_out(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.nonzero(ink > _INK)
    return ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


# --- framing ---------------------------------------------------------------------------------------------------------


def with_margin(ink: np.ndarray, size: tuple[int, int] = (28, 28)) -> np.ndarray:
    """MNIST's framing: scaled to fit into 20/28 of the frame, the centre of mass on the middle pixel.

    The middle of 28 pixels is a line between two; in every one of MNIST's images the centre of mass lies within the
    pixel after it, that is from 14 to 15 pixels from the edge.

    >>> with_margin(np.ones((40, 20), np.float32)).any(axis=0).nonzero()[0]
    array([ 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])
    """
    small = _scaled(ink, (size[0] * 20 / 28, size[1] * 20 / 28))
    masses = small.sum(axis=1), small.sum(axis=0)
    centres = [(np.arange(len(mass)) + 0.5) @ mass / mass.sum() for mass in masses]
    # A hair below the middle counts as the middle: the sums above are not exact.
    return _placed(small, size, [int(np.ceil(side / 2 - centre - 1e-4)) for side, centre in zip(size, centres)])


def edge_to_edge(ink: np.ndarray, size: tuple[int, int] = (8, 8)) -> np.ndarray:
    """The bundled digits' framing: scaled to fill the frame's height or width, its box in the middle.

    >>> edge_to_edge(np.ones((40, 20), np.float32)).any(axis=0).nonzero()[0]
    array([2, 3, 4, 5])
    """
    small = _scaled(ink, size)
    return _placed(small, size, [(side - length) // 2 for side, length in zip(size, small.shape)])


def _scaled(ink: np.ndarray, room: tuple[float, float]) -> np.ndarray:
    scale = min(room[0] / ink.shape[0], room[1] / ink.shape[1])
    return resize(ink, (max(1, round(ink.shape[0] * scale)), max(1, round(ink.shape[1] * scale))))


def _placed(small: np.ndarray, size: tuple[int, int], start: list[int]) -> np.ndarray:
    framed = np.zeros(size, np.float32)
    top, left = (max(0, min(at, side - length)) for at, side, length in zip(start, size, small.shape))
    framed[top : top + small.shape[0], left : left + small.shape[1]] = small
    return framed
