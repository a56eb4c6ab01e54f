"""Losses of choosing among classes, of distributions and of distances: cross-entropy and its relatives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from warnings import warn

import numpy as np

from ..core.base import raw
from ..core.op import Op
from .exponential import XLogY, exp
from .loss import reduced, reduction_of, same_shape
from .softmax import log_softmax

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__: list[str] = []


def rows_of(x: Any) -> Any:
    """(C), (N, C) or (N, C, d…) as rows of C classes: (M, C).

    >>> rows_of(np.zeros((5, 3, 2))).shape
    (10, 3)
    """
    return x.reshape(1, -1) if x.ndim == 1 else x if x.ndim == 2 else np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])


def like_classes(rows: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Rows of classes back in the input's own shape.

    >>> like_classes(np.zeros((10, 3)), (5, 3, 2)).shape
    (5, 3, 2)
    """
    if len(shape) <= 2:
        return rows.reshape(shape)
    return np.moveaxis(rows.reshape(shape[0], *shape[2:], shape[1]), -1, 1)


def class_indices(
    name: str, target: np.ndarray, classes: int, ignore_index: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """Flat class indices that are safe to index with, and which of them count (None: all).

    Raises:
        IndexError: a target that is not ignore_index lies outside 0 … classes − 1.

    >>> class_indices("nll_loss", np.array([2, -100]), 3, ignore_index=-100)
    (array([2, 0]), array([ True, False]))
    """
    flat = target.reshape(-1)
    outside = (flat >= classes) | (flat < 0)
    ignored = flat == ignore_index
    if not outside.any():
        return (flat, ~ignored) if ignored.any() else (flat, None)
    if (outside & ~ignored).any():
        where = int(np.flatnonzero(outside & ~ignored)[0])
        raise IndexError(
            f"{name}: Target {flat[where]} is out of bounds: at position {where} of the batch, but there are "
            f"{classes} classes (0 to {classes - 1}); set ignore_index={flat[where]} if it is meant to be skipped"
        )
    return np.where(ignored, 0, flat), ~ignored


class NLLLoss(Op):
    """L = −Σ w[t] x[t] / Σ w[t] over the rows.   dx[i, t] = −dL · w[t] / Σ w, 0 for other classes and ignored rows."""

    def forward(ctx, x, target, weight, ignore_index, reduction):
        rows = rows_of(x)
        t, counts = class_indices("nll_loss", target, rows.shape[1], ignore_index)
        w = np.ones(len(t), x.dtype) if weight is None else weight[t]
        if counts is not None:
            w = w * counts
        take = np.arange(len(t))
        loss = np.where(w == 0, 0, -rows[take, t] * w) if counts is not None else -rows[take, t] * w
        coefficients = np.zeros_like(rows)
        coefficients[take, t] = -w
        ctx.shape, ctx.reduction = target.shape, reduction
        if reduction == "none":
            ctx.save(like_classes(coefficients, x.shape))
            return loss.astype(x.dtype, copy=False).reshape(target.shape)
        total = w.sum() if reduction == "mean" else w.dtype.type(1)
        coefficients = np.where(coefficients == 0, 0, coefficients / total).astype(x.dtype, copy=False)
        ctx.save(like_classes(coefficients, x.shape))
        return (loss.sum() / total).astype(x.dtype)

    def backward(ctx, g):
        (coefficients,) = ctx.saved
        if ctx.reduction == "none" and coefficients.ndim > 1:
            g = g.reshape(coefficients.shape[0], 1, *coefficients.shape[2:])
        return g * coefficients, None, None


def _composed_cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing):
    """−ln softmax at the target, and, smoothed, a little of every class."""
    axis = 0 if input.ndim == 1 else 1
    logp = log_softmax(input, dim=axis)
    nll = NLLLoss.apply(logp, target, weight, ignore_index=ignore_index, reduction=reduction)
    if not label_smoothing:
        return nll
    classes = input.shape[axis]
    t, counts = class_indices("cross_entropy", target, classes, ignore_index)
    w = np.ones(classes, raw(input).dtype) if weight is None else weight
    by_class = w.reshape([-1 if i == axis else 1 for i in range(input.ndim)])
    smooth = -(logp * by_class).sum(axis)
    kept = np.ones(target.shape, raw(input).dtype)
    if counts is not None:
        kept *= counts.reshape(target.shape)
    smooth = smooth * kept
    if reduction == "mean":
        smooth = smooth.sum() / float((w[t] * kept.reshape(-1)).sum())
    elif reduction == "sum":
        smooth = smooth.sum()
    return nll * (1 - label_smoothing) + smooth * (label_smoothing / classes)


class CrossEntropy(Op):
    """L = Σ −q ln softmax(x) / Σ w[t], q a row's target as a distribution.   dx = dL · (softmax(x) Σ q − q) / Σ w[t].

    q is w[t] at the target; with label smoothing ε it is (1 − ε) w[t] there, plus ε w / C for every class.
    """

    composed = staticmethod(_composed_cross_entropy)

    def forward(ctx, x, target, weight, ignore_index, reduction, label_smoothing):
        rows = rows_of(x)
        t, counts = class_indices("cross_entropy", target, rows.shape[1], ignore_index)
        take = np.arange(len(t))
        shifted = rows - rows.max(axis=1, keepdims=True, initial=-np.inf)
        picked = shifted[take, t]
        p = np.exp(shifted)
        sums = p.sum(axis=1)
        loss = np.log(sums) - picked
        p /= sums[:, None]
        ctx.save(p)
        ctx.t, ctx.take, ctx.x_shape, ctx.reduction = t, take, x.shape, reduction
        ctx.w, ctx.q = None, None
        if weight is not None or counts is not None or label_smoothing:
            loss = ctx.weigh(loss, shifted, sums, weight, counts, label_smoothing)
        ctx.total = 1.0 if reduction != "mean" else float(len(t)) if ctx.w is None else float(ctx.w.sum())
        if reduction == "none":
            return loss.reshape(target.shape)
        return x.dtype.type(
            loss.sum() / ctx.total if ctx.total else np.nan if not len(t) or reduction == "mean" else 0.0
        )

    def weigh(ctx, loss, shifted, sums, weight, counts, smoothing):
        """The general case: weights by class, rows that do not count, a little of every class."""
        classes = shifted.shape[1]
        by_class = np.ones(classes, loss.dtype) if weight is None else weight
        ctx.w = by_class[ctx.t] if counts is None else by_class[ctx.t] * counts
        ctx.q = ctx.w
        loss = loss * ctx.w if counts is None else np.where(counts, loss * ctx.w, 0)
        if smoothing:
            every = by_class * (smoothing / classes)
            kept = np.ones(len(ctx.t), bool) if counts is None else counts
            spread = ((np.log(sums)[:, None] - shifted) * every).sum(axis=1)
            loss = loss * (1 - smoothing) + np.where(kept, spread, 0)
            ctx.q, ctx.every, ctx.kept = ctx.w * (1 - smoothing), every.astype(loss.dtype), kept
        ctx.smoothing = smoothing
        return loss.astype(shifted.dtype, copy=False)

    def backward(ctx, g):
        (p,) = ctx.saved
        dx = p.copy()
        if ctx.w is None:
            dx[ctx.take, ctx.t] -= 1
        else:
            mass = ctx.q + ctx.kept * ctx.every.sum() if ctx.smoothing else ctx.q
            dx *= mass[:, None]
            dx[ctx.take, ctx.t] -= ctx.q
            if ctx.smoothing:
                dx -= ctx.kept[:, None] * ctx.every
        dx *= np.reshape(g, (-1, 1)) if ctx.reduction == "none" else g / p.dtype.type(ctx.total)
        if ctx.w is not None:
            dx[mass == 0] = 0  # rows that do not count, also where the division by the total gave nan
        return like_classes(dx, ctx.x_shape), None, None


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """−ln softmax(input) at the target class: what a classifier is trained to make small.

    Args:
        input: scores (logits) before any softmax: (C), (N, C) or (N, C, d…).
        target: class indices, of input's shape without C; or probabilities, of input's shape.
        weight: (C) a factor for each class; the mean is then over the sum of the targets' weights.
        ignore_index: rows with this target count for nothing.
        label_smoothing: ε in [0, 1]: the target becomes (1 − ε) of itself and ε of the uniform distribution (Szegedy
            et al., 2016).
    Raises:
        IndexError: a target class does not exist. ValueError, RuntimeError: shapes or dtypes do not fit.

    >>> import gradus
    >>> logits = gradus.tensor([[2.0, 0.0, 0.0], [0.0, 0.0, 3.0]])
    >>> gradus.nn.functional.cross_entropy(logits, gradus.tensor([0, 2]))
    tensor(0.1672)
    """
    reduction = reduction_of("cross_entropy", reduction, size_average, reduce)
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"cross_entropy: label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    _check_weight("cross_entropy", input, weight)
    if target.array.dtype.kind == "f":
        return _against_probabilities(input, target, weight, ignore_index, reduction, label_smoothing)
    _check_classes("cross_entropy", input, target)
    return CrossEntropy.apply(
        input,
        target.array,
        raw(weight),
        ignore_index=ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


def _check_weight(name: str, input: Any, weight: Any) -> None:
    if weight is not None and weight.requires_grad:
        raise RuntimeError(f"{name} is not differentiable with respect to argument 'weight'; pass weight.detach()")
    classes = input.array.shape[min(input.ndim - 1, 1)] if input.ndim else 0
    if weight is not None and tuple(weight.shape) != (classes,):
        raise RuntimeError(
            f"{name}: weight tensor should be defined either for all {classes} classes or no classes but got weight "
            f"tensor of shape: {list(weight.shape)}"
        )


def _check_classes(name: str, input: Any, target: Any) -> None:
    shape, wanted = input.array.shape, target.array.shape
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"{name}: expected floating scores, got {input.dtype.name}")
    if target.array.dtype.kind not in "iu":
        raise RuntimeError(f"{name}: expected integer class indices, got a target of {target.dtype.name}")
    if not shape:
        raise ValueError(f"{name}: input is 0-d, but needs a dimension of classes: (C), (N, C) or (N, C, d…)")
    expected = () if len(shape) == 1 else (shape[0], *shape[2:])
    if wanted != expected:
        if len(shape) > 1 and wanted and shape[0] != wanted[0]:
            raise ValueError(
                f"{name}: Expected input batch_size ({shape[0]}) to match target batch_size ({wanted[0]})."
            )
        refusal = ValueError if len(shape) == len(wanted) == 1 else RuntimeError
        raise refusal(f"{name}: input of shape {shape} wants class indices of shape {expected}, got {wanted}")


def _against_probabilities(input, target, weight, ignore_index, reduction, smoothing):
    """Targets that are distributions: −Σ w q ln softmax(x), averaged over the batch."""
    if ignore_index >= 0:
        raise RuntimeError("cross_entropy: ignore_index is not supported for floating point target")
    same_shape("cross_entropy", input, target)
    axis = 0 if input.ndim == 1 else 1
    classes = input.shape[axis]
    if smoothing:
        target = target * (1 - smoothing) + smoothing / classes
    logp = log_softmax(input, dim=axis)
    if weight is not None:
        logp = logp * weight.reshape([-1 if i == axis else 1 for i in range(input.ndim)])
    loss = -(logp * target).sum(axis)
    return (
        loss.sum() / (input.numel() // classes if classes else 1) if reduction == "mean" else reduced(loss, reduction)
    )


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """−input at the target class, input being log-probabilities (from log_softmax): (C), (N, C) or (N, C, d…).

    >>> import gradus
    >>> logp = gradus.log_softmax(gradus.tensor([[2.0, 0.0, 0.0]]), dim=1)
    >>> gradus.nn.functional.nll_loss(logp, gradus.tensor([0]))
    tensor(0.2395)
    """
    reduction = reduction_of("nll_loss", reduction, size_average, reduce)
    _check_classes("nll_loss", input, target)
    _check_weight("nll_loss", input, weight)
    return NLLLoss.apply(input, target.array, raw(weight), ignore_index=ignore_index, reduction=reduction)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """t (ln t − x): the Kullback–Leibler divergence of log-probabilities x = input from probabilities t.

    Args:
        reduction: "batchmean" is the mathematical one (sum over the batch's size); "mean" divides by every element.
        log_target: target holds ln t.

    >>> import gradus
    >>> p, q = gradus.tensor([[0.5, 0.5]]), gradus.tensor([[0.9, 0.1]])
    >>> gradus.nn.functional.kl_div(q.log(), p, reduction="batchmean")
    tensor(0.5108)
    """
    if reduction != "batchmean":
        reduction = reduction_of("kl_div", reduction, size_average, reduce)
    if reduction == "mean":
        warn(
            "kl_div: reduction='mean' divides the total loss by both the batch size and the support size; 'batchmean' "
            "divides by the batch size only, as the mathematical definition does",
            stacklevel=2,
        )
    loss = exp(target) * (target - input) if log_target else XLogY.apply(target, target) - target * input
    return loss.sum() / input.shape[0] if reduction == "batchmean" else reduced(loss, reduction)
