"""unique, bincount, histc, isin: the same as torch."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.twin import check_same, lines, words

STREAM = np.random.RandomState(0)
INPUTS = {
    "ints": STREAM.randint(0, 4, 10),
    "matrix": STREAM.randint(0, 3, (3, 4)),
    "floats": STREAM.randint(0, 3, (3, 4, 2)).astype(np.float32),
    "number": np.array(3),
    "nothing": np.zeros(0, np.int64),
    "bools": np.array([True, False, True]),
    "nans": np.array([np.nan, 1.0, np.nan]),
    "rows": np.array([[0, 1, 0], [0, 1, 0], [2, 0, 0], [0, 1, 0]]),
    "one column": np.array([[2], [2], [1]]),
}


@pytest.mark.parametrize("which", INPUTS)
@pytest.mark.parametrize("name", ["unique", "unique_consecutive"])
def test_distinct(name: str, which: str) -> None:
    x = INPUTS[which]
    x = x if x.dtype.kind != "f" else x.astype(np.float64)
    source = "x.detach()" if x.dtype.kind == "f" and which != "nans" else "x"
    if which == "nans":
        source, x = 'torch.where(x > 0, 1.0, float("nan"))', np.array([0, 1, 0])
    for extra in ("", ", return_inverse=True", ", return_counts=True", ", return_inverse=True, return_counts=True"):
        check_same(f"torch.{name}({source}{extra})", x=x)
        for dim in range(-x.ndim, x.ndim) if which not in ("nothing", "nans") else ():
            check_same(f"torch.{name}({source}, dim={dim}{extra})", x=x)


ARRAYS = {
    "n": np.array([1, 1, 3]),
    "w": np.array([5, 5, 1]),
    "m": np.array([[1, 2], [3, 4]]),
    "neg": np.array([1, -1]),
    "x": np.linspace(-2, 2, 9),
    "e": np.zeros(0),
    "edges": np.array([0.0, 1.0, 2.0, 3.0, 4.0, -1.0]),
    "same": np.ones(3),
}

LINES = lines("""
    torch.unique(n, sorted=False)
    n.unique(True, True, True)
    m.unique_consecutive(True, True)
    torch.bincount(n)
    n.bincount(minlength=9)
    torch.bincount(n, torch.tensor([0.5, 0.5, 1.0]))
    torch.bincount(n, torch.tensor([0.5, 0.5, 1.0], dtype=torch.float64), 6)
    torch.bincount(n.to(torch.uint8), w)
    torch.bincount(n[:0], minlength=3)
    torch.bincount(n[:0])
    torch.histc(x.detach(), 4, 0, 3)
    torch.histc(x.detach(), bins=7, min=-1, max=1)
    x.detach().histc(1)
    torch.histc(x.detach())
    torch.histc(edges.detach(), 3, 0, 3)
    torch.histc(same.detach(), 4)
    torch.histc(e.detach(), 3)
    torch.histc(x.detach().float(), 5)
    torch.histc(torch.where(n > 1, float("nan"), 1.0), 4, 0, 2)
    torch.isin(m, n)
    torch.isin(m, n, invert=True)
    torch.isin(m, 2)
    torch.isin(3, m)
    torch.isin(elements=m, test_elements=torch.tensor([1.0, 2.5]))
    torch.isin(torch.tensor([float("nan")]), torch.tensor([float("nan")]))
""")

ERRORS = lines("""
    torch.unique(m, dim=2)
    torch.bincount(neg)
    torch.bincount(m)
    torch.bincount(x)
    torch.bincount(n, minlength=-1)
    torch.bincount(n, torch.tensor([0.5, 0.5]))
    torch.histc(n, 4)
    torch.histc(x, 0)
    torch.histc(x, 4, 3, 1)
    torch.histc(torch.tensor([1.0, float("nan")]), 4)
    torch.isin(m, [1, 2])
    torch.isin(1, 2)
""")


@pytest.mark.parametrize("line", LINES + ERRORS, ids=words)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)
