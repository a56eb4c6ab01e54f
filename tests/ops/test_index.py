"""x[…] and the functions that pick elements: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from gradus.ops.accumulate import add_rows
from tests.ops.twin import check_same, lines, ramp, words

ARRAYS = {
    "x": ramp(3, 4),
    "y": ramp(2, 3, 4),
    "i": np.array([2, 0, 0]),
    "j": np.array([[0, 1], [1, -1]]),
    "m": np.array([True, False, True]),
    "n": np.array([[True, False, True, True], [False] * 4, [True, False, False, False]]),
}

BASIC = lines("""
    x[0]
    x[-1, 2]
    x[1:]
    x[:, 1:3]
    x[::2, ::3]
    x[0:0]
    x[5:]
    x[-2:, :-1]
    x[None]
    x[:, None, 1]
    x[...]
    x[..., 0]
    y[0, ..., 1]
    y[..., None, 2]
    x[()]
    x[:]
    x[torch.tensor(1)]
    x[torch.tensor(1):torch.tensor(3)]
    x[np.int64(1), np.int32(2)]
    x[..., ...]
    torch.tensor(3.0)[...]
    torch.tensor(3.0)[None]
    x[1][2]
    x.select(0, -1)
    x.select(dim=1, index=2)
    torch.select(y, 1, 0)
    x.narrow(0, 1, 2)
    x.narrow(1, -2, 2)
    torch.narrow(x, dim=0, start=0, length=0)
""")

ADVANCED = lines("""
    x[i]
    x[j]
    x[[0, 2]]
    x[[[0, 1], [1, 2]]]
    x[np.array([0, 2])]
    x[range(2)]
    x[[]]
    x[(0, 1),]
    x[m]
    x[n]
    x[[True, False, True]]
    x[x > 0]
    x[True]
    x[False]
    x[torch.tensor(True)]
    x[0, True]
    x[:, [1, 1, 3]]
    x[..., [0]]
    x[i, i]
    x[i, 1:]
    x[1:, i]
    x[i, None]
    x[None, i]
    x[i, [1, 2, 3]]
    x[j, j]
    x[j, [0, 1]]
    x[m, 0]
    x[m, i[:2]]
    x[m, [1, 2]]
    x[0, [1, 2]]
    x[[1, 2], 0]
    x[i.int()]
    x[m.to(torch.uint8)]
    y[0, :, [1, 2]]
    y[[0, 1], :, [1, 2]]
    y[:, [0, 1], [1, 2]]
    y[:, [0, 1], None, [1, 2]]
    y[[[0, 1]], 1]
    y[[0], ..., 1]
    y[:, n]
    y[:, m]
    y[:, m, 1:]
    y[..., [0, 0, 1]]
    y[1, m]
    y[j[0], :, j]
    y[[0, 1], [0, 1], [0, 1]]
    x[[slice(None), 0]]
    x[[None, 0]]
    x[[torch.tensor([0]), torch.tensor([1])]]
    y[:, :, x[0] > 0]
    y[1:, i, 1::2]
    y[None, 0, ..., [1, 2]]
    torch.tensor(5.0)[torch.tensor(True)]
    torch.tensor(5.0)[None][[0, 0]]
    torch.zeros(0, 3)[torch.zeros(0, dtype=torch.int64)]
    torch.zeros(3, 0)[[0, 1]]
    (x[i] * x[i]).sum()
    x[i][1]
    x[1:][[0, 1]]
    x.t()[[0, 1], 1:]
""")

PICKING = lines("""
    x.index_select(0, i)
    x.index_select(1, torch.tensor([3, 3, 3]))
    torch.index_select(y, dim=-1, index=i)
    x.index_select(0, torch.tensor(1))
    x.index_select(0, i.int())
    torch.tensor(3.0).index_select(0, torch.tensor([0]))
    x.gather(1, torch.tensor([[0, 0], [1, 3], [2, 2]]))
    x.gather(0, torch.tensor([[0, 2]]))
    torch.gather(y, 2, torch.tensor([[[0, 1], [2, 3]]]))
    x.gather(dim=1, index=torch.zeros(3, 0, dtype=torch.int64))
    x[0].gather(0, i)
    x.t().gather(0, torch.tensor([[1, 1, 2]]))
    torch.tensor(3.0).gather(0, torch.tensor(0))
    x.take(torch.tensor([[0, -1], [5, 5]]))
    torch.take(x.t(), torch.tensor([1]))
    torch.take_along_dim(x, x.argsort(1), 1)
    x.take_along_dim(torch.tensor([[1], [0], [-1]]), dim=1)
    x.take_along_dim(torch.tensor([[0, 2, 1, 0]]), 0)
    x.take_along_dim(torch.tensor([0, 5]))
    x.masked_select(n)
    x.masked_select(n[0])
    torch.masked_select(x[0], n)
    x.masked_select(torch.zeros(3, 4, dtype=torch.bool))
    torch.tensor(3.0).masked_select(torch.tensor(True))
    n.nonzero()
    torch.nonzero(x > 0)
    torch.nonzero(n, as_tuple=True)
    torch.tensor(0).nonzero()
    torch.tensor(2).nonzero(as_tuple=True)
    torch.argwhere(n)
    x[torch.nonzero(n, as_tuple=True)]
    x.index_put((i,), torch.ones(3, 4, dtype=torch.float64))
    x.index_put((i, i), x[0, :3])
    x.index_put((i, i), x[0, :3] * x[0, :3], accumulate=True)
    x.index_put((n,), torch.tensor(2.0, dtype=torch.float64))
    x.index_put((torch.tensor(1),), x[0])
    torch.index_put(x, (i,), x[0], accumulate=True)
""")

REFUSED = lines("""
    x[3]
    x[0, 0, 0]
    x[0, -5]
    torch.tensor(1.0)[0]
    x[::-1]
    x[::0]
    x[1.0]
    x[torch.tensor(1.0)]
    x[torch.tensor([0.0, 1.0])]
    x[torch.tensor([1, 0], dtype=torch.int16)]
    x[1.5:]
    x[torch.tensor(1.0):]
    x[m, m]
    x[m[:2]]
    x[:, m]
    x[n.t()]
    x[y > 0]
    x[[5]]
    x[[0, -4]]
    x[i, [0, 1]]
    x[i, i, i]
    x.index_select(0, torch.tensor([3]))
    x.index_select(0, torch.tensor([-1]))
    x.index_select(0, j)
    x.index_select(0, torch.tensor([0.0]))
    x.gather(0, torch.tensor([[5]]))
    x.gather(0, torch.tensor([[-1]]))
    x.gather(0, i)
    x.gather(0, torch.zeros(1, 5, dtype=torch.int64))
    x.gather(0, torch.tensor([[0.0]]))
    x.gather(2, j)
    x.take(torch.tensor([12]))
    x.take(torch.tensor([0.0]))
    x.take_along_dim(i, 1)
    x.masked_select(x)
    x.masked_select(m)
    x.select(0, 3)
    x.narrow(1, 1, 5)
    x.narrow(1, 5, 0)
    x.narrow(1, 0, -1)
    x.index_put((i,), torch.tensor(1))
    x.index_put((None, i), torch.tensor(1.0, dtype=torch.float64))
    x.index_put((i,), torch.ones(5, dtype=torch.float64))
""")


@pytest.mark.parametrize("line", BASIC + ADVANCED + PICKING + REFUSED, ids=words)
def test_as_torch(line: str) -> None:
    check_same(line, **ARRAYS)


def test_an_index_that_changes_before_backward_is_noticed() -> None:
    x, i = gradus.zeros(3, requires_grad=True), gradus.tensor([0, 1])
    y = x[i].sum()
    i[0] = 2
    with pytest.raises(
        RuntimeError, match="IndexBackward0 saved at version 0, is at version 1, last changed by __setitem__"
    ):
        y.backward()


def test_a_tensor_among_slice_bounds_is_read_at_once() -> None:
    x, n = gradus.arange(5.0).requires_grad_(), gradus.tensor(2)
    y = x[:n]
    n += 2
    y.sum().backward()
    assert x.grad.tolist() == [1, 1, 0, 0, 0]


def test_errors_name_the_index_and_the_dimension() -> None:
    x = gradus.zeros(3, 4)
    with pytest.raises(IndexError, match="index 5 is out of bounds for dimension 0 with size 3"):
        x[5]
    with pytest.raises(IndexError, match="index 7 is out of bounds for dimension 1 with size 4"):
        x[gradus.tensor([0]), gradus.tensor([7])]
    with pytest.raises(
        IndexError, match=r"mask \[2\] at index 0 does not match the shape of the indexed tensor \[3, 4\]"
    ):
        x[gradus.tensor([True, False])]
    with pytest.raises(IndexError, match=r"could not be broadcast together with shapes \[2\], \[3\]"):
        x[gradus.tensor([0, 1]), gradus.tensor([0, 1, 2])]
    with pytest.raises(RuntimeError, match=r"gather\(\): index 4 is out of bounds for dimension with size 4"):
        x.gather(1, gradus.tensor([[4]]))
    with pytest.raises(ValueError, match="step must be greater than zero, got -1; use flip"):
        x[::-1]


# any index, made by hypothesis ----------------------------------------------------------------------------------------


@st.composite
def shape_and_key(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[object, ...]]:
    """A shape, and an index of ints, slices, None, …, index lists and masks for it."""
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    key: list[object] = []
    length = draw(st.integers(1, 3))
    whole = False
    axis = 0
    while axis < len(shape):
        n = shape[axis]
        kind = draw(st.sampled_from(["int", "slice", "none", "list", "mask", "rest", "stop"]))
        if kind == "stop":
            break
        if kind == "none":
            if key.count(None) < 2:
                key.append(None)
            continue
        if kind == "rest":
            if not whole:
                key.append(Ellipsis)
                axis += draw(st.integers(0, len(shape) - axis))
                whole = True
            continue
        if kind == "int":
            key.append(draw(st.integers(-n, n - 1)))
        elif kind == "slice":
            bound = st.one_of(st.none(), st.integers(-n - 1, n + 1))
            key.append(slice(draw(bound), draw(bound), draw(st.sampled_from([None, 1, 2, 3]))))
        elif kind == "list":
            key.append(draw(st.lists(st.integers(-n, n - 1), min_size=length, max_size=length)))
        else:
            mask = [False] * n
            for place in draw(
                st.lists(st.integers(0, n - 1), min_size=min(length, n), max_size=min(length, n), unique=True)
            ):
                mask[place] = True
            key.append(mask)
        axis += 1
    return shape, tuple(key)


@given(shape_and_key())
def test_any_index_gives_what_torch_gives(case: tuple[tuple[int, ...], tuple[object, ...]]) -> None:
    shape, key = case
    array = np.arange(float(np.prod(shape))).reshape(shape)
    results = []
    for m in (gradus, torch):
        x = m.tensor(array, requires_grad=True)
        parts = tuple(m.tensor(k) if isinstance(k, list) else k for k in key)
        try:
            y = x[parts]
        except IndexError as error:
            results.append(type(error))
            continue
        (y * y).sum().backward()
        written = m.tensor(array)
        written[parts] = -1.0
        results.append((tuple(y.shape), y.tolist(), x.grad.tolist(), written.tolist()))
    assert results[0] == results[1]


@given(st.integers(1, 40), st.integers(0, 60), st.sampled_from([1, 3, 16, 17, 40]), st.integers(0, 2**32 - 1))
def test_add_rows_is_add_at(count: int, m: int, k: int, seed: int) -> None:
    random = np.random.RandomState(seed)
    index, rows = random.randint(0, count, m), random.standard_normal((m, k))
    expected = np.zeros((count, k))
    np.add.at(expected, index, rows)
    np.testing.assert_allclose(add_rows(index, rows, count), expected, atol=1e-12)


@pytest.mark.parametrize(("m", "count"), [(20, 1000), (500, 50), (4000, 3), (0, 5)])
def test_add_rows_takes_each_of_its_ways(m: int, count: int) -> None:
    random = np.random.RandomState(0)
    index, rows = random.randint(0, count, m), random.standard_normal((m, 20)).astype(np.float32)
    expected = np.zeros((count, 20))
    np.add.at(expected, index, rows)
    np.testing.assert_allclose(add_rows(index, rows, count), expected, atol=1e-4)
