"""Repeating without a copy: the same memory, shown along new or longer axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.arguments import sizes_of
from ..core.backward import unbroadcast
from ..core.base import Size, raw
from ..core.op import mismatch
from .looking import Looking

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["broadcast_shapes", "broadcast_tensors", "broadcast_to"]


class Expand(Looking):
    """y = x repeated along axes of size 1, without a copy.   dx = Σ dy over the repeats."""

    def forward(ctx, x, shape):
        ctx.shape = x.shape
        y = np.broadcast_to(x, shape)
        y.flags.writeable = x.flags.writeable
        return y

    def backward(ctx, g):
        return unbroadcast(g, ctx.shape)


def expand(self: Tensor, *sizes: Any, size: Any = None, implicit: bool = False) -> Tensor:
    """Repeated along dimensions of size 1, and along new leading ones, without a copy; −1 keeps a size.

    Raises:
        RuntimeError: a size other than 1 would change.

    >>> import gradus
    >>> gradus.tensor([[1], [2]]).expand(2, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    target, shape = sizes_of(sizes if size is None else (size,), "expand"), raw(self).shape
    extra = len(target) - len(shape)
    if extra < 0:
        raise RuntimeError(
            f"expand: the number of sizes provided ({len(target)}) must be greater or equal to the number of "
            "dimensions in the tensor "
            f"({len(shape)}); target sizes: {list(target)}, tensor sizes: {list(shape)}"
        )
    result = []
    for i, n in enumerate(target):
        have = shape[i - extra] if i >= extra else 1
        if n == -1 and i < extra:
            raise RuntimeError(
                f"expand: The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {i}"
            )
        if n not in (-1, have) and (have != 1 or n < 0):
            raise RuntimeError(
                f"expand: The expanded size of the tensor ({n}) must match the existing size ({have}) at "
                f"non-singleton dimension {i}.  "
                f"Target sizes: {list(target)}.  Tensor sizes: {list(shape)}"
            )
        result.append(have if n == -1 else n)
    return Expand.apply(self, shape=tuple(result))


def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """`self.expand(other.shape)`."""
    return expand(self, raw(other).shape)


def broadcast_to(input: Tensor, size: Any) -> Tensor:
    """`input.expand(size)`.

    >>> import gradus
    >>> gradus.broadcast_to(gradus.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(input, size)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of these shapes broadcast to.

    Raises:
        RuntimeError: they do not.

    >>> import gradus
    >>> gradus.broadcast_shapes((2, 1), (3,))
    gradus.Size([2, 3])
    """
    sizes = [(s,) if isinstance(s, int) else tuple(s) for s in shapes]
    try:
        return Size(np.broadcast_shapes(*sizes))
    except ValueError:
        raise RuntimeError(
            f"broadcast_shapes: shapes {', '.join(map(str, sizes))} do not broadcast together; sizes must be equal or 1"
        ) from None


def broadcast_tensors(*tensors: Any) -> tuple[Tensor, ...]:
    """The tensors, expanded to their common shape.

    >>> import gradus
    >>> a, b = gradus.broadcast_tensors(gradus.zeros(2, 1), gradus.zeros(3))
    >>> a.shape == b.shape == (2, 3)
    True
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    shapes = [raw(x).shape for x in tensors]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise RuntimeError(f"broadcast_tensors: {mismatch(shapes)}") from None
    return tuple([Expand.apply(x, shape=shape) for x in tensors])
