from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from gradus.train.fields import choice, flag, integer, list_of, number, text

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.lists(st.integers()),
    st.dictionaries(st.text(), st.none()),
)
FIELDS = {
    "integer": (integer(0, ""), int),
    "number": (number(0.0, "", high=1.0, below=True), float),
    "flag": (flag(False, ""), bool),
    "text": (text("", ""), str),
    "choice": (choice("a", ["a", "b"], ""), str),
    "list": (list_of(integer(1, "", low=1), [], ""), list),
}


@pytest.mark.parametrize("name", FIELDS)
@given(value=ANYTHING)
def test_a_field_accepts_its_own_kind_and_raises_on_the_rest(name, value):
    field, kind = FIELDS[name]
    try:
        accepted = field.accept(value)
    except (ValueError, TypeError, OverflowError):
        return
    assert type(accepted) is kind


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        (integer(1, "", low=1, high=5), [1, 5], [0, 6, 1.0, True, "1", None]),
        (number(1, ""), [0, 0.5, 7], [-1e-9, math.inf, math.nan, True, "0.1", 10**400]),
        (number(1, "", above=True), [1e-300], [0, 0.0, -1]),
        (number(1, "", high=1.0, below=True), [0, 0.999], [1, 1.0]),
        (flag(True, ""), [True, False], [0, 1, "true", None]),
        (text("", ""), ["", "é", "a b"], ["a\nb", "\x7f", 3, None]),
        (choice("a", ["a", "b"], ""), ["a", "b"], ["c", "", ["a"], None]),
        (list_of(integer(1, "", low=1), [], "", least=1, most=2), [[1], [1, 2], 3], [[], [1, 2, 3], [0], "1"]),
    ],
)
def test_ranges(field, good, bad):
    for value in good:
        field.accept(value)
    for value in bad:
        with pytest.raises((ValueError, OverflowError)):
            field.accept(value)


def test_a_single_value_stands_for_a_list_of_one():
    assert list_of(integer(1, ""), [], "").accept(3) == [3]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (integer(1, "", low=1), "a positive whole number"),
        (integer(1, "", low=0), "a whole number, 0 or more"),
        (integer(1, "", low=1, high=9), "a whole number from 1 to 9"),
        (number(1, "", above=True), "a positive number"),
        (number(1, ""), "a number, 0 or more"),
        (number(1, "", high=1.0), "a number from 0 to 1"),
        (number(1, "", high=1.0, below=True), "a number from 0 up to, but not, 1"),
        (choice("a", ["a", "b"], ""), "one of a, b"),
        (list_of(integer(1, "", low=1), [], "", least=2, most=2), "a list of 2 values, each a positive whole number"),
    ],
)
def test_what_is_expected_is_said_in_words(field, words):
    assert field.expects == words


def test_a_near_miss_is_answered_with_the_word_that_was_meant():
    with pytest.raises(ValueError, match="did you mean 'adam'"):
        choice("sgd", ["sgd", "adam"], "").accept("adm")
