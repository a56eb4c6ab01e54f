"""Cumulative sums, products, extremes and differences: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import gradus
from tests.ops.twin import check_same, lines, ramp, words

SHAPES = [(), (1,), (0,), (5,), (3, 4), (2, 0), (2, 3, 4)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["cumsum", "cumprod", "logcumsumexp", "cummax", "cummin"])
def test_along_every_dimension(name: str, shape: tuple[int, ...]) -> None:
    for dim in range(-max(1, len(shape)), max(1, len(shape))):
        check_same(f"x.{name}({dim})", x=ramp(*shape, start=-0.9))
        check_same(f"torch.{name}(x, axis={dim})", x=ramp(*shape, start=-0.9))


ARRAYS = {
    "x": ramp(3, 4),
    "z": np.array([[1.0, 0.0, 2.0, 3.0], [0.0, 0.0, 1.0, 2.0], [4.0, 5.0, 6.0, 0.0]]),
    "t": np.array([1.0, 3.0, 3.0, 2.0, 3.0, 0.0, 1.0]),
    "p": ramp(3, 1, start=0.7),
    "i": np.array([[3, 100, 100], [1, 4, 2]], np.int8),
    "b": np.array([[True, False, True], [True, True, False]]),
}

LINES = lines("""
    z.cumprod(1)
    z.cumprod(0)
    z.cumprod(-1).sum()
    z[1].cumprod(0)
    x.cumsum(1).cumsum(0)
    x.t().cumsum(0)
    i.cumsum(1)
    i.cumprod(0)
    b.cumsum(0)
    b.cumprod(1)
    i.cumsum(1, dtype=torch.float32)
    i.cumsum(1, dtype=torch.int16)
    i.cumprod(1, dtype=torch.float64)
    x.cumsum(0, dtype=torch.float32)
    i.clone().cumsum_(1)
    i.clone().cumprod_(0)
    x.clone().cumsum_(1)
    x.clone().cumprod_(1)
    t.cummax(0)
    t.cummin(0)
    (t + torch.tensor([0, 0, 0, float("nan"), 0, float("nan"), 0])).cummax(0)
    (t + torch.tensor([0, 0, 0, float("nan"), 0, float("nan"), 0])).cummin(0)
    i.cummax(1)
    b.cummax(1)
    x.logcumsumexp(1) * 2
    (x * 300).logcumsumexp(0)
    torch.logcumsumexp(x + torch.tensor([0, -float("inf"), 0, 1]), 1)
    (x - torch.tensor([float("inf"), float("inf"), 0, 0])).logcumsumexp(1).detach()
    torch.diff(x)
    torch.diff(x, 2)
    torch.diff(x, n=3, dim=0)
    x.diff(9)
    x.diff(0)
    x.diff(dim=0, prepend=x[:1], append=x[1:] * x[1:])
    x.diff(prepend=p)
    torch.diff(x, append=p.detach())
    b.diff()
    i.diff(1, 0)
    i.diff()
""")

ERRORS = lines("""
    x.cumsum()
    x.cumsum(2)
    x.cumprod(-3)
    x.cummax(5)
    x.logcumsumexp(2)
    i.logcumsumexp(0)
    torch.tensor(1.0).diff()
    x.diff(-1)
    x.diff(1, 4)
    torch.tensor(1.0).cumsum(1)
    x.cumsum_(0)
""")


@pytest.mark.parametrize("line", LINES + ERRORS, ids=words)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)


def test_float32_sums_are_added_up_in_float64() -> None:
    x = np.random.RandomState(0).random_sample(20_000).astype(np.float32)
    assert np.array_equal(gradus.from_numpy(x).cumsum(0).numpy(), torch.from_numpy(x).cumsum(0).numpy())


@pytest.mark.parametrize("layout", ["reversed", "stepped", "transposed"])
def test_memory_layout_changes_nothing(layout: str) -> None:
    base = np.random.RandomState(1).standard_normal((4, 6))
    array = {"reversed": base[::-1, ::-1], "stepped": base[::2, ::3], "transposed": base.T}[layout]
    for name in ("cumsum", "cumprod", "logcumsumexp", "cummax"):
        x, y = gradus.from_numpy(array).requires_grad_(), torch.tensor(array.copy(), requires_grad=True)
        ours, theirs = getattr(x, name)(1), getattr(y, name)(1)
        ours, theirs = (ours.values, theirs.values) if name == "cummax" else (ours, theirs)
        (ours**2).sum().backward()
        (theirs**2).sum().backward()
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-12)
        np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-10)
