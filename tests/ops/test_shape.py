"""Shapes, views, copies in other orders, padding: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st

import gradus
from tests.ops.twin import check_same, lines, ramp, words

ARRAYS = {"x": ramp(3, 4), "y": ramp(2, 3, 4), "z": ramp(5)}

RESHAPING = lines("""
    x.reshape(12)
    x.reshape(2, -1)
    x.reshape((6, 2))
    torch.reshape(x, (4, 3))
    x.reshape(torch.Size([12, 1]))
    x.t().reshape(12)
    x[:, 1:3].reshape(-1)
    torch.zeros(2, 0).reshape(0, 3)
    torch.zeros(0, 4).reshape(-1, 4)
    torch.tensor(2.0).reshape(1, 1)
    x.view(-1)
    x.view(2, 6)
    x.view(size=(6, 2))
    x[1:].view(8)
    x[:, 1:].view(3, 3, 1)
    x.t().view(4, 3)
    x.t().view(2, 2, 3)
    x.view_as(torch.zeros(2, 6))
    x.reshape_as(torch.zeros(2, 6))
    x.detach().view(torch.int64)
    x.detach().view(torch.float32)
    x.detach().view(dtype=torch.uint8)
    y.flatten()
    y.flatten(1)
    y.flatten(0, 1)
    y.flatten(start_dim=-2)
    torch.flatten(y, 1, 1)
    torch.tensor(1.0).flatten()
    x.unflatten(1, (2, 2))
    x.unflatten(-1, (2, -1))
    y.unflatten(dim=0, sizes=(1, 2, 1))
    y.ravel()
    y.transpose(0, 2).ravel()
    torch.zeros(0, 3).ravel()
    x.squeeze()
    x[:1].squeeze()
    x[:1].squeeze(0)
    x[:1].squeeze(1)
    x[:1, :1].squeeze((0, 1))
    x[:1].squeeze(axis=0)
    torch.tensor(1.0).squeeze(0)
    x.unsqueeze(0)
    x.unsqueeze(-1)
    x.unsqueeze(dim=1)
    torch.tensor(1.0).unsqueeze(-1)
    torch.atleast_1d(torch.tensor(1.0))
    torch.atleast_2d(z)
    torch.atleast_3d(x, z)
    torch.atleast_3d([x, y])
    x.contiguous()
    x.t().contiguous()
    x.clone()
    torch.clone(x)
    x.t().clone().stride() == x.t().stride()
""")

ORDER = lines("""
    x.t()
    torch.t(z)
    x.T
    x.mT
    y.mT
    y.mH
    x.H
    y.adjoint()
    y.transpose(0, 2)
    y.transpose(-1, -2)
    torch.transpose(y, dim0=0, dim1=1)
    torch.tensor(1.0).transpose(0, -1)
    torch.tensor(1.0).t()
    y.swapaxes(0, 1)
    y.swapdims(0, 1)
    y.permute(2, 0, 1)
    y.permute((1, 2, 0))
    y.permute(-1, 0, 1)
    torch.permute(y, (0, 2, 1))
    y.movedim(0, 2)
    y.movedim((0, 1), (2, 0))
    torch.moveaxis(y, -1, 0)
    y.permute(2, 0, 1).permute(1, 2, 0)
""")

REPEATING = lines("""
    x.expand(2, 3, 4)
    x.expand(2, -1, -1)
    x.expand(-1, 4)
    x[:1].expand(5, 4)
    x[:, :1].expand(3, 6)
    z.expand_as(torch.zeros(2, 5))
    torch.tensor(2.0).expand(3)
    torch.zeros(1, 3).expand(0, 3)
    x.expand(torch.Size([3, 4]))
    torch.broadcast_to(z, (2, 5))
    torch.broadcast_tensors(x[:, :1], x[0])
    torch.broadcast_tensors(x[:, :1], torch.zeros(5, 1, 2))
    torch.broadcast_shapes((3, 1), (4,), ())
    x.repeat(2, 1)
    x.repeat(2, 2, 3)
    x.repeat((1, 2))
    x.repeat(0, 1)
    z.repeat(3)
    torch.tensor(3.0).repeat(2, 2)
    x.tile(2)
    torch.tile(x, (2, 1, 2))
    x.repeat_interleave(2)
    x.repeat_interleave(3, dim=1)
    x.repeat_interleave(torch.tensor([2, 0, 1]), 0)
    x.repeat_interleave(torch.tensor([2]), 0)
    torch.repeat_interleave(z, torch.tensor([0, 1, 2, 1, 0]))
    torch.repeat_interleave(torch.tensor([2, 0, 3]))
    x.repeat_interleave(0, 0)
""")

REARRANGING = lines("""
    x.flip(0)
    x.flip(0, 1)
    x.flip((-1,))
    torch.flip(x, dims=(1,))
    x.flip(())
    torch.fliplr(x)
    torch.flipud(x)
    x.flip([0, 1])
    torch.rot90(x)
    torch.rot90(x, 2)
    torch.rot90(x, 3, (1, 0))
    torch.rot90(x, -1)
    x.rot90(4, [0, 1])
    torch.rot90(y, 1, [1, 2])
    x.roll(1)
    x.roll(-2, 0)
    x.roll((1, -1), (0, 1))
    x.roll(shifts=5, dims=1)
    x.roll((1, 2), (1, 1))
    torch.zeros(0, 3).roll(1, 0)
""")

DIAGONALS = lines("""
    x.diagonal()
    x.diagonal(1)
    x.diagonal(-2)
    x.diagonal(9)
    y.diagonal(0, 1, 2)
    y.diagonal(1, -1, 0)
    torch.diagonal(y, offset=1, dim1=1, dim2=2)
    torch.diag(x)
    torch.diag(x, 1)
    torch.diag(z)
    torch.diag(z, -2)
    torch.diag_embed(x)
    torch.diag_embed(x, 1, 0, 2)
    torch.diag_embed(y, offset=-1, dim1=1)
    torch.diagflat(x)
    torch.diagflat(z, 1)
    torch.tril(x)
    x.tril(1)
    x.tril(-1)
    y.triu()
    y.triu(2)
    torch.triu(x, diagonal=-1)
    torch.block_diag(x, z, x[:2, :1])
    x.unfold(1, 2, 1)
    x.unfold(1, 3, 2)
    x.unfold(0, 3, 1)
    y.unfold(-1, 2, 2)
    y.unfold(1, 2, 1).unfold(2, 2, 1)
    z.unfold(0, 2, 3)
    torch.tensor(1.0).unfold(0, 1, 1)
    x.as_strided((2, 2), (1, 1))
    x.as_strided((3, 3), (0, 1))
    x.as_strided((2, 2), (4, 1), 3)
    x[1].as_strided((2,), (1,))
    x[1:].as_strided((2, 3), (2, 1), 1)
    x.t().as_strided((2, 2), (1, 2))
    torch.as_strided(z, (5,), (1,), storage_offset=0)
""")

PADDING = lines("""
    torch.nn.functional.pad(x, (1, 2))
    torch.nn.functional.pad(x, (1, 0, 0, 2), value=3.5)
    torch.nn.functional.pad(y, (1, 1, 1, 1, 1, 1))
    torch.nn.functional.pad(x, (-1, 2))
    torch.nn.functional.pad(x, (-1, -1, 1, -2), "constant", 2.0)
    torch.nn.functional.pad(x, ())
    torch.nn.functional.pad(x.detach().long(), [1, 1])
    torch.nn.functional.pad(x.detach() > 0, (1, 1))
    torch.nn.functional.pad(x, (1, 2), mode="reflect")
    torch.nn.functional.pad(x, (3, 3), mode="reflect")
    torch.nn.functional.pad(y, (2, 1, 0, 2), mode="reflect")
    torch.nn.functional.pad(x, (2, 5), mode="replicate")
    torch.nn.functional.pad(y, (1, 1, 2, 2), mode="replicate")
    torch.nn.functional.pad(y[None], (1, 1, 2, 2, 1, 0), mode="replicate")
    torch.nn.functional.pad(x, (4, 1), mode="circular")
    torch.nn.functional.pad(y, (1, 2, 3, 0), mode="circular")
    torch.nn.functional.pad(x, (-1, 1), mode="replicate")
    torch.nn.functional.pad(x, (-1, 1), mode="reflect")
    torch.constant_pad_nd(x, (1, 1), 2)
""")

REFUSED = lines("""
    x.reshape(5)
    x.reshape(-1, -1)
    x.reshape(-2, 3)
    x.reshape(-1, 5)
    torch.zeros(0).reshape(0, -1)
    x.t().view(12)
    x.view(5)
    x[:, :3].detach().view(torch.float16).view(torch.float64)
    x.flatten(1, 0)
    x.flatten(3)
    x.unflatten(1, (3, -1))
    x.unflatten(1, (3, 3))
    x.squeeze(2)
    x.unsqueeze(3)
    x.transpose(0, 2)
    x.permute(0)
    x.permute(0, 0)
    x.permute(0, 5)
    y.t()
    z.mT
    y.H
    x.movedim(0, 5)
    x.movedim((0, 1), (0, 0))
    x.expand(2, 4)
    x.expand(2)
    x.expand(-1, 3, 4)
    torch.broadcast_shapes((2, 1), (3, 3))
    torch.broadcast_tensors(z, x)
    x.repeat(2)
    x.repeat(2, -1)
    x.repeat_interleave(torch.tensor([1, 2]), 0)
    x.repeat_interleave(-1)
    x.flip(0, 0)
    x.flip(5)
    x.flip()
    torch.fliplr(z)
    torch.rot90(x, 1, (0, 0))
    torch.rot90(x, 1, (0,))
    x.roll((1, 2), (0,))
    x.roll((1, 2))
    x.diagonal(0, 0, 0)
    torch.diag(y)
    torch.tril(z)
    x.unfold(1, 5, 1)
    x.unfold(1, 2, 0)
    x.as_strided((20,), (1,))
    x.as_strided((2, 2), (1,))
    torch.nn.functional.pad(x, (1, 1, 1))
    torch.nn.functional.pad(x, (-1, -4))
    torch.nn.functional.pad(x, (4, 1), mode="reflect")
    torch.nn.functional.pad(x, (1, 1, 1, 1), mode="reflect")
    torch.nn.functional.pad(y, (5, 1, 1, 1), mode="circular")
    torch.nn.functional.pad(x, (1, 1), mode="mirror")
    torch.nn.functional.pad(x, (1, 1, 1, 1, 1, 1))
    torch.nn.functional.pad(x, (1, 1), mode="reflect", value=2.0)
    x.view_as(1)
""")


@pytest.mark.parametrize("line", RESHAPING + ORDER + REPEATING + REARRANGING + DIAGONALS + PADDING + REFUSED, ids=words)
def test_as_torch(line: str) -> None:
    check_same(line, **ARRAYS)


VIEWS = lines("""
    x.reshape(12)
    x.view(6, 2)
    x.flatten()
    x.unflatten(1, (2, 2))
    x.ravel()
    x.squeeze()
    x.unsqueeze(0)
    x.t()
    x.T
    x.mT
    x.transpose(0, 1)
    x.permute(1, 0)
    x.movedim(0, 1)
    x.expand(2, 3, 4)
    x.diagonal()
    x.unfold(1, 2, 1)
    x.as_strided((2, 2), (1, 1))
    x.narrow(1, 1, 2)
    x.select(0, 1)
    x[0]
    x[..., 1:3]
    x.split(2)[1]
    x.chunk(2)[0]
    x.unbind()[2]
    x.tensor_split(2, 1)[1]
    x.view_as(x)
    x.swapaxes(0, 1)
    torch.atleast_3d(x)
    torch.broadcast_to(x, (2, 3, 4))
""")

COPIES = lines("""
    x.clone()
    x.t().contiguous()
    x.t().reshape(12)
    x.flip(0)
    x.roll(1)
    x.repeat(1, 1)
    x.tril()
    x[[0, 1]]
    x[x > 0]
    torch.cat([x])
    torch.stack([x, x])
    x.rot90()
""")


@pytest.mark.parametrize("line", VIEWS, ids=words)
def test_a_view_shows_the_memory_of_its_base_and_changes_with_it(line: str) -> None:
    x = gradus.tensor(ramp(3, 4))
    v = eval(line, {"torch": gradus, "x": x})
    assert np.may_share_memory(v.array, x.array)
    assert v._base is x
    assert v.version is x.version
    before = v.tolist()
    x.array += 1
    assert v.tolist() == (np.array(before) + 1).tolist()


@pytest.mark.parametrize("line", COPIES, ids=words)
def test_a_copy_has_its_own_memory(line: str) -> None:
    x = gradus.tensor(ramp(3, 4))
    y = eval(line, {"torch": gradus, "x": x})
    assert not np.may_share_memory(y.array, x.array)
    assert y._base is None


def test_strides_of_views_are_those_of_torch() -> None:
    for line in (
        "x.t()",
        "x[:, 1]",
        "x[::2]",
        "x.unfold(1, 2, 1)",
        "x.expand(2, 3, 4)",
        "x.diagonal()",
        "x.t().clone()",
    ):
        ours, theirs = (eval(line, {"x": m.zeros(3, 4)}) for m in (gradus, torch))
        assert ours.stride() == theirs.stride(), line
        assert ours.storage_offset() == theirs.storage_offset(), line
        assert ours.is_contiguous() == theirs.is_contiguous(), line


def test_contiguous_and_flatten_give_the_tensor_itself_where_nothing_changes() -> None:
    x = gradus.zeros(3, 4)
    assert x.contiguous() is x
    assert x.flatten(1) is x
    assert gradus.atleast_1d(x) is x


def test_a_view_of_an_array_with_negative_strides() -> None:
    array = np.arange(12.0).reshape(3, 4)[::-1, ::-1]
    x = gradus.from_numpy(array).requires_grad_()
    (x.t().reshape(-1) * gradus.arange(12)).sum().backward()
    assert x.grad.tolist() == np.arange(12.0).reshape(4, 3).T.tolist()


sizes = st.lists(st.integers(0, 4), max_size=4)


@given(sizes, st.data())
def test_any_permutation_and_reshape_agree_with_numpy(shape: list[int], data: st.DataObject) -> None:
    array = np.arange(int(np.prod(shape)), dtype=float).reshape(shape)
    order = data.draw(st.permutations(range(len(shape))))
    turned = gradus.tensor(array).permute(order)
    assert np.array_equal(turned.numpy(), array.transpose(order))
    assert np.array_equal(turned.flatten().numpy(), array.transpose(order).reshape(-1))
    assert np.array_equal(turned.reshape(shape).numpy(), array.transpose(order).reshape(shape))


@given(st.lists(st.integers(1, 3), min_size=1, max_size=3), st.data())
def test_reflect_pads_as_numpy(shape: list[int], data: st.DataObject) -> None:
    """NumPy's pad is the second opinion; torch pads at most three dimensions."""
    array = np.arange(int(np.prod(shape)), dtype=float).reshape(shape)
    n = shape[-1]
    before, after = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    x = gradus.tensor(array).reshape(1, -1, n)
    widths = [(0, 0), (0, 0), (before, after)]
    for mode, theirs in (("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")):
        ours = gradus.nn.functional.pad(x, (before, after), mode=mode)
        assert np.array_equal(ours.numpy(), np.pad(x.numpy(), widths, mode=theirs))


def test_errors_name_the_operation_and_both_shapes() -> None:
    x = gradus.zeros(3, 4)
    with pytest.raises(RuntimeError, match=r"shape '\[5, 2\]' is invalid for input of size 12"):
        x.reshape(5, 2)
    with pytest.raises(RuntimeError, match=r"view size is not compatible .* Use .reshape\(...\) instead"):
        x.t().view(12)
    with pytest.raises(RuntimeError, match=r"must match the existing size \(3\) .* Target sizes: \[2, 4\]"):
        x.expand(2, 4)
    with pytest.raises(RuntimeError, match="out of bounds for storage of size 48"):
        x.as_strided((4, 4), (4, 1))
