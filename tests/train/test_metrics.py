from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from gradus.train import metrics


@pytest.fixture(params=range(3))
def labels(request):
    random = np.random.RandomState(request.param)
    return random.randint(0, 5, 200), random.randint(0, 4, 200)  # the last class is never named


def test_accuracy_and_confusion_matrix_are_sklearns(labels):
    true, said = labels
    assert metrics.accuracy(true, said) == sk.accuracy_score(true, said)
    assert np.array_equal(metrics.confusion_matrix(true, said, 5), sk.confusion_matrix(true, said, labels=range(5)))


def test_precision_and_recall_are_sklearns(labels):
    true, said = labels
    precision, recall = metrics.precision_recall(metrics.confusion_matrix(true, said, 5))
    expected = sk.precision_recall_fscore_support(true, said, labels=range(5), zero_division=0)
    assert np.allclose(precision, expected[0], rtol=0, atol=1e-15)
    assert np.allclose(recall, expected[1], rtol=0, atol=1e-15)


def test_mean_absolute_error_is_sklearns():
    random = np.random.RandomState(0)
    true, said = random.randn(50, 1).astype(np.float32), random.randn(50, 1).astype(np.float32)
    assert metrics.mean_absolute_error(true, said) == pytest.approx(sk.mean_absolute_error(true, said), rel=1e-7)


def test_softmax_does_not_overflow():
    assert metrics.softmax(np.array([[1e4, 0.0, -1e4]], np.float32)).tolist() == [[1.0, 0.0, 0.0]]
    logits = np.random.RandomState(0).randn(7, 3) * 50
    assert np.allclose(metrics.softmax(logits).sum(axis=1), 1, rtol=0, atol=1e-15)
