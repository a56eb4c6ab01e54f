"""Batches of a dataset that lies in memory as arrays: the rows of a whole batch are taken at once.

Item by item, 128 examples cost 256 small tensors and two stackings; as rows, two calls of NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import index
from typing import Any

import numpy as np

from ...core.base import raw, wrap
from .dataset import Subset, TensorDataset


def batch_taker(dataset: Any) -> Callable[[Any], list[Any]] | None:
    """A function from a batch's indices to what `default_collate` would make of its examples; None where there is none.

    There is one for a TensorDataset and for Subsets of it, unless a subclass reads its examples in its own way or a
    gradient must flow to the tensors. A batch shares no memory with the dataset, as in torch: a program may change it.
    """
    order = None
    while type(dataset) is Subset:
        chosen = _as_array(dataset.indices)
        order = chosen if order is None else chosen[order]
        dataset = dataset.dataset
    if not isinstance(dataset, TensorDataset) or _reads_differently(type(dataset)):
        return None
    if any(tensor.requires_grad for tensor in dataset.tensors):
        return None
    arrays = [tensor.array for tensor in dataset.tensors]
    size = len(dataset) if order is None else len(order)

    def take(batch: Any) -> list[Any]:
        places = _places(batch, size)
        if order is not None:
            places = order[places]
        return [wrap(_rows(array, places)) for array in arrays]

    return take


def _reads_differently(kind: type[TensorDataset]) -> bool:
    return kind.__getitem__ is not TensorDataset.__getitem__ or hasattr(kind, "__getitems__")


def _places(batch: Any, size: int) -> slice | np.ndarray:
    """A slice for neighbours in order, else the indices as an array."""
    if isinstance(batch, range) and batch.step == 1 and 0 <= batch.start and batch.stop <= size:
        return slice(batch.start, batch.stop)
    return _as_array(batch)


def _as_array(indices: Any) -> np.ndarray:
    """Indices as an array of integers: the items of a list may be anything that Python counts with."""
    if isinstance(indices, list):
        return np.fromiter(map(index, indices), np.intp, len(indices))
    array = np.asarray(raw(indices))
    return array if array.size else array.astype(np.intp)


def _rows(array: np.ndarray, places: slice | np.ndarray) -> np.ndarray:
    return array[places].copy() if isinstance(places, slice) else array.take(places, axis=0)
