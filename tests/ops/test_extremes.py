"""At the ends of the number line, and where there are no numbers: every function answers with what torch answers.

Each line is run by both libraries on ±0, subnormal, tiny, ordinary and the largest numbers, ±inf and nan, in every
combination of two. Results and gradients (of a sum) must be of one class: close, the same infinity, nan; results also
agree on the sign of 0. Where gradus differs on purpose, the table below says so, and why.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

import gradus
from tests.ops.twin import outcome, tensors_in


def each(names: str) -> list[str]:
    return names.split()


F = "torch.nn.functional"
NAMES = each("""
    abs neg sign sgn floor ceil trunc frac round exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square
    reciprocal sigmoid erf erfc erfinv logit sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh
    sinc deg2rad rad2deg relu selu celu rrelu nan_to_num isnan isinf isfinite signbit isposinf isneginf
    logical_not
""")
CURVES = each("""
    elu gelu silu mish softplus logsigmoid softsign tanhshrink hardtanh relu6 hardsigmoid hardswish
    softshrink hardshrink leaky_relu
""")
ONE = [
    *[f"torch.{name}(x)" for name in NAMES],
    *[f"{F}.{name}(x)" for name in CURVES],
    *[f"x ** {power}" for power in (0, 1, 2, 3, -1, -2, 0.5, -0.5, 1.5)],
    *["2 ** x", "0 ** x", "1.0 ** x", "0.5 ** x", "(-1.0) ** x", "1 / x", "x / 2", "x * 0", "x // 2", "x % 2", "2 - x"],
    *["-3 % x", "x % -1.5", "torch.fmod(x, 2)", "torch.xlogy(x, 2)", "torch.xlogy(2, x)", "torch.clamp(x, -1, 1)"],
    *["torch.clamp(x, min=0)", "torch.clamp(x, max=1.0)", "torch.logit(x, eps=0.1)", "torch.nan_to_num(x, nan=2.0)"],
    *["torch.threshold(x, 0.5, -1.0)", "torch.celu(x, alpha=0.5)", f"{F}.gelu(x, approximate='tanh')"],
    *[f"{F}.softplus(x, beta=2, threshold=5)", f"{F}.prelu(x, torch.tensor([0.25], dtype=x.dtype))"],
]
PAIRS = each("""
    add sub mul div floor_divide remainder fmod pow maximum minimum fmax fmin atan2 hypot copysign
    logaddexp logaddexp2 xlogy eq ne lt le gt ge logical_and logical_or logical_xor isclose float_power
""")
LOSSES = each("""
    mse_loss l1_loss smooth_l1_loss huber_loss kl_div poisson_nll_loss hinge_embedding_loss
    binary_cross_entropy_with_logits
""")
WEIGHT = "reduction='none', pos_weight=torch.tensor(2.0, dtype=x.dtype)"
TWO = [
    *[f"torch.{name}(x, y)" for name in PAIRS],
    *["torch.div(x, y, rounding_mode='trunc')", "torch.div(x, y, rounding_mode='floor')", "torch.where(x > 0, x, y)"],
    *["torch.lerp(x, y, 0.25)", "torch.lerp(x, y, 0.5)", "torch.lerp(x, y, 0.75)", "torch.add(x, y, alpha=2)"],
    *["torch.addcmul(x, y, y)", "torch.addcdiv(x, y, x, value=2)", "torch.clamp(x, y, y)", "torch.clamp(x, min=y)"],
    *[f"{F}.{name}(x, y, reduction='none')" for name in LOSSES],
    f"{F}.kl_div(x, y, reduction='none', log_target=True)",
    f"{F}.smooth_l1_loss(x, y, reduction='none', beta=0)",
    f"{F}.soft_margin_loss(x, y.detach(), reduction='none')",
    f"{F}.poisson_nll_loss(x, y, reduction='none', log_input=False, full=True)",
    f"{F}.binary_cross_entropy_with_logits(x, y, {WEIGHT})",
]
FOLDS = each("""
    sum mean prod var std logsumexp amax amin max min nansum nanmean median nanmedian mode cumsum
    cumprod cummax cummin logcumsumexp softmax log_softmax argmax argmin all any count_nonzero var_mean
    std_mean aminmax diff
""")
FIRST = "torch.zeros(len(x), dtype=torch.int64), reduction='none'"
ROWS = [
    *[f"torch.{name}(x, dim=-1)" for name in FOLDS],
    *[f"torch.norm(x, p={p}, dim=-1)" for p in ("0", "1", "2", "3", "0.5", "-1", "float('inf')", "-float('inf')")],
    *["torch.sort(x, dim=-1, stable=True)", "torch.argsort(x, dim=-1, stable=True)", "torch.topk(x, 2, dim=-1)[0]"],
    *["torch.var(x, dim=-1, correction=0)", "torch.std(x, dim=-1, correction=2)", "torch.quantile(x, 0.5, dim=-1)"],
    *["torch.nanquantile(x, 0.25, dim=-1)", "torch.kthvalue(x, 1, dim=-1)", f"{F}.softmin(x, dim=-1)", f"{F}.glu(x)"],
    *[f"{F}.normalize(x)", f"{F}.cross_entropy(x, {FIRST})", f"{F}.cross_entropy(x, {FIRST}, label_smoothing=0.1)"],
    *[f"{F}.nll_loss(x, {FIRST})", f"{F}.multi_margin_loss(x, {FIRST})"],
    *[f"{F}.cross_entropy(x, torch.full_like(x, 0.5), reduction='none')", "torch.cosine_similarity(x, x.flip(0))"],
    *[f"{F}.multilabel_soft_margin_loss(x, torch.ones_like(x), reduction='none')"],
]


class Row(NamedTuple):
    """A deliberate difference: what may differ (a test of ours and torch's answers), in which lines, and why."""

    why: str
    differs: Any
    lines: Sequence[str]


def zeros(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """±0, or the ±inf that it is divided into."""
    return (ours == 0) & (theirs == 0) | np.isinf(ours) & np.isinf(theirs)


def torch_lost(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return ~np.isfinite(theirs)


def lost(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return ~np.isfinite(ours) | torch_lost(ours, theirs)


def torch_inexact(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return np.isfinite(ours) | np.isnan(theirs)


def silenced(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return np.isnan(ours) | (theirs == 0)


def accepted(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Not the numbers, but the error differs: torch has one."""
    return np.zeros(ours.shape, bool)


def refused(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Not the numbers, but the error differs: gradus has one, or another."""
    return np.zeros(ours.shape, bool)


def anything(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    return np.ones(ours.shape, bool)


DIFFERENCES = [
    Row(
        "-0 equals 0: which one extremes and sorts keep is the processor's affair; so with sums of nothing but zeros",
        zeros,
        each("""
                relu( min=0 logit( fmax( fmin( amax( amin( max( min( aminmax( sort( cumsum( logcumsumexp( _mean(
                lerp( quantile(
            """),
    ),
    Row("a remainder of 0 has the divisor's sign, as Python's", zeros, ("% 2", "% -1.5", "remainder(")),
    Row("no loss is 0 or -0", zeros, ("cross_entropy(x", "soft_margin_loss(x, y")),
    Row(
        "torch says rsqrt: -inf at -0, nan at -inf; a power is inf and 0 there (IEEE 754)",
        torch_lost,
        ("** 0.5", "** -0.5"),
    ),
    Row(
        "torch meets inf on the way to a number",
        torch_lost,
        ("softsign(", "copysign(", "gelu(x)", "fmod(", "remainder(", "soft_margin_loss(x, y"),
    ),
    Row(
        "rounded once (torch, fused) or twice: the step between overflows",
        lost,
        ("add(", "addcmul(", "addcdiv(", WEIGHT),
    ),
    Row("the sum of squares overflows or vanishes, as in norm: torch follows a running mean", anything, ("var", "std")),
    Row("torch divides 0 by 0 where a product has underflowed", torch_inexact, ("cumprod(", "cosine_similarity(")),
    Row("beside nan and between equal bounds the slope of a clamp is arbitrary", anything, ("clamp(x, y", "min=y")),
    Row("torch places nan by chance; gradus counts it as the largest", anything, ("mode(",)),
    Row("a nan among the scores must not look like no loss", silenced, ("multi_margin",)),
    Row("torch refuses the derivative; gradus has 0, or the formula's", accepted, ("//", "floor_divide", "-3 %")),
    Row(
        "torch has no kernel for integers; gradus answers with the right numbers",
        accepted,
        each("""
                floor( ceil( trunc( round( hypot( logaddexp softsign( threshold( floor_divide( remainder( fmod( pow(
                rounding_mode addcmul( addcdiv( add(x clamp(x, kl_div soft_margin hinge_embedding glu( nanmedian
                kthvalue margin_loss cross_entropy(x,
            """),
    ),
    Row(
        "torch wraps -1 to 255 and 2 ** -1 to 0; other refusals have another class: see errors.md",
        refused,
        ("clamp(x, -1", "threshold(", "** x", "-3 % x", "cross_entropy(x, torch", "soft_margin_loss(", "multi_margin"),
    ),
]


def numbers_at_the_ends(dtype: Any) -> np.ndarray:
    info = np.finfo(dtype)
    sizes = [
        0,
        info.smallest_subnormal,
        info.tiny,
        info.eps / 2,
        0.5,
        1,
        3,
        100,
        float(info.max) ** 0.6,
        info.max,
        np.inf,
    ]
    return np.array([sign * dtype(size) for size in sizes for sign in (dtype(1), dtype(-1))] + [np.nan], dtype)


def answers(library: Any, line: str, arrays: dict[str, np.ndarray]) -> tuple[list[tuple[str, str, np.ndarray]], Any]:
    """(what, dtype, numbers) of the results and the gradients, and the error if there was one."""
    result, inputs, error = outcome(library, line, arrays)
    if error is not None:
        return [], error
    outs = list(tensors_in(result))
    curved = [t for t in outs if t.requires_grad]
    try:
        if curved:
            library.autograd.backward(curved, [library.ones_like(t) for t in curved])
    except RuntimeError as refused:
        return [], refused
    leaves = [(f"d{name}", t.grad if t.grad is not None else library.zeros_like(t)) for name, t in inputs.items()]
    named = [*((f"result {i}", t) for i, t in enumerate(outs)), *leaves]
    return [(what, str(t.dtype).split(".")[1], read(t)) for what, t in named], None


def read(t: Any) -> np.ndarray:
    t = t.detach()
    return t.numpy(force=True) if isinstance(t, torch.Tensor) else t.numpy()


def unlike(ours: np.ndarray, theirs: np.ndarray, signed: bool) -> np.ndarray:
    """Where the two are not of one class."""
    if ours.dtype.kind != "f":
        return ours != theirs
    digits = 1e-5 if ours.dtype == np.float32 else 1e-7  # torch itself has float32 constants in some float64 slopes
    with np.errstate(all="ignore"):
        near = np.isclose(ours, theirs, rtol=2 * digits, atol=digits / 10, equal_nan=True)
        near &= np.isfinite(ours) == np.isfinite(theirs)
    return ~near | (signed & (ours == 0) & (theirs == 0) & (np.signbit(ours) != np.signbit(theirs)))


def excused(line: str, ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    rows = [row for row in DIFFERENCES if any(part in line for part in row.lines)]
    return np.any([row.differs(ours, theirs) for row in rows], axis=0) if rows else np.zeros(ours.shape, bool)


def allowed(line: str, differs: Any) -> bool:
    return any(row.differs is differs and any(part in line for part in row.lines) for row in DIFFERENCES)


def compare(line: str, arrays: dict[str, np.ndarray]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, error = answers(gradus, line, arrays)
        theirs, torchs = answers(torch, line, arrays)
    if type(error) is not type(torchs):
        why = refused if error is not None else accepted
        assert allowed(line, why), f"{line}: {error!r}, torch {torchs!r}"
        return
    for (what, dtype, a), (_, wanted, b) in zip(ours, theirs, strict=True):
        if dtype != wanted and allowed(line, accepted):
            continue
        assert (dtype, a.shape) == (wanted, b.shape), f"{line}: {what}: {dtype}{a.shape}, torch {wanted}{b.shape}"
        wrong = unlike(a, b, what.startswith("result"))
        wrong &= ~excused(line, a, b)
        assert not wrong.any(), (
            f"{line}: {what}: {a[wrong][:5]}, torch {b[wrong][:5]} at {np.argwhere(wrong)[:5].tolist()}"
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("line", ONE)
def test_one_number(line: str, dtype: Any) -> None:
    compare(line, {"x": numbers_at_the_ends(dtype)})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("line", TWO)
def test_two_numbers(line: str, dtype: Any) -> None:
    x, y = np.meshgrid(*[numbers_at_the_ends(dtype)] * 2, indexing="ij")
    compare(line, {"x": x.ravel(), "y": y.ravel()})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("line", ROWS)
def test_rows_of_numbers(line: str, dtype: Any) -> None:
    x, y = np.meshgrid(*[numbers_at_the_ends(dtype)] * 2, indexing="ij")
    compare(line, {"x": np.stack([x.ravel(), y.ravel()], axis=1)})


INTEGERS = {
    "bool": np.array([True, False, True]),
    "uint8": np.array([1, 2, 254], np.uint8),
    "int32": np.array([-3, 1, 2**31 - 2], np.int32),
    "int64": np.array([-5, 2, 7]),
}


@pytest.mark.parametrize("kind", INTEGERS)
def test_integers_and_bools(kind: str) -> None:
    x = INTEGERS[kind]
    for line in ONE:
        compare(line, {"x": x})
    for line in TWO:
        compare(line, {"x": x, "y": np.array([1, 2, 3], x.dtype)})
    for line in ROWS:
        compare(line, {"x": np.stack([x, x[::-1]], axis=1)})


@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (0, 2)])
def test_no_dimension_and_no_numbers(shape: tuple[int, ...]) -> None:
    x = np.full(shape, 0.7)
    for line in ONE:
        compare(line, {"x": x})
    for line in TWO:
        compare(line, {"x": x, "y": np.full(shape, 0.3)})
    for line in ROWS:
        if "multi" not in line:  # torch reads numbers that are not there
            compare(line, {"x": x})


def test_the_differences_are_few() -> None:
    assert len(DIFFERENCES) <= 15
    assert all(any(part in line for line in [*ONE, *TWO, *ROWS]) for row in DIFFERENCES for part in row.lines)
