import numpy as np
import pytest
from sklearn.metrics import mean_squared_error

from gradus import plot
from gradus.errors import Usage

RNG = np.random.default_rng(0)
INPUT, TARGET = RNG.normal(size=40), RNG.normal(size=40)
SAID = TARGET + 0.1


def test_points_are_the_examples_and_the_line_the_prediction_by_rising_x() -> None:
    (axes,) = plot.regression_curve(INPUT[:, None], TARGET[:, None], SAID[:, None]).axes
    np.testing.assert_array_equal(axes.collections[0].get_offsets(), np.column_stack([INPUT, TARGET]))
    order = np.argsort(INPUT)
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), INPUT[order])
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), SAID[order])


def test_the_title_is_the_error_as_scikit_learn_has_it() -> None:
    expected = f"mean squared error {mean_squared_error(TARGET, SAID):.3g}"
    assert plot.regression_curve(INPUT, TARGET, SAID).get_suptitle().endswith(expected)


def test_one_point_is_a_marker() -> None:
    assert plot.regression_curve([1.0], [2.0], [3.0]).axes[0].lines[0].get_marker() == "o"


@pytest.mark.parametrize(
    "arguments", [([1.0], [1.0, 2.0], [1.0]), ([], [], []), (np.ones((3, 2)), [1, 2, 3], [1, 2, 3])]
)
def test_lengths_that_differ_are_refused(arguments) -> None:
    with pytest.raises(Usage, match=r"regression_curve: \d"):
        plot.regression_curve(*arguments)
