"""nn.functional holds names only: each is the function of torch's name, with torch's arguments."""

from __future__ import annotations

import inspect

import pytest
import torch.nn.functional as theirs

from gradus.nn import functional as ours


def test_all_names_are_there() -> None:
    missing = [name for name in ours.__all__ if not callable(getattr(ours, name, None))]
    assert missing == []


def arguments(function: object) -> list[tuple[str, object]]:
    return [(p.name, p.default) for p in inspect.signature(function).parameters.values()]  # type: ignore[arg-type]


# Written in C++, so that Python cannot tell their arguments.
UNTOLD = {
    "bilinear", "cosine_similarity", "gelu", "hardshrink", "linear", "logsigmoid", "one_hot", "pairwise_distance",
    "prelu", "softplus", "softshrink",
    "celu_", "elu_", "hardtanh_", "leaky_relu_", "relu_", "rrelu_", "selu_", "threshold_",
}  # fmt: skip
MORE = {"swish"}  # which torch calls silu only
MAY_LACK = {"out", "weight"}


@pytest.mark.parametrize("name", sorted(set(ours.__all__) - UNTOLD - MORE))
def test_arguments_are_those_of_torch(name: str) -> None:
    mine, expected = arguments(getattr(ours, name)), arguments(getattr(theirs, name))
    assert [pair for pair in expected if pair in mine or pair[0] not in MAY_LACK] == mine
