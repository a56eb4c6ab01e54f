"""Parameter and Buffer: what they are, what they share, and what becomes of them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import gradus
from gradus import nn
from tests.nn.side_by_side import agree, agree_on, lines

LIKE_TORCH = lines("""
    nn.Parameter(torch.ones(2))
    repr(nn.Parameter(torch.ones(2)))
    str(nn.Parameter(torch.tensor(3.0), requires_grad=False))
    nn.Parameter()
    nn.Parameter(torch.ones(2), False)
    nn.Parameter(torch.ones(2, dtype=torch.int64))
    nn.Parameter(torch.ones(2, dtype=torch.int64), requires_grad=False)
    nn.Parameter(torch.ones(2, dtype=torch.float64))
    isinstance(nn.Parameter(torch.ones(2)), torch.Tensor)
    isinstance(torch.ones(2), nn.Parameter)
    nn.Parameter(nn.Parameter(torch.ones(2)) * 2).is_leaf
    nn.Parameter(torch.ones(2)) + 1
    nn.Parameter(torch.ones(2)).clone()
    nn.Parameter(torch.ones(2)).data
    nn.Parameter(torch.ones(2))[0]
    nn.Parameter(torch.ones(2)).to(torch.float64)
    nn.Parameter(torch.ones(2)).to(torch.float32)
    nn.Parameter(torch.ones(2)).add_(1)
    nn.Buffer(torch.ones(2))
    nn.Buffer(torch.ones(2), persistent=False).persistent
    nn.parameter.Parameter is nn.Parameter
    nn.ParameterList([torch.ones(2)])[0].requires_grad
""")


@pytest.mark.parametrize("line", LIKE_TORCH)
def test_like_torch(line: str) -> None:
    agree_on(line)


def test_shares_memory_and_watches_it() -> None:
    def program(library: Any) -> Any:
        data = library.ones(2)
        p = library.nn.Parameter(data)
        data[0] = 5
        y = (p * p).sum()
        data[0] = 6
        try:
            y.backward()
        except RuntimeError:
            return p, "backward sees the change"
        return p, p.grad

    agree(program)


def test_in_place_without_recording_keeps_it() -> None:
    def program(library: Any) -> Any:
        p = library.nn.Parameter(library.ones(2))
        same = p
        with library.no_grad():
            p -= 0.5
        p.data += 1
        p.data = p.data * 2
        return p is same, p, p.is_leaf

    agree(program)


def test_deepcopy_keeps_class_and_drops_the_gradient() -> None:
    def program(library: Any) -> Any:
        p = library.nn.Parameter(library.ones(2))
        p.grad = library.ones(2)
        q = copy.deepcopy(p)
        twice = copy.deepcopy([p, p])
        return q, q.grad, p.grad, twice[0] is twice[1], copy.deepcopy(library.nn.Parameter(library.ones(1), False))

    agree(program)


def test_pickle() -> None:
    p = pickle.loads(pickle.dumps(nn.Parameter(gradus.ones(2), requires_grad=False)))
    assert type(p) is nn.Parameter and not p.requires_grad and p.tolist() == [1.0, 1.0]


def test_buffer_is_not_trained_and_its_class_survives_a_copy() -> None:
    m = nn.Module()
    m.mean, m.seen = nn.Buffer(gradus.zeros(2)), nn.Buffer(gradus.ones(1), persistent=False)
    assert list(m.parameters()) == [] and list(m.state_dict()) == ["mean"]
    assert list(copy.deepcopy(m).state_dict()) == ["mean"]
    m.seen = gradus.ones(3)
    assert list(m.state_dict()) == ["mean"] and m.seen.shape == (3,)


def test_uninitialized_parameter() -> None:
    p = nn.UninitializedParameter(dtype=gradus.float64)
    assert repr(p) == "<UninitializedParameter>"
    with pytest.raises(RuntimeError, match="call the module on an input first"):
        p.shape
    p.materialize((2, 3))
    assert type(p) is nn.Parameter and p.shape == (2, 3) and p.dtype is gradus.float64 and p.requires_grad
