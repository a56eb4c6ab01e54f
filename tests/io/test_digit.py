from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from gradus import datasets
from gradus.errors import BadFile
from gradus.io.digit import edge_to_edge, read_digit, with_margin
from gradus.io.image import resize


@pytest.fixture
def photograph(tmp_path):
    """A digit as a camera would see it: large, off centre, dark ink on paper that is not quite white, some grain."""

    def save(digit: np.ndarray, paper=0.85, height=240, width=320, at=(20, 90), size=160):
        picture = np.full((height, width), paper)
        picture[at[0] : at[0] + size, at[1] : at[1] + size] -= 0.7 * resize(digit, (size, size))
        picture += np.random.default_rng(0).normal(0, 0.01, picture.shape)
        path = tmp_path / "photograph.png"
        Image.fromarray((picture.clip(0, 1) * 255).astype(np.uint8)).save(path)
        return path

    return save


def nearest(x: np.ndarray, y: np.ndarray, one: np.ndarray) -> int:
    """The label of the most similar example, by the angle between them."""
    return int(y[np.argmax(x @ one.ravel() / np.linalg.norm(x, axis=1))])


def test_photographs_of_mnist_digits_are_framed_as_mnist_is(photograph, data_root):
    data = datasets.load("mnist", data_root, n_train=5000, n_test=40)
    alike = right = 0
    for row, label in zip(data.x_test, data.y_test):
        digit = row.reshape(28, 28)
        framed = read_digit(photograph(digit))
        alike += np.corrcoef(framed.ravel(), row)[0, 1] > 0.85
        right += nearest(data.x_train, data.y_train, framed) == label
    assert alike >= 36 and right >= 36


def test_photographs_of_the_bundled_digits_are_framed_as_they_are(photograph):
    data = datasets.load("digits")
    right = sum(
        nearest(data.x_train, data.y_train, read_digit(photograph(row.reshape(8, 8)), (8, 8))) == label
        for row, label in zip(data.x_test[:40], data.y_test)
    )
    assert right >= 34


def test_neither_place_nor_scale_nor_paper_matters(photograph, data_root):
    digit = datasets.load("mnist", data_root, n_train=1, n_test=1).x_test[0].reshape(28, 28)
    first = read_digit(photograph(digit))
    for other in ({"at": (60, 10)}, {"size": 200}, {"paper": 0.75}):
        assert np.corrcoef(first.ravel(), read_digit(photograph(digit, **other)).ravel())[0, 1] > 0.95


def test_a_picture_of_the_right_size_is_left_as_it_is(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 100, (28, 28), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "digit.png")
    np.testing.assert_array_equal(read_digit(tmp_path / "digit.png"), pixels / np.float32(255))


@pytest.mark.parametrize("value", [0, 128, 250])
def test_a_blank_picture_is_refused(tmp_path, value):
    path = tmp_path / "blank.png"
    Image.fromarray(np.full((100, 100), value, np.uint8)).save(path)
    with pytest.raises(BadFile, match="blank"):
        read_digit(path)


def test_mnists_own_images_are_framed_as_the_doc_says(data_root):
    """The finding that `with_margin` rests on: the centre of mass lies within the pixel after the middle."""
    images = datasets.load("mnist", data_root, n_train=2000, n_test=1).x_train.reshape(-1, 28, 28).astype(np.float64)
    for axis in (1, 2):
        mass = images.sum(axis=axis)
        centre = mass @ (np.arange(28) + 0.5) / mass.sum(axis=1)
        assert centre.min() >= 14 - 1e-2 and centre.max() < 15 + 1e-2


@pytest.mark.parametrize("shape", [(1, 1), (100, 3), (3, 100), (5, 5)])
@pytest.mark.parametrize("size", [(28, 28), (32, 24), (10, 20)])
def test_with_margin(shape, size):
    framed = with_margin(np.ones(shape, np.float32), size)
    rows, columns = np.nonzero(framed)
    assert framed.shape == size and framed.sum() > 0
    for place, side in ((rows, size[0]), (columns, size[1])):
        assert np.ptp(place) + 1 <= side * 20 / 28 + 1
        assert side / 2 <= place.mean() + 0.5 < side / 2 + 1


@pytest.mark.parametrize(
    ("shape", "filled"), [((4, 2), (8, 4)), ((200, 100), (8, 4)), ((3, 9), (3, 8)), ((1, 1), (8, 8))]
)
def test_edge_to_edge(shape, filled):
    rows, columns = np.nonzero(edge_to_edge(np.ones(shape, np.float32)))
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == filled
    assert abs(rows.mean() - 3.5) <= 0.5 and abs(columns.mean() - 3.5) <= 0.5


def test_the_margin_can_be_chosen(photograph):
    path = photograph(np.pad(np.ones((8, 8)), 10))
    assert np.count_nonzero(read_digit(path, (28, 28), margin=False).any(axis=0)) == 28
    assert np.count_nonzero(read_digit(path, (8, 8), margin=True).any(axis=0)) == 6
