"""Einstein summation: "ij,jk->ik" and its like, and the products that are quickly said with it.

An equation names the dimensions of every operand. Operands are taken two at a time: what both have and the result keeps
is a batch, what both have and the result drops is summed, and what only one has is a row or a column; so each step is
permute, reshape, matmul, and the derivatives are those of permute, reshape and matmul.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from ..core import dtype as dtypes
from ..core.arguments import axis_of
from ..core.base import TensorBase, raw
from .arithmetic import mul
from .matmul import matmul
from .reduce import operand, sum as sum_over
from .shape import permute, reshape

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = ["bilinear", "chain_matmul", "einsum", "kron", "tensordot"]

Labels = tuple[Any, ...]  # one for each dimension: a letter, or −n … −1 for those that an ellipsis stands for

_NOTHING = (
    "einsum(): must specify the equation string and at least one operand, "
    "or at least one operand and its subscripts list"
)
_plans: dict[tuple[Any, ...], tuple[list[Labels], Labels]] = {}


def einsum(equation: Any, *operands: Any) -> Tensor:
    """Sums of products, said by naming the dimensions: einsum("ij,jk->ik", a, b) is a @ b.

    Args:
        equation: for each operand the letters of its dimensions, separated by commas, then -> and the letters of the
            result. A letter that the result lacks is summed over; one that an operand has twice takes its diagonal;
            three dots stand for all other dimensions, which broadcast. Without ->, the result has, in alphabetical
            order, the letters that occur once.
        operands: tensors; or einsum(a, [0, 1], b, [1, 2], [0, 2]) with lists of numbers in place of the letters.
    Raises:
        RuntimeError: the equation is malformed, or does not fit the operands.

    >>> import gradus
    >>> a = gradus.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> gradus.einsum("ii", a), gradus.einsum("ij,j->i", a, gradus.tensor([1.0, 1.0]))
    (tensor(5.), tensor([3., 7.]))
    """
    if not isinstance(equation, str):
        equation, operands = _from_lists(equation, operands)
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    if not operands:
        raise ValueError(_NOTHING)
    key = (equation, *[operand(x, "einsum").ndim for x in operands])
    if key not in _plans:
        _plans[key] = plan(equation, key[1:])
    inputs, output = _plans[key]
    pairs = [diagonals(x, labels, i) for i, (x, labels) in enumerate(zip(operands, inputs, strict=True))]
    pairs = without_broadcast(pairs, sizes_of(pairs))
    x, labels = pairs[0]
    for i, (y, more) in enumerate(pairs[1:], 1):
        later = {label for _, rest in pairs[i + 1 :] for label in rest}
        x, labels = contract(x, labels, y, more, later.union(output))
    return arranged(x, labels, output)


# The equation ---------------------------------------------------------------------------------------------------------


def plan(equation: str, ndims: tuple[int, ...]) -> tuple[list[Labels], Labels]:
    """The labels of the operands' dimensions, and of the result's."""
    left, arrow, right = equation.partition("->")
    terms = left.split(",")
    if len(terms) != len(ndims):
        amount = "fewer" if len(terms) > len(ndims) else "more"
        raise RuntimeError(
            f"einsum(): {amount} operands were provided than specified in the equation: {len(ndims)} for {len(terms)} "
            f"in {equation!r}"
        )
    inputs = [
        labels_of(term, f"operand {i}", equation, ndim) for i, (term, ndim) in enumerate(zip(terms, ndims, strict=True))
    ]
    widest = -min([label for labels in inputs for label in labels if isinstance(label, int)], default=0)
    if not arrow:
        every = [label for labels in inputs for label in labels]
        return inputs, (
            *range(-widest, 0),
            *sorted(s for s in set(every) if isinstance(s, str) and every.count(s) == 1),
        )
    output = labels_of(right, "the output", equation, None, widest)
    known = {label for labels in inputs for label in labels}
    for label in output:
        if label not in known:
            raise RuntimeError(
                f"einsum(): output subscript {label} does not appear in the equation for any input operand"
            )
        if output.count(label) > 1:
            raise RuntimeError(f"einsum(): output subscript {label} appears more than once in the output")
    return inputs, output


def labels_of(term: str, what: str, equation: str, ndim: int | None, widest: int = 0) -> Labels:
    """The labels that one term stands for; an ellipsis fills up to `ndim` dimensions, in the output to the widest."""
    letters = term.replace(" ", "")
    before, dots, after = letters.partition("...")
    if "." in before + after:
        raise RuntimeError(
            f"einsum(): found '.' for {what} for which an ellipsis was already found"
            if dots
            else f"einsum(): found '.' for {what} that is not part of any ellipsis"
        )
    for letter in before + after:
        if not (letter.isascii() and letter.isalpha()):
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {equation.index(letter)} in the equation string, "
                f"subscripts must be in [a-zA-Z]; got {letter!r} in {equation!r}"
            )
    named = len(before + after)
    if ndim is not None and (named > ndim or (named < ndim and not dots)):
        ending = "; an ellipsis was given" if dots else " and no ellipsis was given"
        raise RuntimeError(
            f"einsum(): the number of subscripts in the equation ({named}) does not match the number of dimensions "
            f"({ndim}) for {what}{ending}"
        )
    filled = (widest if ndim is None else ndim - named) if dots else 0
    return (*before, *range(-filled, 0), *after)


def _from_lists(first: Any, rest: tuple[Any, ...]) -> tuple[str, tuple[Any, ...]]:
    """The equation and operands of einsum(a, [0, 1], b, [1, 2], [0, 2])."""
    items = [first, *rest]
    if len(items) < 2:
        raise ValueError(_NOTHING)
    terms = [_spelt(items[i]) for i in range(1, len(items), 2)]
    equation = ",".join(terms)
    if len(items) % 2:
        equation = f"{equation}->{_spelt(items[-1])}"
    return equation, tuple(items[0 : len(items) - len(items) % 2 : 2])


def _spelt(numbers: Any) -> str:
    """Subscripts 0 … 51 as letters, A to Z and then a to z."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    for n in numbers:
        if n is not Ellipsis and not 0 <= n < 52:
            raise ValueError(f"einsum(): subscripts in lists must be from 0 to 51, got {n}")
    return "".join(["..." if n is Ellipsis else alphabet[n] for n in numbers])


# The steps ------------------------------------------------------------------------------------------------------------


def diagonals(x: Any, labels: Labels, which: int) -> tuple[Any, Labels]:
    """`x` with each label once: of dimensions that bear the same label, the diagonal."""
    while len(set(labels)) < len(labels):
        first = next(i for i, label in enumerate(labels) if labels.count(label) > 1)
        second = labels.index(labels[first], first + 1)
        m, n = x.shape[first], x.shape[second]
        if m != n:
            raise RuntimeError(
                f"einsum(): subscript {labels[first]} is repeated for operand {which} but the sizes don't match, "
                f"{n} != {m}"
            )
        x = x.diagonal(0, first, second)
        labels = (*[label for i, label in enumerate(labels) if i not in (first, second)], labels[first])
    return x, labels


def sizes_of(pairs: list[tuple[Any, Labels]]) -> dict[Any, int]:
    """The size of each label; dimensions of size 1 broadcast."""
    sizes: dict[Any, int] = {}
    for i, (x, labels) in enumerate(pairs):
        for label, n in zip(labels, x.shape, strict=True):
            before = sizes.get(label, 1)
            if before != 1 and n not in (1, before):
                name = f"subscript {label}" if isinstance(label, str) else "the dimensions of the ellipsis"
                raise RuntimeError(
                    f"einsum(): {name} has size {n} for operand {i} which does not broadcast with previously seen size "
                    f"{before}"
                )
            sizes[label] = n if before == 1 else before
    return sizes


def without_broadcast(pairs: list[tuple[Any, Labels]], sizes: dict[Any, int]) -> list[tuple[Any, Labels]]:
    """The operands without the dimensions of size 1 that broadcast: to lack a label is to be repeated along it."""
    found = []
    for x, labels in pairs:
        kept = [i for i, label in enumerate(labels) if x.shape[i] == sizes[label]]
        if len(kept) < len(labels):
            x, labels = shaped(x, tuple([x.shape[i] for i in kept])), tuple([labels[i] for i in kept])
        found.append((x, labels))
    return found


def contract(x: Any, a: Labels, y: Any, b: Labels, wanted: set[Any]) -> tuple[Any, Labels]:
    """The product of two operands, summed over the labels that are not wanted any more."""
    x, a = summed(x, a, wanted.union(b), dtypes.of(raw(x)))
    y, b = summed(y, b, wanted.union(a), dtypes.of(raw(y)))
    batch = [s for s in a if s in b and s in wanted]
    inner = [s for s in a if s in b and s not in wanted]
    rows = [s for s in a if s not in b]
    columns = [s for s in b if s not in a]
    size = dict(zip((*a, *b), (*x.shape, *y.shape), strict=True))
    nb, ni, nr, nc = [prod([size[s] for s in group]) for group in (batch, inner, rows, columns)]
    left = shaped(reordered(x, a, [*batch, *rows, *inner]), (nb, nr, ni) if batch else (nr, ni))
    right = shaped(reordered(y, b, [*batch, *inner, *columns]), (nb, ni, nc) if batch else (ni, nc))
    z = matmul(left, right) if inner else mul(left, right)
    labels = (*batch, *rows, *columns)
    return shaped(z, tuple([size[s] for s in labels])), labels


def shaped(x: Any, shape: tuple[int, ...]) -> Any:
    """`x` in this shape; itself if it has it."""
    return x if raw(x).shape == shape else reshape(x, shape)


def summed(x: Any, labels: Labels, wanted: set[Any], dtype: Any = None) -> tuple[Any, Labels]:
    """`x` summed over the labels that are not wanted."""
    axes = tuple([i for i, label in enumerate(labels) if label not in wanted])
    if not axes:
        return x, labels
    return sum_over(x, axes, dtype=dtype), tuple([label for label in labels if label in wanted])


def reordered(x: Any, labels: Labels, wanted: Any) -> Any:
    """`x` with its dimensions in the order wanted."""
    order = [labels.index(label) for label in wanted]
    return x if order == list(range(len(order))) else permute(x, order)


def arranged(x: Any, labels: Labels, output: Labels) -> Any:
    """What is left summed and put into the order of the output."""
    x, labels = summed(x, labels, set(output))
    return reordered(x, labels, output)


# Products that are said with it ---------------------------------------------------------------------------------------


def tensordot(a: Tensor, b: Tensor, dims: Any = 2) -> Tensor:
    """Σ over pairs of dimensions of a and b; the other dimensions of a and then those of b remain.

    Args:
        dims: an int, the last so many of `a` with the first so many of `b`; or a pair of lists, the dimensions of each.
    Raises:
        RuntimeError: the sizes of a pair differ.

    >>> import gradus
    >>> gradus.tensordot(gradus.ones(2, 3, 4), gradus.ones(4, 3, 5), dims=([1, 2], [1, 0])).shape
    gradus.Size([2, 5])
    """
    m, n = operand(a, "tensordot").ndim, operand(b, "tensordot").ndim
    first, second = _pairs(dims, m, n)
    for i, j in zip(first, second, strict=True):
        if 1 not in (p := (a.shape[i], b.shape[j])) and p[0] != p[1]:
            raise RuntimeError(
                f"tensordot: contracted dimensions need to match, but first has size {p[0]} in dim {i} and second has "
                f"size {p[1]} in dim {j}"
            )
    labels_a: list[Any] = [("a", i) for i in range(m)]
    labels_b: list[Any] = [("b", j) for j in range(n)]
    for i, j in zip(first, second, strict=True):
        labels_b[j] = labels_a[i]
    kept = [label for label in (*labels_a, *labels_b) if (label in labels_a) != (label in labels_b)]
    pairs = [(a, tuple(labels_a)), (b, tuple(labels_b))]
    (a, la), (b, lb) = without_broadcast(pairs, sizes_of(pairs))
    return arranged(*contract(a, la, b, lb, set(kept)), tuple(kept))


def _pairs(dims: Any, m: int, n: int) -> tuple[list[int], list[int]]:
    """The dimensions of the first and of the second tensor that are summed over together."""
    dims = dims.tolist() if isinstance(dims, TensorBase) else dims  # type: ignore[attr-defined]
    if isinstance(dims, int):
        if not 0 <= dims <= min(m, n):
            raise RuntimeError(
                f"tensordot expects dims >= 0 and at most the numbers of dimensions, {m} and {n}, but got dims={dims}"
            )
        return list(range(m - dims, m)), list(range(dims))
    first, second = [[d] if isinstance(d, int) else list(d) for d in dims]
    if len(first) != len(second):
        raise RuntimeError(f"tensordot: both dimension lists should have same length, got {first} and {second}")
    return [axis_of(d, m, "tensordot") for d in first], [axis_of(d, n, "tensordot") for d in second]


def kron(input: Tensor, other: Tensor) -> Tensor:
    """The Kronecker product: each element of `input` times the whole of `other`, in its place.

    >>> import gradus
    >>> gradus.kron(gradus.tensor([1.0, 10.0]), gradus.tensor([1.0, 2.0]))
    tensor([ 1.,  2., 10., 20.])
    """
    a, b = operand(input, "kron").shape, operand(other, "kron").shape
    n = max(len(a), len(b))
    a, b = (1,) * (n - len(a)) + a, (1,) * (n - len(b)) + b
    x = reshape(input, [size for i in a for size in (i, 1)])
    y = reshape(other, [size for j in b for size in (1, j)])
    return reshape(mul(x, y), [i * j for i, j in zip(a, b, strict=True)])


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """yₖ = x₁ᵀ Wₖ x₂ + bₖ.

    Args:
        input1, input2: (…, in1) and (…, in2), with the same leading dimensions.
        weight: (out, in1, in2).
        bias: (out), or none.
    Returns:
        (…, out).

    >>> import gradus
    >>> gradus.bilinear(gradus.ones(5, 2), gradus.ones(5, 3), gradus.ones(4, 2, 3)).shape
    gradus.Size([5, 4])
    """
    a, b, w = [operand(x, "bilinear").shape for x in (input1, input2, weight)]
    if len(w) != 3:
        raise RuntimeError(f"bilinear(): weight must be (out, in1, in2), got shape {w}")
    if a[:-1] != b[:-1]:
        raise RuntimeError(f"bilinear(): input batch dimensions do not match: got {a[:-1]} and {b[:-1]}")
    for i, (x, n) in enumerate(((a, w[1]), (b, w[2])), 1):
        if x[-1] != n:
            raise RuntimeError(f"bilinear(): input{i} size does not match weight size: got {x[-1]} but expected {n}")
    y = einsum("...i,kij,...j->...k", input1, weight, input2)
    return y if bias is None else y + bias


def chain_matmul(*matrices: Any) -> Tensor:
    """The product of several matrices, in the order of multiplication that costs least. See `linalg.multi_dot`.

    >>> import gradus
    >>> gradus.chain_matmul(gradus.ones(2, 3), gradus.ones(3, 4), gradus.ones(4, 5)).shape
    gradus.Size([2, 5])
    """
    if len(matrices) == 1 and isinstance(matrices[0], (list, tuple)):
        matrices = tuple(matrices[0])
    return (
        matrices[0]
        if len(matrices) == 1
        else in_best_order(list(matrices), [operand(m, "chain_matmul").shape for m in matrices])
    )


def in_best_order(matrices: list[Any], shapes: list[tuple[int, ...]]) -> Any:
    """The product of n matrices, split each time where that costs the fewest multiplications."""
    n, sizes = len(matrices), [shapes[0][0], *[s[1] for s in shapes]]
    cost = {(i, i): (0, i) for i in range(n)}
    for length in range(1, n):
        for i in range(n - length):
            j = i + length
            cost[i, j] = min(
                (cost[i, k][0] + cost[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )

    def multiplied(i: int, j: int) -> Any:
        if i == j:
            return matrices[i]
        k = cost[i, j][1]
        return matmul(multiplied(i, k), multiplied(k + 1, j))

    return multiplied(0, n - 1)
