"""Embedding beside torch's."""

from __future__ import annotations

import numpy as np
import pytest

import gradus
from gradus import nn
from tests.nn.side_by_side import agree_on, agree_with_gradients, lines

INDEX = np.array([[1, 2, 1], [0, 4, 4]])
TABLE = np.random.default_rng(0).normal(size=(5, 3))


@pytest.mark.parametrize(
    "options",
    [
        "",
        "padding_idx=1",
        "padding_idx=-1",
        "scale_grad_by_freq=True",
        "padding_idx=4, scale_grad_by_freq=True",
        "sparse=True",
    ],
)
def test_numbers_and_gradients(options: str) -> None:
    agree_on(f"[nn.Embedding(5, 3, {options}), nn.Embedding(5, 3, {options}).weight]")
    if options != "sparse=True":  # whose gradients are sparse tensors in torch
        agree_with_gradients(f"F.embedding(i, w, {options})", 1e-12, 1e-12, i=INDEX, w=TABLE)
    agree_on(f"nn.Embedding(5, 3, {options})(i)", i=INDEX)


@pytest.mark.parametrize(
    "line",
    lines("""
    nn.Embedding.from_pretrained(w).weight
    nn.Embedding.from_pretrained(w, False).weight
    nn.Embedding.from_pretrained(w, False, 1).weight
    nn.Embedding.from_pretrained(w, True, -1, None, 1.0, True, True)
    nn.Embedding.from_pretrained(w).weight.data_ptr() == w.data_ptr()
    nn.Embedding(5, 3, dtype=torch.float64).weight
    nn.Embedding(5, 3, _weight=w)(i)
    nn.Embedding(5, 3, _weight=w, _freeze=True).weight
    nn.Embedding(5, 3)(i[0, 0])
    nn.Embedding(5, 3)(i[:, :0])
    nn.Embedding(5, 3)(i.int())
    nn.Embedding(5, 3)(torch.tensor([5]))
    nn.Embedding(5, 3)(torch.tensor([-1]))
    nn.Embedding(5, 3)(torch.tensor([1.0]))
    nn.Embedding(5, 3)(torch.tensor([True]))
    F.embedding(torch.tensor([0]), torch.ones(3))
    F.one_hot(i)
    F.one_hot(i, 7)
    """),
)
def test_like_torch(line: str) -> None:
    agree_on(line, i=INDEX, w=TABLE)


def test_drawn_anew_leaves_the_padding_row_zero() -> None:
    layer = nn.Embedding(5, 3, padding_idx=2)
    layer.reset_parameters()
    assert layer.weight[2].tolist() == [0.0] * 3 and bool((layer.weight[1] != 0).all())


def test_what_is_not_offered_and_what_is_wrong() -> None:
    with pytest.raises(NotImplementedError, match="max_norm"):
        nn.Embedding(5, 3, max_norm=1.0)
    with pytest.raises(ValueError, match="num_embeddings"):
        nn.Embedding(5, 3, padding_idx=5)
    with pytest.raises(ValueError, match="expected"):
        nn.Embedding(5, 3, _weight=gradus.ones(3, 5))
    with pytest.raises(ValueError, match="2-dimensional"):
        nn.Embedding.from_pretrained(gradus.ones(3))
    with pytest.raises(IndexError, match="index 7, but weight has 5 rows"):
        nn.Embedding(5, 3)(gradus.tensor([1, 7]))
