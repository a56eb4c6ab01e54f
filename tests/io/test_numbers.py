from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from gradus.io.numbers import is_integer, is_number, parse_number


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_every_finite_float32_is_read_as_it_is_printed(value):
    for text in (repr(value), f"{value:.9g}", f" {value!r}\t", f"{value:.8E}"):
        assert np.float32(parse_number(text)) == np.float32(value)


@pytest.mark.parametrize(("text", "value"), [("5", 5), ("5.", 5), (".5", 0.5), ("+1e3", 1000), ("-0", 0), ("007", 7)])
def test_ways_to_write_a_number(text, value):
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nan",
        "NaN",
        "inf",
        "-Infinity",
        "1e999",
        "1e39",
        "0x1F",
        "1_000",
        "１２",
        "٣",
        "1,5",
        "1 2",
        "1e",
        ".",
        "--1",
        "1.2.3",
        "=1+1",
        "1\u00a0000",
        "\u2212 1",
        "true",
        "1" * 500,
    ],
)
def test_what_is_not_plainly_a_number_is_refused(text):
    assert not is_number(text)
    with pytest.raises(ValueError) as caught:
        parse_number(text)
    assert str(caught.value).isascii()


@given(st.text(max_size=12))
def test_whatever_is_accepted_is_a_finite_float32(text):
    if is_number(text):
        assert math.isfinite(np.float32(float(text)))


def test_hints_say_what_to_do():
    for text, hint in (("NA", "fill the gaps"), ("1,5", "the decimal sign is a point")):
        with pytest.raises(ValueError, match=hint):
            parse_number(text)


def test_whole_numbers():
    assert all(map(is_integer, ["0", "-1", "+7", "0010", str(2**64)]))
    assert not any(map(is_integer, ["", "1.0", "1e3", "１", "1_0", " 1", "-"]))
