"""Normal numbers from uniform ones, to the last bit as torch computes them.

The transform of Box and Muller (1958) turns two uniforms into two normals:

    radius = √(−2 ln(1 − u₁))    angle = 2π u₂    z₁ = radius · cos(angle)    z₂ = radius · sin(angle)

torch's float32 kernel takes ln, sin and cos from the short polynomials of Moshier's Cephes library (1989), evaluated
with fused multiply-adds; in one value of seven their last bit is not that of np.log, np.cos and np.sin. They are
rebuilt here: the product of two float32 is exact in float64, so a fused multiply-add is a float64 multiply and add,
rounded to float32. That takes three times as long; in return a run that starts from normals is comparable bit by bit.

In float64 torch calls the C library, and so does `math` (NumPy's AVX-512 log rounds one value of 300 differently).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

BLOCK = 16  # torch transforms sixteen values at a time: eight radii, then eight angles
CHUNK = 2048  # blocks that stay in the processor's cache while some fifty array operations pass over them


def box_muller(uniforms: np.ndarray) -> np.ndarray:
    """Standard normals from blocks of 16 uniforms: a float32 or float64 vector whose length is a multiple of 16."""
    if uniforms.dtype == np.float64:
        return _box_muller(uniforms, lambda x: by_libm(math.log, x), lambda x: (np.sin(x), np.cos(x)))
    normals = np.empty_like(uniforms)
    for start in range(0, uniforms.size, CHUNK * BLOCK):
        part = slice(start, start + CHUNK * BLOCK)
        normals[part] = _box_muller(uniforms[part], log32, sincos32)
    return normals


def _box_muller(uniforms: np.ndarray, log: Callable, sincos: Callable) -> np.ndarray:
    number = uniforms.dtype.type
    pairs = uniforms.reshape(-1, 2, BLOCK // 2)  # (blocks, radius or angle, 8)
    radius = np.sqrt(number(-2) * log(number(1) - pairs[:, 0]))
    sin, cos = sincos(number(2 * math.pi) * pairs[:, 1])
    normals = np.empty_like(pairs)
    np.multiply(radius, cos, out=normals[:, 0])
    np.multiply(radius, sin, out=normals[:, 1])
    return normals.reshape(-1)


def pairs_of_normals(uniforms: np.ndarray) -> np.ndarray:
    """Standard normals in double precision from pairs (angle, radius) of float64 uniforms; the cosine comes first."""
    radius = np.sqrt(-2.0 * by_libm(math.log1p, -uniforms[1::2]))
    angle = 2 * math.pi * uniforms[0::2]
    return np.stack([radius * by_libm(math.cos, angle), radius * by_libm(math.sin, angle)], axis=1).reshape(-1)


def by_libm(function: Callable[[float], float], x: np.ndarray) -> np.ndarray:
    """A `math` function of every element, to the C library's last bit; NumPy's vector kernels may round otherwise.

    >>> by_libm(math.sqrt, np.array([[1.0, 4.0]]))
    array([[1., 2.]])
    """
    return np.fromiter(map(function, x.ravel().tolist()), np.float64, x.size).reshape(x.shape)


# ---------------------------------------------------------------------------------------------------------------------
# Fused multiply-add: x · scale + shift with a single rounding.


def fused_multiply_add(x: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """x · scale + shift rounded once, in x's dtype (float32 or float64), to which scale and shift are rounded first.

    >>> fused_multiply_add(np.array([1.0, 2.0]), 3.0, 0.5)
    array([3.5, 6.5])
    """
    scale, shift = x.dtype.type(scale), x.dtype.type(shift)
    if shift == 0:
        return x if scale == 1 else x * scale
    if scale == 1:
        return x + shift
    if x.dtype == np.float32:
        return _rounded(x.astype(np.float64) * float(scale) + float(shift))
    return _fused_multiply_add64(x, scale, shift)


def _fused_multiply_add64(x: np.ndarray, scale: float, shift: float) -> np.ndarray:
    """Dekker's (1971) exact product and Knuth's exact sum: what the two roundings lost is added at the end."""
    if max(abs(scale), abs(shift)) > 1e290:  # the halves below would overflow
        return x * scale + shift
    product = x * scale
    total = product + shift
    (x_high, x_low), (scale_high, scale_low) = _halves(x), _halves(scale)
    product_lost = ((x_high * scale_high - product) + x_high * scale_low + x_low * scale_high) + x_low * scale_low
    moved = total - product
    total_lost = (product - (total - moved)) + (shift - moved)
    return total + (product_lost + total_lost)


def _halves(x: Any) -> tuple[Any, Any]:
    """x = high + low with 26 bits each, so that products of halves are exact (Veltkamp, 1968)."""
    scaled = x * 134217729.0  # 2²⁷ + 1
    high = scaled - (scaled - x)
    return high, x - high


# ---------------------------------------------------------------------------------------------------------------------
# float32 ln, sin and cos. `wide` is a float64 buffer in which each multiply-add is done before it is rounded.


def _constants(*values: float) -> list[float]:
    return [float(np.float32(value)) for value in values]


# ln(1 + x) = x − x²/2 + x³·(p₀x⁸ + … + p₈) for √½ ≤ 1 + x < √2; ln 2 is split so that e·LN2_HIGH is exact.
LOG_POLYNOMIAL = _constants(
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
LN2_HIGH, LN2_LOW = _constants(0.693359375, -2.12194440e-4)

# For |x| ≤ π/4: sin x = x + x³·(s₀x⁴ + s₁x² + s₂),  cos x = 1 − x²/2 + x⁴·(c₀x⁴ + c₁x² + c₂); −π/4 is split in three.
SIN_POLYNOMIAL = _constants(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
COS_POLYNOMIAL = _constants(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
MINUS_PI_4 = _constants(-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)


def log32(x: np.ndarray) -> np.ndarray:
    """ln x of positive, normal float32."""
    bits = x.view(np.int32)
    exponent = (bits >> 23) - 126
    m = ((bits & 0x007FFFFF) | 0x3F000000).view(np.float32)  # x = m · 2^exponent with ½ ≤ m < 1
    small = m < np.float32(math.sqrt(0.5))
    exponent -= small
    m += m * small
    m -= np.float32(1)  # x = (1 + m) · 2^exponent
    e, square, wide = exponent.astype(np.float64), m * m, m.astype(np.float64)
    series = _polynomial(LOG_POLYNOMIAL, wide)
    series *= m
    np.multiply(series, square, out=wide, dtype=np.float64)
    wide += _rounded(e * LN2_LOW)
    series = _rounded(wide)
    series -= square * np.float32(0.5)
    m += series
    return _rounded(e * LN2_HIGH + m)


def sincos32(angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """sin and cos of float32 angles from 0 to 2π."""
    octant = (angle * np.float32(4 / math.pi)).astype(np.int32)
    octant += octant & 1  # the nearest multiple of π/2, counted in π/4
    eighths = octant.astype(np.float32)
    x = angle + eighths * np.float32(MINUS_PI_4[0])
    x += eighths * np.float32(MINUS_PI_4[1])
    x = _rounded(eighths.astype(np.float64) * MINUS_PI_4[2] + x)
    sin, cos = _sincos_near_zero(x)
    swapped = (octant & 2) != 0  # a quarter turn on, the two change places …
    sin, cos = np.where(swapped, cos, sin), np.where(swapped, sin, cos)
    sin.view(np.int32)[...] ^= (octant & 4) << 29  # … and half a turn on, their signs: bit 2 goes to the sign bit
    cos.view(np.int32)[...] ^= ((octant + 2) & 4) << 29
    return sin, cos


def _sincos_near_zero(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    square = x * x
    square64 = square.astype(np.float64)
    cos = _polynomial(COS_POLYNOMIAL, square64)
    cos *= square
    wide = cos.astype(np.float64)
    wide -= 0.5
    wide *= square64
    cos = _rounded(wide)
    cos += np.float32(1)
    sin = _polynomial(SIN_POLYNOMIAL, square64)
    sin *= square
    np.copyto(wide, sin)
    wide += 1
    wide *= x
    return _rounded(wide), cos


def _polynomial(coefficients: list[float], x: np.ndarray) -> np.ndarray:
    """Horner's rule at float64 x (holding float32 numbers), each multiply-add rounded to float32."""
    wide = x * coefficients[0]
    wide += coefficients[1]
    value = _rounded(wide)
    for coefficient in coefficients[2:]:
        np.copyto(wide, value)
        wide *= x
        wide += coefficient
        np.copyto(value, wide, casting="same_kind")
    return value


def _rounded(wide: np.ndarray) -> np.ndarray:
    return wide.astype(np.float32)
