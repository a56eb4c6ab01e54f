"""The activations and their derivatives against PyTorch, and at the edges where a careless formula overflows."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from gradus.classic import activations

TORCH = {
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}
Z = np.array([[-1e4, -30.0, -1.0, -1e-9], [0.0, 1e-9, 2.5, 1e4]])


@pytest.mark.parametrize("name", activations.HIDDEN)
def test_activation_and_derivative_equal_torch_without_any_warning(name):
    function, backward = activations.HIDDEN[name]
    upstream = np.random.default_rng(0).standard_normal(Z.shape)
    z = torch.tensor(Z, requires_grad=True)
    expected = TORCH[name](z)
    expected.backward(torch.tensor(upstream))
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        np.testing.assert_allclose(function(Z), expected.detach().numpy(), rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(backward(upstream, Z), z.grad.numpy(), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", activations.HIDDEN)
def test_activations_leave_their_inputs_alone_and_pass_nan_on(name):
    function, backward = activations.HIDDEN[name]
    z, upstream = Z.copy(), np.ones_like(Z)
    function(z)
    backward(upstream, z)
    np.testing.assert_array_equal(z, Z)
    np.testing.assert_array_equal(upstream, np.ones_like(Z))
    assert np.isnan(function(np.array([np.nan]))).all()


@pytest.mark.parametrize("axis", [0, 1])
def test_softmax_equals_torch_for_scores_of_any_size(axis):
    scores = np.array([[1000.0, 1.0, -1000.0], [999.0, 2.0, -1001.0], [0.0, 3.0, -1e6], [-1000.0, 4.0, 0.5]])
    with np.errstate(over="raise", invalid="raise"):
        ours = activations.softmax(scores, axis=axis)
    np.testing.assert_allclose(ours, torch.softmax(torch.tensor(scores), dim=axis).numpy(), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(ours.sum(axis=axis), 1.0)


def test_softmax_takes_columns_as_samples_unless_told_otherwise():
    scores = np.random.default_rng(0).standard_normal((3, 3))
    np.testing.assert_array_equal(activations.softmax(scores), activations.softmax(scores, axis=0))
    assert not np.allclose(activations.softmax(scores), activations.softmax(scores, axis=1))


def test_sigmoid_is_symmetric():
    z = np.linspace(-40, 40, 201)
    np.testing.assert_allclose(activations.sigmoid(-z), 1 - activations.sigmoid(z), rtol=0, atol=2e-16)


def test_an_unknown_name_lists_the_choices_and_guesses():
    with pytest.raises(ValueError, match=r"hidden='rellu' is unknown; choose from 'relu', .*; did you mean 'relu'\?"):
        activations.choose(activations.HIDDEN, "rellu", "hidden")
    with pytest.raises(ValueError, match=r"output='xyz' is unknown; choose from 'sigmoid', 'softmax'$"):
        activations.choose(activations.OUTPUT, "xyz", "output")
