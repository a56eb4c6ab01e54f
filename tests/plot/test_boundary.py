import numpy as np
import pytest
from matplotlib.colors import to_hex

from gradus import plot
from gradus.errors import Usage
from gradus.plot import style

X = np.array([[-2.0, 0.0], [-1.0, 1.0], [1.0, -1.0], [2.0, 0.5], [-0.5, 0.0]])
Y = np.array([0, 0, 1, 1, 1])  # the last lies on the wrong side


def halves(points: np.ndarray) -> np.ndarray:
    second = 1 / (1 + np.exp(-4 * points[:, 0]))
    return np.column_stack([1 - second, second])


def test_examples_are_where_they_are_in_the_colour_and_shape_of_their_class() -> None:
    figure = plot.decision_boundary(halves, X, Y, ["left", "right"])
    first, second = (scatter for scatter in figure.axes[0].collections if len(scatter.get_offsets()) > 1)
    np.testing.assert_array_equal(first.get_offsets(), X[Y == 0])
    np.testing.assert_array_equal(second.get_offsets(), X[Y == 1])
    assert [to_hex(scatter.get_facecolor()[0]).upper() for scatter in (first, second)] == list(style.OKABE_ITO[:2])
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["left", "right"]


def test_mistakes_have_a_black_edge_and_are_counted() -> None:
    figure = plot.decision_boundary(halves, X, Y)
    second = next(scatter for scatter in figure.axes[0].collections if len(scatter.get_offsets()) == 3)
    assert [to_hex(edge) for edge in second.get_edgecolor()] == ["#ffffff", "#ffffff", "#000000"]
    assert figure.get_suptitle() == "4 of 5 points right (80.0 %)"


def test_the_ground_has_the_colour_of_the_class_and_pales_towards_the_boundary() -> None:
    (image,) = plot.decision_boundary(halves, X, Y).axes[0].images
    row = np.asarray(image.get_array())[120]
    far_left, middle, far_right = row[0], row[np.abs(row - 1).sum(axis=1).argmin()], row[-1]
    assert far_left[2] > far_left[0] and far_right[0] > far_right[2]  # blue, orange
    assert middle.min() > far_left.min() and middle.min() > far_right.min()


def test_the_line_runs_where_the_classifier_is_undecided() -> None:
    contours = [c for c in plot.decision_boundary(halves, X, Y).axes[0].collections if hasattr(c, "levels")]
    (line,) = contours
    points = np.concatenate([path.vertices for path in line.get_paths()])
    np.testing.assert_allclose(points[:, 0], 0, atol=0.02)


@pytest.mark.parametrize("transpose", [False, True])
def test_the_name_and_layout_of_the_course(transpose: bool) -> None:
    """plot_decision_boundary(model, X, Y) with features × samples, and a model that answers (1, n)."""
    figure = plot.plot_decision_boundary(lambda p: (p[:, 0] > 0)[None], X.T if transpose else X, Y[None])
    assert figure.get_suptitle() == "4 of 5 points right (80.0 %)"


def test_five_classes() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(5, 2)) * 3
    y = np.arange(50) % 5

    def nearest(points: np.ndarray) -> np.ndarray:
        return -((points[:, None] - centres) ** 2).sum(axis=-1)

    figure = plot.decision_boundary(nearest, centres[y] + 0.1 * rng.normal(size=(50, 2)), y)
    assert figure.get_suptitle() == "50 of 50 points right (100 %)"
    assert len(figure.axes[0].get_legend().get_texts()) == 5


def test_a_classifier_that_always_says_the_same() -> None:
    assert plot.png(plot.decision_boundary(lambda points: np.zeros(len(points)), X, Y)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("points", "labels", "names", "message"),
    [
        (np.ones((5, 3)), Y, None, r"X must be \(n, 2\).*\(5, 3\)"),
        (X, Y[:3], None, "5 points but 3 labels"),
        (X[:0], Y[:0], None, "0 points"),
        (X, Y, ["only"], "1 class names for 2 classes"),
    ],
)
def test_what_does_not_fit_is_refused(points, labels, names, message: str) -> None:
    with pytest.raises(Usage, match=message):
        plot.decision_boundary(halves, points, labels, names)
