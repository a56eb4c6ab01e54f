"""Special functions that NumPy does not have.

erf and erfc after W. J. Cody, "Rational Chebyshev approximation for the error function", Math. Comp. 23 (1969): three
ranges of |x|, each a quotient of polynomials, accurate to a few units in the last place of float64.
"""

from __future__ import annotations

import numpy as np

_SMALL_P = (
    1.85777706184603153e-1,
    3.16112374387056560e0,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
)
_SMALL_Q = (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3)
_MIDDLE_P = (
    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1, 2.98635138197400131e2,
    8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
)  # fmt: skip
_MIDDLE_Q = (
    1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
    3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
)  # fmt: skip
_LARGE_P = (
    1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
    1.60837851487422766e-2, 6.58749161529837803e-4,
)  # fmt: skip
_LARGE_Q = (
    1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
    2.33520497626869185e-3,
)  # fmt: skip
_INVERSE_SQRT_PI = 5.6418958354775628695e-1


def erf(x: np.ndarray) -> np.ndarray:
    """erf(x) = 2/√π ∫₀ˣ e^(−t²) dt, in x's own floating type.

    >>> erf(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.8427,  0.    ,  0.8427])
    """
    return _error_function(x, complement=False)


def erfc(x: np.ndarray) -> np.ndarray:
    """erfc(x) = 1 − erf(x), without losing digits where erf(x) is near 1.

    >>> float(erfc(np.array(10.0)))
    2.08848758376254...e-45
    """
    return _error_function(x, complement=True)


def _error_function(x: np.ndarray, complement: bool) -> np.ndarray:
    given = np.asarray(x)
    x = np.atleast_1d(given).astype(np.float64)
    a = np.abs(x)
    small, large = a <= 0.46875, a > 4.0
    out = np.empty_like(x)
    s = x[small]
    inner = s * np.polyval(_SMALL_P, s * s) / np.polyval(_SMALL_Q, s * s)
    out[small] = 1.0 - inner if complement else inner
    rest = ~small  # nan falls here too, and stays nan
    tail = _tail(a[rest], large[rest])
    negative = x[rest] < 0
    out[rest] = np.where(negative, 2.0 - tail, tail) if complement else np.where(negative, tail - 1.0, 1.0 - tail)
    return out.reshape(given.shape).astype(given.dtype)


def _tail(a: np.ndarray, large: np.ndarray) -> np.ndarray:
    """erfc(a) for a > 0.46875."""
    with np.errstate(all="ignore"):
        middle = np.polyval(_MIDDLE_P, a) / np.polyval(_MIDDLE_Q, a)
        z = 1.0 / (a * a)
        far = (_INVERSE_SQRT_PI - z * np.polyval(_LARGE_P, z) / np.polyval(_LARGE_Q, z)) / a
        coarse = np.trunc(a * 16.0) / 16.0  # e^(−a²) in two factors, so that rounding a² costs no digits
        decay = np.exp(-coarse * coarse) * np.exp(-(a - coarse) * (a + coarse))
        return np.where(a > 30.0, 0.0, np.where(large, far, middle) * decay)  # e^(−900) is below every float64


def erfinv(y: np.ndarray) -> np.ndarray:
    """The x with erf(x) = y, in y's own type; ±inf at ±1, nan beyond.

    A first guess from the logarithm (Winitzki, 2008), then Halley steps on erf (on erfc near ±1, where erf has run out
    of digits).

    >>> erfinv(erf(np.array([-1.5, 0.25])))
    array([-1.5 ,  0.25])
    """
    given = np.asarray(y)
    y = given.astype(np.float64)
    with np.errstate(all="ignore"):
        c, log_part = 0.147, np.log1p(-y * y)
        first = 2 / (np.pi * c) + log_part / 2
        x = np.sign(y) * np.sqrt(np.sqrt(first * first - log_part / c) - first)
        for _ in range(3):
            a = np.abs(x)
            error = np.where(a < 0.5, erf(a) - np.abs(y), (1.0 - np.abs(y)) - erfc(a))
            step = error / (2 / np.sqrt(np.pi) * np.exp(-a * a))
            x = np.sign(y) * (a - step / (1 + a * step))
        x = np.where(np.abs(y) == 1, np.copysign(np.inf, y), np.where(np.abs(y) > 1, np.nan, np.where(y == 0, y, x)))
    return x.astype(given.dtype)
