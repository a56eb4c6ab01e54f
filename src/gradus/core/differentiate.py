"""backward() and grad(): the two ways to ask for derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import backward as walker
from .base import TensorBase, wrap


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradient of `tensors` (a tensor or a sequence) to `.grad` of every leaf behind them.

    Args:
        grad_tensors: gradients to start from, one per tensor; None means 1 for a tensor of one element.
        retain_graph: keep what the graph saved, so that it can be walked again (default: as create_graph).
        create_graph: record the derivative, so that it can be differentiated in turn.
        inputs: only these get gradients.
    Raises:
        RuntimeError: a tensor has several elements and no starting gradient, or needs no gradient.

    >>> import gradus
    >>> x = gradus.tensor([1.0, 2.0], requires_grad=True)
    >>> gradus.autograd.backward((x * x).sum())
    >>> x.grad
    tensor([2., 4.])
    """
    outputs = _several(tensors)
    seeds = _seeds(outputs, _several(grad_tensors, len(outputs)), create_graph)
    keep = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        walker.run(outputs, seeds, retain_graph=keep, create_graph=create_graph)
        return
    wanted = _several(inputs)
    if not wanted:
        raise RuntimeError("backward: 'inputs' argument to backward() cannot be empty")
    found = walker.run(outputs, seeds, targets=wanted, retain_graph=keep, create_graph=create_graph) or []
    for t, g in zip(wanted, found, strict=True):
        if g is not None:
            g = g if isinstance(g, TensorBase) else wrap(np.array(g, dtype=t.array.dtype))
            t.grad = g if t.grad is None else t.grad + g


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradients of `outputs` with respect to `inputs`, returned instead of stored.

    Args:
        outputs, inputs: a tensor or a sequence of tensors.
        grad_outputs: gradients to start from; None means 1 for an output of one element.
        create_graph: record the derivative, for second derivatives.
        allow_unused: give None for an input that the outputs do not depend on, instead of raising.
        materialize_grads: give zeros there.
    Returns:
        One gradient per input, of its shape.
    Raises:
        RuntimeError: an input is not part of the graph, or an output has several elements and no starting gradient.

    >>> import gradus
    >>> x = gradus.tensor(3.0, requires_grad=True)
    >>> (first,) = gradus.autograd.grad(x**3, x, create_graph=True)
    >>> (second,) = gradus.autograd.grad(first, x)
    >>> first.item(), second.item()
    (27.0, 18.0)
    """
    if is_grads_batched:
        raise NotImplementedError("grad: is_grads_batched=True is not supported; loop over the rows of grad_outputs")
    outs, ins = _several(outputs), _several(inputs)
    for t in ins:
        if not t.requires_grad:
            raise RuntimeError(
                "grad: One of the differentiated Tensors does not require grad; set requires_grad=True before its use"
            )
    seeds = _seeds(outs, _several(grad_outputs, len(outs)), create_graph)
    keep = create_graph if retain_graph is None else retain_graph
    found = walker.run(outs, seeds, targets=ins, retain_graph=keep, create_graph=create_graph) or []
    return tuple([_finished(t, g, allow_unused, materialize_grads) for t, g in zip(ins, found, strict=True)])


def _finished(t: Any, g: Any, allow_unused: bool | None, materialize: bool) -> Any:
    if g is None:
        if materialize:
            return wrap(np.zeros_like(t.array))
        if not allow_unused:
            raise RuntimeError(
                "grad: One of the differentiated Tensors appears to not have been used in the graph. "
                "Set allow_unused=True if this is the desired behavior."
            )
        return None
    if isinstance(g, TensorBase):
        return g
    g = np.asarray(g, dtype=t.array.dtype)
    return wrap(g if g.base is None and g.flags.writeable else g.copy())


def _several(x: Any, count: int = 1) -> list[Any]:
    if x is None:
        return [None] * count
    return list(x) if isinstance(x, Sequence) and not isinstance(x, TensorBase) else [x]


def _seeds(outputs: list[Any], given: list[Any], create_graph: bool) -> list[Any]:
    """The gradients that the walk starts from."""
    if len(outputs) != len(given):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(given)} gradients; expected one gradient per tensor")
    seeds = []
    for i, (out, g) in enumerate(zip(outputs, given, strict=True)):
        if not out.requires_grad:
            raise RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn; "
                "nothing in it can be trained"
            )
        if g is None:
            if out.array.size != 1:
                raise RuntimeError(
                    f"grad can be implicitly created only for scalar outputs, got shape {out.array.shape}; "
                    "reduce it with .sum() or .mean(), or pass the gradient to start from"
                )
            g = wrap(np.ones_like(out.array))
        if g.array.shape != out.array.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output has shape {g.array.shape} and output has shape {out.array.shape}"
            )
        seeds.append(g if create_graph else g.array.astype(out.array.dtype, copy=False))
    return seeds
