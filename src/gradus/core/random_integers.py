"""Which integers a draw may give: torch's rules for the bounds of random_(low, high), for every dtype."""

from __future__ import annotations

import warnings

import numpy as np

INT64_LOWEST = -(2**63)
WIDE = 2**28  # from this many values on torch takes 64-bit words: the remainder of a division would favour some values


def mantissa_bits(dtype: np.dtype) -> int:
    """How many bits of an integer a float of this dtype holds exactly: 11, 24 or 53.

    >>> mantissa_bits(np.dtype(np.float32))
    24
    """
    return int(np.finfo(dtype).nmant) + 1


def end_of(dtype: np.dtype) -> int:
    """One past the largest integer that random_() gives: the dtype's largest, or the largest a float counts up to.

    >>> end_of(np.dtype(np.uint8)), end_of(np.dtype(np.float16))
    (256, 2049)
    """
    if dtype.kind == "b":
        return 2
    if dtype.kind == "f":
        return 2 ** mantissa_bits(dtype) + 1
    return int(np.iinfo(dtype).max) + 1


def integer_range(name: str, low: int, high: int | None, dtype: np.dtype) -> tuple[int, int]:
    """(the first value, how many values) of the draws from low to high − 1; `high` None: to the dtype's largest.

    >>> integer_range("randint", -2, 3, np.dtype(np.int64))
    (-2, 5)
    """
    high = end_of(dtype) if high is None else high
    if low >= high:
        raise RuntimeError(
            f"{name}: random_ expects 'from' to be less than 'to', but got from={low} >= to={high}; "
            "the upper end is exclusive"
        )
    if dtype.kind == "f":
        low, high = _inner_low(low, dtype), _inner_high(high, dtype)
    _check_fits(name, "from", low, dtype)
    _check_fits(name, "to - 1", high - 1, dtype)
    return low, high - low


def _check_fits(name: str, what: str, value: int, dtype: np.dtype) -> None:
    if dtype.kind == "b":
        least, most = 0, 1
    elif dtype.kind == "f":
        most = int(np.finfo(dtype).max)
        least = -most
    else:
        least, most = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    if not least <= value <= most:
        raise RuntimeError(f"{name}: {what} is out of bounds for {dtype}: {value} is not between {least} and {most}")
    if dtype.kind == "f" and abs(value) > 2 ** mantissa_bits(dtype):
        warnings.warn(
            f"{name}: {what} is out of bounds [-(2^{mantissa_bits(dtype)}), 2^{mantissa_bits(dtype)}]: {dtype} cannot "
            f"tell all integers near {value} apart, so the draws are not uniform",
            UserWarning,
            stacklevel=5,
        )


def _inner_low(low: int, dtype: np.dtype) -> int:
    """The lower end, moved up to the next number of the floating dtype where low + 1 would round to below `low`."""
    after = _rounded(low + 1, dtype)
    return low if after >= low else after + 2 ** (abs(low + 1).bit_length() - mantissa_bits(dtype))


def _inner_high(high: int, dtype: np.dtype) -> int:
    """The upper end, moved down to a number of the floating dtype where high − 1 would round up to `high`."""
    before = _rounded(high - 1, dtype)
    return high if before < high else before - 2 ** (abs(high - 1).bit_length() - mantissa_bits(dtype))


def _rounded(value: int, dtype: np.dtype) -> int:
    with np.errstate(over="ignore"):
        rounded = dtype.type(value)
    return int(rounded) if np.isfinite(rounded) else value
