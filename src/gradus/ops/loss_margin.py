"""Losses of margins and distances: the right answer must win by a margin, the like must lie near."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.base import raw
from .activation import LogSigmoid
from .loss import reduced, reduction_of, same_shape
from .piecewise import Relu
from .select import Clamp, Where

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["cosine_similarity", "pairwise_distance"]


def at_least_zero(x: Any) -> Any:
    """max(0, x) whose slope at 0 is 1, as torch clamps in these losses (relu's is 0)."""
    return Clamp.apply(x, low=0, high=None)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """x where the target is 1, max(0, margin − x) where it is −1: distances of like and unlike pairs.

    >>> import gradus
    >>> distances, alike = gradus.tensor([0.5, 0.25]), gradus.tensor([1.0, -1.0])
    >>> gradus.nn.functional.hinge_embedding_loss(distances, alike, reduction="none")
    tensor([0.5000, 0.7500])
    """
    reduction = reduction_of("hinge_embedding_loss", reduction, size_average, reduce)
    same_shape("hinge_embedding_loss", input, target)
    t = target.array
    far = Where.apply(t == 1, 0.0, at_least_zero(margin - input))
    return reduced(far + Where.apply(t == -1, 0.0, input), reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, −t (x₁ − x₂) + margin): x₁ is to rank above x₂ where t is 1, below where it is −1.

    >>> import gradus
    >>> gradus.nn.functional.margin_ranking_loss(gradus.tensor([1.0]), gradus.tensor([3.0]), gradus.tensor([1.0]))
    tensor(2.)
    """
    reduction = reduction_of("margin_ranking_loss", reduction, size_average, reduce)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            "margin_ranking_loss: all input tensors should have same dimension but got sizes: "
            f"{tuple(input1.shape)}, {tuple(input2.shape)}, {tuple(target.shape)}"
        )
    return reduced(at_least_zero(-target * (input1 - input2) + margin), reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Σ max(0, margin − x[t] + x[j])ᵖ / C over the other classes j: the hinge loss of a support vector machine.

    Shapes: input (C) or (N, C), target () or (N).

    >>> import gradus
    >>> gradus.nn.functional.multi_margin_loss(gradus.tensor([[0.1, 0.2, 0.4, 0.8]]), gradus.tensor([3]))
    tensor(0.3250)
    """
    reduction = reduction_of("multi_margin_loss", reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: only p == 1 and p == 2 supported, got {p}")
    rows, t = input.reshape(-1, input.shape[-1]), target.array.reshape(-1)
    classes = rows.shape[1]
    if t.size and (t.min() < 0 or t.max() >= classes):
        raise RuntimeError(f"multi_margin_loss: target out of range, got classes {t.min()} to {t.max()} of {classes}")
    take = np.arange(len(t))
    others = np.ones(rows.array.shape, rows.array.dtype)
    others[take, t] = 0
    if weight is not None:
        others *= weight.array[t][:, None]
    excess = Relu.apply(margin - rows[take, t].reshape(-1, 1) + rows)
    loss = ((excess * excess if p == 2 else excess) * others).sum(1) / classes
    return reduced(loss if input.ndim > 1 else loss.reshape(()), reduction)


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean"
) -> Tensor:
    """Σ max(0, 1 − (x[t] − x[j])) / C over target classes t and all others j; a row's targets end at the first −1.

    Shapes: input and target (C) or (N, C).

    >>> import gradus
    >>> x, y = gradus.tensor([[0.1, 0.2, 0.4, 0.8]]), gradus.tensor([[3, 0, -1, 1]])
    >>> gradus.nn.functional.multilabel_margin_loss(x, y)
    tensor(0.8500)
    """
    reduction = reduction_of("multilabel_margin_loss", reduction, size_average, reduce)
    same_shape("multilabel_margin_loss", input, target)
    rows, t = input.reshape(-1, input.shape[-1]), target.array.reshape(-1, target.shape[-1])
    member = np.zeros(rows.array.shape, bool)
    for i, row in enumerate(t):
        ends = np.flatnonzero(row == -1)
        member[i, row[: ends[0] if len(ends) else len(row)]] = True
    pairs = (member[:, :, None] & ~member[:, None, :]).astype(rows.array.dtype)
    excess = Relu.apply(1 - (rows.unsqueeze(2) - rows.unsqueeze(1)))
    loss = (excess * pairs).sum((1, 2)) / rows.shape[1]
    return reduced(loss if input.ndim > 1 else loss.reshape(()), reduction)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Binary cross-entropy of each class's own yes or no, averaged over the classes.

    >>> import gradus
    >>> gradus.nn.functional.multilabel_soft_margin_loss(gradus.tensor([[2.0, -2.0]]), gradus.tensor([[1.0, 0.0]]))
    tensor(0.1269)
    """
    reduction = reduction_of("multilabel_soft_margin_loss", reduction, size_average, reduce)
    same_shape("multilabel_soft_margin_loss", input, target)
    loss = -(target * LogSigmoid.apply(input) + (1 - target) * LogSigmoid.apply(-input))
    return reduced((loss if weight is None else loss * weight).mean(-1), reduction)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along `dim`: x₁·x₂ / (|x₁| |x₂|), each length at least eps.

    >>> import gradus
    >>> gradus.cosine_similarity(gradus.tensor([[1.0, 0.0]]), gradus.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    lengths = [_length(x, dim, eps) for x in (x1, x2)]
    return (x1 / lengths[0] * (x2 / lengths[1])).sum(dim)


def _length(x: Any, dim: int, eps: float) -> Any:
    length = x.norm(2, dim, keepdim=True)
    return Where.apply(raw(length) < eps, eps, length)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """1 − cos where the target is 1, max(0, cos − margin) where it is −1.

    Shapes: inputs (N, D) or (D), target (N) or ().

    >>> import gradus
    >>> a, b = gradus.tensor([[1.0, 0.0]]), gradus.tensor([[1.0, 1.0]])
    >>> gradus.nn.functional.cosine_embedding_loss(a, b, gradus.tensor([1]))
    tensor(0.2929)
    """
    reduction = reduction_of("cosine_embedding_loss", reduction, size_average, reduce)
    products = (input1 * input2).sum(-1)
    tiny = 1e-12
    squares = ((input1 * input1).sum(-1) + tiny) * ((input2 * input2).sum(-1) + tiny)
    cos, t = products / squares.sqrt(), target.array
    loss = Where.apply(t == 1, 1 - cos, 0.0) + Where.apply(t == -1, at_least_zero(cos - margin), 0.0)
    return reduced(loss, reduction)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """‖x₁ − x₂ + eps‖ₚ over the last dimension.

    >>> import gradus
    >>> gradus.pairwise_distance(gradus.tensor([[0.0, 0.0]]), gradus.tensor([[3.0, 4.0]]))
    tensor([5.0000])
    """
    return (x1 - x2 + eps).norm(p, -1, keepdim=keepdim)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(anchor, positive) − d(anchor, negative) + margin) (Balntas et al., 2016).

    Args:
        swap: use d(positive, negative) where it is the smaller.

    >>> import gradus
    >>> a, near, far = gradus.zeros(1, 2), gradus.ones(1, 2), gradus.ones(1, 2) * 1.5
    >>> gradus.nn.functional.triplet_margin_loss(a, near, far)
    tensor(0.2929)
    """

    def distance(a: Tensor, b: Tensor) -> Tensor:
        return pairwise_distance(a, b, p, eps)

    return triplet_margin_with_distance_loss(
        anchor,
        positive,
        negative,
        distance_function=distance,
        margin=margin,
        swap=swap,
        reduction=reduction_of("triplet_margin_loss", reduction, size_average, reduce),
    )


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[..., Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """triplet_margin_loss with a distance of one's own.

    >>> import gradus
    >>> a, near, far = gradus.zeros(1, 2), gradus.ones(1, 2), gradus.ones(1, 2) * 1.5
    >>> l1 = lambda x, y: (x - y).abs().sum(-1)
    >>> gradus.nn.functional.triplet_margin_with_distance_loss(a, near, far, distance_function=l1)
    tensor(0.)
    """
    reduction = reduction_of("triplet_margin_with_distance_loss", reduction)
    if margin <= 0:
        raise ValueError(f"triplet_margin_loss: margin must be greater than 0, got {margin}")
    distance = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = far.minimum(distance(positive, negative))
    return reduced(at_least_zero(near - far + margin), reduction)


def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """Vectors along `dim` divided by their length ‖x‖ₚ, taken as at least eps.

    >>> import gradus
    >>> gradus.nn.functional.normalize(gradus.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    return input / input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
