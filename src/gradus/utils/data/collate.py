"""From a list of examples to a batch, and from NumPy's things to tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...core.base import TensorBase
from ...core.dtype import float64
from ...ops.create import as_tensor, tensor
from ...ops.join import stack


def default_collate(batch: Sequence[Any]) -> Any:
    """Put examples together: what stands at the same place of each becomes one tensor with a new first axis.

    | example | batch |
    | --- | --- |
    | tensor or array (…) | tensor (batch, …) |
    | int, float, bool, NumPy number | tensor (batch,) of int64, float64, bool, or the number's dtype |
    | str, bytes | list of them |
    | dict | dict of batches |
    | named tuple | named tuple of batches |
    | list or tuple | list of batches |

    Raises:
        RuntimeError: the examples have different shapes or lengths.
        TypeError: there is something in them that is none of these.

    >>> from gradus.utils.data import default_collate
    >>> default_collate([{"pixel": 0.5, "label": "cat"}, {"pixel": 1.0, "label": "dog"}])
    {'pixel': tensor([0.5000, 1.0000], dtype=gradus.float64), 'label': ['cat', 'dog']}
    """
    first = batch[0]
    if isinstance(first, (TensorBase, np.ndarray)):
        return _stacked(batch)
    if isinstance(first, np.generic) and _is_number(first):
        return tensor(np.asarray(batch))
    if isinstance(first, (int, float)):
        return tensor(batch, dtype=float64 if isinstance(first, float) else None)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _like(first, {key: default_collate([example[key] for example in batch]) for key in first})
    if isinstance(first, Sequence):
        return _sequence(first, [default_collate(column) for column in _columns(batch)])
    raise TypeError(f"{_REFUSAL} found {type(first)}")


def default_convert(data: Any) -> Any:
    """Make tensors of the arrays in one example; all else stays as it is.

    This is what a DataLoader with batch_size=None does.

    >>> import numpy
    >>> from gradus.utils.data import default_convert
    >>> default_convert({"pixels": numpy.zeros(2), "label": "cat"})
    {'pixels': tensor([0., 0.], dtype=gradus.float64), 'label': 'cat'}
    """
    if isinstance(data, (np.ndarray, np.generic)):
        return as_tensor(data) if _is_number(data) else data
    if isinstance(data, Mapping):
        return _like(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return _sequence(data, [default_convert(value) for value in data])
    return data


_REFUSAL = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists "
    "(return one of these from the dataset, or give DataLoader a collate_fn);"
)
_ADVICE = "pad the examples to one size, or give DataLoader a collate_fn that does"


def _is_number(x: Any) -> bool:
    return x.dtype.kind in "biuf"


def _stacked(batch: Sequence[Any]) -> Any:
    for i, example in enumerate(batch):
        if isinstance(example, np.ndarray) and not _is_number(example):
            raise TypeError(f"{_REFUSAL} found an array of {example.dtype}")
        if example.shape != batch[0].shape:
            raise RuntimeError(
                f"default_collate: stack expects each tensor to be equal size, but got {list(batch[0].shape)} at "
                f"entry 0 and {list(example.shape)} at entry {i}; {_ADVICE}"
            )
    return stack([as_tensor(example) for example in batch])


def _columns(batch: Sequence[Any]) -> list[tuple[Any, ...]]:
    lengths = [len(example) for example in batch]
    if len(set(lengths)) > 1:
        odd = next(i for i, length in enumerate(lengths) if length != lengths[0])
        raise RuntimeError(
            f"default_collate: each element in list of batch should be of equal size, but entry 0 has {lengths[0]} and "
            f"entry {odd} has {lengths[odd]}; {_ADVICE}"
        )
    return list(zip(*batch, strict=True))


def _sequence(like: Any, values: list[Any]) -> Any:
    if isinstance(like, tuple):
        return type(like)(*values) if hasattr(like, "_fields") else values
    return _like(like, values)


def _like(like: Any, values: Any) -> Any:
    """`values` in the container class of `like`, if that can be made from them."""
    make: Callable[[Any], Any] = type(like)
    try:
        return make(values)
    except TypeError:
        return values
