"""What happens along the way: each listener is called with every event that the trainer yields.

    for event in trainer.events():
        for listener in listeners:
            listener(event)

Write your own as any function of one event; `fit` takes it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic
from typing import Any

from gradus.train import checkpoint
from gradus.train.run import Run
from gradus.train.trainer import Event, Trainer

Listener = Callable[[Event], object]

SAVE_EVERY = 10.0  # seconds of work that a power cut may cost


class Stopped(Exception):
    """Training was asked to stop, and its state is saved."""

    def __init__(self, run: Run, step: int, exit_code: int) -> None:
        super().__init__(f"stopped at step {step}")
        self.run, self.step, self.exit_code = run, step, exit_code


def fit(
    trainer: Trainer, run: Run, listeners: Sequence[Listener] = (), *, save_every: float = SAVE_EVERY
) -> dict[str, Any]:
    """Train in a run directory until the end; returns the last event, with every final metric.

    Args:
        listeners: called with each event, after it has been recorded.
        save_every: seconds between two checkpoints; 0 saves after every step. One is always saved at the end.

    Raises:
        Stopped: Ctrl-C or SIGTERM came; the step was finished and a checkpoint saved. A second signal ends the process.
        CheckFailed: the loss stopped being a number.
        Environment: a checkpoint could not be written.
    """
    saver = Saver(trainer, run, save_every)
    run.rewrite(trainer.history)
    done: Event = {}
    with stop_signals() as stop:
        for event in trainer.events():
            if event["event"] == "done":
                run.export(trainer.weights())
                done = event = {"event": "done", "run": str(run.path), **event}
            if event["event"] != "step":
                run.append(event)
            saver(event)
            for listener in listeners:
                listener(event)
            if stop.exit_code and event["event"] != "done":
                saver.save()
                raise Stopped(run, trainer.step, stop.exit_code)
    return done


class Saver:
    """Saves a checkpoint after the first and the last epoch, and in between whenever enough time has passed."""

    def __init__(self, trainer: Trainer, run: Run, every: float) -> None:
        self.trainer, self.run, self.every = trainer, run, every
        self.due = monotonic() + every

    def __call__(self, event: Event) -> None:
        first_or_last = event["event"] == "epoch" and (event["epoch"] == 1 or self.trainer.finished)
        if first_or_last or (event["event"] == "step" and monotonic() >= self.due):
            self.save()

    def save(self) -> None:
        """Save now."""
        checkpoint.save(self.run.checkpoints, self.trainer.snapshot())
        self.due = monotonic() + self.every


class Stop:
    """Becomes true, with the exit code to end with, when a signal has come."""

    exit_code = 0


EXIT_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
if hasattr(signal, "SIGHUP"):
    EXIT_CODES[signal.SIGHUP] = 143


@contextmanager
def stop_signals() -> Iterator[Stop]:
    """Within this block the first Ctrl-C, SIGTERM or SIGHUP raises a flag; a second one ends the process at once."""
    stop = Stop()

    def received(number: int, _frame: object) -> None:
        if stop.exit_code:
            raise SystemExit(stop.exit_code)
        stop.exit_code = EXIT_CODES[signal.Signals(number)]

    if threading.current_thread() is not threading.main_thread():
        yield stop  # Python delivers signals to the main thread only
        return
    before = {number: signal.getsignal(number) for number in EXIT_CODES}
    # Whoever started the process may have asked for a signal to be ignored, as nohup does with SIGHUP.
    before = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, received)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
