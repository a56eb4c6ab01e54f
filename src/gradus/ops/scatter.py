"""Writing elements where index tensors and masks say: the counterpart of gather."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.arguments import axis_of, numpy_names
from ..core.backward import unbroadcast
from ..core.base import TensorBase, raw, wrap
from ..core.op import Op, mismatch
from .accumulate import add_rows
from .expand import Expand
from .index import Index, IndexPut, Slice
from .pick import Gather, IndexSelect, check_gather, check_index, positions, spread
from .shape import View

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "index_add",
    "index_copy",
    "index_fill",
    "masked_fill",
    "masked_scatter",
    "put",
    "scatter",
    "scatter_add",
    "scatter_reduce",
]


class Scatter(Op):
    """y = x with src written at […index…] along `dim`.   dx = dy, zero where src was written;  dsrc = dy gathered."""

    def forward(ctx, x, src, index, dim):
        ctx.save(index)
        ctx.dim = dim
        y = np.array(x, order="C")
        y.reshape(-1)[positions(x.shape, index, dim)] = src
        return y

    def backward(ctx, g):
        (index,) = ctx.saved
        dx = Scatter.apply(g, 0, index, dim=ctx.dim) if ctx.needs[0] else None
        return dx, Gather.apply(g, index, dim=ctx.dim) if ctx.needs[1] else None, None


class ScatterAdd(Op):
    """y = x with src added at […index…] along `dim`.   dx = dy;  dsrc = dy gathered."""

    def forward(ctx, x, src, index, dim):
        ctx.save(index)
        ctx.dim = dim
        return x + add_rows(positions(x.shape, index, dim).ravel(), src.reshape(-1, 1), x.size).reshape(x.shape)

    def backward(ctx, g):
        (index,) = ctx.saved
        return g, Gather.apply(g, index, dim=ctx.dim) if ctx.needs[1] else None, None


class ScatterExtreme(Op):
    """y = the largest (or smallest) of x and all src that go to one place.   dy is shared by all that attain it."""

    torch_name = "ScatterReduce"

    def forward(ctx, x, src, index, dim, largest):
        y = np.array(x, order="C")
        (np.maximum if largest else np.minimum).at(y.reshape(-1), positions(x.shape, index, dim), src)
        ctx.save(x, src, index, y)
        ctx.dim = dim
        return y

    def backward(ctx, g):
        x, src, index, y = map(raw, ctx.saved)
        top_x = (x == y).astype(y.dtype)
        top_src = (src == Gather.apply(y, index, dim=ctx.dim)).astype(y.dtype)
        share = g / np.maximum(ScatterAdd.apply(top_x, top_src, index, dim=ctx.dim), 1)
        return share * top_x, Gather.apply(share, index, dim=ctx.dim) * top_src, None


class ScatterProduct(Op):
    """y = x times all src that go to the same place.   Each gets dy times the product of the others.

    A product without one of its factors is the whole divided by it, unless it is 0: so zeros are counted instead.
    """

    torch_name = "ScatterReduce"

    def forward(ctx, x, src, index, dim):
        ctx.save(x, src, index)
        ctx.dim = dim
        y = np.array(x, order="C")
        np.multiply.at(y.reshape(-1), positions(x.shape, index, dim), src)
        return y

    def backward(ctx, g):
        x, src, index = ctx.saved
        zero_x, zero_src = raw(x) == 0, raw(src) == 0
        zeros = ScatterAdd.apply(zero_x.astype(np.int64), zero_src.astype(np.int64), raw(index), dim=ctx.dim)
        x1, src1 = x + zero_x.astype(raw(x).dtype), src + zero_src.astype(raw(src).dtype)  # 1 in place of 0
        rest = g * ScatterProduct.apply(x1, src1, index, dim=ctx.dim)  # of those that are not 0
        at_src = raw(Gather.apply(zeros, raw(index), dim=ctx.dim))
        dx = rest / x1 * (zeros == zero_x)  # no zero but one's own
        return dx, Gather.apply(rest, index, dim=ctx.dim) / src1 * (at_src == zero_src), None


class IndexAdd(Op):
    """y = x with alpha · source added to the slices `index` along `dim`.   dx = dy;  dsource = alpha · dy there."""

    def forward(ctx, x, source, index, dim, alpha):
        ctx.save(index)
        ctx.dim, ctx.alpha, ctx.shape = dim, alpha, source.shape
        if not x.ndim:
            return x + source.sum() * alpha
        return x + spread(source if alpha == 1 else source * alpha, index, dim, x.shape[dim])

    def backward(ctx, g):
        (index,) = ctx.saved
        if not ctx.needs[1]:
            return g, None, None
        taken = IndexSelect.apply(g, index, dim=ctx.dim) if g.ndim else g
        return g, View.apply(taken if ctx.alpha == 1 else taken * ctx.alpha, shape=ctx.shape), None


class MaskedFill(Op):
    """y = x with `value` where the mask is True.   dx = dy, zero there;  dvalue = Σ dy there."""

    def forward(ctx, x, value, mask):
        ctx.save(mask)
        ctx.shape = x.shape
        if x.shape == mask.shape or np.broadcast_shapes(x.shape, mask.shape) == x.shape:
            y = x.copy()
        else:
            y = np.array(np.broadcast_to(x, np.broadcast_shapes(x.shape, mask.shape)))
        np.copyto(y, value, where=mask, casting="unsafe")
        return y

    def backward(ctx, g):
        (mask,) = ctx.saved
        dx = unbroadcast(MaskedFill.apply(g, 0, mask), ctx.shape) if ctx.needs[0] else None
        return dx, (g * mask).sum() if ctx.needs[1] else None, None


class MaskedScatter(Op):
    """y = x with the first elements of source, in order, where the mask is True.

    dx = dy, zero there;  dsource = dy there, then zeros.
    """

    def forward(ctx, x, source, mask):
        ctx.save(mask)
        ctx.shape = source.shape
        y = x.copy()
        y[mask] = source.reshape(-1)[: np.count_nonzero(mask)]
        return y

    def backward(ctx, g):
        from .index import Place

        (mask,) = ctx.saved
        dx = MaskedFill.apply(g, 0, mask) if ctx.needs[0] else None
        if not ctx.needs[1]:
            return dx, None, None
        taken, size = Index.apply(g, mask, layout=(True,)), int(np.prod(ctx.shape))
        flat = Place.apply(taken, shape=(size,), op=Slice, params={"key": (slice(0, taken.shape[0]), ...)})
        return dx, View.apply(flat, shape=ctx.shape), None


# scatter --------------------------------------------------------------------------------------------------------------


def _source(name: str, input: Any, index: Any, src: Any) -> Any:
    """The part of src that index reaches, after torch's checks."""
    if not isinstance(src, (TensorBase, np.ndarray)):
        raise TypeError(f"{name}(): argument 'src' must be Tensor, not {type(src).__name__}")
    if raw(src).dtype != raw(input).dtype:
        raise RuntimeError(
            f"{name}(): Expected self.dtype to be equal to src.dtype, got {raw(input).dtype.name} and "
            f"{raw(src).dtype.name}"
        )
    have, need = raw(src).shape, raw(index).shape
    if have == need:
        return src
    if len(have) != len(need):
        raise RuntimeError(
            f"{name}(): Index tensor must have the same number of dimensions as src tensor, got {list(need)} and "
            f"{list(have)}"
        )
    if any(n > limit for n, limit in zip(need, have, strict=True)):
        raise RuntimeError(
            f"{name}(): Expected index {list(need)} to be no larger than src {list(have)} in every dimension"
        )
    return Slice.apply(src, key=(*[slice(0, n) for n in need], ...))


@numpy_names
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """A copy of `input` with src (or a value) written at `index`: for dim = 1, y[i, index[i, j]] = src[i, j].

    Args:
        src: a tensor at least as large as `index`, or a number.
        reduce: None to write, "add" or "multiply" to combine (see `scatter_reduce`).
    Raises:
        RuntimeError: an index is out of range, or shapes or dtypes do not fit.

    >>> import gradus
    >>> gradus.zeros(2, 3).scatter(1, gradus.tensor([[2], [0]]), 1.0)
    tensor([[0., 0., 1.],
            [1., 0., 0.]])
    """
    axis = check_gather("scatter", input, dim, index)
    src = value if src is None else src
    if reduce is not None:
        if reduce not in ("add", "multiply"):
            raise RuntimeError(f"scatter(): reduce argument must be either add or multiply, got {reduce!r}")
        if not isinstance(src, TensorBase):
            src = wrap(np.full(raw(index).shape, src, raw(input).dtype))
        return scatter_reduce(input, dim, index, src, "sum" if reduce == "add" else "prod")
    if not isinstance(src, (bool, int, float, np.generic)):
        src = _source("scatter", input, index, src)
    return Scatter.apply(input, src, index, dim=axis)


@numpy_names
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """A copy of `input` with src added at `index` along `dim`: for dim = 1, y[i, index[i, j]] += src[i, j].

    >>> import gradus
    >>> gradus.zeros(3).scatter_add(0, gradus.tensor([0, 0, 2]), gradus.tensor([1.0, 2.0, 4.0]))
    tensor([3., 0., 4.])
    """
    axis = check_gather("scatter_add", input, dim, index)
    return ScatterAdd.apply(input, _source("scatter_add", input, index, src), index, dim=axis)


@numpy_names
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """A copy of `input` in which all src that go to the same place are combined.

    Args:
        reduce: "sum", "prod", "mean", "amax" or "amin".
        include_self: whether the number that was there takes part.

    >>> import gradus
    >>> index, src = gradus.tensor([0, 0, 1]), gradus.tensor([1.0, 2.0, 4.0])
    >>> gradus.zeros(2).scatter_reduce(0, index, src, "mean", include_self=False)
    tensor([1.5000, 4.0000])
    """
    if reduce not in _NEUTRAL:
        raise RuntimeError(
            f"scatter_reduce(): reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
        )
    axis = check_gather("scatter_reduce", input, dim, index)
    src = _source("scatter_reduce", input, index, src)
    start = input
    if not include_self and raw(index).size:
        start = Scatter.apply(input, _neutral(reduce, raw(input).dtype), index, dim=axis)
    if reduce in ("amax", "amin"):
        return ScatterExtreme.apply(start, src, index, dim=axis, largest=reduce == "amax")
    if reduce == "prod":
        return ScatterProduct.apply(start, src, index, dim=axis)
    total = ScatterAdd.apply(start, src, index, dim=axis)
    return total if reduce == "sum" else _mean(total, index, axis, include_self)


_NEUTRAL: dict[str, Any] = {"sum": 0, "mean": 0, "prod": 1, "amax": "min", "amin": "max"}


def _neutral(reduce: str, dtype: np.dtype) -> Any:
    """The number that changes nothing: what a place starts from when its own does not take part."""
    value = _NEUTRAL[reduce]
    if not isinstance(value, str):
        return value
    if dtype.kind == "f":
        return -np.inf if value == "min" else np.inf
    return getattr(np.iinfo(dtype), value) if dtype.kind != "b" else value == "max"


def _mean(total: Any, index: Any, axis: int, include_self: bool) -> Any:
    array = raw(total)
    ones = np.ones(raw(index).shape, array.dtype)
    counts = ScatterAdd.apply(np.full(array.shape, include_self, array.dtype), ones, raw(index), dim=axis)
    counts = np.maximum(counts, 1)
    return total // counts if array.dtype.kind in "iub" else total / counts


# slices ---------------------------------------------------------------------------------------------------------------


def _slices(name: str, input: Any, dim: Any, index: Any, error: type[Exception], lowest: int = 0) -> tuple[int, Any]:
    """The axis, and the index as a vector without negative numbers."""
    shape = raw(input).shape
    axis = axis_of(dim, len(shape), name)
    if raw(index).ndim > 1:
        raise IndexError(f"{name}(): Index should have dimension 1 or 0 (got {raw(index).ndim})")
    size = shape[axis] if shape else 1
    array = check_index(name, index, size, error, lowest * size)
    if array.size and array.min() < 0:
        index = np.where(array < 0, array + size, array)
    return axis, index if raw(index).ndim else View.apply(index, shape=(1,))


def _check_source(name: str, input: Any, axis: int, index: Any, source: Any) -> None:
    shape, have = raw(input).shape, raw(source).shape
    if raw(source).dtype != raw(input).dtype:
        raise RuntimeError(
            f"{name}(): self and source expected to have the same dtype, but got {raw(input).dtype.name} and "
            f"{raw(source).dtype.name}"
        )
    if raw(index).size != (have[axis] if have and axis < len(have) else 1):
        raise (RuntimeError if name == "index_add" else IndexError)(
            f"{name}(): Number of indices ({raw(index).size}) should be equal to source.size(dim) ({list(have)}, dim "
            f"{axis})"
        )
    if have and (len(have) != len(shape) or have[:axis] + have[axis + 1 :] != shape[:axis] + shape[axis + 1 :]):
        raise RuntimeError(
            f"{name}(): source tensor shape must match self tensor shape, excluding the specified dimension. Got "
            f"self.shape = {list(shape)} "
            f"source.shape = {list(have)}"
        )


@numpy_names
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1) -> Tensor:
    """A copy of `input` with alpha · source added to the slices that `index` names; twice named, twice added.

    >>> import gradus
    >>> gradus.zeros(3).index_add(0, gradus.tensor([0, 0, 2]), gradus.tensor([1.0, 2.0, 4.0]))
    tensor([3., 0., 4.])
    """
    axis, index = _slices("index_add", input, dim, index, RuntimeError)
    _check_source("index_add", input, axis, index, source)
    return IndexAdd.apply(input, source, index, dim=axis, alpha=alpha)


@numpy_names
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """A copy of `input` with the slices of source in place of those along `dim` that `index` names.

    >>> import gradus
    >>> gradus.zeros(3).index_copy(0, gradus.tensor([2, 0]), gradus.tensor([1.0, 2.0]))
    tensor([2., 0., 1.])
    """
    axis, index = _slices("index_copy", input, dim, index, IndexError)
    _check_source("index_copy", input, axis, index, source)
    if not raw(input).ndim:
        return View.apply(source, shape=())
    return IndexPut.apply(input, source, index, layout=(False,) * axis + (True,))


@numpy_names
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """A copy of `input` with `value` (a number or 0-d tensor) in the slices along `dim` that `index` names.

    >>> import gradus
    >>> gradus.zeros(3).index_fill(0, gradus.tensor([0, 2]), 5.0)
    tensor([5., 0., 5.])
    """
    axis, index = _slices("index_fill", input, dim, index, IndexError, lowest=-1)
    if raw(value) is not value and raw(value).ndim:
        raise RuntimeError(
            f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {raw(value).ndim} "
            "dimension(s)."
        )
    if not raw(input).ndim:
        return View.apply(IndexPut.apply(View.apply(input, shape=(1,)), value, index, layout=(True,)), shape=())
    return IndexPut.apply(input, value, index, layout=(False,) * axis + (True,))


# masks ----------------------------------------------------------------------------------------------------------------


def _check_mask(name: str, input: Any, mask: Any) -> None:
    if raw(mask).dtype != bool:
        raise RuntimeError(f"{name} only supports boolean masks, but got mask with dtype {raw(mask).dtype.name}")
    shapes = [raw(input).shape, raw(mask).shape]
    if shapes[0] != shapes[1]:
        try:
            np.broadcast_shapes(*shapes)
        except ValueError:
            raise RuntimeError(f"{name}: {mismatch(shapes)}") from None


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """A copy of `input` with `value` (a number or 0-d tensor) where `mask` is True. The shapes broadcast.

    >>> import gradus
    >>> scores = gradus.tensor([1.0, 2.0, 3.0])
    >>> scores.masked_fill(gradus.tensor([False, True, False]), float("-inf"))
    tensor([1., -inf, 3.])
    """
    _check_mask("masked_fill", input, mask)
    if raw(value) is not value and raw(value).ndim:
        raise RuntimeError(
            f"masked_fill only supports a 0-dimensional value tensor, but got tensor with {raw(value).ndim} "
            "dimension(s)."
        )
    return MaskedFill.apply(input, value, mask)


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """A copy of `input` with the elements of source, in order, where `mask` is True.

    Raises:
        RuntimeError: source has fewer elements than the mask has True.

    >>> import gradus
    >>> gradus.zeros(4).masked_scatter(gradus.tensor([True, False, True, False]), gradus.tensor([1.0, 2.0, 3.0]))
    tensor([1., 0., 2., 0.])
    """
    _check_mask("masked_scatter", input, mask)
    if raw(source).dtype != raw(input).dtype:
        raise RuntimeError(
            f"masked_scatter: expected self and source to have same dtypes but got {raw(input).dtype.name} and "
            f"{raw(source).dtype.name}"
        )
    shape = np.broadcast_shapes(raw(input).shape, raw(mask).shape)
    if raw(input).shape != shape:
        input = Expand.apply(input, shape=shape)
    if raw(mask).shape != shape:
        mask = Expand.apply(mask, shape=shape)
    if raw(source).size < np.count_nonzero(raw(mask)):
        raise RuntimeError(
            f"masked_scatter: Number of elements of source ({raw(source).size}) < number of ones in mask "
            f"({np.count_nonzero(raw(mask))})"
        )
    return MaskedScatter.apply(input, source, mask)


def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of `input` with source written (or added) at `index` of its flattened form.

    >>> import gradus
    >>> gradus.put(gradus.zeros(2, 2), gradus.tensor([0, 3]), gradus.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    size, shape = raw(input).size, raw(input).shape
    check_index("put", index, size, IndexError, -size)
    if raw(index).size != raw(source).size:
        raise IndexError(
            f"put(): Expected source and index to have the same number of elements, but got {raw(source).size} and "
            f"{raw(index).size}"
        )
    flat = View.apply(input, shape=(size,))
    values = View.apply(source, shape=raw(index).shape)
    return View.apply(IndexPut.apply(flat, values, index, layout=(True,), accumulate=accumulate), shape=shape)
