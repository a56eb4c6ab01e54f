"""One neuron, against PyTorch's linear layer and against truth tables."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torch

from gradus.classic import mcculloch_pitts, neuron, relu

PAIRS = [[0, 0], [0, 1], [1, 0], [1, 1]]


@pytest.mark.parametrize("samples", [None, 4])
def test_neuron_equals_a_linear_layer_with_a_sigmoid(samples):
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((samples, 3) if samples else 3)
    weights, bias = rng.standard_normal(3), 0.3
    layer = torch.nn.Linear(3, 1, dtype=torch.float64)
    layer.load_state_dict({"weight": torch.tensor(weights[None]), "bias": torch.tensor([bias], dtype=torch.float64)})
    expected = torch.sigmoid(layer(torch.tensor(inputs))).squeeze(-1).detach()
    result = neuron(inputs, weights, bias)
    np.testing.assert_allclose(result, expected.numpy(), rtol=1e-12)
    assert np.shape(result) == tuple(expected.shape)


def test_neuron_takes_any_activation():
    assert neuron([1.0, 2.0], [3.0, -4.0], 1.0, relu) == 0.0
    assert neuron([1.0, 2.0], [3.0, -4.0], 1.0, activation=lambda z: z) == -4.0
    assert list(inspect.signature(neuron).parameters)[:3] == ["inputs", "weights", "bias"]


@pytest.mark.parametrize(("inputs", "weights"), [([1, 2, 3], [1, 2]), ([[1, 2]], [[1, 2]]), (1.0, 1.0)])
def test_neuron_names_shapes_that_do_not_fit(inputs, weights):
    with pytest.raises(ValueError, match="one weight for each input; got inputs"):
        neuron(inputs, weights, 0.0)


def test_mcculloch_pitts_computes_the_logical_functions():
    np.testing.assert_array_equal(mcculloch_pitts(PAIRS, threshold=2), [0, 0, 0, 1])
    np.testing.assert_array_equal(mcculloch_pitts(PAIRS, threshold=1), [0, 1, 1, 1])
    assert [int(mcculloch_pitts([], threshold=0, inhibitory=[a])) for a in (0, 1)] == [1, 0]


def test_one_inhibitory_input_forbids_all():
    assert mcculloch_pitts([1, 1, 1], threshold=1, inhibitory=[0, 1]) == 0
    assert mcculloch_pitts([1, 1, 1], threshold=1, inhibitory=[0, 0]) == 1


def test_no_threshold_on_two_inputs_is_xor():
    for threshold in np.arange(-1, 4, 0.5):
        assert list(mcculloch_pitts(PAIRS, threshold)) != [0, 1, 1, 0]


def test_two_layers_of_them_are_xor():
    either, both = mcculloch_pitts(PAIRS, 1), mcculloch_pitts(PAIRS, 2)
    np.testing.assert_array_equal(mcculloch_pitts(either[:, None], 1, inhibitory=both[:, None]), [0, 1, 1, 0])


def test_mcculloch_pitts_refuses_other_numbers():
    with pytest.raises(ValueError, match="every input is 0 or 1"):
        mcculloch_pitts([0.5, 1], threshold=1)
