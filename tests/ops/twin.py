"""One line of code, run by torch and by gradus. Not a test itself: the tests of ops are lists of such lines.

A line is an expression in which `torch` is one of the two, and x, y, z are its leaf tensors, made from given arrays.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

import gradus


def ramp(*shape: int, step: float = 0.25, start: float = -1.0) -> np.ndarray:
    """Distinct float64 numbers of either sign."""
    count = int(np.prod(shape))
    return (start + step * ((np.arange(count) * 7) % max(count, 1))).reshape(shape)


def leaves(module: Any, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """A leaf tensor for each array: floats require a gradient."""
    made = {name: module.tensor(a.copy()) for name, a in arrays.items()}
    return {name: t.requires_grad_() if t.is_floating_point() else t for name, t in made.items()}


def outcome(module: Any, line: str, arrays: dict[str, np.ndarray]) -> tuple[Any, dict[str, Any], Exception | None]:
    """(result, leaves, error) of the line."""
    inputs = leaves(module, arrays)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return eval(line, {"torch": module, "np": np, **inputs}), inputs, None
        except Exception as error:
            return None, inputs, error


def tensors_in(result: Any) -> Iterator[Any]:
    if isinstance(result, (tuple, list)) and not isinstance(result, (torch.Size, gradus.Size)):
        for part in result:
            yield from tensors_in(part)
    else:
        yield result


def numbers(t: Any) -> np.ndarray:
    return np.array(t.detach().tolist(), dtype=np.float64).reshape(tuple(t.shape))


def close(ours: Any, theirs: Any, line: str, what: str) -> None:
    """Equal dtype, shape and numbers; anything that is no tensor must be equal itself."""
    if not isinstance(theirs, torch.Tensor):
        if isinstance(theirs, torch.Size):
            ours, theirs = tuple(ours), tuple(theirs)
        assert ours == theirs, f"{line}: {what}: {ours!r}, torch {theirs!r}"
        return
    assert isinstance(ours, gradus.Tensor), f"{line}: {what} is a {type(ours).__name__}"
    assert str(ours.dtype) == str(theirs.dtype).replace("torch.", "gradus."), (
        f"{line}: {what}: {ours.dtype}, torch {theirs.dtype}"
    )
    assert tuple(ours.shape) == tuple(theirs.shape), f"{line}: {what}: shape {ours.shape}, torch {theirs.shape}"
    assert ours.requires_grad == theirs.requires_grad, f"{line}: {what}: requires_grad={ours.requires_grad}"
    np.testing.assert_allclose(numbers(ours), numbers(theirs), rtol=1e-6, atol=1e-9, err_msg=f"{line}: {what}")


def derivatives(module: Any, result: Any, inputs: dict[str, Any]) -> list[Any]:
    """First derivatives of a curved function of the result, then second ones, for every leaf that requires any."""
    wanted = [t for t in inputs.values() if t.requires_grad]
    outputs = [
        t for t in tensors_in(result) if isinstance(t, (torch.Tensor, gradus.Tensor)) and t.requires_grad and t.numel()
    ]
    if not outputs or not wanted:
        return [None] * 2 * len(wanted)
    loss = sum((o * o * o).sum() * (k + 1) for k, o in enumerate(outputs))
    first = module.autograd.grad(loss, wanted, create_graph=True, allow_unused=True)
    curved = [g for g in first if g is not None and g.requires_grad]
    if not curved:
        return [*first, *[None] * len(wanted)]
    total = sum((g * g).sum() for g in curved)
    second = module.autograd.grad(total, wanted, allow_unused=True)
    return [*first, *second]


def check_same(line: str, **arrays: np.ndarray) -> None:
    """The line gives what torch gives: numbers, dtypes, shapes and two derivatives; or the same class of error."""
    ours, our_inputs, our_error = outcome(gradus, line, arrays)
    theirs, their_inputs, their_error = outcome(torch, line, arrays)
    if their_error is not None:
        assert our_error is not None, f"{line}: no error, torch raises {type(their_error).__name__}: {their_error}"
        assert type(our_error) is type(their_error), f"{line}: {our_error!r}, torch {their_error!r}"
        return
    if our_error is not None:
        raise AssertionError(f"{line}: gradus raises {our_error!r}") from our_error
    mine, torchs = list(tensors_in(ours)), list(tensors_in(theirs))
    assert len(mine) == len(torchs), f"{line}: {len(mine)} results, torch {len(torchs)}"
    for i, (a, b) in enumerate(zip(mine, torchs, strict=True)):
        close(a, b, line, f"result {i}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        slopes = list(zip(derivatives(gradus, ours, our_inputs), derivatives(torch, theirs, their_inputs), strict=True))
    digits = 1e-9 if all(t.dtype == torch.float64 for t in torchs if isinstance(t, torch.Tensor)) else 1e-5
    for i, (a, b) in enumerate(slopes):
        if a is not None or b is not None:  # None counts as zeros: which of them torch gives, differs from op to op
            a, b = (np.zeros(()) if t is None else numbers(t) for t in (a, b))
            np.testing.assert_allclose(a, b, rtol=digits, atol=digits, err_msg=f"{line}: derivative {i}")
    for name, array in arrays.items():  # nothing that is not in place changes its input
        assert np.array_equal(our_inputs[name].detach().numpy(), array), f"{line}: changed {name}"


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


def words(line: str) -> str:
    """A name for a test case."""
    return re.sub(r"\s+", " ", line)[:80]
