from __future__ import annotations

import errno
import os
import signal
import threading

import pytest

from gradus.datasets import load
from gradus.errors import Environment
from gradus.train import checkpoint, config
from gradus.train.callbacks import Stopped, fit, stop_signals
from gradus.train.prepare import prepare
from gradus.train.run import Run
from gradus.train.trainer import Trainer


@pytest.fixture
def experiment(tmp_path):
    settings = config.from_dict({"epochs": 3, "batch_size": 16, "data": {"name": "moons", "val": 0.2}})
    trainer = Trainer(settings, prepare(load("moons", n=80), settings.data, 0))
    return trainer, Run.create(settings, tmp_path / "run")


def steps(run):
    return [int(path.name[5:]) for path in checkpoint.steps(run.checkpoints)]


def test_listeners_hear_every_event_and_the_result_is_returned(experiment):
    heard = []
    done = fit(*experiment, [lambda event: heard.append(event["event"])])
    assert heard == ([*["step"] * 4, "epoch"] * 3) + ["done"]
    assert done["event"] == "done"
    assert done["run"] == str(experiment[1].path)
    assert experiment[1].result() == done


def test_the_first_and_the_last_epoch_are_saved(experiment):
    fit(*experiment)
    assert steps(experiment[1]) == [12, 4]


def test_saving_after_every_step(experiment):
    seen = []
    fit(*experiment, [lambda event: seen.append(max(steps(experiment[1]), default=0))], save_every=0)
    assert seen == [1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 12, 12]


def test_a_signal_stops_after_the_step(experiment):
    trainer, run = experiment

    def interrupt(event):
        if event["event"] == "step" and event["step"] == 6:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Stopped) as stopped:
        fit(trainer, run, [interrupt])
    assert (stopped.value.step, stopped.value.exit_code) == (6, 143)
    assert steps(run)[0] == 6
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_second_signal_ends_at_once():
    with pytest.raises(SystemExit) as ended, stop_signals() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.exit_code == 130
        os.kill(os.getpid(), signal.SIGINT)
    assert ended.value.code == 130


def test_a_signal_that_is_to_be_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_signals() as stop:
            os.kill(os.getpid(), signal.SIGHUP)
            assert stop.exit_code == 0
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_training_in_another_thread(experiment):
    results = []
    thread = threading.Thread(target=lambda: results.append(fit(*experiment)))
    thread.start()
    thread.join()
    assert results[0]["event"] == "done"


def test_a_disk_that_fills_up_ends_the_run_and_costs_no_checkpoint(experiment, monkeypatch):
    trainer, run = experiment

    def fill(event):
        if event["event"] == "epoch" and event["epoch"] == 2:
            monkeypatch.setattr(os, "fsync", full)

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(Environment, match="step-00000012: cannot save: No space left on device"):
        fit(trainer, run, [fill])
    monkeypatch.undo()
    assert steps(run) == [4]
    assert run.result() == {}
    assert checkpoint.load(run.checkpoints).damaged == []
