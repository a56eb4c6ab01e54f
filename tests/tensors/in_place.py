"""A few lines that change tensors in place, run by torch and by gradus. Not a test itself."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import torch

import gradus
from tests.ops.twin import numbers, ramp

START = """
x = torch.tensor(array, requires_grad=True)
w = torch.tensor(weights)
b = x * 2
"""


def aftermath(module: Any, script: str, dtype: str = "float64") -> list[np.ndarray] | type[Exception]:
    """What the script, which changes `b`, leaves: b, and two derivatives of Σ w·b² by x; or the class of its error."""
    array, weights = ramp(3, 4, step=0.5, start=1.0).astype(dtype), (np.arange(12.0).reshape(3, 4) + 1).astype(dtype)
    names: dict[str, Any] = {"torch": module, "array": array, "weights": weights}
    module.set_default_dtype(getattr(module, dtype))
    try:
        exec(START + re.sub(r"; ", "\n", script), names)
        x, b, w = names["x"], names["b"], names["w"]
        slopes = module.autograd.grad((b * b * w).sum(), x, create_graph=True)[0]
        curve = module.autograd.grad((slopes * slopes).sum(), x)[0] if slopes.requires_grad else slopes * 0
        return [numbers(b), numbers(slopes), numbers(curve)]
    except Exception as error:
        return type(error)
    finally:
        module.set_default_dtype(module.float32)


def check_same_aftermath(script: str) -> None:
    ours, theirs = aftermath(gradus, script), aftermath(torch, script)
    if isinstance(ours, type) or isinstance(theirs, type):
        assert ours is theirs, f"{script}: {ours}, torch {theirs}"
        return
    for what, a, b in zip(("numbers", "first derivative", "second derivative"), ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9, err_msg=f"{script}: {what}")
