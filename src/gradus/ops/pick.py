"""Picking elements by index tensors and masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.arguments import axis_of, numpy_names
from ..core.base import raw, wrap
from ..core.op import Op, mismatch
from .accumulate import add_rows
from .expand import Expand
from .index import FULL, Index, Slice
from .shape import View

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "argwhere",
    "gather",
    "index_select",
    "masked_select",
    "narrow",
    "nonzero",
    "select",
    "take",
    "take_along_dim",
]


class IndexSelect(Op):
    """y = x at `index` along `dim`.   dx = Σ dy over the places where a slice went.   index: (k,)."""

    def forward(ctx, x, index, dim):
        ctx.save(index)
        ctx.dim, ctx.size = dim, x.shape[dim] if x.ndim else 1
        return np.take(x, index, dim) if x.ndim else x.copy()

    def backward(ctx, g):
        (index,) = ctx.saved
        return IndexSpread.apply(g, index, dim=ctx.dim, size=ctx.size), None


class IndexSpread(Op):
    """y = `size` slices of zeros along `dim`, with those of x added at `index`.   dx = dy at `index`."""

    torch_name = "IndexAdd"

    def forward(ctx, x, index, dim, size):
        ctx.save(index)
        ctx.dim = dim
        return spread(x, index, dim, size)

    def backward(ctx, g):
        (index,) = ctx.saved
        return IndexSelect.apply(g, index, dim=ctx.dim), None


def spread(x: np.ndarray, index: np.ndarray, dim: int, size: int) -> np.ndarray:
    """The slices of x along `dim`, added at `index` into `size` slices of zeros."""
    if not x.ndim:
        return x * index.size
    first = np.moveaxis(x, dim, 0)
    rows = add_rows(index.reshape(-1), first.reshape(first.shape[0], int(np.prod(first.shape[1:]))), size)
    return np.moveaxis(rows.reshape(size, *first.shape[1:]), 0, dim)


class Gather(Op):
    """y[…i…] = x[…index[…i…]…] along `dim`.   dx = Σ dy over the places where an element went."""

    def forward(ctx, x, index, dim):
        ctx.save(index)
        ctx.dim, ctx.shape = dim, x.shape
        return x.reshape(-1)[positions(x.shape, index, dim)]

    def backward(ctx, g):
        (index,) = ctx.saved
        return GatherSpread.apply(g, index, dim=ctx.dim, shape=ctx.shape), None


class GatherSpread(Op):
    """y = zeros of `shape`, with x[…i…] added at […index[…i…]…] along `dim`.   dx = dy gathered."""

    torch_name = "ScatterAdd"

    def forward(ctx, x, index, dim, shape):
        ctx.save(index)
        ctx.dim = dim
        size = int(np.prod(shape, dtype=np.intp))
        return add_rows(positions(shape, index, dim).ravel(), x.reshape(-1, 1), size).reshape(shape)

    def backward(ctx, g):
        (index,) = ctx.saved
        return Gather.apply(g, index, dim=ctx.dim), None


def positions(shape: tuple[int, ...], index: np.ndarray, dim: int) -> np.ndarray:
    """Where the elements that `index` names along `dim` lie in a row-major array of `shape`.

    Along the other axes an element of `index` stands for its own place.
    """
    if not shape:
        return index
    stride = 1
    result: Any = 0
    for axis in reversed(range(len(shape))):
        along = index if axis == dim else np.arange(index.shape[axis]).reshape(-1, *[1] * (index.ndim - 1 - axis))
        result = result + along * stride
        stride *= shape[axis]
    return result


def check_index(name: str, index: Any, size: int, error: type[Exception] = RuntimeError, lowest: int = 0) -> np.ndarray:
    """The array of an index tensor.

    Raises:
        RuntimeError: it does not hold int64 or int32.
        error: an index lies outside of `lowest` … size − 1.
    """
    array = raw(index)
    if not isinstance(array, np.ndarray) or array.dtype not in (np.int64, np.int32):
        kind = array.dtype.name if isinstance(array, np.ndarray) else type(index).__name__
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index, got {kind}")
    if array.size:
        for bad in (int(array.min()), int(array.max())):
            if not lowest <= bad < size:
                raise error(f"{name}(): index {bad} is out of bounds for dimension with size {size}")
    return array


@numpy_names
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices of `input` along `dim` that `index` names.   index: (k,) of int64 → size k along `dim`.

    Raises:
        IndexError: an index is negative or too large, or `index` has more than one dimension.

    >>> import gradus
    >>> gradus.index_select(gradus.tensor([[1, 2], [3, 4]]), 1, gradus.tensor([1, 1, 0]))
    tensor([[2, 2, 1],
            [4, 4, 3]])
    """
    shape = raw(input).shape
    axis = axis_of(dim, len(shape), "index_select")
    if raw(index).ndim > 1:
        raise IndexError(f"index_select(): Index is supposed to be a vector, got shape {list(raw(index).shape)}")
    check_index("index_select", index, shape[axis] if shape else 1, IndexError)
    return IndexSelect.apply(input, View.apply(index, shape=(1,)) if not raw(index).ndim else index, dim=axis)


@numpy_names
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """One element for each of `index`: for dim = 1, y[i, j] = input[i, index[i, j]].

    `index` has as many dimensions as `input`, and is nowhere larger except along `dim`; y has its shape.

    Raises:
        RuntimeError: an index is out of range, or the shapes do not fit.

    >>> import gradus
    >>> logits = gradus.tensor([[0.1, 0.7, 0.2], [0.9, 0.0, 0.1]])
    >>> logits.gather(1, gradus.tensor([[1], [0]]))
    tensor([[0.7000],
            [0.9000]])
    """
    axis = check_gather("gather", input, dim, index)
    return Gather.apply(input, index, dim=axis)


def check_gather(name: str, input: Any, dim: int, index: Any) -> int:
    """The axis of a gather or scatter, after the checks that torch makes."""
    shape, sizes = raw(input).shape, raw(index).shape
    axis = axis_of(dim, len(shape), name)
    check_index(name, index, shape[axis] if shape else 1)
    if raw(index).size and len(sizes or (1,)) != len(shape or (1,)):
        raise RuntimeError(
            f"{name}(): Index tensor must have the same number of dimensions as input tensor, got {list(sizes)} and "
            f"{list(shape)}"
        )
    for d, (n, limit) in enumerate(zip(sizes, shape, strict=False)):
        if d != axis and n > limit:
            raise RuntimeError(
                f"{name}(): Size does not match at dimension {d} expected index {list(sizes)} to be no larger than "
                f"self {list(shape)} "
                f"apart from dimension {axis}"
            )
    return axis


def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements at `index` of the flattened input, in the shape of `index`; negative ones count from the end.

    Raises:
        IndexError: an index is out of range.

    >>> import gradus
    >>> gradus.take(gradus.tensor([[4, 3], [2, 1]]), gradus.tensor([0, 3]))
    tensor([4, 1])
    """
    flat = View.apply(input, shape=(raw(input).size,))
    size = raw(flat).size
    if raw(index).dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {raw(index).dtype.name}")
    check_index("take", index, size, IndexError, -size)
    return Index.apply(flat, index, layout=(True,))


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """`gather` whose other dimensions broadcast and whose indices may count from the end; without `dim`, flat.

    >>> import gradus
    >>> x = gradus.tensor([[3, 1, 2]])
    >>> x.take_along_dim(gradus.tensor([[1, 2, 0]]), 1)
    tensor([[1, 2, 3]])
    """
    if dim is None:
        return take(input, View.apply(indices, shape=(raw(indices).size,)))
    shape, sizes = raw(input).shape, raw(indices).shape
    if len(shape) != len(sizes):
        raise RuntimeError(
            f"take_along_dim(): input and indices should have the same number of dimensions, but got {len(shape)} "
            f"and {len(sizes)}"
        )
    axis = axis_of(dim, len(shape), "take_along_dim")
    index = check_index("take_along_dim", indices, shape[axis], lowest=-shape[axis])
    common = [
        1 if d == axis else max(a, b) if 0 not in (a, b) else 0
        for d, (a, b) in enumerate(zip(shape, sizes, strict=True))
    ]
    for d, (a, b) in enumerate(zip(shape, sizes, strict=True)):
        if d != axis and a != b and 1 not in (a, b):
            raise RuntimeError(f"take_along_dim(): {mismatch([shape, sizes])}")
    target, wide = ((*common[:axis], s[axis], *common[axis + 1 :]) for s in (shape, sizes))
    index = np.broadcast_to(np.where(index < 0, index + shape[axis], index), wide)
    return Gather.apply(Expand.apply(input, shape=target), index, dim=axis)


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where `mask` is True, in one dimension. The shapes broadcast.

    >>> import gradus
    >>> x = gradus.tensor([1.0, -2.0, 3.0])
    >>> gradus.masked_select(x, x > 0)
    tensor([1., 3.])
    """
    if raw(mask).dtype != bool:
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, got {raw(mask).dtype.name}")
    if raw(input).shape != raw(mask).shape:
        shapes = [raw(input).shape, raw(mask).shape]
        try:
            shape = np.broadcast_shapes(*shapes)
        except ValueError:
            raise RuntimeError(f"masked_select: {mismatch(shapes)}") from None
        input, mask = Expand.apply(input, shape=shape), Expand.apply(mask, shape=shape)
    if not raw(input).ndim:
        input, mask = View.apply(input, shape=(1,)), View.apply(mask, shape=(1,))
    return Index.apply(input, mask, layout=(True,))


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The places of the elements that are not 0: (count, dimensions), or with `as_tuple` one index tensor a dimension.

    >>> import gradus
    >>> gradus.tensor([[1, 0], [0, 2]]).nonzero()
    tensor([[0, 0],
            [1, 1]])
    >>> gradus.nonzero(gradus.tensor([0, 5]), as_tuple=True)
    (tensor([1]),)
    """
    array = raw(input)
    if as_tuple:
        return tuple([wrap(i) for i in np.nonzero(np.atleast_1d(array))])
    return wrap(np.argwhere(array))


def argwhere(input: Tensor) -> Tensor:
    """`nonzero(input)`.

    >>> import gradus
    >>> gradus.argwhere(gradus.tensor([0, 5]))
    tensor([[1]])
    """
    return nonzero(input)


@numpy_names
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """The slice at `index` along `dim`, without that dimension: a view.

    >>> import gradus
    >>> gradus.tensor([[1, 2], [3, 4]]).select(1, 0)
    tensor([1, 3])
    """
    shape = raw(input).shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis = axis_of(dim, len(shape), "select")
    i = index.__index__()
    if not -shape[axis] <= i < shape[axis]:
        raise IndexError(f"select(): index {i} out of range for tensor of size {list(shape)} at dimension {axis}")
    return Slice.apply(input, key=(*(FULL,) * axis, i, ...))


@numpy_names
def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """`length` slices from `start` on along `dim`: a view.

    Raises:
        RuntimeError: they reach beyond the end, or length is negative.

    >>> import gradus
    >>> gradus.arange(5).narrow(0, 1, 3)
    tensor([1, 2, 3])
    """
    shape = raw(input).shape
    if not shape:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    axis, first = axis_of(dim, len(shape), "narrow"), start.__index__()
    n = shape[axis]
    if length < 0:
        raise RuntimeError(f"narrow(): length must be non-negative, got {length}")
    if not -n <= first <= n:
        raise IndexError(f"narrow(): start out of range (expected to be in range of [{-n}, {n}], but got {first})")
    first += n * (first < 0)
    if first + length > n:
        raise RuntimeError(f"narrow(): start ({first}) + length ({length}) exceeds dimension size ({n}).")
    return Slice.apply(input, key=(*(FULL,) * axis, slice(first, first + length), ...))
