from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st
from matplotlib.text import Text
from sklearn.isotonic import IsotonicRegression

from gradus import plot
from gradus.errors import Usage
from gradus.plot.comparison import COLOURS, spread


def run(end: float, epochs: int = 4) -> list[dict]:
    return [{"epoch": i, "train_loss": 1.0, "val_loss": end + 1 / i, "val_accuracy": end} for i in range(1, epochs + 1)]


def test_one_panel_a_metric_one_line_a_run() -> None:
    figure = plot.compare({"slow": run(0.5), "fast": run(0.1)})
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Validation loss", "Validation accuracy"]
    for axes in figure.axes:
        assert [line.get_linestyle() for line in axes.lines] == ["--", "--"]
        assert {line.get_color() for line in axes.lines} == set(COLOURS[:2])
    assert figure.axes[0].lines[0].get_ydata().tolist() == [row["val_loss"] for row in run(0.5)]


def test_every_curve_is_named_at_its_end_in_the_order_of_the_ends() -> None:
    runs = {f"run {i}": run(0.1 * i) for i in range(6)}
    axes = plot.compare(runs, ["val_loss"]).axes[0]
    placed = sorted((text.get_position()[1], text.get_text()) for text in axes.texts)
    assert [name for _, name in placed] == list(runs)
    assert [text.xy[0] for text in axes.texts] == [4] * 6


def test_names_do_not_touch_however_close_the_curves_end() -> None:
    figure = plot.compare({f"run {i}": run(0.3) for i in range(12)})
    figure.canvas.draw()
    for axes in figure.axes:
        boxes = sorted((Text.get_window_extent(text) for text in axes.texts), key=lambda box: box.y0)  # without leaders
        assert all(low.y1 <= high.y0 for low, high in pairwise(boxes))


def test_training_curves_where_nothing_was_validated() -> None:
    axes = plot.compare({"a": [{"epoch": 1, "train_loss": 1.0}, {"epoch": 2, "train_loss": 0.5}]}).axes
    assert [line.get_linestyle() for line in axes[0].lines] == ["-"] and len(axes) == 1


def test_a_run_without_the_metric_is_left_out_of_its_panel() -> None:
    axes = plot.compare({"a": run(0.2), "b": [{"epoch": 1, "val_loss": 0.3}]}).axes
    assert [len(panel.lines) for panel in axes] == [2, 1]
    assert [[text.get_text() for text in panel.texts] for panel in axes][1] == ["a"]


def test_a_metric_that_no_run_measured_says_so() -> None:
    axes = plot.compare({"a": run(0.2)}, ["val_loss", "f1"]).axes
    assert [text.get_text() for text in axes[1].texts] == ["not measured"]


@pytest.mark.parametrize("runs", [{}, {"a": []}, {"a": [{"epoch": 1, "seconds": 1}]}])
def test_nothing_to_compare_is_refused(runs: dict) -> None:
    with pytest.raises(Usage, match="compare: none of the"):
        plot.compare(runs)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_spread_is_the_least_squares_solution(heights: list[float]) -> None:
    """Kept apart by d and nearest to h: x − d·i must not fall, which is an isotonic regression of h − d·i."""
    heights, distance = sorted(heights), 0.1
    places = distance * np.arange(len(heights))
    bounds = {"y_min": 0.0, "y_max": 1 - places[-1]}
    expected = IsotonicRegression(**bounds).fit_transform(np.arange(len(heights)), np.array(heights) - places) + places
    np.testing.assert_allclose(spread(np.array(heights), distance), expected, atol=1e-12)


def test_more_names_than_fit_still_stand_in_order() -> None:
    assert np.diff(spread(np.full(30, 0.5), 0.1)).min() == pytest.approx(0.1)
