"""The one look of every figure: colours, sizes, and a blank page to draw on.

The colours can be told apart with every common form of colour blindness: blue and vermillion for signed values,
cividis for magnitudes, the palette of Okabe and Ito (2008) for classes. Training is a solid line and validation a
dashed one, everywhere.

matplotlib is imported when the first figure is drawn, never its pyplot: no window, no global state left behind.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

BLUE, VERMILLION = "#0072B2", "#D55E00"
INK, GREY, PALE = "#1A1A1A", "#5F6368", "#E3E5E8"

OKABE_ITO = (BLUE, "#E69F00", "#009E73", "#CC79A7", "#56B4E9", VERMILLION, "#000000", "#F0E442")
MARKERS = (
    "o",
    "s",
    "^",
    "D",
    "v",
    "P",
    "X",
    "*",
)  # shape says the class a second time, for eyes and printers without colour

MAGNITUDES = "cividis"
TRAINING: Mapping[str, Any] = {"color": BLUE, "linestyle": "-"}
VALIDATION: Mapping[str, Any] = {"color": VERMILLION, "linestyle": "--"}

DPI = 160
NARROW, MEDIUM, WIDE = 4.8, 7.2, 10.0  # inches: half a report's column, most of it, all of it

_RC: Mapping[str, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "figure.constrained_layout.h_pad": 0.07,
    "figure.constrained_layout.w_pad": 0.07,
    "figure.titlesize": 12,
    "figure.titleweight": "bold",
    "font.family": ["DejaVu Sans"],  # ships with matplotlib: the same letters, so the same bytes, on every machine
    "font.size": 10,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "image.interpolation": "nearest",
    "legend.fontsize": 9.5,
    "legend.frameon": False,
    "lines.linewidth": 2.0,
    "lines.markersize": 4.5,
    "text.color": INK,
    "text.parse_math": False,  # a class named "$x$" is those three characters
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 9,
}

# matplotlib's settings belong to the process: two threads inside `look` would restore each other's
_settings = threading.RLock()


@contextmanager
def look() -> Iterator[None]:
    """Draw in gradus's style, whatever matplotlibrc says; the settings from before come back at the end.

    >>> with look():
    ...     page = blank(4.8, 3.2)
    >>> page.get_size_inches().tolist()
    [4.8, 3.2]
    """
    import matplotlib

    settings: dict[Any, Any] = {**matplotlib.rcParamsDefault, **_RC}
    for key in ("backend", "backend_fallback"):  # which windows the user has is none of a picture's business
        del settings[key]
    with _settings, matplotlib.rc_context(settings):
        yield


def blank(width: float, height: float, **layout: Any) -> Figure:
    """An empty white figure of ``width`` × ``height`` inches that is drawn in memory only; layout: its paddings."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure = Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(**layout), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def title(figure: Figure, text: str) -> None:
    """Write the title where every figure has it: at the top, from the left edge."""
    figure.suptitle(text, x=0.07 / figure.get_figwidth(), ha="left")


def signed_colours() -> Colormap:
    """Blue for negative, white for zero, vermillion for positive; give it limits symmetric about zero."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("gradus_signed", [BLUE, "#FFFFFF", VERMILLION])


def class_colour(index: int) -> str:
    """The colour of class ``index``; after the eighth the palette begins again and `class_marker` tells them apart."""
    return OKABE_ITO[index % len(OKABE_ITO)]


def class_marker(index: int) -> str:
    """The marker of class ``index``: eight that differ, then eight that pair every colour with another marker."""
    return MARKERS[(index + index // len(OKABE_ITO)) % len(MARKERS)]


def ink_on(colour: Sequence[float]) -> str:
    """Black or white, whichever is easier to read on ``colour`` (r, g, b in 0..1): WCAG 2 relative luminance."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if luminance > 0.179 else "#FFFFFF"


def label(name: object, length: int = 16) -> str:
    """A name as one printable line of at most ``length`` characters.

    >>> label("a rather long class name")
    'a rather long c…'
    """
    text = "".join(c if c.isprintable() else " " for c in str(name)).strip()
    return text if len(text) <= length else text[: length - 1] + "…"


def percent(share: float) -> str:
    """A share as percent, with one decimal except for 0 and 100; 100 % is never reached by rounding.

    >>> percent(0.978), percent(1.0), percent(0.9999)
    ('97.8 %', '100 %', '99.9 %')
    """
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    return f"{min(max(100 * share, 0.1), 99.9):.1f} %" if 0 < share < 1 else f"{100 * share:.1f} %"
