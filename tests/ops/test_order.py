"""Sorting, topk, kthvalue, searchsorted: the same as torch where torch says what it does, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from tests.ops.twin import check_same, lines, ramp, words

SHAPES = [(), (1,), (5,), (3, 4), (2, 0), (2, 3, 4)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_along_every_dimension(shape: tuple[int, ...]) -> None:
    for dim in range(-max(1, len(shape)), max(1, len(shape))):
        size = shape[dim] if shape else 1
        for line in (f"x.sort({dim})", f"x.sort({dim}, descending=True)", f"x.argsort({dim}, True)"):
            check_same(line, x=ramp(*shape))
        for k in range(size + 1):
            check_same(f"x.topk({k}, {dim})", x=ramp(*shape))
            check_same(f"torch.topk(x, k={k}, dim={dim}, largest=False)", x=ramp(*shape))
        for k in range(1, size + 1):
            check_same(f"x.kthvalue({k}, {dim})", x=ramp(*shape))
            check_same(f"torch.kthvalue(x, {k}, dim={dim}, keepdim=True)", x=ramp(*shape))


ARRAYS = {
    "x": ramp(3, 4),
    "t": np.array([[1, 2, 1, 2, 1], [0, 0, 3, 3, 0]]),
    "b": np.array([[True, False, True]]),
    "s": np.array([1.0, 3.0, 3.0, 5.0]),
    "v": np.array([[0.0, 1.0, 3.0], [4.0, 5.0, 9.0]]),
    "w": np.array([[1, 3, 5], [2, 4, 6]]),
    "i": np.array([[3, 4], [3, 0]]),
    "u": np.array([5, 1, 3]),
    "o": np.array([1, 2, 0]),
}
MISSING = 'torch.tensor([float("nan"), 0.0, -float("inf"), float("nan")], dtype=torch.float64)'

LINES = lines(f"""
    torch.sort(t, stable=True)
    torch.sort(t, stable=True, descending=True)
    torch.sort(t, dim=0, stable=True)
    t.argsort(stable=True)
    t.argsort(dim=1, descending=True, stable=True)
    (x + {MISSING}).sort()
    (x + {MISSING}).sort(descending=True)
    (x + {MISSING}).topk(2).values
    (x + {MISSING}).topk(3, largest=False)
    (x + {MISSING}).kthvalue(2)
    b.sort()
    b.sort(descending=True)
    b.argsort(descending=True)
    torch.msort(x)
    torch.msort(t)
    x.sort().values
    x.sort(0).indices
    x.t().sort(0)
    torch.sort(x, axis=0)
    x.topk(2).values * x.topk(2)[0]
    x.topk(2, 0, True, False)
    x.topk(k=2, dim=0, largest=False, sorted=True)
    t.to(torch.uint8).sort(stable=True)
    x.float().sort()
    x.half().sort(descending=True)
    torch.searchsorted(s, v)
    torch.searchsorted(s, v, right=True)
    torch.searchsorted(s, v, side="right")
    torch.searchsorted(s, v, side="left")
    torch.searchsorted(s, v, out_int32=True)
    torch.searchsorted(s, 3)
    torch.searchsorted(s, 3.5, right=True)
    torch.searchsorted(s, torch.tensor(float("nan")))
    torch.searchsorted(w, i)
    torch.searchsorted(w, i, right=True)
    torch.searchsorted(u, i, sorter=o)
    torch.searchsorted(w, v)
    torch.bucketize(v, s)
    torch.bucketize(v, s, right=True)
    torch.bucketize(3, s, out_int32=True)
    torch.bucketize(i, u[o])
""")

ERRORS = lines("""
    x.sort(2)
    x.argsort(-3)
    x.topk(5)
    x.topk(-1)
    x.topk(2, 3)
    b.topk(1)
    x.topk(1.5)
    torch.tensor(1.0).topk(2)
    x.kthvalue(0)
    x.kthvalue(5)
    torch.searchsorted(w, v[0])
    torch.searchsorted(s, v, side="middle")
    torch.searchsorted(s, v, side="left", right=True)
    torch.searchsorted(torch.tensor(1), i)
    torch.searchsorted(u, i, sorter=o[:2])
    torch.bucketize(v, w)
    torch.bucketize([1.0], s)
""")


@pytest.mark.parametrize("line", LINES + ERRORS, ids=words)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize(("n", "k"), [(300, 1), (300, 7), (1000, 40), (5000, 1000)])
def test_topk_of_long_lines(n: int, k: int, largest: bool) -> None:
    x = np.random.RandomState(n).permutation(3 * n).reshape(3, n).astype(np.float64)
    check_same(f"x.topk({k}, largest={largest})", x=x)
    check_same(f"x.topk({k}, 0, largest={largest})", x=np.ascontiguousarray(x.T))


@given(st.integers(0, 10_000), st.integers(1, 500), st.integers(1, 6), st.booleans())
def test_topk_takes_the_first_of_equals(seed: int, n: int, kinds: int, largest: bool) -> None:
    """What a stable sort puts first, by whichever of its two ways the k largest are found."""
    stream = np.random.RandomState(seed)
    x, k = stream.randint(0, kinds, (2, n)), stream.randint(0, n + 1)
    values, indices = gradus.from_numpy(x).topk(k, largest=largest)
    expected = np.argsort(-x if largest else x, 1, kind="stable")[:, :k]
    assert np.array_equal(indices.numpy(), expected)
    assert np.array_equal(values.numpy(), np.take_along_axis(x, expected, 1))


def test_long_lines_with_nan_and_infinity() -> None:
    x = np.random.RandomState(0).standard_normal((2, 1000))
    x[0, 17], x[0, 400], x[1, 3], x[1, 999] = np.nan, np.inf, -np.inf, np.inf
    for largest in (True, False):
        ours, theirs = gradus.from_numpy(x).topk(5, largest=largest), torch.from_numpy(x).topk(5, largest=largest)
        np.testing.assert_array_equal(ours.values.numpy(), theirs.values.numpy())
        np.testing.assert_array_equal(ours.indices.numpy(), theirs.indices.numpy())


def test_results_of_sorting_are_watched() -> None:
    x = gradus.tensor([3.0, 1.0], requires_grad=True)
    values, indices = x.sort()
    indices.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        values.sum().backward()
