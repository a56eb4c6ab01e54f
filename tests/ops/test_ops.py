"""Every case of the table: equal to torch forward and backward, equal to finite differences, inputs untouched."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
import torch

import gradus
from gradus.core.op import Op, registry
from tests import op_samples
from tests.op_samples import CASES, ENTRIES, Case

pytestmark = pytest.mark.filterwarnings("ignore:kl_div")  # the mean of kl_div is not the mathematical one, and says so

GROUPS = sorted({case.name.split("#")[0].split("[")[0].split("|")[0] for case in CASES})


def of_group(group: str) -> list[Case]:
    return [c for c in CASES if c.name.split("#")[0].split("[")[0].split("|")[0] == group]


def outputs(result: Any) -> list[Any]:
    if isinstance(result, (gradus.Tensor, torch.Tensor)):
        return [result]
    return [o for r in result for o in outputs(r)] if isinstance(result, (tuple, list)) else []


def arrays_of(case: Case, dtype: type) -> list[np.ndarray]:
    """The case's arrays, floating ones in `dtype` with their layout kept."""
    kept = []
    for a, x in zip(case.inputs, case.arrays(), strict=True):
        kept.append(op_samples.LAYOUTS[a.layout](x.astype(dtype)) if x.dtype.kind == "f" else x)
    return kept


def run_gradus(case: Case, arrays: list[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray | None]]:
    tensors = [gradus.from_numpy(x) for x in arrays]
    return run(gradus, case, tensors, lambda t: t.detach().numpy())


def run_torch(case: Case, arrays: list[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray | None]]:
    tensors = [torch.from_numpy(np.array(x, order="K")) for x in arrays]  # torch knows no negative strides
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what torch says of itself
        return run(torch, case, tensors, lambda t: t.detach().numpy())


def run(library: Any, case: Case, tensors: list[Any], read: Any) -> tuple[list[np.ndarray], list[np.ndarray | None]]:
    for t, a in zip(tensors, case.inputs, strict=True):
        if case.gradient and a.trained:
            t.requires_grad_()
    outs = outputs(case.call(library, *tensors))
    values = [np.array(read(o)) for o in outs]
    chosen = [o for o in outs if o.requires_grad]
    if chosen:
        stream = np.random.RandomState(99)
        seeds = [stream.uniform(0.5, 1.5, tuple(o.shape)) for o in chosen]
        library.autograd.backward(
            chosen, [library.tensor(s, dtype=o.dtype) for o, s in zip(chosen, seeds, strict=True)]
        )
    return values, [None if t.grad is None else np.array(read(t.grad)) for t in tensors]


# torch takes float32 constants here where the input is a single float64 number, so that its own error is about 3e-8.
TORCH_LOSES_DIGITS = ("F.celu[", "F.hardsigmoid[")


def compare(case: Case, dtype: type, rtol: float, atol: float) -> None:
    rtol = 1e-7 if dtype is np.float64 and case.name.startswith(TORCH_LOSES_DIGITS) else rtol
    arrays = arrays_of(case, dtype)
    before = [x.tobytes() for x in arrays]
    mine, theirs = run_gradus(case, arrays), run_torch(case, arrays)
    assert [x.tobytes() for x in arrays] == before, f"{case.name}: an input was modified"
    assert len(mine[0]) == len(theirs[0]), f"{case.name}: {len(mine[0])} outputs, torch has {len(theirs[0])}"
    for kind, a, b in (
        *[("value", *p) for p in zip(mine[0], theirs[0], strict=True)],
        *[("gradient", *p) for p in zip(mine[1], theirs[1], strict=True)],
    ):
        assert (a is None) == (b is None), f"{case.name}: {kind} is {a} but torch's is {b}"
        if a is not None:
            assert a.shape == b.shape and a.dtype == b.dtype, (
                f"{case.name}: {kind} is {a.dtype}{a.shape}, torch's is {b.dtype}{b.shape}"
            )
            np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, err_msg=f"{case.name}: {kind}")


@pytest.mark.parametrize("group", GROUPS)
def test_equals_torch_in_float64(group: str) -> None:
    for case in of_group(group):
        compare(case, np.float64, 1e-9, 1e-11)


@pytest.mark.parametrize("group", GROUPS)
def test_equals_torch_in_float32(group: str) -> None:
    for case in of_group(group):
        if "|" not in case.name:
            compare(case, np.float32, 2e-4, 2e-5)


@pytest.mark.parametrize("group", GROUPS)
def test_derivatives_equal_finite_differences(group: str) -> None:
    for case in of_group(group):
        if not (case.gradient and case.slopes):
            continue
        inputs = [gradus.from_numpy(x) for x in case.arrays()]
        for t, a in zip(inputs, case.inputs, strict=True):
            if a.trained:
                t.requires_grad_()

        def function(*tensors: Any, case: Case = case) -> tuple[Any, ...]:
            return tuple(o for o in outputs(case.call(gradus, *tensors)) if o.requires_grad)

        if not any(t.requires_grad for t in inputs) or not function(*inputs):
            continue
        try:
            assert gradus.autograd.gradcheck(function, inputs, atol=1e-6, rtol=1e-4)
            if case.second and any(t.requires_grad and t.numel() for t in inputs):
                assert gradus.autograd.gradgradcheck(function, inputs, atol=1e-5, rtol=1e-4)
        except gradus.autograd.GradcheckError as error:
            raise AssertionError(f"{case.name}: {error}") from error


def test_the_table_holds_at_least_two_thousand_cases() -> None:
    checked = [c for c in CASES if c.gradient]
    assert len(checked) >= 2000, len(checked)


def test_every_operation_is_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()

    def spy(self: Op) -> None:
        used.add(type(self).__name__)

    monkeypatch.setattr(Op, "__init__", spy)
    for case in (c for c in CASES if "|" not in c.name):
        tensors = [gradus.from_numpy(x) for x in case.arrays()]
        if case.gradient:
            for t, a in zip(tensors, case.inputs, strict=True):
                t.requires_grad_(a.trained)
        outs = [o for o in outputs(case.call(gradus, *tensors)) if o.requires_grad]
        if outs:
            gradus.autograd.backward(outs, [gradus.ones_like(o) for o in outs])
    missing = {name for name, op in registry.items() if name not in used and op.__module__.startswith("gradus.")}
    assert not missing, f"operations without a case in op_samples.py: {sorted(missing)}"


def test_every_entry_names_a_function_of_torch() -> None:
    for entry in ENTRIES:
        if (
            entry.cases
            and not any(c in entry.name for c in " :[")
            and entry.name not in ("setitem", "multilabel_margin")
        ):
            try:
                assert callable(op_samples.find(torch, entry.name)), entry.name
            except AttributeError:
                assert callable(
                    getattr(torch.Tensor, entry.name, None) or getattr(torch.nn.functional, entry.name, None)
                ), entry.name
