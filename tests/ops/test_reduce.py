"""Sums, means, products, log-sum-exp, all, any: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import gradus
from gradus.ops.reduce import over_rows
from tests.ops.twin import check_same, lines, ramp, words

SHAPES = [(), (1,), (0,), (3,), (2, 3), (3, 0), (2, 3, 4)]
NAN = 'float("nan")'
INF = 'float("inf")'


def dims_of(shape: tuple[int, ...]) -> list[object]:
    """Every int, and some tuples of them."""
    n = max(1, len(shape))
    return [*range(-n, n), *([(0, 1), (-1, 0), (1,)] if n > 1 else []), *([(0, 1, 2), (2, 0)] if n > 2 else [])]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["sum", "mean", "nansum", "nanmean", "logsumexp", "all", "any"])
def test_over_every_dimension(name: str, shape: tuple[int, ...]) -> None:
    for dim in dims_of(shape):
        check_same(f"x.{name}({dim})", x=ramp(*shape))
        check_same(f"torch.{name}(x, dim={dim}, keepdim=True)", x=ramp(*shape))
    if name != "logsumexp":
        check_same(f"x.{name}()", x=ramp(*shape))
        check_same(f"x.{name}(dim=())", x=ramp(*shape))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_prod_and_count_nonzero(shape: tuple[int, ...]) -> None:
    check_same("x.prod()", x=ramp(*shape))
    check_same("x.count_nonzero()", x=ramp(*shape))
    for dim in range(-max(1, len(shape)), max(1, len(shape))):
        check_same(f"x.prod({dim})", x=ramp(*shape))
        check_same(f"torch.prod(x, dim={dim}, keepdim=True)", x=ramp(*shape))
        check_same(f"x.count_nonzero({dim})", x=ramp(*shape))


ARRAYS = {
    "x": ramp(2, 3),
    "z": np.array([[2.0, 0.0, 3.0, 0.0], [0.0, 5.0, 1.0, 2.0], [1.0, 2.0, 3.0, 4.0]]),
    "h": np.array([1.0, 2.0, 4.0, 3.0]),
    "i": np.array([[3, 0, 250], [1, 2, 5]]),
    "b": np.array([[True, False], [True, True]]),
    "f": np.linspace(-2, 2, 6, dtype=np.float32).reshape(2, 3),
    "u": np.array([[3, 0], [200, 100]], np.uint8),
}

LINES = lines(f"""
    z.prod()
    z.prod(0)
    z.prod(1)
    z.prod(-1, keepdim=True)
    z[1].prod()
    z[:2].prod(1)
    (z * z).prod(1)
    torch.sum(x, axis=0, keepdims=True)
    torch.sum(input=x, dim=1)
    x.mean(axis=(0, 1))
    x.sum(0, True)
    x.sum([0, 1])
    x.sum(torch.tensor(1))
    (x + torch.tensor([0.0, {NAN}, 1.0])).nansum(1)
    (x + torch.tensor([0.0, {NAN}, 1.0])).nanmean(1)
    (x + torch.tensor([0.0, {NAN}, 1.0])).nanmean(0)
    (x + torch.tensor([0.0, {NAN}, 1.0])).sum()
    torch.logsumexp(x + torch.tensor([0.0, -{INF}, 1.0]), 1)
    torch.logsumexp(x + torch.tensor([0.0, -{INF}, 1.0]), 0)
    torch.logsumexp(x + torch.tensor([0.0, {INF}, 1.0]), 1)
    torch.logsumexp(x - {INF}, 1)
    torch.logsumexp(x + 1000, (0, 1), keepdim=True)
    torch.logsumexp(i, 0)
    torch.logsumexp(b, 0)
    torch.all(torch.tensor([1.0, {NAN}]))
    torch.any(torch.tensor([0.0, {NAN}]))
    i.sum()
    i.sum(0)
    b.sum()
    b.sum(1)
    u.sum()
    u.prod(0)
    b.prod()
    i.prod(1)
    b.nansum(1)
    i.all(1)
    b.all(0)
    b.any()
    u.all(0)
    u.any(1)
    b.count_nonzero((0, 1))
    i.count_nonzero(dim=1)
    x.sum(dtype=torch.float32)
    x.detach().sum(0, dtype=torch.int32)
    i.sum(dtype=torch.float32)
    i.sum(1, dtype=torch.int8)
    i.mean(dtype=torch.float64)
    i.mean(0, dtype=torch.float32)
    x.mean(dtype=torch.float32)
    x.prod(dtype=torch.float32)
    i.prod(0, dtype=torch.float64)
    f.sum()
    f.mean(1)
    f.half().sum(0)
    f.half().mean(1)
    f.half().prod(1)
    torch.full((5000,), 1.0, dtype=torch.float16).sum()
    x.sum().sum(0)
    x.expand(4, 2, 3).sum(0)
    x.t().sum(0)
    x.sum(1, keepdim=True) * x
""")

ERRORS = lines("""
    x.sum(2)
    x.sum(-3)
    x.sum((0, 0))
    x.sum((0, 5))
    x.sum(0, 1)
    x.sum(1.0)
    x.sum("0")
    torch.sum([1, 2])
    torch.sum(3)
    x.mean(5)
    x.mean((1, -1))
    i.mean()
    b.mean()
    x.mean(dtype=torch.int64)
    i.nanmean()
    x.prod((0, 1))
    x.prod(7)
    torch.logsumexp(x)
    x.logsumexp(3)
    x.all(4)
    x.any((0, 0))
    torch.tensor(1.0).sum(1)
""")


@pytest.mark.parametrize("line", LINES + ERRORS, ids=words)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)


@pytest.mark.parametrize(
    ("line", "words_of_it"),
    [
        ("x.sum(0, 1)", r"keepdim must be a bool, got 1; several dims go into a tuple: sum\(dim=\(0, 1\)\)"),
        ("i.mean()", r"could not infer output dtype.*Got: Long; use x.float\(\).mean\(\)"),
        ("x.sum(5)", r"sum: Dimension out of range \(expected to be in range of \[-2, 1\], but got 5\)"),
        ("torch.sum([1.0])", r"sum\(\): expected a Tensor, got list; make one with gradus.tensor\(data\)"),
    ],
)
def test_errors_teach(line: str, words_of_it: str) -> None:
    tensors = {name: gradus.tensor(array) for name, array in ARRAYS.items()}
    with pytest.raises((TypeError, RuntimeError, IndexError), match=words_of_it):
        eval(line, {"torch": gradus, **tensors})


LAYOUTS = {
    "transposed": lambda a: np.ascontiguousarray(a.swapaxes(0, -1)).swapaxes(0, -1),
    "every second": lambda a: a.repeat(2, -1)[..., ::2],
    "backwards": lambda a: np.ascontiguousarray(a[::-1, :, ::-1])[::-1, :, ::-1],
    "read-only": lambda a: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape),
    "repeated": lambda a: np.broadcast_to(a[:1], a.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["sum", "mean", "nansum", "logsumexp", "amax", "amin", "std", "var", "norm"])
def test_memory_layout_changes_nothing(name: str, layout: str) -> None:
    array = LAYOUTS[layout](np.random.RandomState(1).standard_normal((3, 4, 5)))
    for dim in (0, 1, -1, (0, 2), (-1, 1)):
        x = gradus.from_numpy(array).requires_grad_()
        y = torch.tensor(array.copy(), requires_grad=True)
        ours, theirs = getattr(x, name)(dim=dim), getattr(y, name)(dim=dim)
        (ours * ours).sum().backward()
        (theirs * theirs).sum().backward()
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-12)
        np.testing.assert_allclose(x.grad.numpy(), y.grad.numpy(), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("n", [1, 63, 64, 65, 1000, 4096, 100_001])
def test_sums_over_rows_are_as_exact_as_torch(n: int) -> None:
    x = np.random.RandomState(n).random_sample((n, 3)).astype(np.float32)
    truth = x.astype(np.float64).sum(0)
    mistake = np.abs(gradus.from_numpy(x).sum(0).numpy() - truth) / truth
    torchs = np.abs(torch.from_numpy(x).sum(0).numpy() - truth) / truth
    assert mistake.max() <= 2 * torchs.max() + 2 * np.finfo(np.float32).eps
    np.testing.assert_allclose(over_rows(x.astype(np.float64)), truth, rtol=1e-13)


def test_sum_over_rows_of_higher_tensors() -> None:
    check_same("x.sum(0)", x=ramp(70, 2, 3))
    check_same("x.sum(0, keepdim=True)", x=ramp(130, 2, 3))


def test_gradient_of_a_sum_is_not_shared_memory() -> None:
    """The gradient that a leaf keeps may be written to, though backward made it as a view of one number."""
    x = gradus.ones(3, requires_grad=True)
    x.sum().backward()
    x.grad[0] = 5.0
    assert x.grad.tolist() == [5.0, 1.0, 1.0]


def test_saved_input_is_watched() -> None:
    x = gradus.ones(3, requires_grad=True)
    y = x * 2
    p = y.prod()
    y.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        p.backward()
