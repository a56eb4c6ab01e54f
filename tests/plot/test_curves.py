import math

import numpy as np
import pytest

from gradus import plot
from gradus.errors import Usage
from gradus.plot import style


def history(epochs: int, **more: object) -> list[dict]:
    return [
        {
            "epoch": i,
            "train_loss": 1 / i,
            "val_loss": 1.1 / i,
            "train_accuracy": 1 - 0.5 / i,
            "val_accuracy": 1 - 0.6 / i,
            **more,
        }
        for i in range(1, epochs + 1)
    ]


def texts(figure) -> set[str]:
    return {text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))}


@pytest.mark.parametrize(("draw", "metric"), [(plot.loss_curves, "loss"), (plot.accuracy_curves, "accuracy")])
def test_what_is_drawn_is_what_was_given(draw, metric: str) -> None:
    figure = draw(history(8))
    (axes,) = figure.axes
    training, validation = axes.lines
    for line, part in ((training, "train"), (validation, "val")):
        assert line.get_xdata().tolist() == list(range(1, 9))
        assert line.get_ydata().tolist() == [row[f"{part}_{metric}"] for row in history(8)]
    assert (training.get_linestyle(), training.get_color()) == ("-", style.BLUE)
    assert (validation.get_linestyle(), validation.get_color()) == ("--", style.VERMILLION)
    assert {"training", "validation", "epoch", metric.capitalize()} <= texts(figure)


def test_one_epoch_is_a_marker_in_the_middle() -> None:
    (axes,) = plot.loss_curves(history(1)).axes
    assert axes.get_xlim() == (0, 2) and axes.get_xticks().tolist() == [1]
    assert all(line.get_marker() == "o" and line.get_markevery() is None for line in axes.lines)


def test_the_learning_rate_has_a_panel_when_it_changes() -> None:
    rows = history(4)
    for row in rows:
        row["lr"] = 0.1 / row["epoch"]
    loss, rate = plot.loss_curves(rows).axes
    assert rate.lines[0].get_ydata().tolist() == [row["lr"] for row in rows]
    assert loss.get_position().height > rate.get_position().height
    assert loss.get_xlim() == rate.get_xlim()


def test_a_constant_learning_rate_is_said_in_the_caption() -> None:
    figure = plot.loss_curves(history(4, lr=0.05))
    assert len(figure.axes) == 1
    assert plot.files.words(figure)["Comment"].endswith("Learning rate 0.05 throughout.")


def test_a_loss_that_is_not_a_number_leaves_a_shaded_gap() -> None:
    rows = history(6)
    rows[2]["train_loss"], rows[3]["train_loss"] = math.nan, math.inf
    figure = plot.loss_curves(rows)
    (axes,) = figure.axes
    assert np.isnan(axes.lines[0].get_ydata()).tolist() == [False, False, True, True, False, False]
    assert sorted(patch.get_x() for patch in axes.patches) == [2.5, 3.5]
    assert "not a number" in texts(figure)
    assert "training is not a number in 2 epochs" in plot.files.words(figure)["Description"]


def test_a_run_that_never_had_a_finite_loss_can_be_drawn() -> None:
    figure = plot.loss_curves([{"epoch": 1, "train_loss": math.nan}, {"epoch": 2, "train_loss": math.nan}])
    assert plot.png(figure).startswith(b"\x89PNG")


def test_epochs_without_validation_are_bridged() -> None:
    rows = history(6)
    for row in rows[::2]:
        row["val_loss"] = None
    line = plot.loss_curves(rows).axes[0].lines[1]
    assert line.get_xdata().tolist() == [2, 4, 6] and np.isfinite(line.get_ydata()).all()


def test_training_alone_is_one_line() -> None:
    (axes,) = plot.loss_curves([{"epoch": 1, "train_loss": 1.0}, {"epoch": 2, "train_loss": 0.5}]).axes
    assert len(axes.lines) == 1


def test_the_alt_text_tells_first_last_and_best() -> None:
    rows = history(3)
    rows[2]["val_loss"] = 0.9
    alt = plot.files.words(plot.loss_curves(rows))["Description"]
    assert "validation goes from 1.1 to 0.9, best 0.55 at epoch 2" in alt


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (plot.loss_curves, "train_loss or val_loss"),
        (plot.accuracy_curves, "train_accuracy or val_accuracy"),
        (plot.learning_rate_curve, "lr"),
    ],
)
def test_a_history_without_the_metric_is_refused(draw, expected: str) -> None:
    with pytest.raises(Usage, match=expected):
        draw([{"epoch": 1, "seconds": 3}])


def test_the_learning_rate_alone() -> None:
    figure = plot.learning_rate_curve([{"epoch": 1, "lr": 0.1}, {"epoch": 2, "lr": 0.01}])
    assert figure.axes[0].lines[0].get_ydata().tolist() == [0.1, 0.01]
    assert "0.1 at epoch 1, 0.01 at epoch 2" in plot.files.words(figure)["Description"]


def test_nothing_is_cut_off_at_the_edges() -> None:
    figure = plot.loss_curves(history(12, lr=0.1))
    figure.canvas.draw()
    box, page = figure.get_tightbbox(), figure.get_size_inches()
    assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= page[0] and box.y1 <= page[1]
