"""Statistics: variance and standard deviation, median and other quantiles, the most frequent value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.arguments import axis_of, numpy_names
from ..core.base import raw
from ..core.op import Op
from .arithmetic import lerp
from .extreme import Chosen, one_axis, shared_evenly
from .order import sort
from .pick import gather
from .reduce import Mean, count, kept_shape, mean, operand, reduced_axes, spread, total
from .results import named
from .shape import movedim

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["median", "mode", "nanmedian", "nanquantile", "quantile", "std", "std_mean", "var", "var_mean"]

MedianResult, NanMedianResult = named("median", "values", "indices"), named("nanmedian", "values", "indices")
ModeResult = named("mode", "values", "indices")


# Variance -------------------------------------------------------------------------------------------------------------


class Var(Op):
    """y = Σ (x − m)² / (n − c), m the mean over the axes, c the correction.   dx = dy · 2 (x − m) / (n − c)."""

    def forward(ctx, x, axes, keepdim, correction):
        ctx.axes, ctx.keepdim = axes, keepdim
        n = count(x.shape, axes)
        ctx.freedom = n - correction
        y = squares(x, n, axes, keepdim) / max(0.0, ctx.freedom)
        y = y.astype(np.float16) if x.dtype == np.float16 else y
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        return ctx.from_variance(g, ctx.saved[0])

    def from_variance(ctx, g, x):
        """The gradient at x from that of the variance."""
        g = spread(g, x.shape, ctx.axes, ctx.keepdim)
        if ctx.freedom <= 0 and ctx.axes is None:  # 2 / 0 before it meets the deviation, as torch has it
            return g * np.where(raw(x) == Mean.apply(raw(x), axes=None, keepdim=False), np.nan, np.inf).astype(
                raw(x).dtype
            )
        return g * ((x - Mean.apply(x, axes=ctx.axes, keepdim=True)) * (2 / ctx.freedom if ctx.freedom else math.inf))


class Std(Var):
    """y = √(Σ (x − m)² / (n − c)).   dx = dy · (x − m) / ((n − c) y), 0 where y = 0."""

    def forward(ctx, x, axes, keepdim, correction):
        variance = super().forward(x, axes, keepdim, correction)
        y = np.sqrt(variance)
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        x, y = ctx.saved
        return ctx.from_variance(g / (2 * (y + (raw(y) == 0))), x)


def squares(x: np.ndarray, n: int, axes: tuple[int, ...] | None, keepdim: bool) -> Any:
    """Σ (x − m)². What rounding left in the mean m is seen in the deviations' own mean, and taken out."""
    x = x.astype(np.float32) if x.dtype == np.float16 else x
    deviation = np.asarray(x - total(x, axes, True) / x.dtype.type(n))
    left = total(deviation, axes, keepdim)
    return total(np.square(deviation, out=deviation), axes, keepdim) - left * (left / x.dtype.type(n))


def _variance(
    op: type[Op], name: str, input: Any, dim: Any, unbiased: bool | None, keepdim: bool, correction: float | None
) -> Any:
    """Read the three ways in which torch lets a variance be asked for, and compute it."""
    if type(dim) is bool:  # var(x, False)
        dim, unbiased = None, dim
    if unbiased is not None and correction is not None:
        raise TypeError(f"{name}(): unbiased and correction say the same; give correction={int(unbiased)} only")
    x = operand(input, name)
    if x.dtype.kind != "f":
        raise RuntimeError(
            f"{name}: std and var only support floating point and complex dtypes, got {dtypes.of(x).name}; "
            "use x.float()"
        )
    if correction is None:
        correction = 1 if unbiased is None else int(unbiased)
    axes = reduced_axes(dim, keepdim, x.ndim, name)
    if count(x.shape, axes) <= correction:
        _warn_freedom(name)
    return op.apply(input, axes=axes, keepdim=keepdim, correction=correction)


def _warn_freedom(name: str) -> None:
    import warnings

    warnings.warn(
        f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor "
        "(input numel divided by output numel).",
        UserWarning,
        stacklevel=5,
    )


@numpy_names
def var(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The variance: Σ (x − mean)² / (n − correction), of all elements or over `dim`.

    Args:
        input: any shape, floating.
        dim: an int, a tuple of ints, or None for all.
        unbiased: True for correction 1, False for correction 0.
        correction: subtracted from the number of elements; 1 unless given (Bessel's correction).
    Warns:
        UserWarning: there are no more elements than `correction`; the result is nan or inf.

    >>> import gradus
    >>> x = gradus.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]])
    >>> gradus.var(x, dim=1), x.var(1, correction=0)
    (tensor([1., 4.]), tensor([0.6667, 2.6667]))
    """
    return _variance(Var, "var", input, dim, unbiased, keepdim, correction)


@numpy_names
def std(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """The standard deviation: the square root of `var`, with its arguments. The gradient of a constant is 0.

    >>> import gradus
    >>> gradus.std(gradus.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]), dim=1)
    tensor([1., 2.])
    """
    return _variance(Std, "std", input, dim, unbiased, keepdim, correction)


@numpy_names
def var_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """The pair (variance, mean), with the arguments of `var`.

    >>> import gradus
    >>> gradus.var_mean(gradus.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    variance = _variance(Var, "var_mean", input, dim, unbiased, keepdim, correction)
    return variance, mean(input, None if type(dim) is bool else dim, keepdim)


@numpy_names
def std_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """The pair (standard deviation, mean), with the arguments of `std`.

    >>> import gradus
    >>> gradus.std_mean(gradus.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    deviation = _variance(Std, "std_mean", input, dim, unbiased, keepdim, correction)
    return deviation, mean(input, None if type(dim) is bool else dim, keepdim)


# Median and mode ------------------------------------------------------------------------------------------------------


def _at_rank(order: Any, rank: Any, axis: int) -> Any:
    """The index of the element of the given rank on each line, from the order that sorts it."""
    return np.take_along_axis(order, np.asarray(rank).reshape(np.shape(rank) or (1,) * order.ndim), axis)


class Median(Chosen):
    """y = the lower median along the axis, and its index; nan if there is one.   dx = dy at that index, 0 elsewhere."""

    def choose(ctx, x, axis):
        order = np.argsort(x, axis, kind="stable")
        middle = _at_rank(order, (x.shape[axis] - 1) // 2, axis)
        missing = np.isnan(x)
        return np.where(missing.any(axis, keepdims=True), missing.argmax(axis, keepdims=True), middle)


class NanMedian(Chosen):
    """y = the lower median along the axis of what is not nan, and its index.   dx = dy at that index, 0 elsewhere."""

    torch_name = "Nanmedian"

    def choose(ctx, x, axis):
        numbers = np.add.reduce(~np.isnan(x), axis=axis, keepdims=True)
        return _at_rank(np.argsort(x, axis, kind="stable"), np.maximum(numbers - 1, 0) // 2, axis)


class Mode(Chosen):
    """y = the most frequent value along the axis (the smallest of such), and its last index.   dx = dy there."""

    def choose(ctx, x, axis):
        order = np.argsort(x, axis, kind="stable")
        ranked = np.moveaxis(np.take_along_axis(x, order, axis), axis, -1)
        place = np.arange(ranked.shape[-1])
        starts = np.zeros(ranked.shape, np.int64)  # of the run of equal values that an element belongs to
        starts[..., 1:] = np.where(ranked[..., 1:] != ranked[..., :-1], place[1:], 0)
        run = place - np.maximum.accumulate(starts, axis=-1)
        return _at_rank(order, np.moveaxis(np.argmax(run, -1, keepdims=True), -1, axis), axis)


class MedianOfAll(Op):
    """y = the lower median of all elements.   dx = dy / k at each of the k elements that equal y, 0 elsewhere."""

    torch_name = "Median"

    def forward(ctx, x, skip_nan):
        flat = x.reshape(-1)
        flat = flat[~np.isnan(flat)] if skip_nan else flat
        if not flat.size or (not skip_nan and np.isnan(flat).any()):
            y = np.asarray(np.nan if x.dtype.kind == "f" else np.iinfo(x.dtype).min, x.dtype)
        else:
            middle = (flat.size - 1) // 2
            y = np.partition(flat, middle)[middle]
        ctx.save(x, y)
        return y

    def backward(ctx, g):
        return shared_evenly(g, *map(raw, ctx.saved))


@numpy_names
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median: of an even number of elements the lower of the middle two; nan if there is one.

    Args:
        dim: None for all elements; an int for (values, indices) along that dimension.
    Returns:
        A 0-d tensor, or (values, indices). Of equal elements torch does not say which index it gives; here it is the
        one that a stable sort puts in the middle.

    >>> import gradus
    >>> x = gradus.tensor([[3.0, 1.0, 2.0, 9.0]])
    >>> gradus.median(x), x.median(dim=1).indices
    (tensor(2.), tensor([2]))
    """
    x = operand(input, "median")
    if x.dtype == bool:
        raise NotImplementedError("median: not implemented for bool; use x.int().median()")
    if dim is None:
        return MedianOfAll.apply(input, skip_nan=False)
    return MedianResult(Median.apply(input, axis=one_axis(dim, x, "median"), keepdim=keepdim))


@numpy_names
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The median of the elements that are not nan. See `median`.

    >>> import gradus
    >>> gradus.nanmedian(gradus.tensor([3.0, float("nan"), 1.0, 2.0]))
    tensor(2.)
    """
    x = operand(input, "nanmedian")
    if dim is None:
        return MedianOfAll.apply(input, skip_nan=True)
    return NanMedianResult(NanMedian.apply(input, axis=one_axis(dim, x, "nanmedian"), keepdim=keepdim))


@numpy_names
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent value along `dim`, the smallest where several are, and the index of its last occurrence.

    >>> import gradus
    >>> values, indices = gradus.mode(gradus.tensor([2, 1, 2, 1, 3]))
    >>> values, indices
    (tensor(1), tensor(3))
    """
    x = operand(input, "mode")
    return ModeResult(Mode.apply(input, axis=one_axis(dim, x, "mode"), keepdim=keepdim))


# Quantiles ------------------------------------------------------------------------------------------------------------

_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


@numpy_names
def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The q-quantiles: the values below which a fraction q of the elements lies. nan if there is one.

    Args:
        input: any shape, float32 or float64.
        q: a number from 0 to 1, or a 1-D tensor of them, which becomes the first dimension of the result.
        dim: an int, or None for all elements.
        interpolation: between the two neighbours of the place q·(n − 1): linear, lower, higher, midpoint, nearest.
    Raises:
        RuntimeError: another dtype, no elements, or q outside 0 to 1.

    >>> import gradus
    >>> x = gradus.tensor([1.0, 2.0, 3.0, 5.0])
    >>> gradus.quantile(x, 0.5), gradus.quantile(x, gradus.tensor([0.0, 0.9]))
    (tensor(2.5000), tensor([1.0000, 4.4000]))
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation, False)


@numpy_names
def nanquantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The q-quantiles of the elements that are not nan. See `quantile`.

    >>> import gradus
    >>> gradus.nanquantile(gradus.tensor([1.0, float("nan"), 3.0]), 0.5)
    tensor(2.)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, True)


def _quantile(name: str, input: Any, q: Any, dim: Any, keepdim: bool, interpolation: str, skip_nan: bool) -> Any:
    x = operand(input, name)
    fractions = _fractions(name, x, q)
    if interpolation not in _INTERPOLATIONS:
        choices = ", ".join(_INTERPOLATIONS)
        raise RuntimeError(f"{name}() interpolation must be one of {choices}, but got {interpolation!r}")
    axis = None if dim is None or not x.ndim else axis_of(dim, x.ndim, name)
    lines = input.reshape(-1) if axis is None else movedim(input, axis, -1)
    values = sort(lines, dim=-1).values
    found = _between(values, _ranks(raw(values), fractions.reshape(-1), skip_nan), interpolation)  # (…, number of q)
    kept = kept_shape(x.shape, None if axis is None else (axis,))
    outer = kept if keepdim else tuple([n for i, n in enumerate(x.shape) if axis is not None and i != axis])
    return movedim(found, -1, 0).reshape((fractions.size, *outer)) if fractions.ndim else found.reshape(outer)


def _fractions(name: str, x: Any, q: Any) -> np.ndarray:
    """`q` as an array, checked."""
    if x.dtype not in (np.float32, np.float64):
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype, got {dtypes.of(x).name}")
    if not x.size:
        raise RuntimeError(f"{name}() input tensor must be non-empty, got shape {x.shape}")
    if isinstance(q, (int, float)):
        if not 0 <= q <= 1:
            raise RuntimeError(f"{name}() q must be in the range [0, 1] but got {q}")
        return np.asarray(q, x.dtype)
    fractions = operand(q, name)
    if fractions.ndim > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor, got shape {fractions.shape}")
    if fractions.dtype != x.dtype:
        raise RuntimeError(
            f"{name}() q tensor must be same dtype as the input tensor, got {fractions.dtype} and {x.dtype}"
        )
    if not ((fractions >= 0) & (fractions <= 1)).all():
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]")
    return fractions


def _ranks(values: np.ndarray, fractions: np.ndarray, skip_nan: bool) -> np.ndarray:
    """The (fractional) places of the quantiles on each sorted line; nan stands at its end."""
    numbers = np.add.reduce(~np.isnan(values), axis=-1, keepdims=True)
    last = values.shape[-1] - 1
    if skip_nan:
        return fractions * np.maximum(numbers - 1, 0).astype(values.dtype)
    return np.where(numbers <= last, values.dtype.type(last), fractions * values.dtype.type(last))


def _between(values: Any, ranks: np.ndarray, interpolation: str) -> Any:
    """The values at fractional places of sorted lines."""
    rounded = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}.get(interpolation)
    ranks = ranks if rounded is None else rounded(ranks)
    below = np.floor(ranks)
    low = gather(values, -1, below.astype(np.int64))
    if rounded is not None:
        return low
    high = gather(values, -1, np.ceil(ranks).astype(np.int64))
    weight = np.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - below
    return lerp(low, high, weight)
