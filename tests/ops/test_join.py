"""Joining and taking apart: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from tests.ops.twin import check_same, lines, ramp, words

ARRAYS = {"x": ramp(3, 4), "y": ramp(2, 4, start=0.5), "z": ramp(4), "i": np.arange(4), "f": ramp(4).astype(np.float32)}

JOINING = lines("""
    torch.cat([x, y])
    torch.cat((x, y, x), dim=0)
    torch.cat([x, x], 1)
    torch.cat([x, x], dim=-1)
    torch.cat([x, x], axis=1)
    torch.concat([x, y])
    torch.concatenate([x, y], axis=0)
    torch.cat([x])
    torch.cat([x, torch.zeros(0)])
    torch.cat([torch.zeros(0), x, torch.zeros(0, 4)])
    torch.cat([torch.zeros(0), torch.zeros(0)])
    torch.cat([z, i])
    torch.cat([z, f])
    torch.cat([i, f])
    torch.cat([i, i > 1])
    torch.cat([i.int(), i])
    torch.cat([torch.zeros(0, dtype=torch.float64), f])
    torch.cat([x.t(), y.t()], 1)
    torch.cat([x, y], out=torch.empty(5, 4, dtype=torch.float64)) if False else torch.cat([x, y])
    torch.stack([x, x])
    torch.stack([x, x], 1)
    torch.stack([x, x], dim=-1)
    torch.stack([z, i])
    torch.stack([z[0], z[1]])
    torch.stack((x, x, x), axis=2)
    torch.hstack([z, z])
    torch.hstack([x, x])
    torch.hstack([z[0], z[1]])
    torch.vstack([z, x])
    torch.row_stack([z, z])
    torch.dstack([x, x])
    torch.dstack([z, z])
    torch.column_stack([z, z])
    torch.column_stack([x, z[:3]])
    torch.block_diag(x, y)
    torch.cartesian_prod(z, z[:2])
    torch.combinations(z, 3)
    torch.combinations(z, with_replacement=True)
    torch.meshgrid(z, z[:2], indexing="ij")
    torch.meshgrid(z, z[:2], indexing="xy")
    torch.meshgrid(z, z[0], z[:3])
    torch.meshgrid([i, i])
""")

APART = lines("""
    x.split(2)
    x.split(1, 1)
    x.split(9)
    x.split([1, 2])
    x.split((3, 1), dim=1)
    x.split([4, 0], 1)
    x.split([3])
    torch.split(x, 2)
    torch.split(x, split_size_or_sections=2, dim=1)
    torch.split_with_sizes(x, [1, 2])
    torch.zeros(0, 2).split(3)
    torch.zeros(0, 2).split(0)
    x.chunk(2)
    x.chunk(3, 1)
    x.chunk(5, dim=1)
    torch.chunk(z, 3)
    torch.zeros(0).chunk(2)
    x.tensor_split(2)
    x.tensor_split(3, 1)
    x.tensor_split([1, 6], dim=1)
    x.tensor_split(torch.tensor([1, 3]), 1)
    torch.tensor_split(z, (2,))
    torch.hsplit(x, 2)
    torch.hsplit(z, [1])
    torch.vsplit(x, 3)
    torch.dsplit(x[None], 2)
    x.unbind()
    x.unbind(1)
    torch.unbind(x, dim=-1)
    x[:1].unbind()
    torch.zeros(0, 2).unbind()
    tuple(x)
    [a * k for k, a in enumerate(x.unbind())]
    [a.sum() for a in x]
    torch.cat([a.flip(0) for a in x.split(2)])
""")

REFUSED = lines("""
    torch.cat([])
    torch.cat([x, x[:, :2]])
    torch.cat([x, z])
    torch.cat([z[0], z[1]])
    torch.cat([x, [1]])
    torch.cat(x)
    torch.cat([x, x], 2)
    torch.stack([])
    torch.stack([x, y])
    torch.stack([x, x], 3)
    torch.stack(x)
    x.split(0)
    x.split(-1)
    x.split([1, 1])
    x.split([4, -1])
    x.split(2.0)
    x.split(2, 2)
    x.chunk(0)
    x.tensor_split(0)
    torch.hsplit(x, 3)
    torch.dsplit(x, 1)
    z[0].unbind()
    x.unbind(2)
    z[0].split(1)
    torch.meshgrid(x, z)
    torch.meshgrid(z, i)
    torch.meshgrid(z, z, indexing="no")
    torch.combinations(x)
""")


@pytest.mark.parametrize("line", JOINING + APART + REFUSED, ids=words)
def test_as_torch(line: str) -> None:
    check_same(line, **ARRAYS)


def test_out_receives_the_result() -> None:
    out = gradus.empty(5, 4, dtype=gradus.float64)
    assert gradus.cat([gradus.tensor(ARRAYS["x"]), gradus.tensor(ARRAYS["y"])], out=out) is out
    assert out.tolist() == np.concatenate([ARRAYS["x"], ARRAYS["y"]]).tolist()


@given(st.lists(st.integers(0, 3), min_size=1, max_size=5), st.integers(0, 2))
def test_cat_undoes_split(sizes: list[int], axis: int) -> None:
    shape = [2, 3, 2]
    shape[axis] = sum(sizes)
    x = gradus.tensor(np.arange(float(np.prod(shape))).reshape(shape), requires_grad=True)
    back = gradus.cat(x.split(sizes, axis), axis)
    assert gradus.equal(back, x)
    (back * back).sum().backward()
    assert gradus.equal(x.grad, 2 * x)


@given(st.integers(1, 12), st.integers(1, 15))
def test_chunk_and_tensor_split_cut_where_torch_does(n: int, parts: int) -> None:
    for name in ("chunk", "tensor_split"):
        ours = [tuple(p.shape) for p in getattr(gradus.zeros(n), name)(parts)]
        assert ours == [tuple(p.shape) for p in getattr(torch.zeros(n), name)(parts)]


def test_the_error_of_cat_names_the_tensor_and_the_shapes() -> None:
    with pytest.raises(RuntimeError, match=r"Expected size 4 but got size 5 for tensor number 1 .*\[3, 4\], \[3, 5\]"):
        gradus.cat([gradus.zeros(3, 4), gradus.zeros(3, 5)])
