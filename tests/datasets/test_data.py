from __future__ import annotations

import numpy as np

from gradus.datasets import Data


def test_a_dataset_says_what_it_is():
    data = Data("tiny", np.zeros((3, 2)), np.zeros(3, int), np.zeros((1, 2)), np.zeros(1, int), classes=("a", "b"))
    assert repr(data) == "Data(tiny: 3 + 1 × 2 features, 2 classes)" and data.features == 2
    curve = Data("curve", np.zeros((3, 1)), np.zeros((3, 1)), np.zeros((1, 1)), np.zeros((1, 1)), task="regression")
    assert repr(curve) == "Data(curve: 3 + 1 × 1 features, regression)"
