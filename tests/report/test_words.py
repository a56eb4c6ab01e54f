import pytest

from gradus.report.record import Record
from gradus.report.words import duration, headline, is_number, name_of, value

from .conftest import done, epoch

DIGITS = {"data": {"name": "digits"}, "epochs": 20}


def record(config: dict, epochs: int = 20, **end: object) -> Record:
    return Record("run", config=config, history=[epoch(i) for i in range(1, epochs + 1)], done=end)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (record(DIGITS, **done()), "97.8 % of 360 test digits recognised after 20 epochs, 2.1 s"),
        (record({}, **done()), "97.8 % of 360 test examples classified correctly after 20 epochs, 2.1 s"),
        (
            record({"data": {"name": "moons"}}, 1, **done()),
            "97.8 % of 360 test points classified correctly after 1 epoch, 2.1 s",
        ),
        (record(DIGITS, **done(test_samples=10_000)), "97.8 % of 10,000 test digits recognised after 20 epochs, 2.1 s"),
        (record(DIGITS, test_accuracy=1.0), "100 % of the test digits recognised after 20 epochs"),
        (
            record(DIGITS, val_accuracy=0.5, seconds=75),
            "50.0 % of the validation digits recognised after 20 epochs, 1 min 15 s",
        ),
        (record({}, test_loss=0.0123, test_mae=0.1, seconds=3), "Test mean error 0.1 after 20 epochs, 3.0 s"),
        (record({}, test_loss=0.0123), "Test loss 0.0123 after 20 epochs"),
        (record({}, event="done"), "Finished after 20 epochs"),
        (record(DIGITS, 7), "Not finished: 7 of 20 epochs, validation accuracy 95.7 % so far"),
        (record({}, 1), "Not finished: 1 epoch, validation accuracy 70.0 % so far"),
        (record(DIGITS, 0), "No epoch was finished"),
        (record({"data": "text", "epochs": "many"}, 2), "Not finished: 2 epochs, validation accuracy 85.0 % so far"),
    ],
)
def test_headline(told: Record, expected: str) -> None:
    assert headline(told) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0.00 s"), (0.3, "0.3 s"), (59.94, "59.9 s"), (60, "1 min 00 s"), (119.7, "2 min 00 s"), (3600, "1 h 00 min")],
)
def test_duration(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [(1, True), (0.5, True), (True, False), ("1", False), (None, False), (float("nan"), False)],
)
def test_numbers_are_finite_and_no_truth_values(candidate: object, expected: bool) -> None:
    assert is_number(candidate) is expected


@pytest.mark.parametrize(
    ("key", "number", "expected"),
    [
        ("f1", None, "–"),
        ("f1", float("nan"), "nan"),
        ("f1", "much", "much"),
        ("epoch", 1000, "1,000"),
        ("lr", 1e-5, "1e-05"),
    ],
)
def test_value(key: str, number: object, expected: str) -> None:
    assert value(key, number) == expected


def test_names_of_unknown_metrics_are_their_keys() -> None:
    assert name_of("train_f1_score") == "training f1 score"
