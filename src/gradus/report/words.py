"""Numbers and results in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from gradus.plot.style import percent
from gradus.report.record import Record

# what a dataset's examples are called, and what is done with them
THINGS = {"digits": ("digits", "recognised"), "mnist": ("digits", "recognised")}
POINTS = ("xor", "moons", "circles", "spirals", "blobs")


def headline(record: Record) -> str:
    """What came out, in one sentence: '97.8 % of 360 test digits recognised after 20 epochs, 2.1 s'."""
    if not record.history and not record.done:
        return "No epoch was finished"
    if not record.done:
        return f"Not finished: {_epochs(record)}{_so_far(record)}"
    after = f" after {_epochs(record)}" if record.history else ""
    seconds = record.done.get("seconds")
    took = f", {duration(seconds)}" if is_number(seconds) else ""
    return f"{_result(record)}{after}{took}"


def _epochs(record: Record) -> str:
    last = record.history[-1].get("epoch", len(record.history))
    planned = record.config.get("epochs")
    if not record.done and is_number(planned) and planned != last:
        return f"{last} of {planned} epochs"
    return f"{last} epoch" if last == 1 else f"{last} epochs"


def _so_far(record: Record) -> str:
    last = record.history[-1]
    for key, name in (("val_accuracy", "validation accuracy"), ("val_loss", "validation loss"), ("train_loss", "loss")):
        if is_number(last.get(key)):
            return f", {name} {value(key, last[key])} so far"
    return ""


def _result(record: Record) -> str:
    done = record.done
    thing, verb = things(record.config)
    for part in ("test", "val"):
        share, count = done.get(f"{part}_accuracy"), done.get(f"{part}_samples")
        if is_number(share):
            shown = f"{count:,} " if is_number(count) else "the "
            return f"{percent(share)} of {shown}{name_of(part)} {thing} {verb}"
    for key in ("test_mae", "val_mae", "test_loss", "val_loss", "train_loss"):
        if is_number(done.get(key)):
            return f"{name_of(key).capitalize()} {value(key, done[key])}"
    return "Finished"


def things(config: Mapping[str, Any]) -> tuple[str, str]:
    """What the run's examples are called, and the verb for getting one right.

    >>> things({"data": {"name": "moons"}})
    ('points', 'classified correctly')
    """
    data = config.get("data")
    name = data.get("name") if isinstance(data, Mapping) else None
    if isinstance(name, str) and name in THINGS:
        return THINGS[name]
    return ("points" if name in POINTS else "examples"), "classified correctly"


# ---------------------------------------------------------------------------------------------------------------------
# Numbers


def is_number(candidate: object) -> TypeGuard[int | float]:
    """A finite number, and not a truth value."""
    return isinstance(candidate, (int, float)) and not isinstance(candidate, bool) and math.isfinite(candidate)


def value(key: str, number: object) -> str:
    """A metric as people write it: shares as percent, seconds as time, counts with commas, the rest with four digits.

    >>> value("val_accuracy", 0.978), value("seconds", 75.0), value("parameters", 109386), value("val_loss", 0.12345)
    ('97.8 %', '1 min 15 s', '109,386', '0.1235')
    """
    if number is None:
        return "–"
    if not is_number(number):
        return str(number)
    if key.endswith("accuracy"):
        return percent(number)
    if key == "seconds" or key.endswith("_seconds"):
        return duration(number)
    return f"{number:,}" if isinstance(number, int) else f"{number:.4g}"


def duration(seconds: float) -> str:
    """Seconds in the units that suit them.

    >>> duration(0.0421), duration(2.14), duration(75), duration(7500)
    ('0.04 s', '2.1 s', '1 min 15 s', '2 h 05 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds >= 0.1 else f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def name_of(key: str) -> str:
    """A metric's key in words.

    >>> name_of("val_accuracy"), name_of("lr")
    ('validation accuracy', 'learning rate')
    """
    words = {"val": "validation", "train": "training", "lr": "learning rate", "mae": "mean error", "seconds": "time"}
    return " ".join(words.get(part, part) for part in key.split("_"))
