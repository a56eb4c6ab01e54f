"""Dropout drops what torch's drops: the same masks from the same seed, for every shape, layout and share."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import gradus
from tests.nn.side_by_side import agree, agree_on, lines

NAMES = ["dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout"]
SHAPES = [(2, 3), (2, 3, 4), (2, 3, 4, 2), (2, 3, 2, 2, 2), (3,), (0, 3), ()]


def dropped(library: Any, name: str, shape: Any, p: float, dtype: str, transposed: bool, inplace: bool) -> Any:
    x = library.arange(1, 1 + int(np.prod(shape)), dtype=getattr(library, dtype)).reshape(shape)
    x = x.transpose(0, 1) if transposed and len(shape) > 1 else x
    y = getattr(library.nn.functional, name)(x, p, True, inplace)
    return y, x, y is x, library.rand(1)


@pytest.mark.parametrize("p", [0, 0.1, 0.3, 0.5, 0.9, 1, -0.1, 1.1])
@pytest.mark.parametrize("name", NAMES)
def test_masks(name: str, p: float) -> None:
    exact = "alpha" not in name
    for shape in SHAPES:
        for dtype, tolerance in (("float32", 3e-7), ("float64", 1e-15), ("float16", 1e-3)):
            for transposed, inplace in ((False, False), (True, False), (False, True)):
                agree(
                    partial(dropped, name=name, shape=shape, p=p, dtype=dtype, transposed=transposed, inplace=inplace),
                    rtol=0 if exact else tolerance,
                    atol=0 if exact else tolerance,
                )


def test_scales_as_torch_does_to_the_last_bit() -> None:
    for p in np.linspace(0.01, 0.99, 99):
        agree_on("F.dropout(torch.ones(20), p)", p=float(p))


@pytest.mark.parametrize(
    "name", ["Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"]
)
def test_module(name: str) -> None:
    def program(library: Any) -> Any:
        x = library.ones(3, 4, 2, 2, 2) if name == "Dropout3d" else library.ones(3, 4, 5)
        x = x.unsqueeze(-1) if name == "Dropout2d" else x
        layer = getattr(library.nn, name)(0.4)
        x.requires_grad_()
        y = layer(x)
        (y * 2).sum().backward()
        return layer, y, x.grad, layer.eval()(x) is x

    agree(program, rtol=3e-7, atol=3e-7)


@pytest.mark.parametrize(
    "line",
    lines("""
    nn.Dropout(2)
    nn.Dropout(-0.5)
    nn.Dropout(0.5, inplace=True)
    nn.Dropout(0.5)(torch.ones(3, dtype=torch.int64))
    F.dropout(torch.ones(3), training=False)
    F.dropout1d(torch.ones(3))
    F.dropout2d(torch.ones(2, 3, 4))
    F.dropout2d(torch.ones(2, 3))
    F.dropout3d(torch.ones(2, 3, 4))
    torch.feature_dropout(torch.ones(2, 3, 4), 0.5, True)
    """),
)
def test_refused_and_warned_as_by_torch(line: str) -> None:
    agree_on(line)


def test_dropout_keeps_the_mean_and_alpha_dropout_the_variance_too() -> None:
    x = gradus.randn(200_000)
    assert gradus.nn.Dropout(0.3)(x + 1).mean().item() == pytest.approx(1, abs=0.02)
    y = gradus.nn.AlphaDropout(0.3)(x)
    assert y.mean().item() == pytest.approx(0, abs=0.02)
    assert y.std().item() == pytest.approx(1, abs=0.02)
