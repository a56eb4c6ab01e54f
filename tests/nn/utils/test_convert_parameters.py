"""Parameters as one vector, and back."""

from __future__ import annotations

from typing import Any

import pytest

import gradus
from gradus import nn
from tests.nn.side_by_side import agree


def test_there_and_back() -> None:
    def program(library: Any) -> Any:
        model = library.nn.Sequential(library.nn.Linear(2, 3), library.nn.Linear(3, 1))
        vector = library.nn.utils.parameters_to_vector(model.parameters())
        library.nn.utils.vector_to_parameters(vector.detach() * 2, model.parameters())
        return vector.shape, vector, model.state_dict(), [type(p).__name__ for p in model.parameters()]

    agree(program)


def test_the_vector_has_a_gradient() -> None:
    def program(library: Any) -> Any:
        layer = library.nn.Linear(2, 3)
        (library.nn.utils.parameters_to_vector(layer.parameters()) ** 2).sum().backward()
        return layer.weight.grad, layer.bias.grad

    agree(program, rtol=1e-6)


def test_a_vector_of_another_length_is_refused() -> None:
    layer = nn.Linear(2, 3)
    before = layer.weight.tolist()
    for length in (8, 10):
        with pytest.raises(ValueError, match="the parameters have 9"):
            nn.utils.vector_to_parameters(gradus.zeros(length), layer.parameters())
    assert layer.weight.tolist() == before
