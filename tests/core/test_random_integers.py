"""Bounds of integer draws that a floating dtype cannot count, against torch's."""

from __future__ import annotations

import warnings

import pytest
import torch

from tests.core.same_numbers import assert_same, both


@pytest.mark.parametrize(
    ("dtype", "low", "high"), [("float16", 0, 5000), ("float16", -3001, 2000), ("float32", 0, 2**25 + 3)]
)
def test_integers_that_a_float_cannot_count_come_with_torchs_warning(dtype: str, low: int, high: int) -> None:
    ours, theirs = both(2)
    with pytest.warns(UserWarning, match="is out of bounds"):
        drawn = ours.randint(low, high, 500, dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert_same(drawn, torch.randint(low, high, (500,), dtype=getattr(torch, dtype), generator=theirs))
    assert drawn.max() < high
