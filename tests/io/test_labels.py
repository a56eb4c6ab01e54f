from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from sklearn.preprocessing import LabelEncoder

from gradus.io.labels import BadLabel, read_classes, read_values


@given(st.lists(st.integers(-(2**70), 2**70), min_size=1))
def test_whole_numbers_are_classes_in_the_order_of_numbers(numbers):
    labels = read_classes([str(number) for number in numbers])
    assert [int(labels.classes[value]) for value in labels.values] == numbers
    assert list(labels.classes) == [str(number) for number in sorted(set(numbers))]
    assert labels.values.dtype == np.int64


@given(st.lists(st.from_regex(r"[a-z]{1,3}", fullmatch=True), min_size=1))
def test_names_are_numbered_as_scikit_learn_numbers_them(names):
    labels, encoder = read_classes(names), LabelEncoder()
    assert labels.values.tolist() == encoder.fit_transform(names).tolist()
    assert list(labels.classes) == encoder.classes_.tolist()


def test_one_number_written_in_several_ways_is_one_class():
    assert read_classes(["1", " 01", "+1 ", "2"]).classes == ("1", "2")


def test_numbers_among_names_are_names():
    assert read_classes(["2b", "10", "2"]).classes == ("10", "2", "2b")


@pytest.mark.parametrize(("cells", "row"), [(["a", " ", "b"], 1), (["1", "2", "3.0"], 2), (["0.5", "1"], 0)])
def test_what_is_no_label_is_refused_by_its_row(cells, row):
    with pytest.raises(BadLabel) as caught:
        read_classes(cells)
    assert caught.value.row == row


def test_values_to_predict():
    labels = read_values(["1.5", " -2 "])
    assert labels.values.tolist() == [1.5, -2] and labels.values.dtype == np.float32 and labels.classes == ()
    with pytest.raises(BadLabel, match="'nan' is not a number") as caught:
        read_values(["1", "nan"])
    assert caught.value.row == 1
