"""Several runs in one figure, every curve named where it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradus.errors import Usage
from gradus.plot.files import describe
from gradus.plot.history import History, last, series
from gradus.plot.scales import accuracy_axis, draw_line, epoch_axis, loss_axis
from gradus.plot.style import OKABE_ITO, TRAINING, VALIDATION, WIDE, blank, class_marker, label, look, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PANELS = {  # metric: title, in the order that the panels stand in
    "val_loss": "Validation loss",
    "val_accuracy": "Validation accuracy",
    "train_loss": "Training loss",
    "train_accuracy": "Training accuracy",
}
LINE = 13 / 72  # inches from one name to the next
COLOURS = OKABE_ITO[:-1]  # a yellow line on white paper is hard to see


@look()
def compare(runs: Mapping[str, History], metrics: Sequence[str] | None = None) -> Figure:
    """Curves of several runs, one panel a metric, one colour and marker a run.

    runs: name → history. metrics: keys of the epochs; by default validation loss and accuracy, or the training ones
    where nothing was validated. Validation is dashed, training solid, as everywhere.

    Errors: Usage when there are no runs, or no run has any of the metrics.

    >>> first = [{"epoch": 1, "val_loss": 0.9}, {"epoch": 2, "val_loss": 0.6}]
    >>> second = [{"epoch": 1, "val_loss": 0.8}, {"epoch": 2, "val_loss": 0.7}]
    >>> [text.get_text() for text in compare({"slow": first, "fast": second}).axes[0].texts]
    ['slow', 'fast']
    """
    metrics = list(metrics) if metrics is not None else _worth_showing(runs)
    if not any(series(history, metric)[1].size for history in runs.values() for metric in metrics):
        raise Usage(f"compare: none of the {len(runs)} runs has {' or '.join(metrics) or 'a loss or an accuracy'}")
    longest, height = max(len(label(name)) for name in runs), max(3.5, 1.2 + LINE * len(runs))
    figure = blank(min((4.1 + 0.085 * longest) * len(metrics), WIDE), height)
    for axes, metric in zip(np.atleast_1d(figure.subplots(1, len(metrics))), metrics, strict=True):
        _panel(axes, metric, runs, LINE / (height - 1.2))
    title(figure, "Runs compared")
    caption = "The same measure of every run; each curve carries its run's name where it ends."
    return describe(figure, "Runs compared", " ".join(_words(metric, runs) for metric in metrics), caption)


def run_colour(number: int) -> str:
    """The colour of the run with this number, counted from 0; every seventh run has the same."""
    return COLOURS[number % len(COLOURS)]


def _worth_showing(runs: Mapping[str, History]) -> list[str]:
    there = [metric for metric in PANELS if any(series(history, metric)[1].size for history in runs.values())]
    return [metric for metric in there if metric.startswith("val_")] or there


def _panel(axes: Axes, metric: str, runs: Mapping[str, History], line: float) -> None:
    """One metric of all runs; line: the height of a name as a share of the panel's."""
    drawn = {name: series(history, metric) for name, history in runs.items()}
    style = VALIDATION if metric.startswith("val_") else TRAINING
    for number, (name, (epochs, values)) in enumerate(drawn.items()):
        if values.size:
            look_of_run = {"color": run_colour(number), "marker": class_marker(number)}
            draw_line(axes, epochs, values, label=name, **{**style, **look_of_run})
    axes.set_title(PANELS.get(metric, metric))
    if not axes.lines:
        axes.text(0.5, 0.5, "not measured", transform=axes.transAxes, ha="center")
        return
    values = np.concatenate([values[np.isfinite(values)] for _, values in drawn.values()])
    (accuracy_axis if metric.endswith("accuracy") else loss_axis)(axes, values)
    epoch_axis(axes)
    axes.grid(axis="y")
    _name_the_ends(axes, drawn, line)


def _name_the_ends(axes: Axes, drawn: Mapping[str, tuple[np.ndarray, np.ndarray]], line: float) -> None:
    """Write each run's name at the right edge, level with its last value, or as near as the other names allow."""
    colours = {name: run_colour(number) for number, name in enumerate(drawn)}
    ends = {
        name: (epochs[np.isfinite(values)][-1], last(values))
        for name, (epochs, values) in drawn.items()
        if np.isfinite(values).any()
    }
    named = sorted(ends, key=lambda name: ends[name][1])
    heights = axes.transAxes.inverted().transform(axes.transData.transform([ends[name] for name in named]))[:, 1]
    for name, height in zip(named, spread(heights, line), strict=True):
        axes.annotate(
            label(name),
            xy=ends[name],
            xytext=(1.05, height),
            textcoords="axes fraction",
            va="center",
            fontsize=9,
            arrowprops={
                "arrowstyle": "-",
                "color": colours[name],
                "linewidth": 1,
                "relpos": (0, 0.5),
                "shrinkA": 2,
                "shrinkB": 2,
            },
        )


def spread(heights: np.ndarray, distance: float) -> np.ndarray:
    """Move sorted ``heights`` as little as needed (least squares) to be ``distance`` apart, and within 0 and 1.

    Names that would touch form a block around their mean; blocks that touch merge (pool adjacent violators).

    >>> spread(np.array([0.2, 0.2, 0.9]), 0.1).round(3).tolist()
    [0.15, 0.25, 0.9]
    """
    blocks: list[list[float]] = []  # each holds heights less their place in the row
    for place, height in enumerate(heights):
        blocks.append([float(height) - place * distance])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    level = np.concatenate([np.full(len(block), np.mean(block)) for block in blocks])
    return np.clip(level, 0, max(1 - distance * (len(heights) - 1), 0)) + distance * np.arange(len(heights))


def _words(metric: str, runs: Mapping[str, History]) -> str:
    ends = {name: last(series(history, metric)[1]) for name, history in runs.items()}
    said = ", ".join(f"{label(name)} {value:.4g}" for name, value in ends.items() if np.isfinite(value))
    return f"{PANELS.get(metric, metric)} at the end: {said or 'not measured'}."
