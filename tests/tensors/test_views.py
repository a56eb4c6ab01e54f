"""Views, changes in place and the history they share: the same as torch, to the second derivative."""

from __future__ import annotations

import numpy as np
import pytest

import gradus
from tests.ops.twin import lines, words
from tests.tensors.in_place import check_same_aftermath

IN_PLACE = lines("""
    b[0].mul_(3)
    b[:, 1].add_(b[:, 2])
    b.view(-1)[3:7].mul_(2)
    b.t()[1].mul_(4)
    b.t()[1:3, 0].mul_(4)
    b.diagonal().zero_()
    b.diagonal().mul_(3)
    b.transpose(0, 1).reshape(-1).mul_(7)
    b.permute(1, 0)[0].copy_(x[:, 3])
    b.select(0, 2).fill_(3.0)
    b.squeeze()[0].exp_()
    v = b[0]; b.mul_(2); b = b + v.sum()
    v = b[0]; v.mul_(2); u = b[:, 0]; u.mul_(3); b = b + v.sum()
    v = b.view(-1); u = v[2:5]; u.mul_(3); v[3] = 1.0; b = b * u.sum()
    v = b[0]; w2 = v[1:3]; w2.mul_(10); b = b * v[1]
    b.unfold(1, 2, 2)[0].mul_(3)
    b.as_strided((2, 2), (4, 1), 1).mul_(3)
    b.expand(2, 3, 4)[0].mul_(3)
    b.masked_fill_(b > 6, 0.0)
    b.index_fill_(0, torch.tensor([1]), 9.0)
    b.index_add_(0, torch.tensor([1, 1]), x[:2])
    b.index_copy_(0, torch.tensor([1, 2]), x[:2])
    b.scatter_(1, torch.tensor([[0], [1], [2]]), x[:, :1])
    b.scatter_add_(1, torch.tensor([[0], [1], [2]]), x[:, :1])
    b.index_put_((torch.tensor([0, 1]), torch.tensor([1, 1])), x[0, :2])
    b.index_put_((torch.tensor([0, 0]), torch.tensor([1, 1])), x[0, :2], accumulate=True)
    b.fill_diagonal_(0.0)
    b.tril_()
    b.t_(); b.mul_(2); b.t_()
    b.squeeze_()
    b.transpose_(0, 1); b = b.t()
    b[0].t_().mul_(2)
    b[1:3].masked_fill_(torch.tensor(True), 2.0)
    b[0].add_(b[1]).mul_(b[2])
    b.flip(0)[0].mul_(10)
    b.clone()[0].mul_(10)
    b.contiguous()[0].mul_(10)
    b.flatten()[0].mul_(10)
    b.T.flatten()[0].mul_(10)
    b.tensor_split(2)[0].mul_(3)
    y = torch.zeros(3, 4); v = y[1]; v.copy_(b[1]); b = y * y
    y = torch.zeros(3, 4); v = y[1]; v.add_(b[1]); b = v + y
    c = b.sigmoid(); c += 1; b = c
    v = b[0]; c = v * v; b.mul_(2); b = c
    v = b[0]; c = v * v; v.mul_(2); b = c * v
    i = torch.tensor([0, 1]); c = b[i]; i[0] = 2; b = c.sum() + b
    m = b > 3; c = b[m]; m[0] = False; b = c.sum() + b
    m = b > 3; c = b.masked_fill(m, 0.0); m[0] = False; b = c
    b.resize_(2, 2)
    b.set_(torch.zeros(2))
    e = x.expand(2, 3, 4); e.mul_(2)
    e = torch.zeros(1).expand(3); e[0] = 1.0; b = b + e.sum()
    e = torch.zeros(3, 1).expand(3, 4); e[:, 0] = x[:, 0]; b = b * e
    b.add_(torch.ones(3, 4, dtype=torch.float64))
    q = b[0:2]; r = q[1]; q.mul_(2); r.mul_(3); b[1, 1] = 0.0
    q = b[0:2]; r = q[1]; b.mul_(2); r.mul_(3); q[0] = r
    q = b.view(4, 3); q[0] = 1.0; b = q.view(3, 4) + b
    u = b[0]; b[0] = 1.0; b = b + u
    u = b[1]; b[0] = 1.0; b = b + u
    u = b[0]; u2 = b[0]; u.mul_(2); b = b + u2
    u = b.view(12); u.view(3, 4)[1].mul_(u[0]); b = b + u.view(3, 4)
    b.register_hook(lambda g: g * 10); b.mul_(2); b[0] = 1.0
    b.retain_grad(); b.mul_(2)
    v = b[0]; v.retain_grad(); b.mul_(2); b = b + v
    torch.cat([b[0], b[1]]).mul_(3)
    b.masked_scatter_(b > 10, x.flatten())
    b.put_(torch.tensor([0, 5]), x[0, :2])
    b[0].index_add_(0, torch.tensor([0, 0]), x[0, :2])
    torch.diagonal(b, 1)[0] = x[0, 0]
""")

BROUGHT_UP_TO_DATE = lines("""
    y = torch.zeros(3, 4); v = y[0]; y.add_(b); b = b * v
    y = torch.zeros(3, 4); v = y.t()[1:]; u = v[0]; y[1] = b[0]; b = b + u.sum()
    y = torch.zeros(3, 4); v, u = y[0], y[1]; v.copy_(b[0]); b = b + u * v
    y = torch.arange(12.0).reshape(3, 4).requires_grad_(); y[0] = 1.0
    y = torch.arange(12.0).reshape(3, 4).requires_grad_(); y[0].mul_(2)
    y = torch.arange(12.0).reshape(3, 4); y.requires_grad_(); y.add_(1)
""")

SAVED_OR_NOT = lines("""
    c = b * w; b[0] = 0.0; b = c
    c = b / w; b[0] = 0.0; b = c
    c = w / b; b[0] = 0.0; b = c
    y = torch.zeros(3, 4); y[0] = b[0]; y[1] = y[0] * 2; b = y
    x.detach()[0] = 100.0; b = b * x
    c = b + b; b.zero_(); b = c
""")

OVERWRITTEN = lines("""
    b.zero_(); b = b + 1
    b.fill_(2.0)
    b.copy_(w)
    b.normal_(); b = b * 0
    b.uniform_(); b = b * 0
    b[0].uniform_(); b = b * torch.tensor([[0.0], [1.0], [1.0]])
""")

SEVERAL_AT_ONCE = lines("""
    b.split(2)[0].mul_(3)
    b.chunk(2, 1)[1].mul_(3)
    b.unbind()[1].mul_(3)
    b.unbind()[1][0].mul_(3)
    for r in b: r.mul_(2)
    b = b.detach(); [r.mul_(k) for k, r in enumerate(b)]; b = b * x
    b.split(2)[0].detach().mul_(1)
""")

DETACHED = lines("""
    d = b.detach(); d[0] = 100.0
    d = b.detach(); d.mul_(2)
    with torch.no_grad(): b[0] = 7.0
    with torch.no_grad(): b.mul_(3)
    with torch.no_grad(): v = b[0]
    v = b[0].detach(); v.zero_()
    c = b.detach(); z = b * b; c.mul_(2); b = z
    c = b.detach(); z = b.exp(); z.detach().mul_(2); b = z
""")

LEAVES = lines("""
    x[0] = 1.0
    x.mul_(2)
    x.view(-1)[0] = 1.0
    x[0].mul_(2)
    x.t_()
    x.data[0] = 100.0; b = b * x
""")


@pytest.mark.parametrize(
    "script",
    IN_PLACE + BROUGHT_UP_TO_DATE + SAVED_OR_NOT + OVERWRITTEN + SEVERAL_AT_ONCE + DETACHED + LEAVES,
    ids=words,
)
def test_as_torch(script: str) -> None:
    check_same_aftermath(script)


GRADUS_TAKES = {
    "b *= b": lambda b: b * b,
    "b += b[0]": lambda b: b + b[0],
    "b.narrow(1, 1, 2).mul_(b.narrow(1, 0, 2))": lambda b: gradus.cat([b[:, :1], b[:, 1:3] * b[:, :2], b[:, 3:]], 1),
    "y = b.detach() * 0; v = y[:2]; y.add_(b); v.mul_(3); b = y": lambda b: gradus.cat([3 * b[:2], b[2:]]),
    "y = b.detach() * 0; u = y[:2][0]; y.add_(b); u.mul_(u); b = y": lambda b: gradus.cat([b[:1] * b[:1], b[1:]]),
}


@pytest.mark.parametrize("script", GRADUS_TAKES)
def test_what_torch_refuses_has_the_derivative_of_the_same_lines_without_views(script: str) -> None:
    """Memory that overlaps (the op keeps the old numbers), and views that are older than their base's history."""
    x = gradus.tensor(np.arange(1.0, 13.0).reshape(3, 4), requires_grad=True)
    (expected,) = gradus.autograd.grad((GRADUS_TAKES[script](x * 2) ** 2).sum(), x)
    names = {"b": x * 2}
    exec(script, names)
    (found,) = gradus.autograd.grad((names["b"] ** 2).sum(), x)
    assert gradus.allclose(found, expected)


def test_a_view_and_its_base_count_changes_together() -> None:
    base = gradus.zeros(3, 4)
    view = base[1:].t()
    view.add_(1)
    base[0] = 5
    view.detach().mul_(2)
    assert base._version == view._version == 3
    assert base.sum().item() == 20 + 16


def test_data_changes_unseen_and_detach_is_noticed() -> None:
    for quiet in (True, False):
        x = gradus.ones(3, requires_grad=True)
        y = x * 2
        z = (y * y).sum()
        (y.data if quiet else y.detach()).zero_()
        if quiet:
            z.backward()
        else:
            with pytest.raises(
                RuntimeError, match=r"MulBackward0 saved at version 0, is at version 1, last changed by zero_|fill_"
            ):
                z.backward()


def test_a_view_of_a_view_of_a_reshaped_tensor_reaches_the_base() -> None:
    base = gradus.zeros(2, 3, 4)
    base.permute(2, 0, 1)[1].flatten(0, 0)[:, 1:].fill_(1)
    assert base[:, 1:, 1].sum().item() == base.sum().item() == 4


def test_expanded_memory_is_refused_as_a_whole_but_not_where_it_is_one_element() -> None:
    x = gradus.zeros(1).expand(3)
    with pytest.raises(
        RuntimeError, match="more than one element of the written-to tensor refers to a single memory location"
    ):
        x.add_(1)
    x[0] = 5
    assert x.tolist() == [5, 5, 5]


def test_methods_that_turn_the_tensor_itself() -> None:
    x = gradus.arange(6.0).reshape(2, 3).clone()
    y = x
    x.t_().unsqueeze_(0).transpose_(1, 2).squeeze_(0)
    assert x is y
    assert x.tolist() == [[0, 1, 2], [3, 4, 5]]
    x.resize_(1, 4)
    assert x.tolist() == [[0, 1, 2, 3]]
    x.resize_(2, 4)
    assert x[:, :2].tolist() == [[0, 1], [4, 5]]
    other = gradus.ones(2)
    x.set_(other)
    other[0] = 7
    assert x.tolist() == [7, 1]
    with pytest.raises(RuntimeError, match="cannot resize variables that require grad"):
        gradus.ones(2, requires_grad=True).resize_(3)


def test_every_view_operation_is_recorded_under_the_name_that_torch_gives_it() -> None:
    x = gradus.zeros(3, 4, requires_grad=True)
    named = {
        "ViewBackward0": x.view(12),
        "PermuteBackward0": x.T,
        "TransposeBackward0": x.mT,
        "ExpandBackward0": x.expand(2, 3, 4),
        "SelectBackward0": x[0],
        "SliceBackward0": x[:, 1:],
        "UnsqueezeBackward0": x[0, None],
        "AliasBackward0": x[...],
        "SqueezeBackward0": x.squeeze(),
        "DiagonalBackward0": x.diagonal(),
        "UnfoldBackward0": x.unfold(0, 2, 1),
        "AsStridedBackward0": x.as_strided((2,), (1,)),
        "SplitBackward0": x.split(2)[0],
        "UnbindBackward0": x.unbind()[0],
        "IndexBackward0": x[[0]],
        "CloneBackward0": x.clone(),
    }
    assert {name: t.grad_fn.name() for name, t in named.items()} == {name: name for name in named}


def test_anomaly_mode_keeps_the_line_of_a_view() -> None:
    with gradus.autograd.detect_anomaly():
        y = gradus.ones(2, requires_grad=True)[0]
    assert "test_views.py" in y.grad_fn.trace
