"""What the tests of the random streams share: one seed in gradus and in torch, and how the two are compared."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from gradus.core.random import Generator

FLOATS = ["float16", "float32", "float64"]
# Where torch has no fused multiply-add, the last bit of what it computes with one differs.
FUSED = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")


def size(shape: Any) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else shape


def empty(shape: Any, dtype: str = "float32") -> torch.Tensor:
    return torch.empty(size(shape), dtype=getattr(torch, dtype))


def both(seed: int) -> tuple[Generator, torch.Generator]:
    return Generator().manual_seed(seed), torch.Generator().manual_seed(seed)


def assert_same(ours: np.ndarray, theirs: torch.Tensor, fused: bool = False) -> None:
    """Equal to the last bit; `fused`: only where torch has the fused multiply-add that the values need."""
    expected = theirs.numpy()
    assert ours.dtype == expected.dtype
    assert ours.shape == expected.shape
    if fused and not FUSED:
        few = 4 * np.finfo(ours.dtype).eps
        np.testing.assert_allclose(ours, expected, rtol=few, atol=few)
    else:
        np.testing.assert_array_equal(ours, expected)


def assert_in_step(ours: Generator, theirs: torch.Generator) -> None:
    """Both streams are at the same position: all 5056 bytes of their states agree."""
    np.testing.assert_array_equal(ours.get_state(), theirs.get_state().numpy())
