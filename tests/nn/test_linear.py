"""Linear, LazyLinear, Bilinear, Identity: torch's weights from the same seed, its numbers, gradients and errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradus
from gradus import nn
from tests.nn.side_by_side import agree, agree_on, agree_with_gradients, lines

X = np.random.default_rng(0).normal(size=(5, 4))

BORN = lines("""
    nn.Linear(784, 128)
    nn.Linear(3, 2)
    nn.Linear(3, 2, bias=False)
    nn.Linear(3, 2, dtype=torch.float64)
    nn.Linear(3, 2, device="cpu", dtype=torch.float16)
    nn.Linear(3, 0)
    nn.Linear(0, 3)
    nn.Bilinear(3, 4, 2)
    nn.Bilinear(3, 4, 2, bias=False, dtype=torch.float64)
    nn.Sequential(nn.Linear(7, 5), nn.Linear(5, 3))
    nn.Embedding(30, 20)
    nn.Identity(3, bias=False)
""")


@pytest.mark.parametrize("line", BORN)
def test_born_with_torch_weights(line: str) -> None:
    agree_on(f"(lambda layer: [layer, layer.state_dict(), list(layer.parameters()), torch.rand(2)])({line})")


def test_drawn_anew() -> None:
    def program(library: Any) -> Any:
        layer = library.nn.Linear(3, 2)
        layer.reset_parameters()
        return layer.state_dict()

    agree(program)


@pytest.mark.parametrize(
    "line",
    lines("""
    nn.Linear(4, 3).double()(x)
    nn.Linear(4, 3, bias=False, dtype=torch.float64)(x[0])
    nn.Linear(4, 3).double()(x.reshape(5, 1, 1, 4))
    nn.Linear(4, 3).double()(x[:0])
    nn.Linear(4, 0).double()(x)
    nn.Bilinear(4, 4, 2).double()(x, x * 2)
    nn.Bilinear(4, 4, 2, bias=False).double()(x[0], x[1])
    nn.Bilinear(4, 2, 3).double()(x.reshape(5, 1, 4), x[:, :2].reshape(5, 1, 2))
    F.linear(x, x[:3] * 2, x[0, :3])
    F.bilinear(x, x, x.reshape(1, 5, 4)[:, :4, :].reshape(1, 4, 4))
    nn.Identity()(x)
    """),
)
def test_numbers_and_gradients(line: str) -> None:
    agree_with_gradients(line, 1e-12, 1e-12, x=X)


@pytest.mark.parametrize(
    "line",
    lines("""
    nn.Linear(4, 3)(torch.ones(2, 5))
    nn.Linear(4, 3)(torch.ones(2, 4, dtype=torch.float64))
    nn.Linear(4, 3)(torch.ones(2, 4, dtype=torch.int64))
    nn.Linear(-1, 3)
    nn.Bilinear(0, 3, 2)
    nn.Bilinear(2, 3, 2)(torch.ones(2, 2), torch.ones(3, 3))
    """),
)
def test_refused_as_by_torch(line: str) -> None:
    agree_on(line)


@pytest.mark.parametrize("options", ["", ", bias=False", ", dtype=torch.float64"])
def test_lazy_linear(options: str) -> None:
    def program(library: Any) -> Any:
        layer = eval(f"nn.LazyLinear(3{options})", {"nn": library.nn, "torch": library})
        before = repr(layer), list(layer.state_dict()), len(list(layer.parameters()))
        held = list(layer.parameters())
        y = layer(library.ones(2, 4, dtype=held[0].dtype))
        return before, layer, y, layer.state_dict(), [a is b for a, b in zip(held, layer.parameters(), strict=True)]

    agree(program, rtol=1e-6)


def test_lazy_linear_inside_a_network_can_be_given_to_an_optimizer_first() -> None:
    model = nn.Sequential(nn.Flatten(), nn.LazyLinear(3), nn.ReLU(), nn.LazyLinear(1))
    held = list(model.parameters())
    model(gradus.ones(2, 2, 5)).sum().backward()
    assert [tuple(p.grad.shape) for p in held] == [(3, 10), (3,), (1, 3), (1,)]


def test_a_wrong_width_is_explained() -> None:
    with pytest.raises(RuntimeError, match="input has 5 features but weight expects 4"):
        nn.Linear(4, 3)(gradus.ones(2, 5))
