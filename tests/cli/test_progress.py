from __future__ import annotations

import pytest

from gradus.cli.progress import SPARED, epoch_line

EVENT = {
    "epoch": 7,
    "train_loss": 0.05539,
    "train_accuracy": 1.0,
    "val_loss": 0.03178,
    "val_accuracy": 0.975,
    "lr": 0.001,
    "seconds": 0.004,
}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (None, "epoch  7/20   loss 0.05539   accuracy 100.00 %   val loss 0.03178   val accuracy 97.50 %   4 ms"),
        (80, "epoch  7/20   loss 0.05539   val loss 0.03178   val accuracy 97.50 %   4 ms"),
        (60, "epoch  7/20   loss 0.05539   val accuracy 97.50 %   4 ms"),
        (40, "epoch  7/20   val accuracy 97.50 %"),
    ],
)
def test_a_narrow_terminal_shows_what_matters_most(columns, expected):
    assert epoch_line(EVENT, 20, columns) == expected


def test_what_is_spared_is_an_events():
    assert set(SPARED) <= {*EVENT, "train_mae"}
