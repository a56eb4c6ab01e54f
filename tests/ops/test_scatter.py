"""Writing at indices and masks: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from tests.ops.twin import check_same, lines, ramp, words

ARRAYS = {
    "x": ramp(3, 4),
    "s": ramp(3, 4, start=0.5),
    "v": np.array(2.5),
    "i": np.array([[2, 0, 1], [0, 0, 2]]),
    "k": np.array([2, 0, 2]),
    "m": np.array([[True, False, True, True], [False] * 4, [True, False, False, True]]),
    "d": np.arange(12).reshape(3, 4),
}

SCATTER = lines("""
    x.scatter(1, torch.tensor([[0], [3], [1]]), s[:, :1])
    x.scatter(0, torch.tensor([[2, 0, 1]]), s[:1, :3])
    x.scatter(0, torch.tensor([[2, 0, 1]]), s.detach())
    x.detach().scatter(0, i, s.detach())
    x.scatter(0, i, 7.0)
    x.scatter(0, i, 7)
    x.scatter(0, i, value=7.0)
    torch.scatter(x, dim=1, index=torch.tensor([[0, 1]]), src=s[:1, :2])
    x.scatter(-1, torch.zeros(3, 0, dtype=torch.int64), s[:, :0])
    torch.zeros(3, 5).scatter(1, torch.tensor([[1], [2], [0]]), 1.0)
    torch.zeros(3, 5).scatter_(1, torch.tensor([[1], [2], [0]]), 1.0)
    x.detach().scatter(0, i, s.detach(), reduce="add")
    x.detach().scatter(0, i, 2.0, reduce="multiply")
    d.scatter(0, i, 9)
    torch.tensor(1.0).scatter(0, torch.tensor(0), torch.tensor(2.0))
    x.scatter_add(0, i, s[:2, :3])
    x.scatter_add(1, i, s.detach())
    x.scatter_add(1, i, s[1:, 1:])
    torch.scatter_add(x, 0, i, x[:2, :3] * s[:2, :3])
    x[0].scatter_add(0, k, s[0, :3])
    d.scatter_add(0, i, d)
    x.t().scatter_add(0, i, s[:2, :3])
    x.scatter_reduce(0, i, s[:2, :3], "sum")
    x.scatter_reduce(0, i, s[:2, :3], "sum", include_self=False)
    x.scatter_reduce(0, i, s[:2, :3], reduce="mean")
    x.scatter_reduce(0, i, s[:2, :3], reduce="mean", include_self=False)
    x.scatter_reduce(0, i, s[:2, :3], "prod")
    x.scatter_reduce(0, i, s[:2, :3], "prod", include_self=False)
    (x + 2).scatter_reduce(1, i, s[:2, 1:] + 2, "prod")
    x.scatter_reduce(0, i, s[:2, :3], "amax")
    x.scatter_reduce(0, i, s[:2, :3], "amin", include_self=False)
    torch.zeros(3, 4).scatter_reduce(0, i, torch.ones(2, 3), "amax")
    d.scatter_reduce(0, i, d, "mean")
    d.scatter_reduce(0, i, -d, "amin", include_self=False)
    d.scatter_reduce(0, i, d, "prod")
""")

SLICES = lines("""
    x.index_add(0, k, s)
    x.index_add(0, k, s, alpha=-2)
    x.index_add(1, torch.tensor([1, 1]), s[:, :2] * s[:, :2])
    torch.index_add(x, dim=0, index=k, source=s)
    d.index_add(0, k, d)
    x[0].index_add(0, k, s[0, :3])
    x.index_copy(0, torch.tensor([2, 0]), s[:2])
    x.index_copy(1, torch.tensor([3]), s[:, :1] * s[:, :1])
    x.index_fill(0, k, 5.0)
    x.index_fill(1, torch.tensor([0, -1]), 5)
    x.index_fill(0, torch.tensor([0, 1]), v)
    torch.index_fill(x, 1, torch.tensor([1]), v * v)
    x.put(torch.tensor([0, -1]), s[0, :2])
    x.put(torch.tensor([[0, 3]]), s[:1, :2], accumulate=True)
""")

MASKS = lines("""
    x.masked_fill(m, 9.0)
    x.masked_fill(m, float("-inf")).exp()
    x.masked_fill(m[0], 3)
    x[0].masked_fill(m, 3.0)
    x.masked_fill(m, v)
    torch.masked_fill(x, m, v * v)
    x.masked_fill(torch.tensor(True), 2.0)
    x.masked_fill(x > 0, 0.0)
    d.masked_fill(m, 1.5)
    d.masked_fill(m, torch.tensor(1.5))
    (d > 3).masked_fill(m, True)
    x.float().masked_fill(m, v.detach())
    x.masked_scatter(m, s)
    x.masked_scatter(m[0], s)
    x[0].masked_scatter(m, s)
    torch.masked_scatter(x, m, (s * s)[:, 1:])
    x.masked_scatter(torch.zeros(3, 4, dtype=torch.bool), s)
""")

REFUSED = lines("""
    x.scatter(0, torch.tensor([[3]]), 1.0)
    x.scatter(0, torch.tensor([[-1]]), 1.0)
    x.scatter(0, i, s[:1])
    x.scatter(0, i, s.float())
    x.scatter(0, k, s)
    x.scatter(2, i, s)
    x.scatter(0, i.double(), s)
    x.scatter(0, i, 1, reduce="mean")
    x.scatter_add(0, i, 1.0)
    x.scatter_add(0, torch.tensor([[9]]), s)
    x.scatter_reduce(0, i, s[:2, :3], "median")
    x.index_add(0, torch.tensor([5]), s[:1])
    x.index_add(0, k, s[:, :2])
    x.index_add(0, k, s[:2])
    x.index_add(0, k, s.float())
    x.index_add(0, i, s)
    x.index_copy(0, torch.tensor([0, 5]), s[:2])
    x.index_copy(0, torch.tensor([0]), s[:2])
    x.index_fill(0, torch.tensor([9]), 5.0)
    x.index_fill(0, k, s[0])
    x.masked_fill(m, s[0])
    x.masked_fill(x, 1.0)
    x.masked_fill(m[:, :3], 1.0)
    x.masked_scatter(m, s[0, :2])
    x.masked_scatter(m, s.float())
    x.put(torch.tensor([12]), s[0, :1])
    x.put(torch.tensor([1]), s[0])
""")


@pytest.mark.parametrize("line", SCATTER + SLICES + MASKS + REFUSED, ids=words)
def test_as_torch(line: str) -> None:
    check_same(line, **ARRAYS)


@pytest.mark.parametrize("reduce", ["amax", "amin"])
def test_ties_share_the_gradient(reduce: str) -> None:
    gradients = []
    for m in (gradus, torch):
        x = m.tensor([1.0, 2.0, 3.0], requires_grad=True)
        s = m.tensor([1.0, 1.0, 2.0, 5.0], requires_grad=True)
        x.scatter_reduce(0, m.tensor([0, 0, 1, 2]), s, reduce).backward(m.tensor([6.0, 4.0, 2.0]))
        gradients.append((x.grad.tolist(), s.grad.tolist()))
    assert gradients[0] == gradients[1]


@pytest.mark.parametrize("zeros", [(), (0,), (1,), (0, 1), (0, 2), (3,)])
def test_the_product_counts_zeros_instead_of_dividing_by_them(zeros: tuple[int, ...]) -> None:
    numbers = np.array([2.0, 3.0, 5.0, 7.0])
    numbers[list(zeros)] = 0
    gradients = []
    for m in (gradus, torch):
        x = m.tensor([1.0, float(numbers[3])], requires_grad=True)
        s = m.tensor(numbers[:3].tolist(), requires_grad=True)
        x.scatter_reduce(0, m.tensor([0, 0, 1]), s, "prod").sum().backward()
        gradients.append((x.grad.tolist(), s.grad.tolist()))
    assert gradients[0] == gradients[1]


@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 1), st.integers(0, 2**32 - 1))
def test_scatter_add_undoes_nothing_that_gather_took(rows: int, columns: int, dim: int, seed: int) -> None:
    """⟨gather(x), y⟩ = ⟨x, scatter_add(y)⟩: each is the other's derivative."""
    random = np.random.RandomState(seed)
    x, y = (gradus.tensor(random.standard_normal((rows, columns))) for _ in range(2))
    index = gradus.tensor(random.randint(0, (rows, columns)[dim], (rows, columns)))
    left = (x.gather(dim, index) * y).sum().item()
    right = (x * gradus.zeros(rows, columns, dtype=gradus.float64).scatter_add(dim, index, y)).sum().item()
    assert left == pytest.approx(right)


def test_errors_name_the_operation_and_what_it_got() -> None:
    x, index = gradus.zeros(3, 4), gradus.tensor([[5]])
    with pytest.raises(RuntimeError, match=r"scatter\(\): index 5 is out of bounds for dimension with size 3"):
        x.scatter(0, index, 1.0)
    with pytest.raises(RuntimeError, match="got mask with dtype float32"):
        x.masked_fill(x, 0.0)
    with pytest.raises(RuntimeError, match="Expected self.dtype to be equal to src.dtype, got float32 and float64"):
        x.scatter(0, index * 0, gradus.ones(1, 1, dtype=gradus.float64))
