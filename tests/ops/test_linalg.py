"""Norms, distances, traces, chains of products: the same as torch, with two derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import gradus
from gradus.ops import linalg
from tests.ops.twin import check_same, lines, ramp, words

ORDERS = ["0", "0.5", "1", "1.5", "2", "2.5", "3", "-1", "-2", 'float("inf")', '-float("inf")']


@pytest.mark.parametrize("p", [p for p in ORDERS if p != "0"])
def test_norms_of_every_order(p: str) -> None:
    for shape in [(), (3,), (2, 3), (2, 3, 4)]:
        check_same(f"x.norm({p})", x=ramp(*shape, start=-0.9))
        for dim in [0, -1, *([(0, 1)] if len(shape) > 1 else [])]:
            check_same(f"torch.norm(x, {p}, dim={dim})", x=ramp(*shape, start=-0.9))
            check_same(f"x.norm({p}, {dim}, keepdim=True)", x=ramp(*shape, start=-0.9))
    check_same(f"torch.dist(x, y, {p})", x=ramp(3, start=-0.9), y=ramp(2, 3, start=1.1))


def test_norm_zero_counts() -> None:
    check_same("x.norm(0).detach()", x=np.array([1.0, 0.0, -2.0]))
    check_same("x.norm(0, 1).detach()", x=np.array([[1.0, 0.0], [0.0, 0.0]]))


@pytest.mark.parametrize("p", ORDERS)
@pytest.mark.parametrize("values", [[0.0, 0.0], [3.0, -3.0, 0.0], [[0.0, 0.0], [1.0, -2.0]]], ids=str)
def test_gradients_at_zero_and_of_ties(values: list[Any], p: str) -> None:
    dims = [None] if not isinstance(values[0], list) else [None, 1]
    for dim in dims:
        results = []
        for module in (gradus, torch):
            x = module.tensor(values, dtype=module.float64, requires_grad=True)
            y = module.norm(x, eval(p)) if dim is None else module.norm(x, eval(p), dim=dim)
            y.sum().backward()
            results.append((y.detach().numpy(), None if x.grad is None else x.grad.numpy()))
        np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-12)
        if p != "0":  # torch has no gradient there; nor has gradus
            np.testing.assert_allclose(results[0][1], results[1][1], rtol=1e-12, atol=1e-15)


ARRAYS = {
    "x": ramp(3, 4),
    "e": ramp(2, 0),
    "i": np.arange(6).reshape(2, 3),
    "t": ramp(2, 3, 4),
    "u": np.ones((2, 2), np.uint8),
}

LINES = lines("""
    x.norm()
    x.norm("fro")
    x.norm(None)
    x.norm("fro", dim=1)
    x.norm(dim=(0, 1), keepdim=True)
    torch.norm(x, p=2, dim=0, keepdim=True)
    x.norm(dtype=torch.float32)
    x.float().norm(dtype=torch.float64).detach()
    x.norm(2, 0, True)
    x.float().norm().detach()
    x.half().norm(1).detach()
    t.norm()
    e.norm()
    e.norm(dim=1)
    e.norm(1, dim=1)
    torch.norm(x * float("inf"), 2, dim=1).detach()
    torch.norm(x + torch.tensor([0, float("nan"), 0, 0]), float("inf"), dim=1)
    torch.dist(x, x[0])
    x.dist(x * x, 1)
    torch.trace(x)
    x[:, :2].trace()
    i.trace()
    u.trace()
    e.trace()
    i.norm()
    i.norm(2)
    x.norm(dim=3)
    x.norm("none")
    e.norm(float("inf"))
    e.norm(-1)
    e.norm(float("inf"), dim=1)
    torch.dist(i, i)
    t.trace()
""")


@pytest.mark.parametrize("line", LINES, ids=words)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)


def both(ours: Callable[..., Any], theirs: Callable[..., Any], *arrays: np.ndarray) -> None:
    """The same value and the same gradients."""
    xs = [gradus.tensor(a, requires_grad=True) for a in arrays]
    ys = [torch.tensor(a, requires_grad=True) for a in arrays]
    y, z = ours(*xs), theirs(*ys)
    assert tuple(y.shape) == tuple(z.shape)
    np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-12)
    (y * y).sum().backward()
    (z * z).sum().backward()
    for a, b in zip(xs, ys):
        np.testing.assert_allclose(a.grad.numpy(), b.grad.numpy(), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize("ord", [None, "fro", 1, -1, float("inf"), -float("inf")])
def test_matrix_norms(ord: Any, keepdim: bool) -> None:
    stream = np.random.RandomState(0)
    x, y = stream.standard_normal((3, 4)), stream.standard_normal((3, 4, 5))
    both(lambda a: linalg.linalg_norm(a, ord, keepdim=keepdim), lambda a: torch.linalg.norm(a, ord, keepdim=keepdim), x)
    if ord is not None:
        for dim in [(-2, -1), (0, 2), (2, 0)]:
            both(
                lambda a, dim=dim: linalg.matrix_norm(a, ord, dim, keepdim),
                lambda a, dim=dim: torch.linalg.matrix_norm(a, ord, dim, keepdim),
                y,
            )


def test_vector_norms_by_either_name() -> None:
    x = np.random.RandomState(0).standard_normal((3, 4))
    both(lambda a: linalg.linalg_norm(a, 3, dim=1), lambda a: torch.linalg.norm(a, 3, dim=1), x)
    both(lambda a: linalg.linalg_norm(a[0], 3), lambda a: torch.linalg.norm(a[0], 3), x)
    both(lambda a: linalg.vector_norm(a, 3, dim=(0, 1)), lambda a: torch.linalg.vector_norm(a, 3, dim=(0, 1)), x)


@pytest.mark.parametrize(
    "shapes", [[(3,), (3, 4), (4, 5), (5,)], [(2, 3), (3, 4), (4, 5), (5, 7)], [(3,), (3, 4)]], ids=str
)
def test_multi_dot(shapes: list[tuple[int, ...]]) -> None:
    stream = np.random.RandomState(0)
    arrays = [stream.standard_normal(s) for s in shapes]
    both(lambda *a: linalg.multi_dot(a), lambda *a: torch.linalg.multi_dot(a), *arrays)


@pytest.mark.parametrize(
    ("call", "error", "words_of_it"),
    [
        (lambda: linalg.linalg_norm(gradus.ones(2, 3, 4), 2), RuntimeError, "input must be 1D or 2D. Got 3D"),
        (lambda: linalg.linalg_norm(gradus.ones(2, 3), 3), RuntimeError, "Order 3 not supported"),
        (lambda: linalg.matrix_norm(gradus.ones(3)), RuntimeError, "must have at least 2 dimensions"),
        (lambda: linalg.matrix_norm(gradus.ones(3, 3), 1, (0,)), RuntimeError, "dim must be a 2-tuple"),
        (lambda: linalg.matrix_norm(gradus.ones(3, 3), "nuc"), NotImplementedError, "needs singular values"),
        (lambda: linalg.multi_dot([gradus.ones(2, 2)]), RuntimeError, "expected at least 2 tensors but got 1"),
        (lambda: gradus.arange(3).norm(), RuntimeError, "Expected a floating point or complex tensor.*Got Long"),
    ],
)
def test_errors_teach(call: Callable[[], Any], error: type[Exception], words_of_it: str) -> None:
    with pytest.raises(error, match=words_of_it):
        call()
