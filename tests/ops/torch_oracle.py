"""Run the same lines on gradus and on torch and compare: values, types, gradients and the gradients of gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import gradus

LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "contiguous": lambda a: a,
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "every second": lambda a: a.repeat(2, -1)[..., ::2] if a.ndim else a,
    "from the back": lambda a: np.ascontiguousarray(a[::-1])[::-1] if a.ndim else a,
    "read-only": lambda a: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape),
}


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    """Normal float64 numbers."""
    return np.random.RandomState(seed + sum(shape)).standard_normal(shape)


def agree(
    function: Callable[..., Any],
    *arrays: np.ndarray,
    grad: bool = True,
    second: bool = True,
    layout: str = "contiguous",
    rtol: float = 1e-9,
    atol: float = 1e-11,
) -> None:
    """Assert that `function(library, *tensors)` is the same in gradus and torch, and so are its first two derivatives.

    Arrays of floating type get gradients. The outputs (one tensor, or a tuple of them) are compared in value, shape and
    dtype; their gradients as those of a sum weighted by fixed random numbers, and so again for the second derivative.
    """
    ours = [gradus.from_numpy(LAYOUTS[layout](a)) for a in arrays]
    theirs = [torch.from_numpy(a.copy()) for a in arrays]
    before = [a.copy() for a in arrays]
    active = [i for i, a in enumerate(arrays) if grad and a.dtype.kind == "f"]
    for i in active:
        ours[i].requires_grad_()
        theirs[i].requires_grad_()
    got, expected = _outputs(function(gradus, *ours)), _outputs(function(torch, *theirs))
    assert len(got) == len(expected)
    for y, z in zip(got, expected):
        _same(y, z, rtol, atol)
    if active:
        _same_gradients(gradus, torch, got, expected, [ours[i] for i in active], [theirs[i] for i in active], second, rtol, atol)
    for array, old in zip(arrays, before):
        np.testing.assert_array_equal(array, old, err_msg="an input was changed")


def _outputs(result: Any) -> list[Any]:
    return list(result) if isinstance(result, tuple | list) else [result]


def _same(y: Any, z: Any, rtol: float, atol: float) -> None:
    assert str(y.dtype).split(".")[-1] == str(z.dtype).split(".")[-1]
    assert tuple(y.shape) == tuple(z.shape)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=rtol, atol=atol)


def _weighted(library: Any, outputs: list[Any], seed: int) -> Any:
    """Σ of the outputs, each element with its own weight."""
    total = None
    for i, y in enumerate(y for y in outputs if y is not None and y.dtype.is_floating_point and y.requires_grad):
        weights = np.asarray(np.random.RandomState(seed + i).standard_normal(tuple(y.shape)))
        term = (y * library.as_tensor(weights, dtype=y.dtype)).sum()
        total = term if total is None else total + term
    return total


def _same_gradients(
    ours: Any, theirs: Any, got: Any, expected: Any, xs: Any, ys: Any, second: bool, rtol: float, atol: float
) -> None:
    a, b = _weighted(ours, got, 1), _weighted(theirs, expected, 1)
    assert (a is None) == (b is None)
    if a is None:
        return
    plain = ours.autograd.grad(a, xs, allow_unused=True, retain_graph=True)
    first_a = ours.autograd.grad(a, xs, allow_unused=True, create_graph=True)
    first_b = theirs.autograd.grad(b, ys, allow_unused=True, create_graph=True)
    for fast, x, y in zip(plain, first_a, first_b):
        _same_or_zero(fast, y, rtol, atol)
        _same_or_zero(x, y, rtol, atol)
    if not second:
        return
    c, d = _weighted(ours, list(first_a), 5), _weighted(theirs, list(first_b), 5)
    zeros_a = [None] * len(xs) if c is None else ours.autograd.grad(c, xs, allow_unused=True)
    zeros_b = [None] * len(ys) if d is None else theirs.autograd.grad(d, ys, allow_unused=True)
    for x, y in zip(zeros_a, zeros_b):
        _same_or_zero(x, y, rtol * 10, atol * 10)


def _same_or_zero(x: Any, y: Any, rtol: float, atol: float) -> None:
    """None counts as zeros: torch sometimes gives one and sometimes the other."""
    if x is None and y is None:
        return
    shape = tuple((x if y is None else y).shape)
    x, y = [np.zeros(shape) if v is None else v.detach().numpy(force=True) for v in (x, y)]
    assert x.shape == y.shape
    np.testing.assert_allclose(x, y, rtol=rtol, atol=atol)


def both_raise(function: Callable[..., Any], *arrays: np.ndarray, match: str = "") -> None:
    """Assert that `function(library, *tensors)` raises the same class of error in gradus and torch, and says `match`."""
    with pytest.raises(Exception) as theirs:
        function(torch, *[torch.from_numpy(a.copy()) for a in arrays])
    with pytest.raises(theirs.type, match=match):
        function(gradus, *[gradus.from_numpy(a.copy()) for a in arrays])
