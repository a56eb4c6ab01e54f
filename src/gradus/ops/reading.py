"""Reading data: the array in a number, a nested list, an array or a tensor, with the dtype that torch would give it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.base import TensorBase


def array_of(data: Any, dtype: Any = None) -> np.ndarray:
    """A new array with the numbers in `data`, of torch's inferred type unless `dtype` names one."""
    wanted = None if dtype is None else dtypes.find(dtype)
    if isinstance(data, TensorBase):
        data = data.array
    elif not isinstance(data, (np.ndarray, np.generic)):
        if isinstance(data, (bool, int, float)) or _is_sequence(data):
            return _from_python(data, wanted)
        if not hasattr(data, "__array__"):
            raise _not_data(data)
        data = np.asarray(data)
    refuse_foreign(data, "tensor")
    with np.errstate(invalid="ignore"):
        return np.array(data, dtype=None if wanted is None else wanted.numpy)


def _from_python(data: Any, wanted: dtypes.dtype | None) -> np.ndarray:
    found: set[Any] = set()
    numbers = _plain(data, found)
    target = wanted or _common(found)
    try:
        return np.array(numbers, dtype=target.numpy)
    except OverflowError:
        if target is dtypes.int64:
            raise ValueError("tensor: Overflow when unpacking long long: an int does not fit into int64") from None
        raise RuntimeError(f"tensor: value cannot be converted to type {target.name} without overflow") from None
    except (ValueError, TypeError) as error:
        _refuse_ragged(data)
        raise RuntimeError(f"tensor: value cannot be converted to type {target.name}: {error}") from None


def _is_sequence(x: Any) -> bool:
    return isinstance(x, (list, tuple, range)) or (
        hasattr(x, "__getitem__")
        and hasattr(x, "__len__")
        and not isinstance(x, (str, bytes, dict))
        and not hasattr(x, "__array__")
    )


def _not_data(x: Any) -> Exception:
    if isinstance(x, (str, bytes)):
        return TypeError(f"tensor: new(): invalid data type '{type(x).__name__}'; convert text to numbers first")
    if isinstance(x, complex):
        return TypeError("tensor: complex numbers are not supported; keep the real and imaginary parts in two tensors")
    return RuntimeError(
        f"tensor: Could not infer dtype of {type(x).__name__}; expected numbers, nested lists of them, or an array"
    )


def _plain(data: Any, found: set[Any]) -> Any:
    """`data` with every tensor in it as a Python number; the types that were met are added to `found`."""
    if _is_sequence(data):
        types = set(map(type, data))
        if types <= dtypes._PYTHON.keys():  # numbers only: the long lists
            found |= types
            return data
        return [_plain(x, found) for x in data]
    if isinstance(data, TensorBase):
        found.add(dtypes.of(data.array))
        if data.array.size != 1:
            raise ValueError(
                "tensor: only one element tensors can be converted to Python scalars; join larger ones with stack()"
            )
        return data.array.item()
    if isinstance(data, (np.ndarray, np.generic)):
        refuse_foreign(data, "tensor")
        found.add(dtypes.of(np.asarray(data)))
        return data
    if not isinstance(data, (bool, int, float)):
        raise (
            ValueError(f"tensor: too many dimensions '{type(data).__name__}'")
            if isinstance(data, str)
            else _not_data(data)
        )
    found.add(type(data))
    return data


def _common(found: set[Any]) -> dtypes.dtype:
    """The one dtype for all the types that a list holds; the default float for an empty one."""
    result: dtypes.dtype | None = None
    for kind in found:
        if kind is float or (isinstance(kind, type) and issubclass(kind, float)):
            d = dtypes.get_default_dtype()
        elif isinstance(kind, type):
            d = dtypes.bool_ if issubclass(kind, bool) else dtypes.int64
        else:
            d = kind
        result = d if result is None else dtypes.promote_types(result, d)
    return result or dtypes.get_default_dtype()


def _refuse_ragged(data: Any) -> None:
    """Raise torch's error for lists that do not form a box."""
    shape, first = [], data
    while hasattr(first, "__len__"):
        shape.append(len(first))
        if not shape[-1]:
            break
        first = first[0]

    def visit(x: Any, depth: int) -> None:
        if depth == len(shape):
            if hasattr(x, "__len__"):
                raise TypeError(
                    f"tensor: expected a number at dim {depth} (got a {type(x).__name__}): the lists do not form a box"
                )
            return
        if not hasattr(x, "__len__"):
            raise TypeError(f"tensor: not a sequence: expected {shape[depth]} values at dim {depth}, got {x!r}")
        if len(x) != shape[depth]:
            raise ValueError(f"tensor: expected sequence of length {shape[depth]} at dim {depth} (got {len(x)})")
        for y in x:
            visit(y, depth + 1)

    visit(data, 0)


def refuse_foreign(array: Any, name: str) -> None:
    """Raise a TypeError for an array whose elements gradus has no dtype for."""
    if array.dtype in dtypes._BY_NUMPY:
        return
    if not array.dtype.isnative:
        raise TypeError(
            f"{name}: given numpy array has byte order different from the native byte order ({array.dtype.str}); "
            "convert it with array.astype(array.dtype.newbyteorder('='))"
        )
    names = ", ".join(d.name for d in dtypes.ALL)
    raise TypeError(f"{name}: can't convert np.ndarray of type {array.dtype}; the supported types are {names}")
