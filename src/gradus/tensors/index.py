"""Tensor methods that take parts of a tensor, and write into them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.base import TensorBase, raw, wrap
from ..core.inplace import assign, bump, check
from ..core.mode import state
from ..core.op import cast
from ..ops import index, pick, scatter as into
from .inplace import assign_value, in_place
from .random import RandomMethods


class IndexMethods(RandomMethods):
    """x[…], gather, scatter and their like."""

    __getitem__ = index.getitem
    index_put = index.index_put
    gather, index_select, take, take_along_dim = pick.gather, pick.index_select, pick.take, pick.take_along_dim
    masked_select, nonzero, argwhere = pick.masked_select, pick.nonzero, pick.argwhere
    select, narrow = pick.select, pick.narrow

    scatter, scatter_add, scatter_reduce = into.scatter, into.scatter_add, into.scatter_reduce
    index_add, index_copy, index_fill = into.index_add, into.index_copy, into.index_fill
    masked_fill, masked_scatter, put = into.masked_fill, into.masked_scatter, into.put

    scatter_ = in_place(into.scatter, "scatter_")
    scatter_add_ = in_place(into.scatter_add, "scatter_add_")
    scatter_reduce_ = in_place(into.scatter_reduce, "scatter_reduce_")
    index_add_ = in_place(into.index_add, "index_add_")
    index_copy_ = in_place(into.index_copy, "index_copy_")
    index_fill_ = in_place(into.index_fill, "index_fill_")
    index_put_ = in_place(index.index_put, "index_put_")
    masked_fill_ = in_place(into.masked_fill, "masked_fill_")
    masked_scatter_ = in_place(into.masked_scatter, "masked_scatter_")
    put_ = in_place(into.put, "put_")

    def fill_diagonal_(self, fill_value: float, wrap: bool = False) -> Any:
        """Write fill_value on the diagonal of a matrix (or of a cube, …), in place; `wrap` starts anew below a square.

        >>> import gradus
        >>> gradus.zeros(2, 2).fill_diagonal_(5)
        tensor([[5., 0.],
                [0., 5.]])
        """
        shape = self.array.shape
        if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
            raise RuntimeError(
                f"fill_diagonal_: expected a matrix or a tensor with all dimensions equal, got {list(shape)}"
            )
        mask = np.zeros(shape, bool)
        np.fill_diagonal(mask, True, wrap)
        return assign(self, into.MaskedFill.apply(self, fill_value, mask), "fill_diagonal_")

    def __setitem__(self, key: Any, value: Any) -> None:
        """self[key] = value: written into this tensor's own memory, and into its history if there is one."""
        basic, indices, layout = index.simple(key), None, None
        if basic is None:
            basic, indices, layout = index.parse(key, self.array.shape)
        value = _value(self, value, indices)
        if state.grad and (self.requires_grad or getattr(value, "requires_grad", False)):
            _record(self, basic, indices, layout, value)
        else:
            _write(self, basic, indices, layout, raw(value))


def _value(t: Any, value: Any, indices: Any) -> Any:
    """What is to be written, after torch's checks."""
    if isinstance(value, TensorBase):
        array = value.array
        if indices is not None and array.dtype != t.array.dtype:
            if array.size != 1 or any(raw(i).dtype != bool for i in indices):
                index.check_same_dtype(t.array, array)
            return cast(value, t.dtype)
        return value
    if isinstance(value, (bool, int, float, np.generic)):
        return value
    raise TypeError(
        f"can't assign a {type(value).__name__} to a {t.dtype.legacy_name}; make it a tensor first: "
        "gradus.tensor(value)"
    )


def _write(t: Any, basic: Any, indices: Any, layout: Any, value: Any) -> None:
    """Nothing to record: NumPy writes."""
    shared = (
        basic is not None and indices is None and 0 in t.array.strides
    )  # an expanded tensor: look at the region itself
    check(index.Slice.apply(t, key=basic) if shared else t, "__setitem__")
    try:
        place = t.array if basic is None else t.array[basic]
        if indices is None:
            place[...] = value
        else:
            place[index.key_of([raw(i) for i in indices], layout)] = value
    except IndexError as error:
        raise index.out_of_range(error, t.array.shape, indices or ()) from None
    except ValueError:
        raise _refused(t, value, basic, indices, layout) from None
    bump(t, "__setitem__")


def _refused(t: Any, value: Any, basic: Any, indices: Any, layout: Any) -> RuntimeError:
    if not np.ndim(value):
        return RuntimeError(f"__setitem__: value cannot be converted to type {t.dtype.name} without overflow: {value}")
    place = t.array if basic is None else t.array[basic]
    if indices is not None:
        place = place[index.key_of([raw(i) for i in indices], layout)]
    return index.unfit(value, place)


def _record(t: Any, basic: Any, indices: Any, layout: Any, value: Any) -> None:
    """The region as a view, the new numbers as its history."""
    region = t if basic is None else index.Slice.apply(t, key=basic)
    if not isinstance(value, TensorBase):
        value = wrap(np.asarray(value, region.array.dtype))
    if indices is None:
        extra = value.array.ndim - region.array.ndim
        if extra > 0 and value.array.shape[:extra] == (1,) * extra:
            value = value.reshape(value.array.shape[extra:])
        assign_value(region, value, "__setitem__")
    else:
        assign(region, index.IndexPut.apply(region, value, *indices, layout=layout), "__setitem__")
