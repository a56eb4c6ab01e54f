"""The network by hand: every gradient against torch.autograd and finite differences, every contract of its names."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torch

from gradus.classic import backward, compute_cost, forward, initialize_parameters, one_hot, update_parameters

SIZES = {1: [5], 2: [5, 4], 3: [5, 4, 6], 4: [5, 4, 6, 3]}  # all different from each other and from the batch
HIDDEN = ["relu", "leaky_relu", "tanh", "sigmoid"]
OUTPUTS = [("sigmoid", 1), ("sigmoid", 3), ("softmax", 7)]
SAMPLES = 9
TORCH = {
    "relu": torch.relu,
    "leaky_relu": torch.nn.functional.leaky_relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


def problem(depth: int, rows: int, output: str, seed: int = 0):
    rng = np.random.default_rng(seed)
    parameters = initialize_parameters([*SIZES[depth], rows], "xavier", seed=seed)
    for name in parameters:
        if name.startswith("b"):
            parameters[name] = rng.standard_normal(parameters[name].shape)
    X = rng.standard_normal((5, SAMPLES))
    labels = rng.integers(0, rows, SAMPLES)
    Y = one_hot(labels, rows) if output == "softmax" else rng.integers(0, 2, (rows, SAMPLES)).astype(float)
    return X, Y, parameters


def torch_cost(X, Y, parameters, hidden, output):
    A, depth = torch.tensor(X), len(parameters) // 2
    for layer in range(1, depth + 1):
        Z = parameters[f"W{layer}"] @ A + parameters[f"b{layer}"]
        A = TORCH[hidden](Z)
    if output == "softmax":
        return torch.nn.functional.cross_entropy(Z.T, torch.tensor(Y.T)), torch.softmax(Z, 0)
    summed = torch.nn.functional.binary_cross_entropy_with_logits(Z, torch.tensor(Y), reduction="sum")
    return summed / X.shape[1], torch.sigmoid(Z)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "rows"), OUTPUTS)
def test_prediction_cost_and_every_gradient_equal_torch(depth, hidden, output, rows):
    X, Y, parameters = problem(depth, rows, output)
    tensors = {name: torch.tensor(p, requires_grad=True) for name, p in parameters.items()}
    expected_cost, expected_AL = torch_cost(X, Y, tensors, hidden, output)
    expected_cost.backward()

    AL, caches = forward(X, parameters, hidden, output)
    gradients = backward(AL, Y, caches, hidden, output)
    np.testing.assert_allclose(AL, expected_AL.detach().numpy(), rtol=1e-12)
    assert compute_cost(AL, Y, output) == pytest.approx(expected_cost.item(), rel=1e-12)
    assert set(gradients) == {f"d{name}" for name in parameters}
    for name, tensor in tensors.items():
        np.testing.assert_allclose(gradients[f"d{name}"], tensor.grad.numpy(), rtol=1e-9, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(("output", "rows"), OUTPUTS)
def test_gradients_equal_finite_differences_of_the_cost(hidden, output, rows):
    X, Y, parameters = problem(3, rows, output, seed=4)

    def cost() -> float:
        return compute_cost(forward(X, parameters, hidden, output)[0], Y, output)

    gradients = backward(*forward_and_truth(X, Y, parameters, hidden, output), hidden, output)
    for name, array in parameters.items():
        for index in np.ndindex(array.shape):
            kept = array[index]
            array[index] = kept + 1e-6
            above = cost()
            array[index] = kept - 1e-6
            below = cost()
            array[index] = kept
            assert gradients[f"d{name}"][index] == pytest.approx((above - below) / 2e-6, abs=1e-7), (name, index)


def forward_and_truth(X, Y, parameters, hidden, output):
    AL, caches = forward(X, parameters, hidden, output)
    return AL, Y, caches


def test_one_row_defaults_and_many_row_defaults_of_the_cost():
    AL = np.array([[0.9, 0.2]])
    Y = np.array([[1.0, 0.0]])
    assert compute_cost(AL, Y) == pytest.approx(-np.log([0.9, 0.8]).mean())
    both, truth = np.vstack([AL, 1 - AL]), np.vstack([Y, 1 - Y])
    assert compute_cost(both, truth) == pytest.approx(compute_cost(AL, Y)), "two classes are one yes-or-no question"
    assert compute_cost(both, truth, output="sigmoid") == pytest.approx(2 * compute_cost(AL, Y))


def test_caches_hold_what_each_layer_saw():
    X, _, parameters = problem(3, 1, "sigmoid")
    AL, caches = forward(X, parameters)
    assert len(caches) == 3
    A = X
    for layer, (A_prev, W, b, Z) in enumerate(caches, start=1):
        np.testing.assert_array_equal(A_prev, A)
        assert W is parameters[f"W{layer}"] and b is parameters[f"b{layer}"]
        np.testing.assert_array_equal(Z, W @ A_prev + b)
        A = np.maximum(Z, 0)
    np.testing.assert_allclose(AL, 1 / (1 + np.exp(-Z)))


def test_the_worked_example_784_128_10():
    parameters = initialize_parameters([784, 128, 10], seed=0)
    AL, caches = forward(np.random.default_rng(0).random((784, 32)), parameters, output="softmax")
    assert [cache[3].shape for cache in caches] == [(128, 32), (10, 32)]
    assert AL.shape == (10, 32)
    np.testing.assert_allclose(AL.sum(axis=0), 1.0)


def test_inputs_are_left_alone():
    X, Y, parameters = problem(2, 1, "sigmoid")
    copies = [X.copy(), Y.copy(), {name: p.copy() for name, p in parameters.items()}]
    AL, caches = forward(X, parameters)
    gradients = backward(AL, Y, caches)
    updated = update_parameters(parameters, gradients, 0.1)
    np.testing.assert_array_equal(X, copies[0])
    np.testing.assert_array_equal(Y, copies[1])
    for name, p in parameters.items():
        np.testing.assert_array_equal(p, copies[2][name])
        np.testing.assert_allclose(updated[name], p - 0.1 * gradients[f"d{name}"])


def test_saturated_predictions_still_have_a_finite_cost_and_gradient():
    X, Y = np.array([[1.0, 1.0]]), np.array([[0.0, 1.0]])
    parameters = {"W1": np.array([[1e6]]), "b1": np.array([[0.0]])}
    AL, caches = forward(X, parameters)
    assert np.isfinite(compute_cost(AL, Y))
    np.testing.assert_array_equal(backward(AL, Y, caches)["dW1"], [[0.5]])


def test_equal_weights_stay_equal_for_ever():
    X, Y, _ = problem(2, 1, "sigmoid")
    parameters = initialize_parameters([5, 4, 1], "zeros")
    for _ in range(20):
        AL, caches = forward(X, parameters, "tanh")
        parameters = update_parameters(parameters, backward(AL, Y, caches, "tanh"), 0.5)
    assert (parameters["W1"] == parameters["W1"][0]).all()


def test_names_arguments_and_defaults_are_the_textbook_ones():
    def signature(function):
        return {p.name: p.default for p in inspect.signature(function).parameters.values()}

    empty = inspect.Parameter.empty
    assert signature(initialize_parameters) == {"layer_dims": empty, "method": "he", "seed": None}
    assert signature(forward) == {"X": empty, "parameters": empty, "hidden": "relu", "output": "sigmoid"}
    assert list(signature(compute_cost))[:2] == ["AL", "Y"]
    assert list(signature(backward))[:3] == ["AL", "Y", "caches"]
    assert list(signature(update_parameters)) == ["parameters", "gradients", "learning_rate"]


# ---- what is wrong is said with both shapes ------------------------------------------------------------------------


def test_samples_as_rows_are_recognised():
    parameters = initialize_parameters([2, 3, 1])
    with pytest.raises(ValueError, match=r"got X \(4, 2\) and W1 \(3, 2\); did you mean X\.T\?"):
        forward(np.zeros((4, 2)), parameters)
    with pytest.raises(ValueError, match=r"got X \(2,\) and W1 \(3, 2\)"):
        forward(np.zeros(2), parameters)


def test_layers_that_do_not_fit_each_other():
    parameters = initialize_parameters([2, 3, 1])
    parameters["W2"] = np.zeros((1, 4))
    with pytest.raises(ValueError, match=r"got A1 \(3, 5\) and W2 \(1, 4\)"):
        forward(np.zeros((2, 5)), parameters)


def test_a_flat_bias_is_refused_because_it_would_be_added_along_the_samples():
    parameters = initialize_parameters([2, 3, 1])
    parameters["b1"] = np.zeros(3)
    with pytest.raises(ValueError, match=r"b1 must be \(3, 1\), a row for each of W1; got \(3,\)"):
        forward(np.zeros((2, 3)), parameters)


@pytest.mark.parametrize("parameters", [{}, {"W1": 0, "b2": 0}, {"W2": 0, "b2": 0}, {"W1": 0}])
def test_parameters_with_gaps(parameters):
    with pytest.raises(ValueError, match="W1, b1, W2, b2, … without gaps"):
        forward(np.zeros((2, 3)), parameters)


def test_truth_that_does_not_fit_the_prediction():
    X, _, parameters = problem(1, 1, "sigmoid")
    AL, caches = forward(X, parameters)
    with pytest.raises(ValueError, match=r"\(1, 9\) and \(9,\).*reshape"):
        backward(AL, np.zeros(9), caches)
    with pytest.raises(ValueError, match=r"\(1, 9\) and \(9, 1\)"):
        compute_cost(AL, np.zeros((9, 1)))


def test_unknown_activations():
    X, Y, parameters = problem(1, 1, "sigmoid")
    AL, caches = forward(X, parameters)
    with pytest.raises(ValueError, match="hidden='gelu'"):
        forward(X, parameters, hidden="gelu")
    with pytest.raises(ValueError, match=r"output='soft_max'.*did you mean 'softmax'"):
        forward(X, parameters, output="soft_max")
    with pytest.raises(ValueError, match="hidden='gelu'"):
        backward(AL, Y, caches, hidden="gelu")
    with pytest.raises(ValueError, match="output='linear'"):
        compute_cost(AL, Y, output="linear")


def test_gradients_that_do_not_fit_the_parameters():
    parameters = initialize_parameters([2, 1])
    with pytest.raises(ValueError, match=r"dW1 must have the shape of W1, \(1, 2\); got \(2, 1\)"):
        update_parameters(parameters, {"dW1": np.zeros((2, 1)), "db1": np.zeros((1, 1))}, 0.1)
    with pytest.raises(ValueError, match=r"db1 must have the shape of b1, .* got nothing"):
        update_parameters(parameters, {"dW1": np.zeros((1, 2))}, 0.1)
