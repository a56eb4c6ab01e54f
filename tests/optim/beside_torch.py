"""The same parameters, gradients and settings in gradus and in torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

import gradus

SHAPES = ((3, 4), (4,), (), (2, 1, 3), (0,))


class Side:
    """Parameters in one framework, pulled towards 0 by gradients with noise: curvature · p + noise."""

    def __init__(self, framework: Any, dtype: str, shapes: tuple[tuple[int, ...], ...] = SHAPES, seed: int = 0) -> None:
        random = np.random.RandomState(seed)
        self.framework, self.dtype, self.noise = framework, dtype, np.random.RandomState(seed + 1)
        self.params = [self.tensor(random.randn(*shape)).requires_grad_() for shape in shapes]
        self.curvature = [random.rand(*shape) for shape in shapes]

    def tensor(self, values: Any) -> Any:
        return self.framework.from_numpy(np.array(values, self.dtype))

    def numbers(self) -> list[np.ndarray]:
        return [p.detach().numpy().copy() for p in self.params]

    def set_gradients(self) -> None:
        """The next gradients. The last parameter but one has none in the first three of every four steps."""
        for i, (p, curvature) in enumerate(zip(self.params, self.curvature, strict=True)):
            noise = self.noise.randn(*p.shape)
            p.grad = self.tensor(curvature * p.detach().numpy() + 0.3 * noise)
            if i == len(self.params) - 2 and self.noise.rand() < 0.75:
                p.grad = None


def both(dtype: str = "float64", **options: Any) -> tuple[Side, Side]:
    return Side(gradus, dtype, **options), Side(torch, dtype, **options)


def optimizers(name: str, settings: dict[str, Any], sides: tuple[Side, Side]) -> tuple[Any, Any]:
    return tuple(getattr(side.framework.optim, name)(side.params, **settings) for side in sides)  # type: ignore[return-value]


def steps(sides: tuple[Side, Side], pair: tuple[Any, Any], count: int) -> Iterator[int]:
    """Take `count` steps on both sides; yields after each."""
    for step in range(count):
        for side, optimizer in zip(sides, pair, strict=True):
            side.set_gradients()
            optimizer.step()
        yield step


def run(sides: tuple[Side, Side], pair: tuple[Any, Any], count: int = 30) -> None:
    for _ in steps(sides, pair, count):
        pass


def assert_same_numbers(sides: tuple[Side, Side]) -> None:
    # torch contracts a·b + c into one rounding, NumPy rounds twice: last digits of float32 differ, after 30 steps more.
    relative = {"float64": 1e-12, "float32": 2e-5}[sides[0].dtype]
    for mine, reference in zip(sides[0].numbers(), sides[1].numbers(), strict=True):
        np.testing.assert_allclose(mine, reference, rtol=relative, atol=relative / 10)


def plain(state_dict: dict[str, Any]) -> dict[str, Any]:
    """A state_dict of either side with arrays for tensors, so that the two can be compared."""

    def convert(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: convert(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(convert(item) for item in value)
        return value.detach().numpy().copy() if hasattr(value, "detach") else value

    return convert(state_dict)


def converted(state_dict: dict[str, Any], make: Callable[[np.ndarray], Any]) -> dict[str, Any]:
    """A state_dict whose tensors are made anew by `make` from arrays."""

    def convert(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: convert(item) for key, item in value.items()}
        return make(value) if isinstance(value, np.ndarray) else value

    return convert(plain(state_dict))


def assert_same_state(mine: dict[str, Any], reference: dict[str, Any]) -> None:
    """The same keys, in the same order, with the same numbers, dtypes and shapes."""
    mine, reference = plain(mine), plain(reference)
    assert [list(group.items()) for group in mine["param_groups"]] == [
        list(group.items()) for group in reference["param_groups"]
    ]
    assert mine["state"].keys() == reference["state"].keys()
    for number, memory in reference["state"].items():
        assert mine["state"][number].keys() == memory.keys()
        for name, value in memory.items():
            ours = mine["state"][number][name]
            assert (ours.dtype, ours.shape) == (value.dtype, value.shape), name
            np.testing.assert_allclose(ours, value, rtol=2e-5, atol=1e-6, err_msg=name)
