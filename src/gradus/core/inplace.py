"""Changing a tensor's numbers in place, and rewriting its history to match.

`y.mul_(z)` computes `y * z`, writes the numbers into y's memory and makes y the product's output. If y is a view, what
changed is part of another tensor, its base: the base's new history says "the old base, with this region replaced"
(`Replace`), and the views of it take their history anew when it is next asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtype as dtypes
from .base import TensorBase, history, share
from .mode import state
from .op import Op, _Pick, _Ref, cast, nothing


def assign(t: Any, value: Any, name: str) -> Any:
    """Make `t` hold the tensor `value` (same shape), in its own memory and dtype; returns `t`.

    Raises:
        RuntimeError: `t` is a leaf that requires a gradient (or a view of one), the shapes differ, or t's dtype has no
            room for numbers of this kind (floats into integers).
    """
    check(t, name)
    if value.array.shape != t.array.shape:
        raise RuntimeError(
            f"{name}: output with shape {list(t.array.shape)} doesn't match the broadcast shape "
            f"{list(value.array.shape)}"
        )
    have, want = dtypes.of(value.array), dtypes.of(t.array)
    if have is not want:
        if not dtypes.can_cast(have, want):
            raise RuntimeError(f"{name}: result type {have.name} can't be cast to the desired output type {want.name}")
        value = cast(value, want)
    recording = state.grad and (value.requires_grad or t.requires_grad)
    if recording and value.node is not None:
        keep_old_numbers(value.node, t)
    if value.array is not t.array:
        np.copyto(t.array, value.array)
    bump(t, name)
    if recording:
        rewrite_history(t, value)
    return t


def check(t: Any, name: str) -> None:
    """Refuse what torch refuses: to change, while recording, a leaf that requires a gradient; or read-only memory, or
    memory in which elements overlap.
    """
    history(t)
    if state.grad and t.requires_grad:
        refuse_leaves(t, name)
    if t.is_inference_ and not state.inference:
        raise RuntimeError(
            f"{name}: Inplace update to inference tensor outside InferenceMode is not allowed; make a clone() first"
        )
    if t.array.size > 1 and 0 in t.array.strides and _overlaps(t.array):
        raise RuntimeError(
            f"{name}: unsupported operation: more than one element of the written-to tensor refers to a single memory "
            "location. Please clone() the tensor before performing the operation."
        )
    if not t.array.flags.writeable:
        raise RuntimeError(
            f"{name}: the tensor's memory is read-only (it was made from a read-only array); clone() it first"
        )


def _overlaps(array: np.ndarray) -> bool:
    """Whether several elements lie at one place in memory, as in an expanded tensor."""
    return any(n > 1 and stride == 0 for n, stride in zip(array.shape, array.strides, strict=True))


def refuse_leaves(t: Any, name: str) -> None:
    """Refuse to change a leaf that requires a gradient, a view of one, and what torch hands out several of at once."""
    if t.node is None:
        raise RuntimeError(
            f"{name}: a leaf Variable that requires grad is being used in an in-place operation; wrap it in no_grad()"
        )
    view = t
    while view.base is not None:
        op, view = view.parent[:2]
        if type(op) is _Pick:
            raise RuntimeError(
                f"{name}: Output {op.index} of {op.op.__name__}Backward0 is a view and is being modified inplace. "
                "This view is the output of a function that returns multiple views. Such functions do not allow the "
                "output views to be modified inplace. Use the out-of-place operation, or index the tensor instead."
            )
        if view.requires_grad and view.node is None:
            raise RuntimeError(
                f"{name}: a view of a leaf Variable that requires grad is being used in an in-place operation"
            )


def bump(t: Any, name: str) -> None:
    """Count a change of the storage, so that a backward which saved it notices."""
    t.version[0] += 1
    t.version[1] = name


def keep_old_numbers(node: Op, t: Any) -> None:
    """Give the op that computes the new value its own copy of the numbers that are about to be overwritten."""
    for ref in node._refs or ():
        if type(ref) is _Ref and ref.tensor is not None and np.may_share_memory(ref.array, t.array):
            old = share(ref.tensor, ref.array.copy())
            old.version = [0, ""]
            old.node, old.index, old.requires_grad = history(ref.tensor), ref.tensor.index, ref.tensor.requires_grad
            ref.tensor, ref.array, ref.version, ref.count = old, old.array, old.version, 0


def rewrite_history(t: Any, value: Any) -> None:
    """From now on `t` is what `value` is."""
    saved = () if value.node is None else value.node._refs
    for ref in saved or ():
        if type(ref) is _Ref and ref.tensor is None:  # the op saved its own output: that is t now, and is watched as t
            ref.version, ref.count = t.version, t.version[0]
    if t.base is None:
        if not value.requires_grad:
            value = Overwrite.apply(share_with_history(t), value)
        t.node, t.index, t.requires_grad = value.node, value.index, value.requires_grad
        t.epoch += 1
        return
    base = t.base
    chain, view = [], t
    while view is not base:
        op, source, rest, params = view.parent
        chain.append((op, rest, params))
        view = source
    now = Replace.apply(share_with_history(base), value, chain=chain[::-1])
    base.node, base.index, base.requires_grad = now.node, now.index, now.requires_grad
    base.epoch += 1
    history(t)


def share_with_history(t: TensorBase) -> Any:
    """A stand-in for `t` as it was made: same memory and node, but later changes to `t`'s history do not reach it."""
    old = share(t)
    old.node, old.index, old.requires_grad = t.node, t.index, t.requires_grad
    return old


class Overwrite(Op):
    """y = value, in place of x.   dx = 0."""

    torch_name = "Copy"

    def forward(ctx, x, value):
        return value

    def backward(ctx, g):
        return nothing(g), None


class Replace(Op):
    """y = base with a region replaced by value.   dbase = dy with zeros in the region,   dvalue = dy in the region."""

    def name(ctx):
        return "CopySlices"

    def forward(ctx, base, value, chain):
        ctx.chain, ctx.layout = chain, None if base.flags.c_contiguous else np.empty_like(base)
        return base  # the numbers are in place already

    def backward(ctx, g):
        rest = ctx.copy(g)
        region = rest
        for op, others, params in ctx.chain:
            region = op.apply(region, *others, **params)
        value = ctx.copy(region) if ctx.needs[1] else None
        region[...] = 0
        return rest, value

    def copy(ctx, g):
        """A copy laid out in memory like the base, so that the same chain of views reaches the same region."""
        if isinstance(g, TensorBase):
            return g.clone()  # type: ignore[attr-defined]
        if ctx.layout is None or g.shape != ctx.layout.shape:
            return np.array(g, order="C")
        out = np.empty_like(ctx.layout, dtype=g.dtype)
        np.copyto(out, g)
        return out
