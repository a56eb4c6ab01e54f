"""Tensors with a pattern: sequences of numbers, the identity, coordinates of a grid, pairs, one-hot codes."""

from __future__ import annotations

from math import ceil, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.base import raw, wrap
from ..core.device import check
from .create import finished, type_of
from .expand import Expand
from .pick import IndexSelect
from .shape import View

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "arange",
    "cartesian_prod",
    "combinations",
    "eye",
    "linspace",
    "logspace",
    "meshgrid",
    "range",
    "tril_indices",
    "triu_indices",
]


def _number(x: Any) -> Any:
    """A Python number, from one or from a tensor or NumPy scalar of one element."""
    x = raw(x)
    return x.item() if isinstance(x, (np.generic, np.ndarray)) else x


def arange(
    *bounds: Any,
    start: Any = None,
    end: Any = None,
    step: Any = 1,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, … below end: ⌈(end − start) / step⌉ values. Called as (end) or (start, end[, step]).

    Ints give int64, a float among the arguments the default float.

    Raises:
        RuntimeError: step is 0, leads away from end, or a bound is not finite.

    >>> import gradus
    >>> gradus.arange(4), gradus.arange(1, 2, 0.25)
    (tensor([0, 1, 2, 3]), tensor([1.0000, 1.2500, 1.5000, 1.7500]))
    """
    check(device)
    start, end, step = _bounds(bounds, start, end, step, "arange")
    if dtype is None:
        dtype = dtypes.get_default_dtype() if any(isinstance(v, float) for v in (start, end, step)) else dtypes.int64
    dtype = dtypes.find(dtype)
    if dtype.category == dtypes.BOOL:
        raise NotImplementedError("arange: not implemented for bool; compare the result with a number instead")
    if dtype.category == dtypes.INTEGER:
        start, end, step = int(start), int(end), int(step)
    count = _count(start, end, step, "arange")
    if dtype.category == dtypes.INTEGER:
        values = np.arange(start, start + count * step, step, np.int64)[:count]
    else:
        values = start + np.arange(count, dtype=np.float64) * step
    return finished(values.astype(dtype.numpy, copy=False), requires_grad, out)


def _bounds(bounds: tuple[Any, ...], start: Any, end: Any, step: Any, name: str) -> tuple[Any, Any, Any]:
    if len(bounds) > 3:
        raise TypeError(
            f"{name}: expected (end), (start, end) or (start, end, step), got {len(bounds)} positional arguments"
        )
    if len(bounds) == 1 and end is None:
        end = bounds[0]
    else:
        given = [start, end, step]
        given[: len(bounds)] = bounds
        start, end, step = given
    if end is None:
        raise TypeError(f"{name}() missing 1 required positional argument: 'end'")
    start, end, step = _number(0 if start is None else start), _number(end), _number(step)
    for v in (start, end):
        if not isfinite(v):
            raise RuntimeError(f"{name}: unsupported range: {start} -> {end}")
    return start, end, step


def _count(start: Any, end: Any, step: Any, name: str) -> int:
    if step == 0:
        raise RuntimeError(f"{name}: step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError(
            f"{name}: upper bound and lower bound inconsistent with step sign (start={start}, end={end}, step={step})"
        )
    if isinstance(start, int) and isinstance(end, int) and isinstance(step, int):
        return -((start - end) // step)
    return ceil((end - start) / step)


def range(
    start: Any = 0,
    end: Any = None,
    step: Any = 1,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, … up to and including end, as floats. Deprecated in torch too: prefer `arange`.

    >>> import gradus
    >>> gradus.range(0, 3)
    tensor([0., 1., 2., 3.])
    """
    check(device)
    start, end, step = _bounds((start, end, step), None, None, None, "range")
    _count(start, end, step, "range")
    values = start + np.arange(int((end - start) / step) + 1, dtype=np.float64) * step
    return finished(values.astype(type_of(dtype)), requires_grad, out)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """`steps` values from start to end, both included, evenly spaced.

    Raises:
        RuntimeError: steps is negative.

    >>> import gradus
    >>> gradus.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    check(device)
    return finished(_evenly(_number(start), _number(end), steps, type_of(dtype), "linspace"), requires_grad, out)


def _evenly(start: Any, end: Any, steps: Any, dtype: np.dtype, name: str) -> np.ndarray:
    """Evenly spaced values, counted from the nearer end, so that both ends are exact and the middle is symmetric."""
    steps = steps.__index__()
    if steps < 0:
        raise RuntimeError(f"{name}: number of steps must be non-negative, got {steps}")
    if steps <= 1:
        return np.full(steps, start, dtype)
    single = dtype if dtype.kind == "f" and dtype.itemsize > 2 else np.dtype(np.float32)
    a, b = single.type(start), single.type(end)
    step = float((b - a) / single.type(steps - 1))  # the step is rounded to the dtype as in torch, the values only once
    i = np.arange(steps)
    values = np.where(i < steps // 2, float(a) + step * i, float(b) - step * (steps - 1 - i))
    return values.astype(single).astype(dtype)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """base to the powers `linspace(start, end, steps)`.

    >>> import gradus
    >>> gradus.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    check(device)
    kind = type_of(dtype)
    powers = _evenly(
        _number(start), _number(end), steps, kind if kind.kind == "f" else np.dtype(np.float32), "logspace"
    )
    return finished(np.power(float(_number(base)), powers.astype(np.float64)).astype(kind), requires_grad, out)


def eye(
    n: int,
    m: int | None = None,
    *,
    out: Any = None,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """The identity matrix: n × m (m defaults to n), ones on the diagonal.

    >>> import gradus
    >>> gradus.eye(2, 3)
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    check(device)
    for name, size in (("n", n), ("m", n if m is None else m)):
        if size < 0:
            raise RuntimeError(f"eye: {name} must be greater or equal to 0, got {size}")
    return finished(np.eye(n, m, dtype=type_of(dtype)), requires_grad, out)


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = dtypes.int64, device: Any = None, layout: Any = None
) -> Tensor:
    """The positions of the lower triangle of a row × col matrix, row by row: (2, count).

    >>> import gradus
    >>> gradus.tril_indices(2, 3)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    check(device)
    return wrap(np.stack(np.tril_indices(row, offset, col)).astype(type_of(dtype)))


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = dtypes.int64, device: Any = None, layout: Any = None
) -> Tensor:
    """The positions of the upper triangle of a row × col matrix, row by row: (2, count).

    >>> import gradus
    >>> gradus.triu_indices(2, 3)
    tensor([[0, 0, 0, 1, 1],
            [0, 1, 2, 1, 2]])
    """
    check(device)
    return wrap(np.stack(np.triu_indices(row, offset, col)).astype(type_of(dtype)))


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """The coordinates of a grid: one tensor per axis, each of the grid's shape.

    Args:
        tensors: the coordinates along each axis, 1-D or 0-d, of one dtype.
        indexing: "ij", the first axis being rows; "xy", the first being columns, as for pictures.

    >>> import gradus
    >>> rows, columns = gradus.meshgrid(gradus.tensor([1, 2]), gradus.tensor([3, 4]), indexing="ij")
    >>> rows, columns
    (tensor([[1, 1],
            [2, 2]]), tensor([[3, 4],
            [3, 4]]))
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    if not tensors:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    if len({raw(x).dtype for x in tensors}) > 1:
        raise RuntimeError("meshgrid expects all tensors to have the same dtype")
    for x in tensors:
        if raw(x).ndim > 1:
            raise RuntimeError(
                f"meshgrid: Expected 0D or 1D tensor in the tensor list but got shape {list(raw(x).shape)}"
            )
    order = list(np.arange(len(tensors)))
    if indexing == "xy" and len(tensors) > 1:
        order[0], order[1] = 1, 0
    shape = tuple([raw(tensors[i]).size for i in order])
    grids = []
    for x, axis in zip(tensors, order, strict=True):
        alone = [1] * len(tensors)
        alone[axis] = raw(x).size
        grids.append(Expand.apply(View.apply(x, shape=tuple(alone)), shape=shape))
    return tuple(grids)


def cartesian_prod(*tensors: Any) -> Tensor:
    """All tuples with one element of each 1-D tensor, in order: (count, number of tensors); one tensor as it is.

    >>> import gradus
    >>> gradus.cartesian_prod(gradus.tensor([1, 2]), gradus.tensor([3, 4]))
    tensor([[1, 3],
            [1, 4],
            [2, 3],
            [2, 4]])
    """
    from .join import stack

    if len(tensors) == 1:
        return tensors[0]
    return stack([View.apply(grid, shape=(raw(grid).size,)) for grid in meshgrid(*tensors)], 1)


def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """All choices of r elements of a 1-D tensor, in order: (count, r).

    >>> import gradus
    >>> gradus.combinations(gradus.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    from itertools import combinations as choose, combinations_with_replacement

    array = raw(input)
    if array.ndim != 1:
        raise RuntimeError(f"combinations: Expect a 1D vector, but got shape {list(array.shape)}")
    if r < 0:
        raise RuntimeError(f"combinations: Expect a non-negative number, but got {r}")
    if r == 0:
        return wrap(np.empty(0, array.dtype))
    places = np.array(
        list((combinations_with_replacement if with_replacement else choose)(np.arange(array.size), r)), np.int64
    )
    return View.apply(IndexSelect.apply(input, places.reshape(-1), dim=0), shape=(len(places), r))


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """A 1 at each class index, 0 elsewhere.   tensor: any shape of int64 → shape + (num_classes,), int64.

    Args:
        num_classes: the length of a code; −1 for the largest index plus 1.
    Raises:
        RuntimeError: the indices are not int64, negative, or too large.

    >>> import gradus
    >>> gradus.nn.functional.one_hot(gradus.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    index = raw(tensor)
    if index.dtype != np.int64:
        raise RuntimeError(
            f"one_hot: one_hot is only applicable to index tensor of type LongTensor, got {index.dtype.name}"
        )
    if index.size == 0 and num_classes <= 0:
        raise RuntimeError("one_hot: Can not infer total number of classes from empty tensor; pass num_classes")
    largest = int(index.max()) if index.size else -1
    if index.size and index.min() < 0:
        raise RuntimeError(f"one_hot: Class values must be non-negative, got {index.min()}")
    if num_classes == -1:
        num_classes = largest + 1
    if largest >= num_classes:
        raise RuntimeError(f"one_hot: Class values must be smaller than num_classes={num_classes}, got {largest}")
    codes = np.zeros((index.size, num_classes), np.int64)
    codes[np.arange(index.size), index.ravel()] = 1
    return wrap(codes.reshape(*index.shape, num_classes))
