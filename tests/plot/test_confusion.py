import numpy as np
import pytest

from gradus import plot
from gradus.errors import Usage

MATRIX = np.array([[48, 2, 0], [0, 45, 5], [1, 0, 49]])


def written(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_counts_and_shares_of_the_rows_are_written_and_zeros_are_not() -> None:
    axes = plot.confusion_matrix(MATRIX).axes[0]
    assert written(axes) == ["48", "96.0 %", "2", "4.0 %", "45", "90.0 %", "5", "10.0 %", "1", "2.0 %", "49", "98.0 %"]
    assert [text.xy for text in axes.texts][::2] == [(0, 0), (1, 0), (1, 1), (2, 1), (0, 2), (2, 2)]


def test_the_colour_is_the_share_of_the_row_in_cividis() -> None:
    (image,) = plot.confusion_matrix(MATRIX).axes[0].images
    shares = MATRIX / MATRIX.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(image.get_array().filled(0), shares)
    assert image.get_array().mask.tolist() == (MATRIX == 0).tolist()
    assert image.get_cmap().name == "cividis" and image.get_clim() == (0, 1)


def test_rows_are_the_truth_and_columns_the_prediction() -> None:
    figure = plot.confusion_matrix(MATRIX, ["ant", "bee", "cow"])
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [text.get_text() for text in labels] == ["ant", "bee", "cow"]
    assert figure.get_suptitle() == "142 of 150 right (94.7 %)"
    assert "bee taken for cow (5 times), ant taken for bee (2 times)" in plot.files.words(figure)["Description"]


@pytest.mark.parametrize("classes", [2, 10, 14, 26])
def test_numbers_fit_into_their_cells_and_can_be_read(classes: int) -> None:
    figure = plot.confusion_matrix(np.full((classes, classes), 1234 if classes < 20 else 999))
    figure.canvas.draw()
    axes = figure.axes[0]
    cell = axes.get_window_extent().width / classes
    sizes = [text.get_fontsize() for text in axes.texts]
    assert max(text.get_window_extent().width for text in axes.texts) <= cell
    assert min(sizes) >= 6.5
    numbers = len(axes.texts) / classes**2
    assert numbers == (2 if classes <= 14 else 1)


def test_long_class_names_are_turned_and_stay_on_the_page() -> None:
    names = ["airplane", "automobile", "bird", "a name that is far too long", "$x$", "<b>", "g", "h", "i", "j"]
    figure = plot.confusion_matrix(np.eye(10) * 9, names)
    figure.canvas.draw()
    labels = figure.axes[0].get_xticklabels()
    assert {text.get_rotation() for text in labels} == {45}
    assert [text.get_text() for text in labels][3:6] == ["a name that i…", "$x$", "<b>"]
    box, page = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page[0] and box.y1 <= page[1]


@pytest.mark.parametrize(
    "names", [["upper", "lower"], ["a much longer name", "no"], ["0", "1", "2"], ["ab"] * 14, ["Q"] * 26]
)
def test_nothing_is_cut_off_at_the_edges(names: list[str]) -> None:
    figure = plot.confusion_matrix(np.full((len(names), len(names)), 99), names)
    figure.canvas.draw()
    box, page = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page[0] and box.y1 <= page[1]


def test_dollars_are_not_formulas() -> None:
    figure = plot.confusion_matrix(np.eye(2), ["$\\frac{", "$$"])
    assert plot.png(figure).startswith(b"\x89PNG")
    assert not any(text.get_parse_math() for text in figure.axes[0].get_xticklabels())


def test_a_class_that_never_occurs_and_a_matrix_of_zeros() -> None:
    assert plot.png(plot.confusion_matrix([[3, 1], [0, 0]])).startswith(b"\x89PNG")
    assert plot.confusion_matrix(np.zeros((2, 2))).get_suptitle() == "0 of 0 right (0 %)"


@pytest.mark.parametrize(
    ("matrix", "classes", "message"),
    [
        (np.ones((2, 3)), None, r"\(classes, classes\), got shape \(2, 3\)"),
        (np.ones(4), None, r"got shape \(4,\)"),
        (np.empty((0, 0)), None, r"got shape \(0, 0\)"),
        ([[0.5, 0.5], [0, 1]], None, "whole numbers"),
        ([[1, -1], [0, 1]], None, "from 0 up"),
        ([[np.nan, 1], [0, 1]], None, "whole numbers"),
        ([[1, 0], [0, 1]], ["a"], r"1 class names for a matrix of 2 × 2"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(matrix, classes, message: str) -> None:
    with pytest.raises(Usage, match=message):
        plot.confusion_matrix(matrix, classes)
