import numpy as np
import pytest

from gradus import plot
from gradus.errors import Usage


def pictures(figure) -> list:
    return list(figure.axes[0].images)


def test_each_unit_is_a_picture_of_its_weights() -> None:
    weight = np.random.default_rng(0).normal(size=(10, 12))
    shown = pictures(plot.weights(weight, (3, 4)))
    assert len(shown) == 10
    for image, row in zip(shown, weight):
        np.testing.assert_array_equal(image.get_array(), row.reshape(3, 4))


@pytest.mark.parametrize("weight", [[[1.0, -3.0]], [[5.0, 2.0]], [[-5.0, -2.0]], [[0.0, 0.0]], [[np.nan, 2.0]]])
def test_one_scale_symmetric_about_zero(weight: list) -> None:
    for image in pictures(plot.weights(np.array(weight), (1, 2))):
        low, high = image.get_clim()
        assert low == -high and high == (np.nanmax(np.abs(weight)) or 1)


def test_the_colours_are_those_of_signed_values_and_there_is_a_bar() -> None:
    figure = plot.weights(np.eye(4), (2, 2))
    assert {image.get_cmap().name for image in pictures(figure)} == {"gradus_signed"}
    assert len(figure.axes) == 2 and figure.axes[-1].get_ylabel() == "weight"


def test_units_stand_in_rows_and_do_not_overlap() -> None:
    shown = pictures(plot.weights(np.ones((5, 12)), (3, 4)))
    corners = [image.get_extent()[::3] for image in shown]  # left, top
    assert [corners.index(corner) for corner in sorted(corners, key=lambda corner: corner[::-1])] == [0, 1, 2, 3, 4]
    lefts, tops = (sorted({corner[side] for corner in corners}) for side in (0, 1))
    assert len(lefts) == 3 and len(tops) == 2
    assert np.diff(lefts).min() > 4 and np.diff(tops).min() > 3


def test_at_most_64_units() -> None:
    figure = plot.weights(np.ones((100, 4)), (2, 2))
    assert len(pictures(figure)) == 64
    assert figure.get_suptitle() == "First layer: weights of 64 of 100 units"


def test_colour_channels_are_summed() -> None:
    weight = np.arange(12.0).reshape(1, 12)
    (image,) = pictures(plot.weights(weight, (3, 2, 2)))
    np.testing.assert_array_equal(image.get_array(), weight.reshape(3, 2, 2).sum(axis=0))


def test_what_cannot_be_shown_is_refused() -> None:
    with pytest.raises(Usage, match="rows of 4 numbers do not fit image_shape"):
        plot.weights(np.ones((2, 4)), (3, 3))
    with pytest.raises(Usage, match="diverged"):
        plot.weights(np.full((2, 4), np.nan), (2, 2))
