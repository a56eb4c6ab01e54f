"""einsum and the products said with it: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest

import gradus
from tests.ops.twin import check_same, lines, ramp, words

EQUATIONS = [
    ("ij,jk", (2, 3), (3, 4)),
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk->ki", (2, 3), (3, 4)),
    (" i j , j k -> i k ", (2, 3), (3, 4)),
    ("ii", (3, 3)),
    ("ii->i", (3, 3)),
    ("iiii->i", (2, 2, 2, 2)),
    ("iijj->ji", (3, 3, 2, 2)),
    ("iij,jk->ik", (3, 3, 2), (2, 4)),
    ("ij->", (2, 3)),
    ("ij->ji", (2, 3)),
    ("ij->j", (2, 3)),
    ("bA", (3, 2)),
    ("Ab,bA->bA", (2, 3), (3, 2)),
    ("i,j", (2,), (3,)),
    ("i,i", (3,), (3,)),
    ("i,i->i", (3,), (3,)),
    ("i,i,i->i", (3,), (3,), (3,)),
    ("ij,kl->", (2, 3), (4, 5)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("bi,bj->bij", (2, 3), (2, 4)),
    ("bnd,bnd->bn", (2, 3, 4), (2, 3, 4)),
    ("ab,bc,cd,de->ae", (2, 3), (3, 4), (4, 5), (5, 2)),
    ("a,b,c->cab", (2,), (3,), (4,)),
    ("bhqd,bhkd->bhqk", (2, 3, 4, 5), (2, 3, 6, 5)),
    ("bqhd,bkhd->bhqk", (2, 4, 3, 5), (2, 6, 3, 5)),
    ("nchw,oc->nohw", (2, 3, 4, 5), (6, 3)),
    ("...", (2, 3)),
    ("i...", (2, 3)),
    ("i...->...", (2, 3)),
    ("i...->i", (2, 3)),
    ("ij->j...", (2, 3)),
    ("...ij->...", (4, 2, 3)),
    ("...ij->ji", (4, 2, 3)),
    ("...ij,...jk->...ik", (5, 2, 3), (3, 4)),
    ("...ij,...jk", (5, 1, 2, 3), (6, 3, 4)),
    ("i...j,j...k->...ik", (2, 5, 3), (3, 5, 4)),
    ("...,...->...", (2, 3), (3,)),
    ("ij,ij->ij", (2, 3), (1, 3)),
    ("ij,ij->ij", (2, 3), (2, 1)),
    ("ij,jk->ik", (2, 1), (3, 4)),
    ("->", ()),
    ("", ()),
    (",", (), ()),
    ("ij,jk", (2, 0), (0, 4)),
    ("ij,jk", (0, 3), (3, 4)),
]


@pytest.mark.parametrize(("equation", "shapes"), [(e, s) for e, *s in EQUATIONS], ids=str)
def test_equations(equation: str, shapes: list[tuple[int, ...]]) -> None:
    arrays = {name: ramp(*shape, start=-0.7 - 0.1 * i) for i, (name, shape) in enumerate(zip("xyzw", shapes))}
    check_same(f"torch.einsum({equation!r}, {', '.join(arrays)})", **arrays)


ARRAYS = {
    "a": ramp(2, 3),
    "b": ramp(3, 4),
    "c": ramp(2, 3, 4),
    "d": ramp(4, 3, 5),
    "q": ramp(3, 3),
    "v": ramp(3),
    "o": ramp(2, 1),
    "i": np.arange(6).reshape(2, 3),
    "n": np.array(2.0),
}

LINES = lines("""
    torch.einsum("ij,jk", [a, b])
    torch.einsum(a, [0, 1], b, [1, 2], [2, 0])
    torch.einsum(a, [1, 0], a, [1, 2])
    torch.einsum(c, [..., 0], d, [0, 5, 6], [..., 6])
    torch.einsum("ij,kj->ik", i, i)
    torch.einsum("ij->i", i)
    torch.einsum("ij,ij->i", i.to(torch.int32), i.to(torch.int32))
    torch.einsum("ij->", i.to(torch.int32))
    torch.einsum("ij,ik->jk", a.float(), a.float())
    torch.einsum("ij,ij->ij", i, a)
    torch.tensordot(c, torch.ones(3, 4, 2, dtype=torch.float64))
    torch.tensordot(c, b)
    torch.tensordot(a, b, 1)
    torch.tensordot(a, b, dims=0)
    torch.tensordot(c, d, dims=([1, -1], [1, 0]))
    torch.tensordot(c, d, ([2], [0]))
    torch.tensordot(a, b, dims=torch.tensor([[1], [0]]))
    torch.tensordot(o, b, dims=([1], [0]))
    torch.tensordot(a, a)
    torch.kron(v, a)
    torch.kron(a, b)
    n.kron(a)
    torch.kron(i, i[0])
    torch.kron(v, v)
    torch.chain_matmul(a, b, d[:, 0], d[0].t() @ d[0])
    torch.chain_matmul(a)
""")

ERRORS = lines("""
    torch.einsum("ij,jk", a, a)
    torch.einsum("ij", v)
    torch.einsum("ijk", a)
    torch.einsum("...ijk", a)
    torch.einsum("ij->ik", a)
    torch.einsum("ij->ii", a)
    torch.einsum("i1", a)
    torch.einsum("ij,jk", a)
    torch.einsum("ij", a, b)
    torch.einsum("ij,jk->ik->", a, b)
    torch.einsum("i.j", a)
    torch.einsum("i..", a)
    torch.einsum("......", a)
    torch.einsum("ij>ji", a)
    torch.einsum("ii", a)
    torch.einsum("ij,jk")
    torch.einsum("ij,jk->ik", a, b.float())
    torch.einsum("...,...", a, b)
    torch.einsum(a, [0, 99])
    torch.tensordot(c, d)
    torch.tensordot(c, d, dims=([1, 2], [0]))
    torch.tensordot(c, d, dims=-1)
    torch.tensordot(c, d, dims=([5], [0]))
    torch.tensordot(a, b, dims=([0], [0]))
""")


@pytest.mark.filterwarnings("ignore:.*chain_matmul")
@pytest.mark.parametrize("line", LINES + ERRORS, ids=words)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)


def test_bilinear() -> None:
    arrays = {"x": ramp(5, 2), "y": ramp(5, 3), "w": ramp(4, 2, 3), "b": ramp(4), "u": ramp(6, 5, 2)}
    for line in lines("""
        bilinear(x, y, w, b)
        bilinear(x, y, w)
        bilinear(x[0], y[0], w, b)
        bilinear(u, y.expand(6, 5, 3), w, b)
        bilinear(x, y, w[..., :2])
        bilinear(y, x, w)
        bilinear(x, y[:4], w)
        bilinear(x, y, w[0])
    """):
        check_same(f"torch.{line}", **arrays)


def test_the_order_of_a_chain_is_the_cheapest() -> None:
    """(10 × 1000)(1000 × 5)(5 × 500): the left product first, which never makes anything as large as 1000 × 500."""
    made = []
    a, b, c = gradus.ones(10, 1000), gradus.ones(1000, 5), gradus.ones(5, 500)
    a.requires_grad_()
    y = gradus.chain_matmul(a, b, c)
    node = y.grad_fn
    while node.next_functions[0][0].name() == "MmBackward0":
        node = node.next_functions[0][0]
        made.append(node.name())
    assert made == ["MmBackward0"]
    assert y.shape == (10, 500) and y[0, 0].item() == 5000.0
