"""Adding numbers that share a place: the kernel behind the derivative of every lookup. Works on arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

FEW_COLUMNS = 16
FEW_REPEATS = 64


def add_rows(index: np.ndarray, rows: np.ndarray, count: int) -> np.ndarray:
    """y[index[i]] += rows[i] into `count` rows of zeros.   index: (m,), from 0 on, rows: (m, k) → y: (count, k).

    `np.add.at` does this in one line, five to ten times slower.
    """
    k = rows.shape[1]
    if rows.dtype.kind != "f":
        y = np.zeros((count, k), rows.dtype)
        np.add.at(y, index, rows)
        return y
    if k <= FEW_COLUMNS:
        columns = [np.bincount(index, column, count) for column in rows.T]
        return np.stack(columns, 1).astype(rows.dtype) if columns else np.zeros((count, 0), rows.dtype)
    y = np.zeros((count, k), rows.dtype)
    repeats = np.bincount(index, minlength=count).max(initial=0)
    if repeats <= 1:
        y[index] = rows
    elif repeats <= FEW_REPEATS:
        _add_in_rounds(y, index, rows)
    else:
        order = np.argsort(index, kind="stable")
        starts = _starts(index[order])
        y[index[order[starts]]] = np.add.reduceat(rows[order], starts, axis=0)
    return y


def _starts(ordered: np.ndarray) -> np.ndarray:
    """Where each run of equal values begins."""
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


def _add_in_rounds(y: np.ndarray, index: np.ndarray, rows: np.ndarray) -> None:
    """First the first row of every place, then the second, …: within a round no place is met twice."""
    order = np.argsort(index, kind="stable")
    starts = _starts(index[order])
    rank = np.arange(len(index)) - np.repeat(starts, np.diff(np.append(starts, len(index))))
    ends = np.cumsum(np.bincount(rank)).tolist()
    order = order[np.argsort(rank, kind="stable")]
    for start, end in zip([0, *ends], ends):
        chosen = order[start:end]
        y[index[chosen]] += rows[chosen]


def add_at(shape: tuple[int, ...], key: tuple[Any, ...], values: np.ndarray) -> np.ndarray:
    """y[key] += values into zeros of `shape`.

    `key` has a slice(None) or an index array for each axis, or a mask for several.
    """
    indices: list[Any] = []
    axes: list[int] = []
    axis = 0
    for k in key:
        found = [] if isinstance(k, slice) else list(k.nonzero()) if k.dtype == bool else [k]
        indices += found
        axes += range(axis, axis + len(found))
        axis += len(found) or 1
    sizes, others = [shape[a] for a in axes], [n for a, n in enumerate(shape) if a not in axes]
    if 0 in sizes:  # then there is nothing to add
        return np.zeros(shape, values.dtype)
    places = np.ravel_multi_index(tuple(indices), sizes, mode="wrap")
    together = axes[-1] - axes[0] == len(axes) - 1
    first = axes[0] if together else 0  # where NumPy put the gathered axes
    values = np.moveaxis(values, range(first, first + places.ndim), range(places.ndim))
    width = int(np.prod(others, dtype=np.intp))
    y = add_rows(places.ravel(), values.reshape(places.size, width), int(np.prod(sizes, dtype=np.intp)))
    return np.moveaxis(y.reshape(*sizes, *others), range(len(axes)), axes)
