"""From a history (one dict an epoch) to the series that curves are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradus.errors import Usage

History = Sequence[Mapping[str, Any]]


def series(history: History, key: str) -> tuple[np.ndarray, np.ndarray]:
    """The epochs at which ``key`` was measured and its values there.

    An epoch where the key is absent or None was not measured and is left out, so its neighbours are joined. A value
    that is not finite was measured and is NaN, so the line has a gap.

    >>> series([{"epoch": 1, "val_loss": 0.5}, {"epoch": 2}, {"epoch": 3, "val_loss": float("inf")}], "val_loss")
    (array([1., 3.]), array([0.5, nan]))
    """
    rows = [(row.get("epoch", number), row[key]) for number, row in enumerate(history, 1) if row.get(key) is not None]
    try:
        points = np.array(rows, dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError) as error:
        raise Usage(f"history: {key!r} must hold one number an epoch, got {rows[0][1]!r}") from error
    epochs, values = points[:, 0], points[:, 1]
    return epochs, np.where(np.isfinite(values), values, np.nan)


def last(values: np.ndarray) -> float:
    """The last finite value, or NaN."""
    finite = values[np.isfinite(values)]
    return float(finite[-1]) if finite.size else float("nan")


def lonely(values: np.ndarray) -> list[int]:
    """Where a finite value stands between two gaps: a line cannot show it, a marker can.

    >>> lonely(np.array([1.0, np.nan, 2.0, np.nan, 3.0, 4.0]))
    [0, 2]
    """
    there = np.concatenate([[False], np.isfinite(values), [False]])
    return np.flatnonzero(there[1:-1] & ~there[:-2] & ~there[2:]).tolist()
