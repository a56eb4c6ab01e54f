"""An optimiser's state as arrays and JSON values, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

import gradus


def take_apart(state_dict: dict[str, Any]) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The tensors of an optimiser's state_dict by names such as `0.exp_avg`, and everything else."""
    tensors: dict[str, np.ndarray] = {}
    numbers: dict[str, dict[str, Any]] = {}
    for index, entries in state_dict["state"].items():
        numbers[str(index)] = {}
        for key, value in entries.items():
            if isinstance(value, gradus.Tensor):
                tensors[f"{index}.{key}"] = value.detach().numpy().copy()
            else:
                numbers[str(index)][key] = value
    return tensors, {"state": numbers, "param_groups": state_dict["param_groups"]}


def put_together(tensors: dict[str, np.ndarray], numbers: dict[str, Any]) -> dict[str, Any]:
    """The state_dict that `take_apart` was given."""
    state: dict[int, dict[str, Any]] = {int(index): dict(entries) for index, entries in numbers["state"].items()}
    for name, array in tensors.items():
        index, _, key = name.partition(".")
        state[int(index)][key] = gradus.from_numpy(array.copy())
    groups = [{key: _as_constructed(value) for key, value in group.items()} for group in numbers["param_groups"]]
    for group, original in zip(groups, numbers["param_groups"], strict=True):
        group["params"] = original["params"]
    return {"state": state, "param_groups": groups}


def _as_constructed(value: Any) -> Any:
    """JSON has no tuples: betas come back as a list."""
    return tuple(value) if isinstance(value, list) else value
