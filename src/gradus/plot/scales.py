"""The axes that curves are drawn on: whole epochs across; loss, percent or learning rate up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradus.plot.history import lonely

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 25  # up to so many epochs every one gets a marker


def draw_line(axes: Axes, epochs: np.ndarray, values: np.ndarray, **style: Any) -> None:
    """A line with a marker at every epoch when they are few, and at lonely epochs always."""
    style = {"marker": "o", "markevery": None if values.size <= FEW else lonely(values), **style}
    axes.plot(epochs, values, **style)


def epoch_axis(axes: Axes) -> None:
    """Whole epochs only, and room around a single one."""
    from matplotlib.ticker import MaxNLocator

    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    drawn = np.unique(np.concatenate([np.asarray(line.get_xdata(), dtype=float) for line in axes.lines]))
    if drawn.size == 1:
        axes.set_xlim(drawn[0] - 1, drawn[0] + 1)
        axes.set_xticks(drawn)


def loss_axis(axes: Axes, values: np.ndarray) -> None:
    """From zero upwards, or logarithmic when positive ``values`` span more than two decades."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    if values.size and values.min() > 0 and values.max() > 100 * values.min():
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(numticks=7))
        axes.yaxis.set_major_formatter(FuncFormatter(plain))
        axes.yaxis.set_minor_formatter(NullFormatter())
    elif values.size and values.min() >= 0:
        axes.set_ylim(0, 1.08 * values.max() or 1)


def accuracy_axis(axes: Axes, values: np.ndarray) -> None:
    """Percent, up to a little above the best value; one or two values are seen against 0 and 100 %."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    low, high = (values.min(), values.max()) if values.size > 2 else (0.0, 1.0)
    margin = max(0.08 * (high - low), 0.005)
    bottom = max(low - margin, -0.02)
    axes.set_ylim(bottom, min(high + margin, 1 + 0.04 * (1 - bottom)))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.6g} %"))


def rate_axis(axes: Axes, rates: np.ndarray) -> None:
    """From zero upwards, few ticks, numbers without exponent."""
    from matplotlib.ticker import FuncFormatter

    axes.set_ylim(0, 1.15 * (np.nanmax(rates, initial=0) or 1))
    axes.yaxis.set_major_formatter(FuncFormatter(plain))
    axes.locator_params(axis="y", nbins=3)


def plain(value: float, _: object = None) -> str:
    """A number without exponent.

    >>> plain(1e-05), plain(0.5), plain(100.0)
    ('0.00001', '0.5', '100')
    """
    return np.format_float_positional(value, precision=10, trim="-")
