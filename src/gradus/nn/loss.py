"""Losses as modules: each calls the function of the same name in `gradus.nn.functional`.

All take `reduction`: "mean", "sum" or "none". torch's old keywords size_average and reduce still work, with a warning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..ops.loss import reduction_of
from . import functional as F
from .module import Module
from .shape import PairwiseDistance

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CosineEmbeddingLoss",
    "CrossEntropyLoss",
    "GaussianNLLLoss",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "MSELoss",
    "MarginRankingLoss",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "NLLLoss",
    "PoissonNLLLoss",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]


class _Loss(Module):
    """A loss with a reduction."""

    def __init__(self, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> None:
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = reduction_of(type(self).__name__, reduction, size_average, reduce)
        self.reduction = reduction


class _WeightedLoss(_Loss):
    """A loss with a factor for each class or element, kept as a buffer."""

    weight: Any

    def __init__(
        self, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


# of numbers ----------------------------------------------------------------------------------------------------------


class L1Loss(_Loss):
    """The mean absolute error. See `functional.l1_loss`.

    >>> import gradus
    >>> gradus.nn.L1Loss()(gradus.tensor([1.0, 2.0]), gradus.tensor([1.0, 4.0]))
    tensor(1.)
    """

    def forward(self, input: Any, target: Any) -> Any:
        return F.l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """The mean squared error. See `functional.mse_loss`.

    >>> import gradus
    >>> gradus.nn.MSELoss()(gradus.tensor([1.0, 2.0]), gradus.tensor([1.0, 4.0]))
    tensor(2.)
    """

    def forward(self, input: Any, target: Any) -> Any:
        return F.mse_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """Squared error near 0, absolute error beyond beta. See `functional.smooth_l1_loss`.

    >>> import gradus
    >>> gradus.nn.SmoothL1Loss(reduction="none")(gradus.tensor([0.5, 3.0]), gradus.zeros(2))
    tensor([0.1250, 2.5000])
    """

    def __init__(
        self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Any, target: Any) -> Any:
        return F.smooth_l1_loss(input, target, beta=self.beta, reduction=self.reduction)


class HuberLoss(_Loss):
    """Squared error near 0, delta times absolute error beyond delta. See `functional.huber_loss`.

    >>> import gradus
    >>> gradus.nn.HuberLoss(reduction="none", delta=2.0)(gradus.tensor([0.5, 3.0]), gradus.zeros(2))
    tensor([0.1250, 4.0000])
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Any, target: Any) -> Any:
        return F.huber_loss(input, target, delta=self.delta, reduction=self.reduction)


class PoissonNLLLoss(_Loss):
    """The negative log-likelihood of counts. See `functional.poisson_nll_loss`.

    >>> import gradus
    >>> gradus.nn.PoissonNLLLoss()(gradus.tensor([0.0]), gradus.tensor([2.0]))
    tensor(1.)
    """

    def __init__(
        self, log_input: bool = True, full: bool = False, size_average: Any = None, eps: float = 1e-8,
        reduce: Any = None, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.log_input, self.full, self.eps = log_input, full, eps

    def forward(self, log_input: Any, target: Any) -> Any:
        return F.poisson_nll_loss(
            log_input, target, log_input=self.log_input, full=self.full, eps=self.eps, reduction=self.reduction
        )


class GaussianNLLLoss(_Loss):
    """The negative log-likelihood of normal distributions of a given variance. See `functional.gaussian_nll_loss`.

    >>> import gradus
    >>> gradus.nn.GaussianNLLLoss()(gradus.tensor([1.0]), gradus.tensor([3.0]), gradus.tensor([1.0]))
    tensor(2.)
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(reduction=reduction)
        self.full, self.eps = full, eps

    def forward(self, input: Any, target: Any, var: Any) -> Any:
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)


# of classes and distributions ----------------------------------------------------------------------------------------


class CrossEntropyLoss(_WeightedLoss):
    """−ln softmax(x) at the target class, x being scores before any softmax. See `functional.cross_entropy`.

    >>> import gradus
    >>> gradus.nn.CrossEntropyLoss()(gradus.zeros(1, 10), gradus.tensor([3]))
    tensor(2.3026)
    """

    def __init__(
        self, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None,
        reduction: str = "mean", label_smoothing: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing

    def forward(self, input: Any, target: Any) -> Any:
        return F.cross_entropy(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )  # fmt: skip


class NLLLoss(_WeightedLoss):
    """−x at the target class, x being log-probabilities. See `functional.nll_loss`.

    >>> import gradus
    >>> gradus.nn.NLLLoss()(gradus.tensor([[-0.5, -1.0]]), gradus.tensor([1]))
    tensor(1.)
    """

    def __init__(
        self, weight: Any = None, size_average: Any = None, ignore_index: int = -100, reduce: Any = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Any, target: Any) -> Any:
        return F.nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class BCELoss(_WeightedLoss):
    """Binary cross-entropy of probabilities. See `functional.binary_cross_entropy`.

    >>> import gradus
    >>> gradus.nn.BCELoss()(gradus.tensor([0.9, 0.2]), gradus.tensor([1.0, 0.0]))
    tensor(0.1643)
    """

    def forward(self, input: Any, target: Any) -> Any:
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_WeightedLoss):
    """Binary cross-entropy of scores before the sigmoid. See `functional.binary_cross_entropy_with_logits`.

    >>> import gradus
    >>> gradus.nn.BCEWithLogitsLoss()(gradus.tensor([2.0, -1000.0]), gradus.tensor([1.0, 0.0]))
    tensor(0.0635)
    """

    pos_weight: Any

    def __init__(
        self, weight: Any = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
        pos_weight: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Any, target: Any) -> Any:
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )


class KLDivLoss(_Loss):
    """The Kullback–Leibler divergence of log-probabilities from probabilities. See `functional.kl_div`.

    >>> import gradus
    >>> p, q = gradus.tensor([[0.5, 0.5]]), gradus.tensor([[0.9, 0.1]])
    >>> gradus.nn.KLDivLoss(reduction="batchmean")(q.log(), p)
    tensor(0.5108)
    """

    def __init__(
        self, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Any, target: Any) -> Any:
        return F.kl_div(input, target, log_target=self.log_target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """Binary cross-entropy of each class's own yes or no. See `functional.multilabel_soft_margin_loss`.

    >>> import gradus
    >>> gradus.nn.MultiLabelSoftMarginLoss()(gradus.zeros(1, 3), gradus.tensor([[1.0, 0.0, 1.0]]))
    tensor(0.6931)
    """

    def forward(self, input: Any, target: Any) -> Any:
        return F.multilabel_soft_margin_loss(input, target, self.weight, reduction=self.reduction)


# of margins and distances --------------------------------------------------------------------------------------------


class SoftMarginLoss(_Loss):
    """ln(1 + e^(−t x)) for targets of −1 and 1. See `functional.soft_margin_loss`.

    >>> import gradus
    >>> gradus.nn.SoftMarginLoss()(gradus.tensor([2.0]), gradus.tensor([1.0]))
    tensor(0.1269)
    """

    def forward(self, input: Any, target: Any) -> Any:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiMarginLoss(_WeightedLoss):
    """The multiclass hinge loss. See `functional.multi_margin_loss`.

    Raises:
        ValueError: p is neither 1 nor 2, or the weight is not a vector.

    >>> import gradus
    >>> gradus.nn.MultiMarginLoss()(gradus.tensor([[0.5, 0.0, 2.0]]), gradus.tensor([2]))
    tensor(0.)
    """

    def __init__(
        self, p: int = 1, margin: float = 1.0, weight: Any = None, size_average: Any = None, reduce: Any = None,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        if weight is not None and weight.dim() != 1:
            raise ValueError(f"MultiMarginLoss: weight must be None or have 1 dimension, got {weight.dim()}")
        self.p, self.margin = p, margin

    def forward(self, input: Any, target: Any) -> Any:
        return F.multi_margin_loss(input, target, self.p, self.margin, self.weight, reduction=self.reduction)


class MultiLabelMarginLoss(_Loss):
    """The hinge loss of several right classes. See `functional.multilabel_margin_loss`.

    >>> import gradus
    >>> gradus.nn.MultiLabelMarginLoss()(gradus.tensor([[0.1, 0.2, 0.4, 0.8]]), gradus.tensor([[3, 0, -1, 1]]))
    tensor(0.8500)
    """

    def forward(self, input: Any, target: Any) -> Any:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class HingeEmbeddingLoss(_Loss):
    """x for like pairs, max(0, margin − x) for unlike ones. See `functional.hinge_embedding_loss`.

    >>> import gradus
    >>> gradus.nn.HingeEmbeddingLoss(reduction="none")(gradus.tensor([0.5, 0.25]), gradus.tensor([1.0, -1.0]))
    tensor([0.5000, 0.7500])
    """

    def __init__(
        self, margin: float = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Any, target: Any) -> Any:
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(_Loss):
    """max(0, −t (x₁ − x₂) + margin). See `functional.margin_ranking_loss`.

    >>> import gradus
    >>> gradus.nn.MarginRankingLoss()(gradus.tensor([1.0]), gradus.tensor([3.0]), gradus.tensor([1.0]))
    tensor(2.)
    """

    def __init__(
        self, margin: float = 0.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Any, input2: Any, target: Any) -> Any:
        return F.margin_ranking_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class CosineEmbeddingLoss(_Loss):
    """1 − cos for like pairs, max(0, cos − margin) for unlike ones. See `functional.cosine_embedding_loss`.

    >>> import gradus
    >>> a, b = gradus.tensor([[1.0, 0.0]]), gradus.tensor([[0.0, 1.0]])
    >>> gradus.nn.CosineEmbeddingLoss()(a, b, gradus.tensor([1.0]))
    tensor(1.)
    """

    def __init__(
        self, margin: float = 0.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Any, input2: Any, target: Any) -> Any:
        return F.cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class TripletMarginLoss(_Loss):
    """The like must lie nearer than the unlike, by a margin. See `functional.triplet_margin_loss`.

    Raises:
        ValueError: the margin is not positive.

    >>> import gradus
    >>> anchor, like, unlike = gradus.zeros(1, 2), gradus.tensor([[3.0, 4.0]]), gradus.tensor([[0.0, 2.0]])
    >>> round(gradus.nn.TripletMarginLoss()(anchor, like, unlike).item(), 3)
    4.0
    """

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, size_average: Any = None,
        reduce: Any = None, reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(size_average, reduce, reduction)
        self.margin, self.p, self.eps, self.swap = _positive(margin), p, eps, swap

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:
        return F.triplet_margin_loss(
            anchor, positive, negative, margin=self.margin, p=self.p, eps=self.eps, swap=self.swap,
            reduction=self.reduction,
        )  # fmt: skip


class TripletMarginWithDistanceLoss(_Loss):
    """TripletMarginLoss with a distance of one's own. See `functional.triplet_margin_with_distance_loss`.

    Raises:
        ValueError: the margin is not positive.

    >>> import gradus
    >>> loss = gradus.nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: (a - b).abs().amax(-1))
    >>> loss(gradus.zeros(1, 2), gradus.tensor([[3.0, 4.0]]), gradus.tensor([[0.0, 2.0]]))
    tensor(3.)
    """

    def __init__(
        self, *, distance_function: Callable[..., Any] | None = None, margin: float = 1.0, swap: bool = False,
        reduction: str = "mean",
    ) -> None:  # fmt: skip
        super().__init__(reduction=reduction)
        self.distance_function = PairwiseDistance() if distance_function is None else distance_function
        self.margin, self.swap = _positive(margin), swap

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:
        return F.triplet_margin_with_distance_loss(
            anchor, positive, negative, distance_function=self.distance_function, margin=self.margin, swap=self.swap,
            reduction=self.reduction,
        )  # fmt: skip


def _positive(margin: float) -> float:
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    return margin
