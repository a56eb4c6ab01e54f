"""The training loop: XOR falls, digits are read, every step equals PyTorch's."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from gradus.classic import accuracy, forward, initialize_parameters, one_hot, predict, train

XOR_X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
XOR_Y = np.array([[0, 1, 1, 0]])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("hidden", "method"), [("relu", "he"), ("tanh", "xavier")])
def test_xor_falls(seed, hidden, method):
    parameters, costs = train(
        XOR_X, XOR_Y, [2, 16, 1], 0.5, 2000, hidden=hidden, method=method, seed=seed, print_every=None
    )
    np.testing.assert_array_equal(predict(XOR_X, parameters, hidden), [0, 1, 1, 0])
    assert accuracy(XOR_X, XOR_Y, parameters, hidden) == 1.0
    assert costs[-1] < 0.05 < costs[0]


def test_xor_falls_to_the_default_relu_network_with_eight_neurons_as_two_classes():
    Y = one_hot(XOR_Y[0], 2)
    parameters, _ = train(XOR_X, Y, [2, 8, 2], 0.5, 2000, seed=0, print_every=None)
    np.testing.assert_array_equal(predict(XOR_X, parameters), [0, 1, 1, 0])
    AL, _ = forward(XOR_X, parameters, output="softmax")
    assert (AL.max(axis=0) > 0.9).all()


def test_xor_does_not_fall_without_a_hidden_layer_or_from_zeros():
    for layer_dims, method in (([2, 1], "he"), ([2, 8, 1], "zeros")):
        parameters, costs = train(XOR_X, XOR_Y, layer_dims, 0.5, 3000, method=method, seed=0, print_every=None)
        assert accuracy(XOR_X, XOR_Y, parameters) <= 0.75
        assert costs[-1] == pytest.approx(np.log(2), abs=1e-3)


@pytest.mark.parametrize("hidden", ["relu", "tanh"])
def test_the_first_50_costs_equal_those_of_torch_sgd_from_the_same_start(hidden):
    start = initialize_parameters([2, 8, 1], seed=1)
    _, costs = train(XOR_X, XOR_Y, [2, 8, 1], 0.5, 50, hidden=hidden, parameters=start, print_every=None)
    p = {name: torch.tensor(array, requires_grad=True) for name, array in start.items()}
    optimizer = torch.optim.SGD(p.values(), lr=0.5)
    X, Y = torch.tensor(XOR_X, dtype=torch.float64), torch.tensor(XOR_Y, dtype=torch.float64)
    for cost in costs:
        logits = p["W2"] @ getattr(torch, hidden)(p["W1"] @ X + p["b1"]) + p["b2"]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, Y)
        assert cost == pytest.approx(loss.item(), rel=1e-9)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_digits_are_read():
    images, labels = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(images / 16, labels, test_size=360, random_state=0)
    parameters, costs = train(
        X_train.T, one_hot(y_train, 10), [64, 64, 10], 0.3, 1500, batch_size=64, seed=0, print_every=None
    )
    assert len(costs) == 1500
    assert costs[0] == pytest.approx(np.log(10), rel=0.5)
    assert accuracy(X_test.T, one_hot(y_test, 10), parameters) >= 0.95
    np.testing.assert_array_equal(
        predict(X_test.T, parameters) == y_test, predict(X_test.T, parameters) == one_hot(y_test, 10).argmax(axis=0)
    )


def test_the_cost_falls_at_every_step_of_batch_descent_with_a_small_rate():
    _, costs = train(XOR_X, XOR_Y, [2, 8, 1], 0.05, 300, hidden="tanh", seed=0, print_every=None)
    assert (np.diff(costs) < 0).all()


def test_every_sample_is_seen_once_in_each_pass(monkeypatch):
    seen: list[np.ndarray] = []
    import gradus.classic.training as training

    def spy(X, *rest):
        seen.append(X[0].copy())
        return forward(X, *rest)

    monkeypatch.setattr(training, "forward", spy)
    X = np.arange(10.0)[np.newaxis]
    train(X, (X > 4).astype(float), [1, 1], num_iterations=8, batch_size=3, seed=0, print_every=None)
    assert [len(batch) for batch in seen] == [3, 3, 3, 1] * 2, "the last, short batch counts too"
    first, second = np.concatenate(seen[:4]), np.concatenate(seen[4:])
    assert sorted(first) == sorted(second) == list(range(10))
    assert list(first) != list(second)


def test_the_seed_decides_and_given_parameters_are_continued_and_kept():
    runs = [
        train(XOR_X, XOR_Y, [2, 4, 1], num_iterations=20, batch_size=2, seed=s, print_every=None)[1] for s in (3, 3, 4)
    ]
    assert runs[0] == runs[1] != runs[2]
    start = initialize_parameters([2, 4, 1], seed=0)
    copy = {name: p.copy() for name, p in start.items()}
    middle, first = train(XOR_X, XOR_Y, [2, 4, 1], 0.1, 10, parameters=start, print_every=None)
    _, second = train(XOR_X, XOR_Y, [2, 4, 1], 0.1, 10, parameters=middle, print_every=None)
    _, both = train(XOR_X, XOR_Y, [2, 4, 1], 0.1, 20, parameters=start, print_every=None)
    assert first + second == both
    for name, p in start.items():
        np.testing.assert_array_equal(p, copy[name])


def test_it_prints_the_cost_every_100_steps_unless_told_otherwise(capsys):
    _, costs = train(XOR_X, XOR_Y, [2, 2, 1], num_iterations=250, seed=0)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"step {step}: cost {costs[step]:.4f}" for step in (0, 100, 200)]
    for silent in (None, 0):
        train(XOR_X, XOR_Y, [2, 2, 1], num_iterations=2, print_every=silent)
    assert capsys.readouterr().out == ""


def test_signature_begins_as_in_the_textbook():
    parameters = inspect.signature(train).parameters
    assert list(parameters)[:5] == ["X", "Y", "layer_dims", "learning_rate", "num_iterations"]
    assert parameters["learning_rate"].default == 0.01
    assert parameters["num_iterations"].default == 1000
    assert parameters["print_every"].default == 100


@pytest.mark.parametrize(
    ("X", "Y", "layer_dims", "options", "message"),
    [
        (XOR_X.T, XOR_Y, [2, 1], {}, r"X must be features × samples, Y outputs × samples; got \(4, 2\) and \(1, 4\)"),
        (XOR_X, XOR_Y[0], [2, 1], {}, r"got \(2, 4\) and \(4,\)"),
        (XOR_X, XOR_Y, [3, 1], {}, r"from 2 features .* to 1 outputs .*; got \[3, 1\]"),
        (XOR_X, XOR_Y, [2, 4, 2], {}, r"got \[2, 4, 2\]"),
        (XOR_X, XOR_Y, [2], {}, r"got \[2\]"),
        (XOR_X[:, :0], XOR_Y[:, :0], [2, 1], {}, "no samples"),
        (XOR_X, XOR_Y, [2, 1], {"output": "softmax"}, "softmax over one output row"),
        (XOR_X, XOR_Y, [2, 1], {"batch_size": 0}, "batch_size must be at least 1"),
        (XOR_X, XOR_Y, [2, 1], {"method": "best"}, "method='best'"),
        (XOR_X, XOR_Y, [2, 1], {"hidden": "best"}, "hidden='best'"),
        (XOR_X, XOR_Y, [2, 1], {"output": "best"}, "output='best'"),
    ],
)
def test_mistakes_are_named(X, Y, layer_dims, options, message):
    with pytest.raises(ValueError, match=message):
        train(X, Y, layer_dims, print_every=None, **options)


def test_accuracy_names_a_truth_of_the_wrong_shape():
    parameters = initialize_parameters([2, 1])
    with pytest.raises(ValueError, match=r"outputs × 4 samples, got \(4, 1\)"):
        accuracy(XOR_X, XOR_Y.T, parameters)
