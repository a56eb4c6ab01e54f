"""Clipping gradients, so that one bad batch cannot throw the weights far away."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any
from warnings import warn

import numpy as np

from ...core.base import TensorBase, wrap
from ...core.inplace import bump


def get_total_norm(
    tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Any:
    """The norm of all tensors taken as one long vector.

    Differs from torch: it is summed in float64, so that the norm of 1e20 twice is 1.4e20, not inf.

    Raises:
        RuntimeError: with error_if_nonfinite, the norm is inf or nan.

    >>> import gradus
    >>> gradus.nn.utils.get_total_norm([gradus.tensor([3.0]), gradus.tensor([4.0])])
    tensor(5.)
    """
    several = _several(tensors)
    return _as_tensor(_norm(several, norm_type, error_if_nonfinite), several)


def clip_grad_norm_(
    parameters: Any,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Any:
    """Scale all gradients in place so that together their norm is at most max_norm (Pascanu et al., 2013).

    gᵢ ← gᵢ · min(1, max_norm / (‖g‖ + 1e-6)), ‖g‖ being the norm of all gradients taken as one long vector.

    Args:
        parameters: a tensor or an iterable of tensors; those without a gradient are skipped.
        norm_type: which norm: 2, 1, inf …
        error_if_nonfinite: raise if the norm is inf or nan; otherwise inf makes 0 of all finite gradients.
        foreach: accepted; there is one way to do it.
    Returns:
        The norm before.
    Raises:
        ValueError: max_norm is negative (torch flips the gradients' sign).
        RuntimeError: with error_if_nonfinite, the norm is inf or nan.

    >>> import gradus
    >>> w = gradus.ones(4, requires_grad=True)
    >>> (w * 3).sum().backward()
    >>> gradus.nn.utils.clip_grad_norm_([w], max_norm=1.0), w.grad
    (tensor(6.), tensor([0.5000, 0.5000, 0.5000, 0.5000]))
    """
    if max_norm < 0:
        raise ValueError(f"clip_grad_norm_: max_norm must not be negative, got {max_norm}")
    grads = _gradients(parameters)
    total = _norm(grads, norm_type, error_if_nonfinite)
    _scale(grads, max_norm, total)
    return _as_tensor(total, grads)


def clip_grads_with_norm_(parameters: Any, max_norm: float, total_norm: Any, foreach: bool | None = None) -> None:
    """The second half of `clip_grad_norm_`: scale gradients whose total norm is known.

    >>> import gradus
    >>> w = gradus.ones(4, requires_grad=True)
    >>> (w * 3).sum().backward()
    >>> gradus.nn.utils.clip_grads_with_norm_([w], 1.0, gradus.tensor(6.0))
    >>> w.grad
    tensor([0.5000, 0.5000, 0.5000, 0.5000])
    """
    _scale(_gradients(parameters), max_norm, float(total_norm))


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
        bump(g, "clip_grad_value_")


clip_grad_norm = clip_grad_norm_  # torch's old name


def _several(tensors: Any) -> list[Any]:
    return [tensors] if isinstance(tensors, TensorBase) else list(tensors)


def _gradients(parameters: Any) -> list[Any]:
    several = _several(parameters)
    if not several and isinstance(parameters, Generator):
        warn(
            "`parameters` is an empty generator, no gradient clipping will occur: was it used up by an earlier loop? "
            "Call model.parameters() anew.",
            stacklevel=3,
        )
    return [p.grad for p in several if p.grad is not None]


def _norm(tensors: list[Any], norm_type: float, error_if_nonfinite: bool) -> float:
    p = float(norm_type)
    arrays = [t.array.astype(np.float64, copy=False).ravel() for t in tensors if t.array.size]
    with np.errstate(all="ignore"):
        if p in (np.inf, -np.inf):
            extreme = np.max if p > 0 else np.min
            total = float(extreme([extreme(np.abs(a)) for a in arrays])) if arrays else 0.0
        elif p == 2:
            total = float(np.sqrt(sum(np.dot(a, a) for a in arrays)))
        elif p == 0:
            total = float(sum(np.count_nonzero(a) for a in arrays))
        else:
            total = float(np.power(sum((np.abs(a) ** p).sum() for a in arrays), 1 / p))
    if error_if_nonfinite and not np.isfinite(total):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


def _scale(grads: list[Any], max_norm: float, total: float) -> None:
    factor = max_norm / (total + 1e-6)
    if factor >= 1:
        return
    for g in grads:
        with np.errstate(all="ignore"):
            g.array *= g.array.dtype.type(factor)
        bump(g, "clip_grad_norm_")


def _as_tensor(total: float, like: list[Any]) -> Any:
    with np.errstate(over="ignore"):
        return wrap(np.asarray(total, dtype=like[0].array.dtype if like else np.float32))
