"""The float32 logarithm, sine and cosine, and the fused multiply-add, against exact arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from hypothesis import given, strategies as st

from gradus.core.random_normal import fused_multiply_add, log32, sincos32


def test_log_and_sincos_are_within_an_ulp_of_the_true_values() -> None:
    units = np.arange(0, 2**24, 37, dtype=np.int32).astype(np.float32) * np.float32(2.0**-24)
    true = np.log((1 - units).astype(np.float64))
    assert (np.abs(log32(1 - units) - true) <= np.spacing(np.abs(true).astype(np.float32))).all()
    angle = np.float32(2 * math.pi) * units
    sin, cos = sincos32(angle)
    assert np.abs(sin - np.sin(angle.astype(np.float64))).max() < 1e-7
    assert np.abs(cos - np.cos(angle.astype(np.float64))).max() < 1e-7


@given(st.floats(-1e150, 1e150), st.floats(-1e150, 1e150), st.floats(-1e150, 1e150))
def test_fused_multiply_add_rounds_once(x: float, scale: float, shift: float) -> None:
    exact = Fraction(x) * Fraction(scale) + Fraction(shift)
    ours = fused_multiply_add(np.array([x]), scale, shift)[0]
    if abs(exact) > Fraction(2) ** -900:  # below, the exact product's lost part is itself lost
        assert ours == float(exact)


def test_fused_multiply_add_of_huge_numbers_stays_finite() -> None:
    np.testing.assert_allclose(fused_multiply_add(np.array([0.5]), 1e300, -1e299), [4e299])
