import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from gradus.errors import Usage
from gradus.plot.plane import RESOLUTION, survey, understood

X = np.array([[-2.0, 0.0], [-1.0, 1.0], [1.0, -1.0], [2.0, 0.5]])
Y = np.array([0, 0, 1, 1])


@pytest.mark.parametrize("form", ["columns", "rows", "second", "column", "row"])
def test_every_form_of_probabilities_says_the_same_as_scikit_learn(form: str) -> None:
    model = LogisticRegression().fit(X, Y)

    def predict(points: np.ndarray) -> np.ndarray:
        both = model.predict_proba(points)
        second = both[:, 1]
        return {
            "columns": both,
            "rows": both.T,
            "second": second,
            "column": second[:, None],
            "row": second[None],
        }[form]

    found = survey(predict, X, Y)
    np.testing.assert_allclose(found.at_examples, model.predict_proba(X))
    where = np.column_stack([found.across.ravel(), found.up.ravel()])
    np.testing.assert_allclose(found.shares.reshape(-1, 2), model.predict_proba(where))


def test_scores_of_every_class_become_their_softmax() -> None:
    scores = np.array([[1.0, 3.0, -2.0], [0.0, 0.0, 0.0]])
    labels, shares = understood(scores, 2, np.array([0, 1, 2]))
    np.testing.assert_allclose(shares, np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True))
    assert labels.tolist() == [0, 1, 2]


def test_the_sign_of_one_score_decides() -> None:
    labels, shares = understood(np.array([-5.0, 0.5, 900.0]), 3, np.array([-1, 1]))
    assert labels.tolist() == [-1, 1] and shares.argmax(axis=1).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("output", "y", "labels"),
    [
        (np.array([True, False]), [0, 1], [0, 1]),
        (np.array([-1.0, 1.0]), [-1, 1], [-1, 1]),
        (np.array([2, 7]), [2, 7, 9], [2, 7, 9]),
        (np.array(["red", "blue"]), ["red", "blue"], ["blue", "red"]),
    ],
)
def test_labels_are_taken_as_they_are(output: np.ndarray, y: list, labels: list) -> None:
    found, shares = understood(output, 2, np.array(y))
    assert found.tolist() == labels
    assert found[shares.argmax(axis=1)].tolist() == output.tolist()
    assert shares.max(axis=1).tolist() == [1, 1]


def test_a_class_without_examples_keeps_its_column() -> None:
    labels, _ = understood(np.full((2, 4), 0.25), 2, np.array([0, 2]))
    assert labels.tolist() == [0, 1, 2, 3]


def test_predict_is_asked_once_in_the_type_of_the_examples() -> None:
    asked = []

    def predict(points: np.ndarray) -> np.ndarray:
        asked.append((points.shape, points.dtype))
        return points[:, 0] > 0

    survey(predict, X.astype(np.float32), Y)
    assert asked == [((RESOLUTION**2 + 4, 2), np.float32)]


def test_the_grid_reaches_past_every_example_even_a_single_one() -> None:
    for examples in (X, X[:1]):
        found = survey(lambda points: points[:, 0] > 0, examples, Y[: len(examples)])
        assert (found.across[0, 0] < examples[:, 0].min()) and (found.across[0, -1] > examples[:, 0].max())
        assert (found.up[0, 0] < examples[:, 1].min()) and (found.up[-1, 0] > examples[:, 1].max())


@pytest.mark.parametrize(
    ("output", "y", "message"),
    [
        (np.ones(3), [0, 1], r"shape \(3,\) for 2 points"),
        (np.array([0.3, 0.4]), [0, 1, 2], "one number a point, but y has 3 classes"),
        (np.array([[np.nan, 1], [1, 0]]), [0, 1], "not finite"),
        (np.full((2, 2), 0.5), [5, 6, 7], "predict has 2 classes"),
    ],
)
def test_what_is_no_answer_is_refused(output: np.ndarray, y: list, message: str) -> None:
    with pytest.raises(Usage, match=message):
        understood(output, 2, np.array(y))
