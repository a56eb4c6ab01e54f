import numpy as np
import pytest

from gradus.plot import scales, style


def axes_with(values: np.ndarray, epochs: np.ndarray | None = None):
    axes = style.blank(4, 3).subplots()
    scales.draw_line(axes, np.arange(1, len(values) + 1) if epochs is None else epochs, values)
    return axes


def test_few_epochs_get_markers_and_many_do_not() -> None:
    assert axes_with(np.ones(scales.FEW)).lines[0].get_markevery() is None
    assert axes_with(np.ones(scales.FEW + 1)).lines[0].get_markevery() == []


def test_a_value_between_gaps_gets_a_marker_however_many_epochs_there_are() -> None:
    values = np.ones(100)
    values[[49, 51]] = np.nan
    assert axes_with(values).lines[0].get_markevery() == [50]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20, 150, 10_000])
def test_ticks_stand_at_whole_epochs_and_are_not_crowded(count: int) -> None:
    axes = axes_with(np.ones(count))
    scales.epoch_axis(axes)
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert 1 <= len(ticks) <= 9
    assert all(tick == round(tick) for tick in ticks)
    assert low < 1 and high > count


def test_losses_start_at_zero() -> None:
    axes = axes_with(np.array([0.9, 0.5]))
    scales.loss_axis(axes, np.array([0.9, 0.5]))
    assert axes.get_yscale() == "linear" and axes.get_ylim()[0] == 0 and axes.get_ylim()[1] > 0.9


@pytest.mark.parametrize(
    ("values", "scale"), [([3.0, 0.02], "log"), ([1.0, 0.01], "linear"), ([3.0, 0.0], "linear"), ([-1, 5], "linear")]
)
def test_only_positive_losses_over_more_than_two_decades_are_logarithmic(values: list[float], scale: str) -> None:
    axes = axes_with(np.array(values))
    scales.loss_axis(axes, np.array(values))
    assert axes.get_yscale() == scale


def test_a_logarithmic_axis_has_plain_numbers() -> None:
    values = np.array([10.0, 0.0001])
    axes = axes_with(values)
    scales.loss_axis(axes, values)
    axes.figure.canvas.draw()
    written = {text.get_text() for text in axes.get_yticklabels()}
    assert {"10", "0.1", "0.001"} <= written


@pytest.mark.parametrize("values", [[0.1, 0.5, 0.97], [0.99, 0.995, 1.0], [0.5, 0.5, 0.5], [0.0, 0.0, 0.0]])
def test_accuracies_fit_and_the_axis_does_not_run_far_past_100_percent(values: list[float]) -> None:
    axes = axes_with(np.array(values))
    scales.accuracy_axis(axes, np.array(values))
    low, high = axes.get_ylim()
    assert low < min(values) and max(values) <= high <= 1.05
    axes.figure.canvas.draw()
    ticks = [tick for tick, text in zip(axes.get_yticks(), axes.get_yticklabels()) if low <= tick <= high]
    assert all(text.get_text().endswith(" %") for text in axes.get_yticklabels())
    assert len(ticks) >= 2


def test_a_single_accuracy_is_seen_against_the_whole() -> None:
    axes = axes_with(np.array([0.7]))
    scales.accuracy_axis(axes, np.array([0.7]))
    low, high = axes.get_ylim()
    assert low <= 0 and high >= 1


def test_a_constant_rate_of_zero_can_be_drawn() -> None:
    axes = axes_with(np.zeros(3))
    scales.rate_axis(axes, np.zeros(3))
    assert axes.get_ylim()[1] > 0
