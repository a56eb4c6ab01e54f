import numpy as np
import pytest
from hypothesis import given, strategies as st

from gradus.errors import Usage
from gradus.plot.history import last, lonely, series


def test_what_was_not_measured_is_left_out_and_what_is_not_a_number_is_a_gap() -> None:
    history = [{"epoch": 1, "a": 1.0}, {"epoch": 2, "a": None}, {"epoch": 3}, {"epoch": 4, "a": float("-inf")}]
    epochs, values = series(history, "a")
    assert epochs.tolist() == [1, 4]
    assert values[0] == 1 and np.isnan(values[1])


def test_without_an_epoch_rows_are_numbered() -> None:
    assert series([{"a": 3}, {"a": 4}], "a")[0].tolist() == [1, 2]


@pytest.mark.parametrize("history", [[], [{"epoch": 1}]])
def test_nothing_measured_is_empty(history: list) -> None:
    epochs, values = series(history, "a")
    assert epochs.shape == values.shape == (0,)


def test_a_text_is_refused() -> None:
    with pytest.raises(Usage, match=r"'a' must hold one number an epoch, got 'much'"):
        series([{"epoch": 1, "a": "much"}], "a")


def test_last_is_the_last_finite_value() -> None:
    assert last(np.array([1.0, 2.0, np.nan])) == 2.0
    assert np.isnan(last(np.array([np.nan])))


@given(st.lists(st.booleans()))
def test_lonely_values_are_those_without_a_finite_neighbour(there: list[bool]) -> None:
    values = np.where(there, 1.0, np.nan) if there else np.empty(0)
    framed = [False, *there, False]
    assert lonely(values) == [i for i in range(len(there)) if framed[i : i + 3] == [False, True, False]]
