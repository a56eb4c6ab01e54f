"""Matrix products and the linear layer: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import gradus
from gradus.ops.matmul import Linear, linear
from tests.ops.twin import check_same, lines, ramp, words

SHAPES = [
    ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (3,)),
    ((3,), (5, 3, 4)), ((2, 3), (5, 3, 4)), ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (1, 3, 4)), ((6, 1, 2, 3), (5, 3, 4)),
    ((6, 5, 2, 3), (3, 4)), ((5, 2, 3), (6, 1, 3, 4)), ((1, 1), (1, 1)), ((0, 3), (3, 4)), ((2, 0), (0, 4)),
    ((2, 3), (3, 0)), ((0, 2, 3), (3, 4)), ((5, 0, 3), (5, 3, 4)), ((5, 2, 0), (0, 4)), ((0,), (0,)), ((3,), (3, 0)),
    ((4, 0, 3), (3,)), ((3,), (0, 3, 4)),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), SHAPES, ids=str)
def test_matmul_of_all_dimensions(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    check_same("x @ y", x=ramp(*a), y=ramp(*b, start=0.3))
    check_same("torch.matmul(x, y.detach())", x=ramp(*a), y=ramp(*b, start=0.3))
    check_same("x.detach().matmul(y)", x=ramp(*a), y=ramp(*b, start=0.3))


LAYOUTS = {
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "every second": lambda a: a.repeat(2, -1).repeat(2, 0)[::2, ..., ::2],
    "backwards": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "repeated": lambda a: np.broadcast_to(a[:1], a.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_memory_layout_changes_nothing(layout: str) -> None:
    stream = np.random.RandomState(0)
    for a, b in [((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((2, 3), (5, 3, 4))]:
        arrays = [LAYOUTS[layout](stream.standard_normal(shape)) for shape in (a, b)]
        ours = [gradus.from_numpy(x).requires_grad_() for x in arrays]
        theirs = [torch.tensor(x.copy(), requires_grad=True) for x in arrays]
        y, z = ours[0] @ ours[1], theirs[0] @ theirs[1]
        y.sum().backward()  # the gradient is one number, repeated
        z.sum().backward()
        np.testing.assert_allclose(y.detach().numpy(), z.detach().numpy(), rtol=1e-12)
        for x, t in zip(ours, theirs):
            np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy(), rtol=1e-12)


ARRAYS = {
    "a": ramp(2, 3),
    "b": ramp(3, 4, start=0.2),
    "v": ramp(3, start=-0.4),
    "u": ramp(3, start=0.9),
    "s": ramp(5, 2, 3),
    "t": ramp(5, 3, 4),
    "n": np.array(2.5),
    "i": np.arange(6).reshape(2, 3),
    "o": np.array([[True, False], [True, True]]),
    "e": ramp(2, 0),
}

LINES = lines("""
    torch.mm(a, b)
    a.mm(b)
    torch.mv(a, v)
    a.mv(v)
    torch.bmm(s, t)
    s.bmm(t)
    torch.dot(v, u)
    v.dot(v)
    torch.vdot(v, u)
    torch.outer(v, u)
    v.ger(u)
    v.outer(i[0])
    torch.inner(v, u)
    torch.inner(a, v)
    torch.inner(s, a)
    torch.inner(n, a)
    a.inner(n)
    torch.inner(e, e)
    a @ a.t()
    a.t() @ a
    a @ b @ b.t()
    i @ i.t()
    i[0] @ i[1]
    i.to(torch.int32).mm(i.t().to(torch.int32))
    torch.bmm(i[None], i.t()[None])
    torch.dot(i[0], i[1])
    (a.float() @ b.float()).detach()
    torch.ones(2, 3, dtype=torch.float16) @ torch.ones(3, 2, dtype=torch.float16)
    a.expand(4, 2, 3) @ b
    torch.nn.functional.linear(a, b.t())
""")

ERRORS = lines("""
    a @ a
    a @ v[:2]
    v @ v[:2]
    v[:2] @ b
    s @ a
    s @ t[:3]
    s @ s
    s @ v[:2]
    n @ a
    a @ n
    a @ 3
    3 @ a
    torch.matmul(a, 3)
    a @ i.t()
    a @ b.float()
    o @ o
    o.mv(o[0])
    torch.mm(a, v)
    torch.mm(a, a)
    torch.mm(s, t)
    torch.mm(a, 3)
    torch.mv(a, a)
    torch.mv(a, v[:2])
    torch.bmm(a, b)
    torch.bmm(s, s)
    torch.bmm(s, t[:2])
    torch.dot(a, a)
    torch.dot(v, v[:2])
    torch.dot(v, v.float())
    torch.outer(a, v)
    torch.inner(a, v[:2])
    torch.nn.functional.linear(a, b)
    torch.nn.functional.linear(s, b)
    torch.nn.functional.linear(n, b)
    torch.nn.functional.linear(a, t)
    torch.nn.functional.linear(a, b.t(), v)
    torch.nn.functional.linear(a, v, n)
    torch.nn.functional.linear(a, b.t().float())
    torch.nn.functional.linear(a, b.t(), torch.ones(4))
    torch.nn.functional.linear(i, b.t())
    torch.nn.functional.linear(a, None)
""")


@pytest.mark.parametrize("line", LINES + ERRORS, ids=words)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 5, 3), (0, 3), (2, 0, 3), (6, 2, 5, 3), (200, 3)], ids=str)
def test_linear(shape: tuple[int, ...]) -> None:
    arrays = {"x": ramp(*shape), "w": ramp(4, 3, start=0.1), "b": ramp(4)}
    check_same("torch.nn.functional.linear(x, w, b)", **arrays)
    check_same("torch.nn.functional.linear(x, w)", **arrays)
    check_same("torch.nn.functional.linear(x, w[0])", **arrays)
    check_same("torch.nn.functional.linear(x, w, b[:1])", **arrays)
    check_same("torch.nn.functional.linear(x.detach(), w, b)", **arrays)
    check_same("torch.nn.functional.linear(x, w.detach(), b.detach())", **arrays)
    check_same("torch.nn.functional.linear(x.detach(), w.detach(), b)", **arrays)


@pytest.mark.parametrize(("n", "features", "out"), [(2, 0, 4), (2, 3, 0), (0, 0, 0)])
def test_linear_of_nothing(n: int, features: int, out: int) -> None:
    arrays = {"x": ramp(n, features), "w": ramp(out, features), "b": ramp(out)}
    check_same("torch.nn.functional.linear(x, w, b)", **arrays)
    check_same("torch.nn.functional.linear(x[None], w, b)", **arrays)


def test_linear_equals_its_definition() -> None:
    x, w, b = [gradus.tensor(ramp(*s), requires_grad=True) for s in ((2, 5, 3), (4, 3), (4,))]
    fused, plain = linear(x, w, b), Linear.composed(x, w, b)
    np.testing.assert_allclose(fused.detach().numpy(), plain.detach().numpy(), rtol=1e-13)
    seed = gradus.tensor(ramp(2, 5, 4))
    for ours, theirs in zip(gradus.autograd.grad(fused, [x, w, b], seed), gradus.autograd.grad(plain, [x, w, b], seed)):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-12)


def test_linear_leaves_its_inputs_alone() -> None:
    """The bias is added into the product, which must then be its own memory and no view of the input."""
    x, w, b = gradus.eye(3), gradus.eye(3), gradus.ones(3)
    y = linear(x, w, b)
    assert not np.shares_memory(y.numpy(), x.numpy())
    assert gradus.equal(x, gradus.eye(3)) and gradus.equal(w, gradus.eye(3)) and gradus.equal(b, gradus.ones(3))


@pytest.mark.parametrize(
    ("line", "words_of_it"),
    [
        (
            "a @ a",
            r"mat1 and mat2 shapes cannot be multiplied \(2x3 and 2x3\); matmul got shapes \(2, 3\) and \(2, 3\)",
        ),
        ("s @ t[:3]", r"size of tensor a \(5\) must match the size of tensor b \(3\) at non-singleton dimension 0"),
        ("n @ a", r"at least 1D, but they are 0D and 2D; multiply by a number with \*"),
        ("a @ i.t()", r"expected m1 and m2 to have the same dtype, but got: float64 != int64"),
        (
            "torch.nn.functional.linear(a, b)",
            r"linear: input has 3 features but weight expects 4 \(weight is \(out, in\) = \(3, 4\)\)",
        ),
    ],
)
def test_errors_teach(line: str, words_of_it: str) -> None:
    tensors = {name: gradus.tensor(array) for name, array in ARRAYS.items()}
    with pytest.raises(RuntimeError, match=words_of_it):
        eval(line, {"torch": gradus, **tensors})


def test_arrays_on_the_left() -> None:
    a = np.ones((2, 3), np.float32)
    y = a @ gradus.ones(3, 2)
    assert isinstance(y, gradus.Tensor) and y.tolist() == [[3.0, 3.0], [3.0, 3.0]]


def test_products_are_watched() -> None:
    a, b = gradus.ones(2, 2, requires_grad=True) * 1, gradus.ones(2, 2)
    y = a @ b
    b.add_(1)
    with pytest.raises(RuntimeError, match="MmBackward0.*version 0"):
        y.sum().backward()
