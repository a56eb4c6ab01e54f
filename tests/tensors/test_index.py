"""x[…] = value: under autograd the same as torch, to the second derivative; and what it writes, refuses and counts."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from tests.ops.twin import lines, words
from tests.tensors.in_place import check_same_aftermath

SETITEM = lines("""
    b[0] = 5.0
    b[0] = b[1]
    b[0] = b[0] * b[1]
    b[1:][0] = x[0]
    b.unsqueeze(0)[0, 1] *= 2
    b.reshape(2, 6)[1, ::2] *= 5
    b[torch.tensor([0, 2])] = 1.0
    b[torch.tensor([0, 2])] = x[:2] * x[:2]
    b[b > 10] = 0.0
    b[b > 10] *= 2
    b[[0, 0]] = x[1:]
    b[:, [1, 3]] += 1
    b[..., 0] = x[..., 1]
    b[1, torch.tensor([0, 3])] = x[0, :2]
    b.unsqueeze_(0); b[0, 0] *= 2; b = b.squeeze(0)
    b[0] += x[1] * b[2]
    b.ravel()[0:3] = x[0, :3]
    b.movedim(0, 1)[0] = 2.0
    b.swapaxes(0, 1)[1] *= 2.0
    b.view(3, 2, 2)[:, 1, 0] *= 2
    b.unflatten(1, (2, 2))[0, 0] = x[0, 2:]
    y = torch.zeros(3, 4); y[:, 0] = x[:, 1]; y.mul_(b); b = y
    c = b * b; c[0] = 0.0; b = c
    c = b.exp(); c[0] = 0.0; b = c
    c = b ** 2; b[0] = 0.0; b = c
    c = b + w; b[0] = 0.0; b = c
    b[0, 0] = torch.tensor(3.0, requires_grad=True)
    b[0] = torch.ones(4, dtype=torch.float64)
    b[0] = 1
    b[0:0] = 5.0
    b[[]] = 5.0
    b[None] = 3.0
    b[...] = 3.0
    b[...] = x
    b[:] = x[0]
    b[0, :] , b[1, :] = x[1], x[0]
    b[:, :2], b[:, 2:] = b[:, 2:].clone(), b[:, :2].clone()
    b.T[0] = x[:, 2]
    b.mT[1] = x[:, 2]
    b.diagonal()[1:] = x[0, :2]
    b.unfold(1, 2, 1)[0, 0] = x[0, :2]
    z = b.clone(); z[z > 5] = z[z > 5] * 2; b = z
    z = b.clone(); z[0], z[1] = z[1], z[0]; b = z
    b[1:, 1:][torch.eye(2, 3) > 0] = x[0, :2]
    b[1:, 1:][:, [0, 2]] = x[1:, :2]
    b[:, torch.tensor([True, False, True, False])] = x[:, 2:]
    b[:, 1:3][b[:, 1:3] > 8] = 1.0
""")


@pytest.mark.parametrize("script", SETITEM, ids=words)
def test_under_autograd_as_torch(script: str) -> None:
    check_same_aftermath(script)


WRITING = lines("""
    t[0] = 1.5
    t[1, 2] = torch.tensor(2.5)
    t[1, 2] = torch.ones(1)
    t[:, 1] = torch.arange(3.0)
    t[:, 1] = torch.arange(3)
    t[::2] = torch.ones(1, 1, 4)
    t[[0]] = torch.ones(1, 1, 4)
    t[t > 5] = float("-inf")
    t[t < t[:, [-1]]] = -1
    t[t > 100] = 1
    t[t > 3] = torch.tensor(1)
    t[t > 3] = torch.tensor([1], dtype=torch.float64)
    t[t > 5] = t[t > 5] * 2
    t[range(3), [0, 1, 2]] -= 1
    t[torch.arange(3), torch.tensor([3, 2, 1])] += torch.tensor([10.0, 20.0, 30.0])
    t[[0, 0, 1]] = torch.tensor([[1.0], [2.0], [3.0]])
    t[True] = 0
    t[None, 1] = 9
    t[..., -1] = True
    t[1:][t[1:] > 6] = 0
    t[:, [True, False, False, True]] = -1
    t[[0, 2], 1:3] = torch.zeros(2, 2)
    t[0][1] = 7
    t[torch.tensor(1)] = 7
    t[torch.tensor(0):torch.tensor(2)] = 7
    t /= t.sum(1, keepdims=True) + 1
    i[0] = 1.7
    i[[0]] = 1.7
    i[0] = torch.tensor(-1.7)
    i[i > 2] = torch.tensor(1.7)
    i[0] = True
    i[0, 0] = 2**40
    t[0] = [1, 2, 3, 4]
    t[0] = np.arange(4.0)
    t[0] = None
    t[0] = "a"
    t[3] = 1
    t[0, 0, 0] = 1
    t[0] = torch.ones(3)
    t[0, 0] = torch.ones(2)
    t[[0]] = torch.ones(3)
    t[[0]] = torch.ones(4, dtype=torch.float64)
    t[t > 5] = torch.ones(3)
    t[[5]] = 1
    t[::-1] = 1
    t[1.0] = 1
    i[[0]] = torch.tensor(1.7)
    i[0] = float("nan")
""")


@pytest.mark.parametrize("script", WRITING, ids=words)
def test_without_autograd_as_torch(script: str) -> None:
    results: list[object] = []
    for m in (gradus, torch):
        names = {"torch": m, "np": np, "t": m.arange(12.0).reshape(3, 4), "i": m.arange(6).reshape(2, 3)}
        try:
            exec(script, names)
            results.append((names["t"].tolist(), names["i"].tolist()))
        except Exception as error:
            results.append(type(error))
    assert results[0] == results[1]


def test_every_write_is_counted_under_its_name() -> None:
    x = gradus.zeros(3)
    x[0] = 1
    x[x > 0] = 2
    assert x.version == [2, "__setitem__"]


def test_a_write_that_fails_changes_nothing() -> None:
    x = gradus.arange(4.0)
    for key, value in ((9, 1.0), (slice(0, 2), gradus.ones(3)), ([7], 1.0)):
        with pytest.raises((IndexError, RuntimeError)):
            x[key] = value
    assert x.tolist() == [0, 1, 2, 3]
    assert x._version == 0


def test_errors_of_writing_say_how_to_go_on() -> None:
    x = gradus.zeros(2, 3)
    with pytest.raises(
        TypeError, match=r"can't assign a list to a FloatTensor; make it a tensor first: gradus.tensor\(value\)"
    ):
        x[0] = [1, 2, 3]
    with pytest.raises(
        RuntimeError, match=r"value tensor of shape \[2\] cannot be broadcast to indexing result of shape \[1, 3\]"
    ):
        x[[0]] = gradus.ones(2)
    with pytest.raises(RuntimeError, match="got float32 for the destination and float64 for the source"):
        x[[0]] = gradus.ones(3, dtype=gradus.float64)


@given(st.lists(st.integers(0, 3), max_size=6), st.integers(0, 2**32 - 1))
def test_writing_and_reading_back(places: list[int], seed: int) -> None:
    """x[i] = v, then x[i], gives v wherever i names a place once; the rest of x stays."""
    x = gradus.tensor(np.random.RandomState(seed).standard_normal(4))
    before, values = x.clone(), gradus.arange(float(len(places)), dtype=gradus.float64)
    x[gradus.tensor(places, dtype=gradus.int64)] = values
    for place in range(4):
        if places.count(place) == 0:
            assert x[place] == before[place]
        elif places.count(place) == 1:
            assert x[place] == values[places.index(place)]
