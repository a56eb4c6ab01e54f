"""One program, run on torch and on gradus: what comes out must be the same. Not a test itself.

A program is a function of the library. What it returns, nested lists and dicts of tensors, modules, text and numbers,
is compared: tensors by class, dtype, requires_grad and numbers, modules by how they print. So are errors and warnings,
by class. Both start from seed 0.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

import gradus

Program = Callable[[Any], Any]


def run(program: Program, library: Any) -> Any:
    """What the program returns, or the error that it raises, as plain data."""
    library.manual_seed(0)
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        try:
            result = plain(program(library))
        except Exception as error:
            result = error
    return {"result": result, "warnings": [w.category.__name__ for w in raised]}


def plain(x: Any) -> Any:
    if isinstance(x, (torch.Tensor, gradus.Tensor)):
        kind = "Parameter" if type(x).__name__ == "Parameter" else "Tensor"
        array = np.array(x.detach().tolist(), dtype=np.float64).reshape(tuple(x.shape))
        return {"class": kind, "dtype": plain(str(x.dtype)), "requires_grad": x.requires_grad, "numbers": array}
    if isinstance(x, (torch.nn.Module, gradus.nn.Module)):
        return plain(repr(x))
    if isinstance(x, str):
        return x.replace("gradus.", "torch.")
    if isinstance(x, dict):
        return {plain(k): plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)) or hasattr(x, "__next__"):
        return [plain(item) for item in x]
    return x


def agree(program: Program, rtol: float = 0.0, atol: float = 0.0) -> None:
    """The program gives the same on both, tensors to the last bit unless a tolerance is given."""
    ours, theirs = run(program, gradus), run(program, torch)
    if isinstance(theirs["result"], Exception) or isinstance(ours["result"], Exception):
        assert type(ours["result"]) is type(theirs["result"]), (
            f"gradus: {ours['result']!r}, torch: {theirs['result']!r}"
        )
        return
    same(ours["result"], theirs["result"], "result", rtol, atol)
    assert ours["warnings"] == theirs["warnings"]


def same(ours: Any, theirs: Any, where: str, rtol: float, atol: float) -> None:
    if isinstance(theirs, (np.ndarray, float)):
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol, err_msg=where)
    elif isinstance(theirs, dict):
        assert list(ours) == list(theirs), f"{where}: {list(ours)}, torch {list(theirs)}"
        for key in theirs:
            same(ours[key], theirs[key], f"{where}[{key!r}]", rtol, atol)
    elif isinstance(theirs, list):
        assert isinstance(ours, list) and len(ours) == len(theirs), f"{where}: {ours}, torch {theirs}"
        for i, (a, b) in enumerate(zip(ours, theirs, strict=True)):
            same(a, b, f"{where}[{i}]", rtol, atol)
    else:
        assert isinstance(ours, bool) == isinstance(theirs, bool), f"{where}: {ours!r}, torch {theirs!r}"
        assert ours == theirs or (ours != ours and theirs != theirs), f"{where}: {ours!r}, torch {theirs!r}"


def lines(text: str) -> list[str]:
    """The lines of a table of expressions."""
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


def agree_on(line: str, rtol: float = 0.0, atol: float = 0.0, **names: Any) -> None:
    """An expression in which `torch`, `nn` and `F` are the library's, and arrays in `names` have become tensors."""

    def program(library: Any) -> Any:
        made = {name: library.tensor(v.copy()) if isinstance(v, np.ndarray) else v for name, v in names.items()}
        return eval(line, {"torch": library, "nn": library.nn, "F": library.nn.functional, "np": np, **made})

    agree(program, rtol, atol)


def agree_with_gradients(line: str, rtol: float = 1e-6, atol: float = 1e-6, **arrays: np.ndarray) -> None:
    """An expression of tensors made from the arrays: its result, and the gradients of those that are floating."""

    def program(library: Any) -> Any:
        made = {name: library.tensor(a.copy()) for name, a in arrays.items()}
        for t in made.values():
            t.requires_grad_(t.is_floating_point())
        result = eval(line, {"torch": library, "nn": library.nn, "F": library.nn.functional, **made})
        weights = library.arange(1, result.numel() + 1, dtype=result.dtype).reshape(result.shape) / result.numel()
        (result * weights).sum().backward()
        return result, {name: t.grad for name, t in made.items()}

    agree(program, rtol, atol)
