"""torch's old constructors: Tensor(2, 3), FloatTensor([1, 2]), LongTensor(4)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.base import Size, TensorBase, share, wrap
from .create import shape_of
from .reading import array_of

__all__ = [
    "BoolTensor",
    "ByteTensor",
    "CharTensor",
    "DoubleTensor",
    "FloatTensor",
    "HalfTensor",
    "IntTensor",
    "LongTensor",
    "ShortTensor",
]


def legacy_tensor(cls: type, args: tuple[Any, ...], dtype: dtypes.dtype) -> Any:
    """What `cls(*args)` meant before `gradus.tensor`: sizes give an uninitialised tensor, anything else is data.

    A tensor is shared, not copied. Sizes are ints or one Size.

    Raises:
        TypeError: a single number that is not an int, or a tensor of another dtype.
    """
    if len(args) == 1 and not isinstance(args[0], (int, np.integer)):
        out = _from_data(args[0], dtype)
    else:
        out = wrap(np.empty(shape_of(args or (0,), None, cls.__name__), dtype.numpy))
    if type(out) is not cls and isinstance(cls, type) and issubclass(cls, TensorBase):
        out.__class__ = cls
    return out


def _from_data(data: Any, dtype: dtypes.dtype) -> Any:
    if isinstance(data, Size):
        return wrap(np.empty(tuple(data), dtype.numpy))
    if isinstance(data, TensorBase):
        return share(data)
    if isinstance(data, float):
        raise TypeError("Tensor: new(): data must be a sequence (got float); for a 0-d tensor use tensor(data)")
    return wrap(array_of(data, dtype))


class _TypedConstructor(type):
    """`LongTensor([1, 2])` makes an ordinary tensor of that dtype; `isinstance(t, LongTensor)` asks for the dtype."""

    dtype: dtypes.dtype

    def __call__(cls, *args: Any, device: Any = None) -> Any:
        if len(args) == 1 and isinstance(args[0], TensorBase) and dtypes.of(args[0].array) is not cls.dtype:
            raise TypeError(
                f"{cls.__name__}: expected a tensor of {cls.dtype!r}, got {dtypes.of(args[0].array)!r}; use .to(dtype)"
            )
        return legacy_tensor(cls, args, cls.dtype)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, TensorBase) and instance.array.dtype == cls.dtype.numpy


def _typed(dtype: dtypes.dtype) -> Any:
    doc = f"A {dtype.name} tensor from sizes or data, in torch's old way; prefer `gradus.tensor(data, dtype=…)`."
    return _TypedConstructor(dtype.legacy_name, (), {"dtype": dtype, "__doc__": doc, "__module__": "gradus"})


BoolTensor, ByteTensor, CharTensor = _typed(dtypes.bool_), _typed(dtypes.uint8), _typed(dtypes.int8)
ShortTensor, IntTensor, LongTensor = _typed(dtypes.int16), _typed(dtypes.int32), _typed(dtypes.int64)
HalfTensor, FloatTensor, DoubleTensor = _typed(dtypes.float16), _typed(dtypes.float32), _typed(dtypes.float64)
