"""β · input + α · product: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from tests.ops.twin import check_same, lines, ramp, words

ARRAYS = {
    "a": ramp(2, 3),
    "b": ramp(3, 4),
    "s": ramp(5, 2, 3),
    "t": ramp(5, 3, 4),
    "v": ramp(3),
    "u": ramp(4),
    "m": ramp(2, 4, start=0.4),
    "i": np.ones((2, 2), np.int64),
}


@pytest.mark.parametrize("alpha", [1, -2.5])
@pytest.mark.parametrize("beta", [1, 0, 0.5])
def test_weights(beta: float, alpha: float) -> None:
    for line in lines(f"""
        torch.addmm(m, a, b, beta={beta}, alpha={alpha})
        u.addmm(a, b, beta={beta}, alpha={alpha})
        torch.addmm(m[:, :1], a, b, beta={beta}, alpha={alpha})
        torch.addmm(torch.tensor(2.0, dtype=torch.float64), a, b, beta={beta}, alpha={alpha})
        torch.addmv(m[:, 0], a, v, beta={beta}, alpha={alpha})
        torch.addr(a, m[:, 0], v, beta={beta}, alpha={alpha})
        torch.baddbmm(m, s, t, beta={beta}, alpha={alpha})
        torch.addbmm(m, s, t, beta={beta}, alpha={alpha})
        torch.addmm(i, i, i, beta={beta}, alpha={alpha})
        m.clone().addmm_(a, b, beta={beta}, alpha={alpha})
        (m[:, 0] * 1).addmv_(a, v, beta={beta}, alpha={alpha})
        a.clone().addr_(m[:, 0], v, beta={beta}, alpha={alpha})
        m.clone().addbmm_(s, t, beta={beta}, alpha={alpha})
        m.expand(5, 2, 4).clone().baddbmm_(s, t, beta={beta}, alpha={alpha})
    """):
        check_same(line, **ARRAYS)


@pytest.mark.parametrize(
    "line",
    lines("""
    torch.addmm(torch.full((4,), float("nan"), dtype=torch.float64), a, b, beta=0)
    torch.addmm(v, a, b)
    torch.addmm(s, a, b)
    torch.addmm(m, a, a)
    torch.addmm(m.float(), a, b)
    torch.addmv(m[0], a, v)
    torch.addmv(m[:, 0], a, u)
    torch.addr(m, v, v)
    torch.addbmm(v, s, t)
    m.addmm_(a, b)
    """),
    ids=words,
)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)
