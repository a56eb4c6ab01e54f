import numpy as np
import pytest

from gradus.errors import Usage
from gradus.plot import style
from gradus.plot.pictures import as_pictures, grid

ROWS = np.arange(2 * 12.0).reshape(2, 12)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((3, 4), (2, 3, 4)),
        ((1, 3, 4), (2, 3, 4)),
        ((3, 4, 1), (2, 3, 4)),
        ((3, 2, 2), (2, 2, 2, 3)),
        ((2, 2, 3), (2, 2, 2, 3)),
    ],
)
def test_shapes(shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    assert as_pictures(ROWS, shape, "f").shape == expected


def test_channels_first_are_moved_and_pixels_keep_their_place() -> None:
    np.testing.assert_array_equal(as_pictures(ROWS, (3, 2, 2), "f")[1, :, :, 2], ROWS[1].reshape(3, 2, 2)[2])
    np.testing.assert_array_equal(as_pictures(ROWS.reshape(2, 1, 3, 4), (3, 4), "f")[0], ROWS[0].reshape(3, 4))


@pytest.mark.parametrize(("shape", "message"), [((5, 5), "holds 25"), ((2, 3, 2), "2 channels"), ((12,), "do not fit")])
def test_what_does_not_fit_is_refused(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(Usage, match=message):
        as_pictures(ROWS, shape, "f")


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (6, 6, 1), (7, 6, 2), (64, 8, 8)])
def test_grid_has_as_many_squares_as_asked_for(count: int, columns: int, rows: int) -> None:
    figure = style.blank(4, 4)
    squares = grid(figure, count, columns)
    assert len(squares) == len(figure.axes) == count
    assert squares[0].get_gridspec().get_geometry() == (rows, columns)
    assert all(len(axes.get_xticks()) == 0 for axes in squares)
