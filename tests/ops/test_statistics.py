"""Variance, median, mode, quantiles: the same as torch, with two derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import gradus
from tests.ops.twin import check_same, lines, ramp, words

NAN = 'float("nan")'


@pytest.mark.parametrize("correction", [0, 1, 2, 0.5])
@pytest.mark.parametrize("name", ["var", "std", "var_mean", "std_mean"])
def test_variances(name: str, correction: float) -> None:
    for shape in [(4,), (3, 4), (3, 4, 5)]:
        for dim in [None, 0, -1, *([(0, 1), (-1, 0)] if len(shape) > 1 else [])]:
            check_same(f"torch.{name}(x, dim={dim}, correction={correction})", x=ramp(*shape))
            check_same(f"torch.{name}(x, {dim}, correction={correction}, keepdim=True)", x=ramp(*shape))


ARRAYS = {
    "x": ramp(3, 4),
    "one": np.array([[2.0], [3.0]]),
    "three": np.array([0.0, 1.0, 5.0]),
    "c": np.array([2.0, 2.0, 2.0]),
    "odd": np.array([[5.0, 1.0, 4.0], [2.0, 9.0, 3.0]]),
    "even": np.array([[5.0, 1.0, 4.0, 8.0], [2.0, 9.0, 3.0, 0.0]]),
    "t": np.array([1.0, 3.0, 3.0, 1.0, 2.0, 1.0]),
    "i": np.array([[7, 1, 5, 2], [9, 3, 6, 0]]),
    "e": ramp(2, 0),
    "m": np.array([[1, 2, 2, 1, 3], [4, 4, 0, 0, 0]]),
    "b": np.array([True, False]),
    "q": np.array([0.1, 0.25, 0.9]),
}
MISSING = f"torch.tensor([[0.0, {NAN}, 1.0, 2.0], [2.0, 3.0, 1.0, -1.0]], dtype=torch.float64)"

LINES = lines(f"""
    x.var()
    x.std()
    x.var(False)
    x.std(True)
    x.var(0)
    x.std(0, False)
    x.var(1, True, True)
    x.std(0, unbiased=False, keepdim=True)
    x.var(unbiased=False)
    torch.var(x, axis=0, keepdims=True)
    torch.std_mean(x, 1, True)
    torch.var_mean(x, False)
    torch.var_mean(x, dim=0, correction=0)
    x.var(correction=None)
    x.t().var(0)
    (x + 1e8).var(1)
    x.float().var(1).detach()
    x.float().std().detach()
    x.half().std(1).detach()
    e.var(0)
    e.std(0, keepdim=True)
    odd.median()
    even.median()
    odd.median(1)
    even.median(1)
    even.median(0, keepdim=True)
    torch.median(even, dim=-1)
    t.median()
    i.median()
    i.median(1)
    e.median()
    e.median(0)
    (even + {MISSING}).median()
    (even + {MISSING}).median(1)
    (even + {MISSING}).nanmedian()
    (even + {MISSING}).nanmedian(1)
    (even + {NAN}).nanmedian()
    (even + {NAN}).nanmedian(1).values.detach()
    even.nanmedian(0)
    torch.tensor(2.0).median(0)
    m.mode()
    m.mode(1, True)
    m.mode(0)
    t.mode()
    (even + {MISSING}).mode(1).values.detach()
    torch.tensor(2.0).mode()
    torch.tensor([True, False, True]).mode()
    x.quantile(0.5)
    x.quantile(0.3, dim=1)
    x.quantile(0.3, dim=0, keepdim=True)
    x.quantile(0.3, keepdim=True)
    x.quantile(q.detach())
    x.quantile(q.detach(), dim=1)
    x.quantile(q.detach(), dim=-2, keepdim=True)
    x.quantile(torch.tensor(0.3, dtype=torch.float64), 1)
    x.quantile(0.3, dim=1, interpolation="lower")
    x.quantile(0.3, dim=1, interpolation="higher")
    x.quantile(0.3, dim=1, interpolation="midpoint")
    x.quantile(0.3, dim=1, interpolation="nearest")
    x.quantile(0.0), x.quantile(1.0)
    (even + {MISSING}).quantile(0.4, dim=1)
    (even + {MISSING}).nanquantile(0.4, dim=1)
    (even + {MISSING}).nanquantile(q.detach(), dim=1)
    (even + {NAN}).nanquantile(0.4)
    torch.quantile(torch.tensor(3.0), 0.2)
""")

SINGULAR = lines("""
    one.var(1)
    one.std(1)
    one.std(1, correction=0)
    three.var(correction=3)
    three.var(correction=5)
    three.var(0, correction=3)
    three.var(0, correction=5)
    three.std(correction=5)
    three.std(0, correction=5)
    c.var()
    c.std()
    e.var()
    e.var(1)
    torch.tensor(1.0).std()
""")

ERRORS = lines("""
    i.var()
    b.std()
    x.var(3)
    x.var((0, 0))
    x.var(0, unbiased=False, correction=2)
    x.std(unbiased=True, correction=2)
    e.median(1)
    b.median()
    x.median(3)
    e.mode()
    e.mode(1)
    x.mode(4)
    x.quantile(1.5)
    x.quantile(-0.1)
    x.quantile(torch.tensor([0.5, 2.0], dtype=torch.float64))
    x.quantile(torch.tensor([0.5]))
    x.quantile(torch.ones(2, 2, dtype=torch.float64))
    x.quantile(0.5, dim=3)
    x.quantile(0.5, interpolation="between")
    e.quantile(0.5)
    i.quantile(0.5)
""")


@pytest.mark.parametrize("line", LINES + ERRORS, ids=words)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)


@pytest.mark.filterwarnings("ignore:.*degrees of freedom")
@pytest.mark.parametrize("line", SINGULAR, ids=words)
def test_value_and_gradient_where_second_derivatives_are_of_no_use(line: str) -> None:
    results = []
    for module in (gradus, torch):
        leaves = {k: module.tensor(a.copy()) for k, a in ARRAYS.items()}
        leaves = {k: t.requires_grad_() if t.is_floating_point() else t for k, t in leaves.items()}
        y = eval(line, {"torch": module, **leaves})
        if y.requires_grad:
            y.sum().backward()
        grads = {k: None if t.grad is None else t.grad.numpy() for k, t in leaves.items()}
        results.append((y.detach().numpy(), grads))
    np.testing.assert_allclose(results[0][0], results[1][0], rtol=1e-12, err_msg=line)
    for name, ours in results[0][1].items():
        theirs = results[1][1][name]
        assert (ours is None) == (theirs is None), f"{line}: gradient of {name}"
        if ours is not None:
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, err_msg=f"{line}: gradient of {name}")


@pytest.mark.parametrize("name", ["var", "std", "var_mean", "std_mean"])
def test_too_few_elements_warn_at_the_users_line(name: str) -> None:
    with pytest.warns(UserWarning, match=rf"{name}\(\): degrees of freedom is <= 0") as caught:
        getattr(gradus, name)(gradus.ones(1))
    assert caught[0].filename == __file__


def test_a_large_mean_does_not_spoil_the_variance() -> None:
    x = (1e6 + np.random.RandomState(0).standard_normal(5000)).astype(np.float32)
    truth = x.astype(np.float64).var(ddof=1)
    assert abs(gradus.from_numpy(x).var().item() - truth) <= 1e-6 * truth
    assert abs(gradus.from_numpy(x.reshape(50, 100)).var((0, 1)).item() - truth) <= 1e-6 * truth


def test_median_of_equal_elements_names_one_of_them() -> None:
    x = gradus.tensor([[1.0, 1.0, 3.0, 1.0], [2.0, 0.0, 2.0, 2.0]])
    values, indices = x.median(1)
    assert values.tolist() == [1.0, 2.0]
    assert x.gather(1, indices.unsqueeze(1)).squeeze(1).tolist() == [1.0, 2.0]
