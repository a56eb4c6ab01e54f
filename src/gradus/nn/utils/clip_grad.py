"""Clipping gradients, so that one bad batch cannot throw the weights far away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ...core.base import TensorBase, wrap


def _gradients(parameters: Any) -> list[Any]:
    several = [parameters] if isinstance(parameters, TensorBase) else list(parameters)
    return [p.grad for p in several if p.grad is not None]


def get_total_norm(
    tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Any:
    """The norm of all tensors taken as one long vector, summed in float64 (1e20 twice is 1.4e20, not inf).

    >>> import gradus
    >>> gradus.nn.utils.get_total_norm([gradus.tensor([3.0]), gradus.tensor([4.0])])
    tensor(5.)
    """
    grads = [tensors] if isinstance(tensors, TensorBase) else list(tensors)
    if not grads:
        return wrap(np.float32(0.0))
    p = float(norm_type)
    arrays = [g.array.astype(np.float64, copy=False) for g in grads if g.array.size]
    with np.errstate(all="ignore"):
        if p == np.inf:
            total = max((np.abs(a).max() for a in arrays), default=0.0)
        elif p == 2:
            total = np.sqrt(sum(np.dot(a.ravel(), a.ravel()) for a in arrays))
        else:
            total = sum((np.abs(a) ** p).sum() for a in arrays) ** (1 / p)
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be clipped. "
            "To disable this error and scale the gradients by the non-finite norm anyway, set `error_if_nonfinite=False`"
        )
    return wrap(np.asarray(total, dtype=grads[0].array.dtype))


def clip_grad_norm_(
    parameters: Any,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Any:
    """Scale all gradients in place so that together their norm is at most max_norm; returns the norm before (Pascanu et al., 2013).

    Args:
        parameters: a tensor or an iterable of tensors.
        error_if_nonfinite: raise if the norm is inf or nan.
    Raises:
        ValueError: max_norm is negative (torch flips the gradients' sign).

    >>> import gradus
    >>> w = gradus.ones(4, requires_grad=True)
    >>> (w * 3).sum().backward()
    >>> gradus.nn.utils.clip_grad_norm_([w], max_norm=1.0), w.grad
    (tensor(6.), tensor([0.5000, 0.5000, 0.5000, 0.5000]))
    """
    if max_norm < 0:
        raise ValueError(f"clip_grad_norm_: max_norm must not be negative, got {max_norm}")
    grads = _gradients(parameters)
    total = get_total_norm(grads, norm_type, error_if_nonfinite)
    if grads:
        factor = (
            min(1.0, max_norm / (float(total) + 1e-6))
            if np.isfinite(float(total))
            else max_norm / (float(total) + 1e-6)
        )
        for g in grads:
            if factor != 1.0:
                with np.errstate(all="ignore"):
                    g.array *= g.array.dtype.type(factor)
                g.version[0] += 1
    return total


def clip_grad_value_(parameters: Any, clip_value: float, foreach: bool | None = None) -> None:
    """Keep every gradient element within [−clip_value, clip_value], in place.

    >>> import gradus
    >>> w = gradus.ones(2, requires_grad=True)
    >>> (w * gradus.tensor([3.0, -0.1])).sum().backward()
    >>> gradus.nn.utils.clip_grad_value_([w], 0.5)
    >>> w.grad
    tensor([ 0.5000, -0.1000])
    """
    for g in _gradients(parameters):
        np.clip(g.array, -clip_value, clip_value, out=g.array)
        g.version[0] += 1


def clip_grad_norm(
    parameters: Iterable[Any],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Any:
    """torch's old name of clip_grad_norm_."""
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)
