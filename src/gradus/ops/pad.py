"""Padding: more elements at the ends of dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.arguments import sizes_of
from ..core.base import raw
from ..core.op import Op
from .index import FULL, Slice
from .pick import IndexSelect

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["constant_pad_nd"]


class ConstantPad(Op):
    """y = x with (before, after) elements of `value` around each axis.   dx = the inner part of dy."""

    torch_name = "ConstantPadNd"

    def forward(ctx, x, widths, value):
        ctx.inner = tuple([slice(before, before + n) for (before, _), n in zip(widths, x.shape, strict=True)])
        shape = [before + n + after for (before, after), n in zip(widths, x.shape, strict=True)]
        y = np.zeros(shape, x.dtype) if value == 0 else np.full(shape, value, x.dtype)
        y[ctx.inner] = x
        return y

    def backward(ctx, g):
        return Slice.apply(g, key=(*ctx.inner, ...))


def _reflected(before: int, n: int, after: int) -> np.ndarray:
    """0 1 2 3 → 2 1 | 0 1 2 3 | 2 1: mirrored at the outermost elements."""
    return (n - 1) - np.abs((n - 1) - np.abs(np.arange(-before, n + after)))


def _replicated(before: int, n: int, after: int) -> np.ndarray:
    """0 1 2 3 → 0 0 | 0 1 2 3 | 3 3: the outermost elements again."""
    return np.clip(np.arange(-before, n + after), 0, n - 1)


def _circular(before: int, n: int, after: int) -> np.ndarray:
    """0 1 2 3 → 2 3 | 0 1 2 3 | 0 1: from the other end."""
    return np.arange(-before, n + after) % n


_ORDERS = {"reflect": _reflected, "replicate": _replicated, "circular": _circular}


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """More elements at the ends of the last dimensions.

    Args:
        pad: (before, after) of the last dimension, then of the one before it, and so on, in one flat sequence;
            negative ones cut off.
        mode: "constant" (`value`, 0 by default), "reflect" (mirrored, without the outermost element), "replicate" (the
            outermost element again) or "circular" (from the other end). The last three pad the last one, two or three
            of 2 to 5 dimensions.
    Raises:
        RuntimeError: an odd number of widths, more than dimensions, or wider than the mode can fill.
        NotImplementedError: an unknown mode, or one that does not pad so many dimensions.

    >>> import gradus
    >>> x = gradus.tensor([[1, 2, 3]])
    >>> gradus.nn.functional.pad(x, (1, 2)), gradus.nn.functional.pad(x, (2, 0), mode="reflect")
    (tensor([[0, 1, 2, 3, 0, 0]]), tensor([[3, 2, 1, 2, 3]]))
    """
    widths, shape = sizes_of((pad,), "pad"), raw(input).shape
    if len(widths) % 2:
        raise RuntimeError(f"pad: Padding length must be divisible by 2, got {len(widths)}")
    if len(widths) > 2 * len(shape):
        raise RuntimeError(
            "pad: Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(widths)} and input of dimension {len(shape)}"
        )
    if mode == "constant":
        return _constant(input, widths, 0 if value is None else value)
    if mode not in _ORDERS:
        raise NotImplementedError(f"pad: Unrecognised padding mode {mode}; gradus has constant, {', '.join(_ORDERS)}")
    if value is not None and value != 0:
        raise RuntimeError(f'pad: Padding mode "{mode}" doesn\'t take in value argument')
    if len(widths) not in (2, 4, 6) or len(shape) - len(widths) // 2 not in (1, 2):
        raise NotImplementedError(
            f"pad: Padding size {len(widths)} is not supported for {len(shape)}D input tensor with mode={mode}: pad "
            "the last dimension "
            "of 2D or 3D, the last two of 3D or 4D, or the last three of 4D or 5D"
        )
    for i in range(len(widths) // 2):
        input = _by_order(input, len(shape) - 1 - i, widths[2 * i], widths[2 * i + 1], mode)
    return input


def _constant(input: Any, widths: tuple[int, ...], value: Any) -> Any:
    shape = raw(input).shape
    pairs = [(0, 0)] * (len(shape) - len(widths) // 2) + list(zip(widths[::2], widths[1::2], strict=True))[::-1]
    for axis, ((before, after), n) in enumerate(zip(pairs, shape, strict=True)):
        if n + before + after < 0 or n + min(before, 0) + min(after, 0) < 0:
            raise RuntimeError(
                f"pad: The input size {n}, plus negative padding {before} and {after}, resulted in a negative output "
                "size, which is "
                f"invalid. Check dimension {axis} of your input."
            )
    if any(w < 0 for w in widths):
        key = tuple([slice(max(-b, 0), n - max(-a, 0)) for (b, a), n in zip(pairs, shape, strict=True)])
        input = Slice.apply(input, key=(*key, ...))
        pairs = [(max(b, 0), max(a, 0)) for b, a in pairs]
    return ConstantPad.apply(input, widths=tuple(pairs), value=value)


def constant_pad_nd(input: Tensor, pad: Any, value: float = 0) -> Tensor:
    """`nn.functional.pad` with a constant.

    >>> import gradus
    >>> gradus.constant_pad_nd(gradus.tensor([1, 2]), (1, 0), 9)
    tensor([9, 1, 2])
    """
    return _constant(input, sizes_of((pad,), "constant_pad_nd"), value)


def _by_order(input: Any, axis: int, before: int, after: int, mode: str) -> Any:
    """One axis, padded by the elements that the mode's order names."""
    shape = raw(input).shape
    n = shape[axis]
    if mode == "reflect" and max(before, after) >= n:
        raise RuntimeError(
            "pad: Padding size should be less than the corresponding input dimension, but got: padding "
            f"({before}, {after}) at dimension {axis} of input {list(shape)}"
        )
    if mode == "circular" and max(before, after) > n:
        raise RuntimeError(
            f"pad: Padding value causes wrapping around more than once: ({before}, {after}) at dimension {axis} of "
            f"{list(shape)}"
        )
    if n + before + after < 0 or (n == 0 and max(before, after) > 0):
        raise RuntimeError(f"pad: input {list(shape)} is too small for padding ({before}, {after}) at dimension {axis}")
    if before == after == 0:
        return Slice.apply(input, key=(FULL,) * axis + (FULL, ...))
    return IndexSelect.apply(input, _ORDERS[mode](before, n, after), dim=axis)
