from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch
from sklearn import metrics as sk
from torch.utils.data import DataLoader, TensorDataset

import gradus
from gradus.datasets import load
from gradus.errors import CheckFailed, IntegrityError
from gradus.train import config, evaluate
from gradus.train.checkpoint import Snapshot
from gradus.train.prepare import prepare
from gradus.train.trainer import Trainer


def trainer(*assignments, dataset="blobs", **options) -> Trainer:
    """A small experiment: three clouds, 100 examples, steps of 16."""
    raw = {"epochs": 3, "batch_size": 16, "data": {"name": dataset, "val": 0.2}, "model": {"hidden": [8]}}
    settings = config.from_dict(config.override(raw, assignments))
    return Trainer(settings, prepare(load(dataset, n=100, **options), settings.data, settings.seed))


def without_times(events):
    return [{key: value for key, value in event.items() if key != "seconds"} for event in events]


# --- events ----------------------------------------------------------------------------------------------------------


def test_the_events_of_a_run():
    events = list(trainer("model.dropout=0.2").events())
    assert [event["event"] for event in events] == ([*["step"] * 5, "epoch"] * 3) + ["done"]
    assert [event["step"] for event in events[:-1]] == [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 15]
    assert set(events[5]) == {
        "event", "epoch", "step", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr", "seconds",
    }  # fmt: skip
    done = events[-1]
    assert (done["epochs"], done["steps"], done["test_samples"], done["parameters"]) == (3, 15, 50, 8 * 3 + 3 * 9)
    assert {"test_loss", "test_accuracy", "val_loss", "train_loss", "best_epoch", "seconds"} <= set(done)
    json.dumps(events, allow_nan=False)


def test_the_same_seed_gives_the_same_numbers():
    assert without_times(trainer().events()) == without_times(trainer().events())
    assert without_times(trainer("seed=1").events()) != without_times(trainer().events())


def test_numbers_do_not_depend_on_what_was_drawn_before():
    first = without_times(trainer("model.dropout=0.5").events())
    gradus.rand(100)
    assert without_times(trainer("model.dropout=0.5").events()) == first


def test_a_regression_has_errors_in_the_targets_units():
    done = list(trainer("optimizer.lr=0.02", "epochs=100", "model.activation=tanh", dataset="sine").events())[-1]
    assert "test_accuracy" not in done
    assert 0.05 < done["test_mae"] < 0.25  # the noise alone has a mean distance of 0.08


def test_the_program_written_in_pytorch_comes_to_the_same_losses():
    """Same initial weights, same order of the same batches, same optimiser, written plainly."""
    ours = trainer("optimizer.name=sgd", "optimizer.lr=0.1", "optimizer.momentum=0.9")
    theirs = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
    theirs.load_state_dict({name: torch.tensor(weight) for name, weight in ours.weights().items()})
    optimizer = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    examples = TensorDataset(*map(torch.tensor, ours.data.train))
    expected = []
    for epoch in (1, 2, 3):
        for x, y in DataLoader(examples, 16, shuffle=True, generator=torch.Generator().manual_seed(epoch)):
            loss = torch.nn.functional.cross_entropy(theirs(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            expected.append(loss.item())
    seen = [event["loss"] for event in ours.events() if event["event"] == "step"]
    assert np.allclose(seen, expected, rtol=1e-4)


# --- what is measured ------------------------------------------------------------------------------------------------


def test_scores_are_sklearns():
    run = trainer()
    list(run.events())
    outputs = evaluate.outputs(run.network, run.data.test.x)
    scores = evaluate.scores(outputs, run.data.test.y, run.data.about)
    powers = np.exp(outputs.astype(np.float64))
    assert scores["accuracy"] == sk.accuracy_score(run.data.test.y, outputs.argmax(axis=1))
    assert scores["loss"] == pytest.approx(
        sk.log_loss(run.data.test.y, powers / powers.sum(axis=1, keepdims=True)), rel=1e-5
    )


def test_evaluation_is_in_large_batches_without_gradients_and_changes_nothing(monkeypatch):
    run = trainer("model.dropout=0.5")
    before, state = run.weights(), np.asarray(gradus.get_rng_state()).copy()
    whole = evaluate.outputs(run.network, run.data.train.x)
    monkeypatch.setattr(evaluate, "BATCH", 7)
    assert np.allclose(evaluate.outputs(run.network, run.data.train.x), whole, rtol=1e-5, atol=1e-6)
    assert np.array_equal(np.asarray(gradus.get_rng_state()), state)
    assert run.network.training
    assert all(np.array_equal(weight, before[name]) for name, weight in run.weights().items())
    assert all(parameter.grad is None for parameter in run.network.parameters())


def test_the_best_epoch_is_chosen_on_validation_data():
    run = trainer("epochs=8", "optimizer.lr=0.05")
    events = list(run.events())
    epochs = [event for event in events if event["event"] == "epoch"]
    best = max(epochs, key=lambda event: (event["val_accuracy"], -event["val_loss"]))
    done = events[-1]
    assert done["best_epoch"] == best["epoch"]
    assert done["val_loss"] == best["val_loss"]
    assert done["test_loss"] == run.evaluate("test", run.data.test)["test_loss"], "the network holds the best weights"


def test_without_validation_data_the_last_epoch_counts():
    events = list(trainer("data.val=0").events())
    assert "val_loss" not in events[-2]
    assert events[-1]["best_epoch"] == 3
    assert "val_loss" not in events[-1]


def test_patience_ends_a_run_early():
    events = list(trainer("patience=2", "epochs=50", "optimizer.name=sgd", "optimizer.lr=1e-30").events())
    assert events[-1]["epochs"] == 3, "nothing improves after the first epoch"


def test_clipping_bounds_the_step():
    run = trainer("optimizer.name=sgd", "optimizer.lr=1", "clip_norm=0.001")
    before = run.weights()
    next(run.events())
    moved = sum(float(((weight - before[name]) ** 2).sum()) for name, weight in run.weights().items())
    assert math.sqrt(moved) == pytest.approx(0.001, rel=1e-3)


def test_a_loss_that_is_no_number_stops_the_run_and_says_where():
    run = trainer("optimizer.name=sgd", "optimizer.lr=1e30", "epochs=5")
    with pytest.raises(
        CheckFailed, match=r"training diverged: the loss became (nan|inf) at epoch 1, step \d; .*smaller optimizer.lr"
    ):
        list(run.events())


def test_an_example_that_is_no_number():
    run = trainer()
    run.data.val.x[0] = np.inf
    with pytest.raises(CheckFailed, match=r"val_loss became (nan|inf) at epoch 1, step 6"):
        list(run.events())


# --- state -----------------------------------------------------------------------------------------------------------

OPTIMIZERS = ["sgd", "adam", "adamw", "rmsprop", "adagrad"]
SCHEDULES = ["none", "step", "multistep", "exponential", "linear", "cosine", "warmup_cosine", "onecycle", "plateau"]


def copied(snapshot: Snapshot) -> Snapshot:
    """As it comes back from the disk."""
    return Snapshot(snapshot.tensors, json.loads(json.dumps(snapshot.state, allow_nan=False)))


def assert_goes_on_exactly(*assignments: str, at: int) -> None:
    whole = trainer(*assignments)
    expected = list(whole.events())
    stopped = trainer(*assignments)
    for _, event in zip(range(at), stopped.events()):
        del event
    snapshot = copied(stopped.snapshot())
    resumed = trainer(*assignments)
    gradus.rand(17)
    resumed.restore(snapshot)
    rest = list(resumed.events())
    assert without_times(rest) == without_times(expected[len(expected) - len(rest) :])
    assert without_times(resumed.history) == without_times(whole.history)
    for name, weight in whole.weights().items():
        assert np.array_equal(resumed.weights()[name], weight), name
    assert len(rest) == len(expected) - at


@pytest.mark.parametrize("at", [1, 3, 5, 6, 7, 12, 17, 18])
def test_a_run_that_goes_on_is_the_run_that_was_not_stopped(at):
    assert_goes_on_exactly("model.dropout=0.3", "schedule.name=warmup_cosine", at=at)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_goes_on_exactly(optimizer):
    more = ["optimizer.momentum=0.9", "optimizer.nesterov=true"] if optimizer == "sgd" else []
    assert_goes_on_exactly(f"optimizer.name={optimizer}", *more, at=8)


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_goes_on_exactly(schedule):
    assert_goes_on_exactly(f"schedule.name={schedule}", "epochs=4", at=13)


def test_a_snapshot_of_something_else_is_refused():
    with pytest.raises(IntegrityError, match=r"the checkpoint does not fit the run's config.toml"):
        trainer("model.hidden=[9]").restore(copied(trainer().snapshot()))
    broken = copied(trainer().snapshot())
    del broken.state["tally"]
    with pytest.raises(IntegrityError, match="tally"):
        trainer().restore(broken)
