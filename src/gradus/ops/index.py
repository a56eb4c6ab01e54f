"""x[…]: taking parts of a tensor, and putting numbers into them.

An index has two parts, applied in this order: the basic one (ints, slices, None, …), whose result is a view, and the
advanced one (index tensors and masks), which gathers a copy. Ints are taken first, so they never count as index arrays:
the one place where torch differs from NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.base import TensorBase, raw
from ..core.op import Op
from .accumulate import add_at
from .looking import Looking
from .reading import array_of

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["index_put"]

FULL = slice(None)
NOT_INDEXABLE = "invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number"


class Slice(Looking):
    """y = x[key] for ints, slices, None and …: a view.   dx = zeros with dy at key."""

    def forward(ctx, x, key):
        ctx.shape, ctx.key = x.shape, key
        try:
            return x[key]
        except IndexError as error:
            raise out_of_range(error, x.shape) from None

    def backward(ctx, g):
        return Place.apply(g, shape=ctx.shape, op=Slice, params={"key": ctx.key})

    def name(ctx):
        for k in reversed(ctx.key):
            if k is not FULL and k is not Ellipsis and k != FULL:
                return (
                    "UnsqueezeBackward0"
                    if k is None
                    else "SliceBackward0"
                    if isinstance(k, slice)
                    else "SelectBackward0"
                )
        return "SliceBackward0" if len(ctx.key) > 1 else "AliasBackward0"


class Place(Op):
    """y = zeros with x where the view `op` looks.   dx = op(dy).

    The derivative of every view that shows each element at most once; and diag_embed.
    """

    torch_name = "DiagEmbed"

    def forward(ctx, x, shape, op, params):
        ctx.op, ctx.params = op, params
        y = np.zeros(shape, x.dtype)
        op.apply(y, **params)[...] = x
        return y

    def backward(ctx, g):
        return ctx.op.apply(g, **ctx.params)


class Index(Op):
    """y = x[indices] for index arrays and masks.   dx = Σ dy over the places where an element went.

    `layout` says for each axis whether it has an index; a mask stands for all the axes that it covers.
    """

    def forward(ctx, x, *indices, layout):
        ctx.save(*indices)
        ctx.shape, ctx.layout = x.shape, layout
        try:
            return x[key_of(indices, layout)]
        except IndexError as error:
            raise out_of_range(error, x.shape, indices) from None

    def backward(ctx, g):
        return (IndexAdded.apply(g, *ctx.saved, layout=ctx.layout, shape=ctx.shape),)


class IndexAdded(Op):
    """y = zeros of `shape`, with x added at the indices.   dx = dy[indices]."""

    torch_name = "IndexPut"

    def forward(ctx, x, *indices, layout, shape):
        ctx.save(*indices)
        ctx.layout = layout
        return add_at(shape, key_of(indices, layout), x)

    def backward(ctx, g):
        return (Index.apply(g, *ctx.saved, layout=ctx.layout),)


class IndexPut(Op):
    """y = x with v written (or added) at the indices.   dx = dy, zero where v was written;  dv = dy[indices]."""

    def forward(ctx, x, value, *indices, layout, accumulate=False):
        ctx.save(*indices)
        ctx.layout, ctx.accumulate, ctx.shape = layout, accumulate, np.shape(value)
        key = key_of(indices, layout)
        y = x.copy()
        try:
            if accumulate:
                np.add.at(y, key, value)
            else:
                y[key] = value
        except IndexError as error:
            raise out_of_range(error, x.shape, indices) from None
        except ValueError:
            raise unfit(value, x[key]) from None
        return y

    def backward(ctx, g):
        from ..core.backward import unbroadcast

        indices = ctx.saved
        dx = dv = None
        if ctx.needs[0]:
            dx = g if ctx.accumulate else IndexPut.apply(g, 0, *indices, layout=ctx.layout)
        if ctx.needs[1]:
            dv = unbroadcast(Index.apply(g, *indices, layout=ctx.layout), ctx.shape)
        return dx, dv


def key_of(indices: tuple[Any, ...], layout: tuple[bool, ...]) -> tuple[Any, ...]:
    """NumPy's key: the next index where `layout` is True, all of an axis where it is False."""
    rest = iter(indices)
    return tuple([next(rest) if taken else FULL for taken in layout])


def out_of_range(error: IndexError, shape: tuple[int, ...], indices: tuple[Any, ...] = ()) -> IndexError:
    text = str(error)
    if "too many" in text:
        text = f"too many indices for tensor of dimension {len(shape)}" if shape else NOT_INDEXABLE
    elif "broadcast" in text:
        sizes = ", ".join(str(list(np.shape(i))) for i in indices)
        text = f"shape mismatch: indexing tensors could not be broadcast together with shapes {sizes}"
    return IndexError(text.replace("for axis", "for dimension"))


def unfit(value: Any, place: np.ndarray) -> RuntimeError:
    return RuntimeError(
        f"shape mismatch: value tensor of shape {list(np.shape(value))} cannot be broadcast to indexing result of "
        f"shape {list(place.shape)}"
    )


# reading an index -----------------------------------------------------------------------------------------------------


def getitem(self: Any, key: Any) -> Any:
    """self[key]."""
    basic = simple(key)
    if basic is not None:
        return Slice.apply(self, key=basic)
    basic, indices, layout = parse(key, self.array.shape)
    if indices is None:
        return Slice.apply(self, key=basic)
    if basic is not None:
        self = Slice.apply(self, key=basic)
    return Index.apply(self, *indices, layout=layout)


def simple(key: Any) -> Any:
    """NumPy's key, where the index is made of ints, slices, None and … alone: the way of most; else None."""
    whole = False
    parts = []
    for k in key if type(key) is tuple else (key,):
        kind = type(k)
        if kind is slice:
            k = plain(k)
        elif k is Ellipsis:
            if whole:
                return None
            whole = True
        elif kind is not int and k is not None:
            return None
        parts.append(k)
    if not whole:
        parts.append(Ellipsis)
    return tuple(parts)


def parse(key: Any, shape: tuple[int, ...]) -> tuple[Any, Any, Any]:
    """(basic key, index arrays, layout): the arrays apply to the result of the basic key; None for what is not there.

    Raises:
        IndexError: too many indices, or something that is no index.
        ValueError: a slice with a step below 1.
    """
    items = [_readable(k) for k in _items(key)]
    used = sum(_axes_used(k) for k in items)
    if used > len(shape):
        if not shape:
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number"
            )
        raise IndexError(f"too many indices for tensor of dimension {len(shape)}")
    if not any(isinstance(k, (TensorBase, np.ndarray)) for k in items):
        basic = [k for i, k in enumerate(items) if k is not Ellipsis or Ellipsis not in items[:i]]
        return (tuple(basic) if Ellipsis in basic else (*basic, Ellipsis)), None, None
    return _split(items, shape, used)


def _split(items: list[Any], shape: tuple[int, ...], used: int) -> tuple[Any, Any, Any]:
    """Leave to the basic key a whole axis where an index array goes, so that the arrays find it in the result."""
    basic: list[Any] = []
    indices: list[Any] = []
    layout: list[bool] = []
    axis, unnamed = 0, len(shape) - used
    for k in items:
        if isinstance(k, (TensorBase, np.ndarray)):
            array = raw(k)
            if array.dtype == bool:
                _check_mask(array, shape, axis)
            single = array.dtype == bool and not array.ndim  # one truth value is the mask of an axis that it adds
            basic += [None] if single else [FULL] * _axes_used(k)
            indices.append(array.reshape(1) if single else k)
            layout.append(True)
        elif k is Ellipsis:
            basic += [FULL] * unnamed
            layout += [False] * unnamed
            axis, unnamed = axis + unnamed, 0
        else:
            basic.append(k)
            layout += [False] * (type(k) is not int)
        axis += _axes_used(k)
    while not layout[-1]:
        layout.pop()
    return (None if all(k == FULL for k in basic) else (*basic, Ellipsis)), indices, tuple(layout)


def _check_mask(mask: np.ndarray, shape: tuple[int, ...], axis: int) -> None:
    for i, n in enumerate(mask.shape):
        if n != shape[axis + i]:
            raise IndexError(
                f"The shape of the mask {list(mask.shape)} at index {i} does not match the shape of the indexed tensor "
                f"{list(shape)} at index {axis + i}"
            )


def _items(key: Any) -> Any:
    """The parts of an index; a list that holds more than numbers is read as a tuple, as torch does."""
    if isinstance(key, tuple):
        return key
    if isinstance(key, list) and len(key) < 32 and any(k is None or isinstance(k, _NOT_NUMBERS) for k in key):
        return key
    return (key,)


_NOT_NUMBERS = (type(Ellipsis), slice, list, tuple, range, TensorBase, np.ndarray)


def _axes_used(k: Any) -> int:
    if k is None or k is Ellipsis:
        return 0
    if isinstance(k, (TensorBase, np.ndarray)):
        array = raw(k)
        return array.ndim if array.dtype == bool else 1
    return 1


def _readable(k: Any) -> Any:
    """One part of an index as an int, a slice, None, … or an index array; a tensor is kept, to notice changes to it."""
    if k is None or k is Ellipsis:
        return k
    if isinstance(k, (int, np.integer)) and not isinstance(k, bool):
        return int(k)
    if isinstance(k, slice):
        return plain(k)
    if isinstance(k, (bool, np.bool_)):
        return np.array(k)
    if isinstance(k, TensorBase):
        return _index_tensor(k)
    if isinstance(k, (list, tuple, range, np.ndarray)):
        array = k if isinstance(k, np.ndarray) else array_of(k) if len(k) else np.empty(0, np.int64)
        return _index_tensor(array)
    raise IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
        f"(got {type(k).__name__}); convert it to an int or an int64 tensor"
    )


def _index_tensor(k: Any) -> Any:
    array = raw(k)
    if array.dtype == np.uint8:
        return array.astype(bool)  # torch's old masks
    if array.dtype not in (bool, np.int32, np.int64):
        raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors, got {array.dtype.name}")
    if not array.ndim and array.dtype.kind == "i":
        return int(array)
    return k


def plain(key: slice) -> slice:
    """A slice with plain ints for bounds (a 0-d tensor may change later)."""
    start, stop, step = key.start, key.stop, key.step
    if step is None and (start is None or type(start) is int) and (stop is None or type(stop) is int):
        return key
    if step is not None:
        step = _bound(step)
        if step <= 0:
            raise ValueError(f"step must be greater than zero, got {step}; use flip() to reverse a dimension")
    return slice(_bound(start), _bound(stop), step)


def _bound(n: Any) -> Any:
    if n is None or type(n) is int:
        return n
    try:
        return n.__index__()
    except AttributeError:
        raise TypeError(f"slice indices must be integers or None or have an __index__ method, got {n!r}") from None


def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """A copy of `input` with input[indices] = values, or += if `accumulate`.

    Args:
        indices: a tuple of index tensors or masks, for the first dimensions of `input`.
        values: a tensor of the same dtype that broadcasts to what is indexed.

    >>> import gradus
    >>> gradus.zeros(3).index_put((gradus.tensor([0, 0, 2]),), gradus.tensor(1.0), accumulate=True)
    tensor([2., 0., 1.])
    """
    for i, index in enumerate(indices):
        if not isinstance(index, TensorBase):
            raise TypeError(f"index_put: expected Tensor as element {i} in argument 0, but got {type(index).__name__}")
    check_same_dtype(raw(input), raw(values))
    flat = [
        raw(i).reshape(1) if not raw(i).ndim else i for i in indices
    ]  # an index of one element is not taken for an int
    _, arrays, layout = parse(tuple(flat), raw(input).shape)
    return IndexPut.apply(input, values, *arrays, layout=layout, accumulate=accumulate)


def check_same_dtype(destination: Any, source: Any) -> None:
    """Raise torch's error where numbers of one dtype are put at indices of a tensor of another."""
    if destination.dtype != source.dtype:
        raise RuntimeError(
            "Index put requires the source and destination dtypes match, got "
            f"{destination.dtype.name} for the destination and {source.dtype.name} for the source; convert it with "
            ".to(dtype)"
        )
