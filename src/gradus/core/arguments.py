"""How arguments are read: NumPy's names beside torch's, and dimensions counted from either end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input"}


def numpy_names(function: F) -> F:
    """Let `axis=` mean `dim=` and `keepdims=` mean `keepdim=`, as torch does.

    >>> import gradus
    >>> gradus.sum(gradus.ones(2, 3), axis=0, keepdims=True)
    tensor([[2., 2., 2.]])
    """

    @wraps(function)
    def renamed(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            kwargs = {_NUMPY_NAMES.get(name, name): value for name, value in kwargs.items()}
        return function(*args, **kwargs)

    return renamed  # type: ignore[return-value]


def axis_of(dim: Any, ndim: int, name: str) -> int:
    """`dim` as an axis from 0 to ndim−1. A 0-d tensor counts as having one dimension, as in torch.

    Raises:
        IndexError: `dim` is out of range.

    >>> axis_of(-1, 3, "sum")
    2
    """
    size = ndim or 1
    try:
        d = dim.__index__()
    except AttributeError:
        raise TypeError(f"{name}: dim must be an int, got {type(dim).__name__} {dim!r}") from None
    if not -size <= d < size:
        raise IndexError(
            f"{name}: Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {d})"
        )
    return d % size


def axes_of(dim: Any, ndim: int, name: str) -> tuple[int, ...]:
    """`dim` (None: all; an int; a sequence, where empty means all) as a tuple of distinct axes.

    >>> axes_of((0, -1), 3, "sum"), axes_of(None, 3, "sum")
    ((0, 2), (0, 1, 2))
    """
    if dim is None:
        return tuple(range(ndim))
    if not isinstance(dim, Sequence):
        return (axis_of(dim, ndim, name),)
    axes = tuple([axis_of(d, ndim, name) for d in dim])
    if len(set(axes)) != len(axes):
        raise RuntimeError(f"{name}: dim {list(dim)} appears multiple times in the list of dims")
    return axes or tuple(range(ndim))


def sizes_of(args: tuple[Any, ...], name: str) -> tuple[int, ...]:
    """The sizes in f(2, 3), f((2, 3)), f([2, 3]) or f(gradus.Size([2, 3])), as a tuple of ints.

    >>> sizes_of((2, 3), "zeros"), sizes_of(([2, 3],), "zeros")
    ((2, 3), (2, 3))
    """
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = tuple(args[0])
    try:
        return tuple([n.__index__() for n in args])
    except (AttributeError, TypeError):
        raise TypeError(f"{name}: sizes must be ints, got {args!r}") from None
