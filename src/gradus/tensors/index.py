"""Tensor methods that take parts of a tensor, and write into them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.base import TensorBase, raw, wrap
from ..core.inplace import assign, bump, check
from ..core.mode import state
from ..core.op import cast
from ..ops import index, pick
from .inplace import assign_value
from .random import RandomMethods


class IndexMethods(RandomMethods):
    """x[…], gather, scatter and their like."""

    __getitem__ = index.getitem
    index_put = index.index_put
    gather, index_select, take, take_along_dim = pick.gather, pick.index_select, pick.take, pick.take_along_dim
    masked_select, nonzero, argwhere = pick.masked_select, pick.nonzero, pick.argwhere
    select, narrow = pick.select, pick.narrow

    def __setitem__(self, key: Any, value: Any) -> None:
        """self[key] = value: written into this tensor's own memory, and into its history if there is one."""
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
                raise RuntimeError(
                    "Index put requires the source and destination dtypes match, got "
                    f"{t.dtype.name} for the destination and {value.dtype.name} for the source; convert it with .to(dtype)"
                )
            return cast(value, t.dtype)
        return value
    if isinstance(value, (bool, int, float, np.generic)):
        return value
    raise TypeError(
        f"can't assign a {type(value).__name__} to a {t.dtype.legacy_name}; make it a tensor first: gradus.tensor(value)"
    )


def _write(t: Any, basic: Any, indices: Any, layout: Any, value: Any) -> None:
    """Nothing to record: NumPy writes."""
    check(t, "__setitem__")
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
