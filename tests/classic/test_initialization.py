"""Initial weights: shapes, spread and repeatability."""

from __future__ import annotations

import numpy as np
import pytest

from gradus.classic import initialize_parameters

EXPECTED_STD = {"zeros": 0.0, "large": 100.0, "xavier": 200**-0.5, "glorot": (2 / 700) ** 0.5, "he": (2 / 200) ** 0.5}


def test_names_and_shapes():
    parameters = initialize_parameters([5, 4, 3, 2])
    assert {name: p.shape for name, p in parameters.items()} == {
        "W1": (4, 5), "b1": (4, 1), "W2": (3, 4), "b2": (3, 1), "W3": (2, 3), "b3": (2, 1)
    }  # fmt: skip
    assert list(parameters) == ["W1", "b1", "W2", "b2", "W3", "b3"]


@pytest.mark.parametrize("method", EXPECTED_STD)
def test_spread_of_the_weights_and_zero_biases(method):
    parameters = initialize_parameters([200, 500, 1], method, seed=3)
    W, expected = parameters["W1"], EXPECTED_STD[method]
    samples = W.size  # the standard error of a standard deviation is σ/√(2n), that of a mean σ/√n
    assert W.std() == pytest.approx(expected, abs=5 * expected / (2 * samples) ** 0.5)
    assert W.mean() == pytest.approx(0.0, abs=5 * expected / samples**0.5)
    assert not parameters["b1"].any() and not parameters["b2"].any()


def test_the_seed_decides_and_the_global_stream_is_left_alone():
    before = np.random.get_state()[1].copy()
    a, b, c = (initialize_parameters([3, 4, 1], seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(a["W1"], b["W1"])
    assert not np.array_equal(a["W1"], c["W1"])
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_he_keeps_the_signal_of_a_deep_relu_network_and_large_and_xavier_do_not():
    X = np.random.default_rng(0).standard_normal((256, 200))
    sizes = [256] * 21
    growth = {}
    for method in ("he", "xavier", "large"):
        parameters, A = initialize_parameters(sizes, method, seed=0), X
        for layer in range(1, 21):
            A = np.maximum(parameters[f"W{layer}"] @ A, 0)
        growth[method] = np.sqrt(np.mean(A**2)) / np.sqrt(np.mean(X**2))
    assert 0.3 < growth["he"] < 3
    assert growth["xavier"] < 0.01
    assert growth["large"] > 1e20


@pytest.mark.parametrize("bad", [[], [3], [3, 0], [3, -1, 1], [3, 2.5, 1], "32"])
def test_bad_sizes_are_named(bad):
    with pytest.raises(ValueError, match="two or more positive whole numbers"):
        initialize_parameters(bad)


def test_an_unknown_method_is_named_with_a_guess():
    with pytest.raises(ValueError, match=r"method='glorott' is unknown; .*did you mean 'glorot'\?"):
        initialize_parameters([2, 1], "glorott")
