"""What is to be seen while a network trains: a bar where there is a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from gradus.cli.console import can_show, duration, is_terminal, metric, note, width

Event = dict[str, Any]

LINES = 20  # how many of a long run's epochs get a line
SPARED = ("train_accuracy", "train_mae", "val_loss", "seconds", "train_loss")  # by a narrow terminal, the first first
REFRESH = 0.1  # seconds


@contextmanager
def progress(trainer: Any) -> Iterator[Callable[[Event], None]]:
    """A listener that shows how training goes, on stderr."""
    if is_terminal(sys.stderr):
        with _Bar(trainer) as show:
            yield show
    else:
        yield _Lines(trainer)


class _Lines:
    """One line an epoch, or about twenty in all."""

    def __init__(self, trainer: Any) -> None:
        self.epochs = trainer.config.epochs

    def __call__(self, event: Event) -> None:
        if event["event"] == "epoch" and _worth_a_line(event["epoch"], self.epochs):
            note(epoch_line(event, self.epochs))


def _worth_a_line(epoch: int, epochs: int) -> bool:
    return epoch in (1, epochs) or epoch % max(1, epochs // LINES) == 0


def epoch_line(event: Event, epochs: int, columns: int | None = None) -> str:
    """An epoch's numbers on one line; as many as `columns` have room for, if that is given.

    >>> epoch = {"epoch": 3, "train_loss": 0.25, "val_accuracy": 0.975, "lr": 0.001, "seconds": 1.5}
    >>> epoch_line(epoch, 10)
    'epoch  3/10   loss 0.2500   val accuracy 97.50 %   1.5 s'
    >>> epoch_line(epoch, 10, columns=40)
    'epoch  3/10   val accuracy 97.50 %'
    """
    shown = {"loss": "train_loss", "accuracy": "train_accuracy", "mae": "train_mae", "val loss": "val_loss"}
    shown |= {"val accuracy": "val_accuracy", "val mae": "val_mae"}
    parts = {"epoch": f"epoch {event['epoch']:{len(str(epochs))}d}/{epochs}"}
    parts |= {key: f"{name} {_short(key, event[key])}" for name, key in shown.items() if key in event}
    parts["seconds"] = duration(event["seconds"])
    for key in SPARED:
        if columns is not None and len("   ".join(parts.values())) > columns:
            parts.pop(key, None)
    return "   ".join(parts.values())


def _short(name: str, value: float) -> str:
    return metric(name, value) if name.endswith("accuracy") else f"{value:#.4g}"


class _Bar:
    """rich's progress bar, with loss, accuracy and the time left; finished epochs scroll by above it."""

    def __init__(self, trainer: Any) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self.trainer = trainer
        self.drawn = 0.0
        # The loop itself asks for a new picture now and then: a thread of rich's own would take time from training.
        self.bar = Progress(*self._columns(), console=Console(stderr=True), transient=True, auto_refresh=False)
        self.task = self.bar.add_task(
            "", total=trainer.config.epochs * trainer.steps_per_epoch, completed=trainer.step, numbers=""
        )

    @staticmethod
    def _columns() -> list[Any]:
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

        if width() < 60 or not can_show("━", sys.stderr):
            return [TextColumn("{task.description}"), TaskProgressColumn()]
        return [
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[numbers]}"),
            TimeRemainingColumn(),
            TextColumn("left"),
        ]

    def __enter__(self) -> _Bar:
        self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.bar.stop()

    def __call__(self, event: Event) -> None:
        if event["event"] == "epoch" and _worth_a_line(event["epoch"], self.trainer.config.epochs):
            line = epoch_line(event, self.trainer.config.epochs, width())
            self.bar.console.print(line, highlight=False, markup=False)
        if event["event"] == "step" and monotonic() - self.drawn > REFRESH:
            self._draw(event)

    def _draw(self, event: Event) -> None:
        self.drawn = monotonic()
        scores = self.trainer.tally.scores(self.trainer.data.about)
        numbers = "  ".join(f"{name} {_short(name, value)}" for name, value in scores.items())
        description = f"epoch {event['epoch']}/{self.trainer.config.epochs}"
        self.bar.update(self.task, completed=event["step"], description=description, numbers=numbers)
        self.bar.refresh()
