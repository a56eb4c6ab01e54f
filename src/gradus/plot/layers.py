"""What the first layer looks for: its weights, laid out like the images it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradus.errors import Usage
from gradus.plot.files import describe
from gradus.plot.pictures import as_pictures
from gradus.plot.style import MEDIUM, NARROW, PALE, blank, look, signed_colours, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

MOST = 64


@look()
def weights(weight: np.ndarray, image_shape: Sequence[int]) -> Figure:
    """The weights of the first layer's units, each as an image of what the unit responds to; up to 64 units.

    weight: (out, in), as ``Linear.weight`` has it. image_shape: (height, width), (channels, height, width) or
    (height, width, channels) with height × width × channels = in; colour channels are summed. Vermillion weights are
    positive, blue negative, white zero; one scale, symmetric about zero, holds for all units.

    Errors: Usage when the weight does not fit image_shape or holds nothing finite.

    >>> figure = weights(np.array([[1.0, -2.0], [0.5, 0.0]]), (1, 2))
    >>> figure.axes[0].images[0].get_clim()
    (-2.0, 2.0)
    """
    pictures = as_pictures(np.asarray(weight, dtype=np.float64), image_shape, "weights")
    if pictures.ndim == 4:
        pictures = pictures.sum(axis=-1)
    shown = pictures[:MOST]
    if not np.isfinite(shown).any():
        raise Usage("weights: not one finite weight to show (a diverged training?)")
    figure = _draw(shown, float(np.nanmax(np.abs(np.where(np.isfinite(shown), shown, 0)))) or 1.0)
    units = f"{len(pictures)} unit{'s' * (len(pictures) != 1)}"
    units = f"{len(shown)} of {units}" if len(pictures) > len(shown) else units
    title(figure, f"First layer: weights of {units}")
    alt = f"Weights of {units} of the first layer, each drawn as an image of {shown.shape[1]} by {shown.shape[2]}; "
    alt += f"they lie between {np.nanmin(shown):.3g} and {np.nanmax(shown):.3g}."
    caption = "Each square is one unit: brightness under vermillion raises its sum, under blue lowers it."
    return describe(figure, "First-layer weights", alt, caption)


def _draw(pictures: np.ndarray, limit: float) -> Figure:
    """All units on one pair of axes: 64 pairs would take seconds to lay out."""
    columns = min(8, int(np.ceil(np.sqrt(len(pictures)))))
    rows = -(-len(pictures) // columns)
    height, width = pictures.shape[1:]
    gap = 0.08 * max(height, width)
    page = MEDIUM if columns > 4 else NARROW
    figure = blank(page, max(1.8, 0.6 + (page - 0.9) * min(rows * height / (columns * width), 1.5)), compress=True)
    axes = figure.subplots()
    for number, picture in enumerate(pictures):
        top, left = (height + gap) * (number // columns), (width + gap) * (number % columns)
        image = _tile(axes, picture, (left, left + width, top + height, top), limit)
    axes.set(xlim=(0, columns * (width + gap) - gap), ylim=(rows * (height + gap) - gap, 0))
    axes.set_axis_off()
    bar = figure.colorbar(image, ax=axes, fraction=0.035, pad=0.02, aspect=30)
    bar.set_label("weight")
    bar.outline.set_visible(False)
    return figure


def _tile(axes: Axes, picture: np.ndarray, place: tuple[float, float, float, float], limit: float) -> AxesImage:
    """One unit at its place (left, right, bottom, top), thinly framed so that pale units can be told from the paper."""
    from matplotlib.patches import Rectangle

    left, right, bottom, top = place
    frame: dict[str, Any] = {"fill": False, "edgecolor": PALE, "linewidth": 1.2, "clip_on": False}
    axes.add_patch(Rectangle((left, top), right - left, bottom - top, **frame))
    return axes.imshow(picture, extent=place, cmap=signed_colours(), vmin=-limit, vmax=limit)
