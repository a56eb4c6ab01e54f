from itertools import pairwise

import numpy as np
import pytest

from gradus import plot
from gradus.errors import Usage

IMAGES = np.arange(5 * 4.0).reshape(5, 4)
TRUE, SAID, SURE = [0, 1, 2, 0, 1], [0, 2, 0, 1, 1], [0.9, 0.4, 0.8, 0.6, 0.7]


def titles(figure) -> list[str]:
    return [axes.get_title() for axes in figure.axes]


def test_only_mistakes_are_shown_the_surest_first() -> None:
    figure = plot.misclassified(IMAGES, TRUE, SAID, SURE, ["a", "b", "c"], (2, 2))
    assert titles(figure) == ["is c\nsaid a, 80 %", "is a\nsaid b, 60 %", "is b\nsaid c, 40 %"]
    for axes, index in zip(figure.axes, (2, 3, 1)):
        np.testing.assert_array_equal(axes.images[0].get_array(), IMAGES[index].reshape(2, 2))
    assert figure.get_suptitle() == "3 of 5 mistaken"


def test_probabilities_of_every_class_are_understood() -> None:
    every = np.full((5, 3), 0.1)
    every[np.arange(5), SAID] = SURE
    wanted = titles(plot.misclassified(IMAGES, TRUE, SAID, SURE, image_shape=(2, 2)))
    assert titles(plot.misclassified(IMAGES, TRUE, SAID, every, image_shape=(2, 2))) == wanted


def test_without_probabilities_the_order_is_that_of_the_examples() -> None:
    figure = plot.misclassified(IMAGES, TRUE, SAID, image_shape=(2, 2))
    assert titles(figure) == ["is 1\nsaid 2", "is 2\nsaid 0", "is 0\nsaid 1"]


def test_all_pictures_share_one_scale_of_grey() -> None:
    figure = plot.misclassified(IMAGES, TRUE, SAID, image_shape=(2, 2))
    assert {axes.images[0].get_clim() for axes in figure.axes} == {(4.0, 15.0)}
    assert {axes.images[0].get_cmap().name for axes in figure.axes} == {"gray_r"}


def test_colour_pictures_are_drawn_in_colour() -> None:
    figure = plot.misclassified(np.random.default_rng(0).random((2, 12)), [0, 0], [1, 1], image_shape=(3, 2, 2))
    assert figure.axes[0].images[0].get_array().shape == (2, 2, 3)


def test_at_most_24_are_shown_and_the_title_says_so() -> None:
    figure = plot.misclassified(np.zeros((100, 4)), np.zeros(100, int), np.ones(100, int), image_shape=(2, 2))
    assert len(figure.axes) == 24
    assert figure.get_suptitle() == "100 mistaken, the 24 surest shown"


def test_long_names_do_not_touch() -> None:
    names = ["automobile is long", "airplane is longer"]
    figure = plot.misclassified(np.zeros((8, 4)), np.zeros(8, int), np.ones(8, int), np.ones(8), names, (2, 2))
    figure.canvas.draw()
    boxes = [axes.title.get_window_extent() for axes in figure.axes[:4]]
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))
    assert boxes[0].x0 >= 0 and boxes[-1].x1 <= figure.bbox.x1


def test_no_mistakes_is_a_figure_too() -> None:
    figure = plot.misclassified(IMAGES, TRUE, TRUE, SURE, image_shape=(2, 2))
    assert figure.get_suptitle() == "No mistakes"
    assert "5 examples" in figure.texts[-1].get_text() + plot.files.words(figure)["Description"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((IMAGES[:4], TRUE, SAID, SURE), "4 images, 5 true classes, 5 predictions"),
        ((IMAGES, TRUE, SAID[:3], SURE), "5 images, 5 true classes, 3 predictions"),
        ((IMAGES, TRUE, SAID, SURE[:2]), r"probability has shape \(2,\) for 5 predictions"),
    ],
)
def test_lengths_that_differ_are_refused(arguments, message: str) -> None:
    with pytest.raises(Usage, match=message):
        plot.misclassified(*arguments, image_shape=(2, 2))
