"""Before autograd: learning machines whose derivatives are written out by hand, in plain NumPy.

Start with one `neuron`, let a `Perceptron` learn AND and OR, and watch it fail on XOR. Compare with neighbours
(`KNearestNeighbors`) and with straight lines (`LinearSVM`, `SoftmaxClassifier`). Then build a network of any depth
from `initialize_parameters`, `forward`, `compute_cost`, `backward` and `update_parameters`, and `train` it: XOR falls.

Layouts: the network takes features × samples (every column is a sample), as textbooks write W·X + b; the classifiers
with `fit` and `predict` take samples × features (every row is a sample), as scikit-learn does.
"""

from __future__ import annotations

from gradus.classic.activations import leaky_relu, relu, sigmoid, softmax, tanh
from gradus.classic.initialization import initialize_parameters
from gradus.classic.knn import KNearestNeighbors
from gradus.classic.linear import (
    LinearSVM,
    SoftmaxClassifier,
    softmax_loss_naive,
    softmax_loss_vectorized,
    svm_loss_naive,
    svm_loss_vectorized,
)
from gradus.classic.losses import binary_cross_entropy, categorical_cross_entropy, one_hot
from gradus.classic.network import backward, compute_cost, forward, update_parameters
from gradus.classic.neuron import mcculloch_pitts, neuron
from gradus.classic.perceptron import Perceptron
from gradus.classic.training import accuracy, predict, train

__all__ = [
    "KNearestNeighbors",
    "LinearSVM",
    "Perceptron",
    "SoftmaxClassifier",
    "accuracy",
    "backward",
    "binary_cross_entropy",
    "categorical_cross_entropy",
    "compute_cost",
    "forward",
    "initialize_parameters",
    "leaky_relu",
    "mcculloch_pitts",
    "neuron",
    "one_hot",
    "predict",
    "relu",
    "sigmoid",
    "softmax",
    "softmax_loss_naive",
    "softmax_loss_vectorized",
    "svm_loss_naive",
    "svm_loss_vectorized",
    "tanh",
    "train",
    "update_parameters",
]
