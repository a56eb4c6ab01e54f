"""Every loss module gives torch's numbers and two derivatives, for every choice that it takes, and torch's errors."""

from __future__ import annotations

import numpy as np
import pytest

import gradus
from tests.nn.side_by_side import agree_on, agree_with_gradients, lines

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
SCORES = rng.normal(size=(5, 4))
CLASSES = np.array([0, 3, 1, 1, 2])
SOME = np.array([0, 3, -100, 1, 2])
LABELS = np.array([[3, 0, -1, 1], [1, 2, 3, 0], [-1, 0, 0, 0], [2, -1, 3, 0], [0, -1, -1, -1]])

OF_NUMBERS = lines("""
    torch.nn.L1Loss()(x, y)
    torch.nn.L1Loss(reduction="sum")(x, y)
    torch.nn.L1Loss(reduction="none")(x, y)
    torch.nn.MSELoss()(x, y)
    torch.nn.MSELoss(reduction="sum")(x, y)
    torch.nn.MSELoss(reduction="none")(x, y)
    torch.nn.MSELoss(size_average=False)(x, y)
    torch.nn.MSELoss(reduce=False)(x, y)
    torch.nn.MSELoss(True, True)(x, y)
    torch.nn.SmoothL1Loss()(x, y)
    torch.nn.SmoothL1Loss(beta=0.3, reduction="sum")(x, y)
    torch.nn.SmoothL1Loss(beta=0.0)(x, y)
    torch.nn.HuberLoss()(x, y)
    torch.nn.HuberLoss("none", 0.3)(x, y)
    torch.nn.PoissonNLLLoss()(x, y.abs())
    torch.nn.PoissonNLLLoss(full=True, reduction="sum")(x, y.detach().abs() * 3)
    torch.nn.PoissonNLLLoss(log_input=False, eps=0.1)(x.abs(), y.detach().abs())
    torch.nn.GaussianNLLLoss()(x, y, y.detach().abs() + 0.5)
    torch.nn.GaussianNLLLoss(full=True, eps=1.0, reduction="none")(x, y, y * y)
    torch.nn.GaussianNLLLoss()(x, y, (y * y).mean(1, keepdim=True))
    torch.nn.SoftMarginLoss()(x, y.detach().sign())
    torch.nn.HingeEmbeddingLoss()(x, torch.where(y > 0, 1.0, -1.0))
    torch.nn.HingeEmbeddingLoss(0.3, reduction="sum")(x, torch.where(y > 0, 1.0, -1.0))
    torch.nn.KLDivLoss(reduction="none")(x.log_softmax(1), y.softmax(1))
    torch.nn.KLDivLoss(reduction="batchmean")(x.log_softmax(1), y.softmax(1))
    torch.nn.KLDivLoss(reduction="sum", log_target=True)(x.log_softmax(1), y.log_softmax(1))
    torch.nn.BCEWithLogitsLoss()(x, y.sigmoid())
    torch.nn.BCEWithLogitsLoss(weight=torch.tensor([0.5, 1.0, 2.0]), reduction="sum")(x, y.sigmoid())
    torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([0.5, 1.0, 2.0]), reduction="none")(x, y.sigmoid())
    torch.nn.BCELoss()(x.sigmoid(), y.sigmoid())
    torch.nn.BCELoss(weight=torch.tensor([0.5, 1.0, 2.0]), reduction="sum")(x.sigmoid(), y.sigmoid().detach())
    torch.nn.BCELoss(reduction="none")(torch.tensor([0.0, 1.0, 0.0, 1.0]), torch.tensor([0.0, 1.0, 1.0, 0.0]))
    torch.nn.MultiLabelSoftMarginLoss()(x, (y > 0).double())
    torch.nn.MultiLabelSoftMarginLoss(torch.tensor([0.5, 1.0, 2.0]), reduction="none")(x, (y > 0).double())
    torch.nn.MarginRankingLoss()(x, y, torch.where(y > 0, 1.0, -1.0))
    torch.nn.MarginRankingLoss(0.7, reduction="sum")(x, y, torch.where(y > 0, 1.0, -1.0))
    torch.nn.CosineEmbeddingLoss()(x, y, torch.tensor([1.0, -1.0, 1.0, -1.0]))
    torch.nn.CosineEmbeddingLoss(0.2, reduction="none")(x, y, torch.tensor([1.0, -1.0, 1.0, -1.0]))
    torch.nn.TripletMarginLoss()(x, y, x.flip(0))
    torch.nn.TripletMarginLoss(2.0, p=1.0, swap=True, reduction="none")(x, y, x.flip(0))
    torch.nn.TripletMarginLoss(2.0, p=3.0, eps=1e-3, reduction="sum")(x, y, y.flip(1))
    torch.nn.TripletMarginWithDistanceLoss()(x, y, x.flip(0))
    torch.nn.TripletMarginWithDistanceLoss(distance_function=lambda a, b: (a - b).abs().sum(-1), swap=True)(x, y, -y)
    torch.nn.CosineSimilarity()(x, y)
    torch.nn.CosineSimilarity(0)(x, y)
    torch.nn.PairwiseDistance()(x, y)
    torch.nn.PairwiseDistance(1.0, keepdim=True)(x, y)
    torch.nn.PairwiseDistance(float("inf"))(x, y)
""")

OF_CLASSES = lines("""
    torch.nn.CrossEntropyLoss()(x, t)
    torch.nn.CrossEntropyLoss(reduction="sum")(x, t)
    torch.nn.CrossEntropyLoss(reduction="none")(x, t)
    torch.nn.CrossEntropyLoss(w)(x, t)
    torch.nn.CrossEntropyLoss(w, reduction="none")(x, t)
    torch.nn.CrossEntropyLoss(label_smoothing=0.1)(x, t)
    torch.nn.CrossEntropyLoss(w, label_smoothing=0.1, reduction="sum")(x, t)
    torch.nn.CrossEntropyLoss(w, label_smoothing=0.1)(x, t)
    torch.nn.CrossEntropyLoss()(x, s)
    torch.nn.CrossEntropyLoss(w, label_smoothing=0.2)(x, s)
    torch.nn.CrossEntropyLoss(ignore_index=1)(x, t)
    torch.nn.CrossEntropyLoss(ignore_index=1, reduction="none")(x, t)
    torch.nn.CrossEntropyLoss()(x, x.flip(1).softmax(1).detach())
    torch.nn.CrossEntropyLoss(w, label_smoothing=0.1)(x, x.flip(1).softmax(1))
    torch.nn.CrossEntropyLoss()(x[0], t[0])
    torch.nn.CrossEntropyLoss()(x.reshape(1, 4, 5), t.reshape(1, 5))
    torch.nn.CrossEntropyLoss(w, reduction="none")(x.T.reshape(1, 4, 5, 1), t.reshape(1, 5, 1))
    torch.nn.CrossEntropyLoss()(x[:0], t[:0])
    torch.nn.CrossEntropyLoss(reduction="sum")(x[:0], t[:0])
    torch.nn.NLLLoss()(x.log_softmax(1), t)
    torch.nn.NLLLoss(w, reduction="sum")(x.log_softmax(1), s)
    torch.nn.NLLLoss(ignore_index=3, reduction="none")(x.log_softmax(1), t)
    torch.nn.MultiMarginLoss()(x, t)
    torch.nn.MultiMarginLoss(2, 0.5, w, reduction="none")(x, t)
    torch.nn.MultiLabelMarginLoss()(x, labels)
    torch.nn.MultiLabelMarginLoss(reduction="none")(x, labels)
""")

REFUSED = lines("""
    torch.nn.MSELoss(reduction="average")(x, x)
    torch.nn.CrossEntropyLoss()(x, t + 1)
    torch.nn.CrossEntropyLoss()(x, t - 1)
    torch.nn.CrossEntropyLoss()(x, t[:3])
    torch.nn.CrossEntropyLoss(w[:2])(x, t)
    torch.nn.CrossEntropyLoss(ignore_index=2)(x, x.softmax(1))
    torch.nn.NLLLoss()(x, x)
    torch.nn.BCELoss()(x * 9, x.sigmoid())
    torch.nn.BCELoss()(x.sigmoid(), x.sigmoid()[:2])
    torch.nn.BCEWithLogitsLoss()(x, x[:2])
    torch.nn.HuberLoss(delta=0)(x, x)
    torch.nn.SmoothL1Loss(beta=-1)(x, x)
    torch.nn.GaussianNLLLoss()(x, x, -(x * x) - 1)
    torch.nn.MultiMarginLoss(p=3)
    torch.nn.MultiMarginLoss(weight=x)
    torch.nn.TripletMarginLoss(margin=0.0)
    torch.nn.TripletMarginWithDistanceLoss(margin=-1.0)
    torch.nn.BCELoss(weight=[1.0])
    torch.nn.GaussianNLLLoss(True)
""")


DTYPES = pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 5e-6)])


@DTYPES
@pytest.mark.parametrize("line", OF_NUMBERS)
def test_loss_of_numbers(line: str, dtype: str, tolerance: float) -> None:
    agree_with_gradients(line, tolerance, tolerance, x=X.astype(dtype), y=Y.astype(dtype))


@DTYPES
@pytest.mark.parametrize("line", OF_CLASSES)
def test_loss_of_classes(line: str, dtype: str, tolerance: float) -> None:
    w = f"torch.tensor([0.5, 2.0, 1.0, 0.25], dtype=torch.{dtype})"
    line = line.replace("(w", f"({w}").replace(", w", f", {w}")
    agree_with_gradients(line, tolerance, tolerance, x=SCORES.astype(dtype), t=CLASSES, s=SOME, labels=LABELS)


@pytest.mark.parametrize("line", REFUSED)
def test_refused_as_by_torch(line: str) -> None:
    agree_on(line, x=SCORES, t=CLASSES, w=np.array([0.5, 2.0, 1.0, 0.25]))


def test_shapes_that_torch_would_broadcast_are_refused() -> None:
    """(N, 1) against (N) gives N² differences: torch warns, gradus refuses."""
    for name in ("MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss"):
        with pytest.raises(ValueError, match="must be equal"):
            getattr(gradus.nn, name)()(gradus.zeros(4, 1), gradus.zeros(4))


def test_kl_div_mean_is_over_elements() -> None:
    p, q = gradus.tensor(X).softmax(1), gradus.tensor(Y).softmax(1)
    every = gradus.nn.KLDivLoss(reduction="none")(q.log(), p)
    with pytest.warns(UserWarning, match="batchmean"):
        assert gradus.nn.KLDivLoss()(q.log(), p).item() == pytest.approx(every.mean().item())


def test_weights_are_buffers() -> None:
    agree_on("list(nn.CrossEntropyLoss(torch.ones(3)).state_dict())")
    agree_on("list(nn.BCEWithLogitsLoss(pos_weight=torch.ones(3)).state_dict())")
    agree_on("list(nn.CrossEntropyLoss(torch.ones(3)).parameters())")
    agree_on("nn.CrossEntropyLoss(torch.ones(3)).double().weight")
