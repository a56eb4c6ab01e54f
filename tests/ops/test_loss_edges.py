"""Where losses have kinks, weights and warnings: asked of torch."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import gradus

LIBRARIES = pytest.mark.parametrize("lib", [gradus, torch], ids=["gradus", "torch"])


def slope(lib: Any, name: str, *values: Any, **options: Any) -> Any:
    x = lib.tensor(values[0], requires_grad=True)
    getattr(lib.nn.functional, name)(x, *[lib.tensor(v) for v in values[1:]], **options).backward()
    return x.grad.tolist()


@pytest.mark.parametrize(
    ("name", "values", "options"),
    [
        ("margin_ranking_loss", ([1.0], [1.0], [1.0]), {}),
        ("hinge_embedding_loss", ([1.0], [-1.0]), {"margin": 1.0}),
        ("triplet_margin_loss", ([[0.0, 0.0]], [[0.0, 1.0]], [[0.0, 2.0]]), {"eps": 0.0}),
        ("cosine_embedding_loss", ([[1.0, 0.0]], [[0.0, 1.0]], [-1.0]), {}),
        ("multi_margin_loss", ([[0.0, 1.0]], [1]), {}),
        ("l1_loss", ([1.0, 2.0], [1.0, 0.0]), {}),
        ("smooth_l1_loss", ([1.0, 2.0], [1.0, 1.0]), {}),
        ("huber_loss", ([1.0, 2.0], [1.0, 1.0]), {}),
        ("binary_cross_entropy", ([0.0, 1.0], [1.0, 0.0]), {}),
        ("binary_cross_entropy_with_logits", ([1000.0, -1000.0], [0.0, 1.0]), {}),
    ],
)
def test_slopes_at_kinks_and_extremes_equal_torch(name: str, values: Any, options: dict[str, Any]) -> None:
    assert slope(gradus, name, *values, **options) == slope(torch, name, *values, **options)


@LIBRARIES
def test_class_weights_are_not_differentiated(lib: Any) -> None:
    weight = lib.ones(3, requires_grad=True)
    with pytest.raises(RuntimeError, match="not differentiable with respect to argument 'weight'|the derivative for"):
        lib.nn.functional.cross_entropy(lib.zeros(2, 3, requires_grad=True), lib.tensor([0, 1]), weight)


@LIBRARIES
def test_the_mean_of_kl_div_warns(lib: Any) -> None:
    with pytest.warns(UserWarning, match="batchmean"):
        lib.nn.functional.kl_div(lib.zeros(2, 3), lib.full((2, 3), 1 / 3))


@LIBRARIES
def test_a_variance_of_another_shape_is_refused(lib: Any) -> None:
    x = lib.zeros(4, 3)
    assert lib.nn.functional.gaussian_nll_loss(x, x, lib.ones(4)).item() == 0
    assert lib.nn.functional.gaussian_nll_loss(x, x, lib.ones(4, 1)).item() == 0
    with pytest.raises(ValueError, match="incorrect size"):
        lib.nn.functional.gaussian_nll_loss(x, x, lib.ones(3))


@LIBRARIES
def test_weights_of_elements(lib: Any) -> None:
    x, t, w = lib.tensor([1.0, 2.0]), lib.tensor([0.0, 0.0]), lib.tensor([3.0, 1.0])
    assert lib.nn.functional.mse_loss(x, t, weight=w).item() == 1.75
    assert lib.nn.functional.l1_loss(x, t, weight=w).item() == 1.25
    assert lib.nn.functional.huber_loss(x, t, weight=w, reduction="sum").item() == 3.0


@LIBRARIES
def test_empty_tensors_are_filled_in_place(lib: Any) -> None:
    assert lib.empty(0, 3).uniform_().shape == (0, 3)
    assert lib.nn.Embedding(0, 3).weight.numel() == 0
