"""The page about several runs: one table, one figure, and the settings in which they differ."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from gradus import plot
from gradus.errors import GradusError, Usage
from gradus.plot.files import write_whole
from gradus.report.markup import Markup, page, tag
from gradus.report.page import figures, flat, notes, section
from gradus.report.record import Picture, Record, as_picture, read
from gradus.report.words import is_number, name_of, value

BEST = (("test_accuracy", max), ("test_loss", min), ("val_accuracy", max), ("val_loss", min))
HIDDEN = ("step", "steps", "epoch", "test_samples", "train_loss", "train_accuracy", "train_mae", "lr")


def write_comparison(run_dirs: Sequence[str | os.PathLike[str]], path: str | os.PathLike[str]) -> Path:
    """Write one self-contained page that compares runs to ``path``, and return the path.

    Errors: Usage without any run, BadFile when a folder is no run, Environment when the page cannot be written.
    """
    if not run_dirs:
        raise Usage("write_comparison: expected one run directory or more, got none")
    runs = dict(zip(names(run_dirs), map(read, run_dirs), strict=True))
    return write_whole(Path(path), render(runs).encode())


def names(run_dirs: Sequence[str | os.PathLike[str]]) -> list[str]:
    """The folders' last names; as many parents with them as tell every two apart, a number where none does.

    >>> names(["a/digits", "b/digits"])
    ['a/digits', 'b/digits']
    """
    parts = [Path(folder).resolve().parts for folder in run_dirs]
    for depth in (1, 2, 3):
        short = ["/".join(part[-depth:]) for part in parts]
        if len(set(short)) == len(short):
            return short
    return [f"{part[-1]} ({number})" for number, part in enumerate(parts, 1)]


def render(runs: Mapping[str, Record]) -> str:
    """The page as a string."""
    said = _headline(runs)
    problems = [f"{name}: {problem}" for name, record in runs.items() for problem in record.problems]
    return page(
        said,
        tag("header", tag("p", f"{len(runs)} runs"), tag("h1", said)),
        notes(problems),
        section("Results", _results(runs)),
        section("Curves", figures(_curves(runs))),
        section("Settings that differ", _differences(runs)),
        tag("footer", "Written by gradus. This page is one file; it loads nothing from elsewhere."),
    )


def final(record: Record) -> dict[str, object]:
    """The numbers of the end; of a run that has none yet, those of its last epoch and the time of all."""
    if record.done or not record.history:
        return record.done
    seconds = [row["seconds"] for row in record.history if is_number(row.get("seconds"))]
    return {**record.history[-1], "epochs": len(record.history), "seconds": sum(seconds)}


def _headline(runs: Mapping[str, Record]) -> str:
    ends = {name: final(record) for name, record in runs.items()}
    for key, better in BEST:
        known = {name: end[key] for name, end in ends.items() if is_number(end.get(key))}
        if known:
            best = better((number, name) for name, number in known.items())[1]
            return f"Best of {len(runs)}: {best}, {name_of(key)} {value(key, known[best])}"
    return f"{len(runs)} runs"


def _results(runs: Mapping[str, Record]) -> Markup:
    ends = {name: final(record) for name, record in runs.items()}
    every = dict.fromkeys(key for end in ends.values() for key, number in end.items() if is_number(number))
    keys = sorted((key for key in every if key not in HIDDEN), key=_place)
    head = tag("tr", tag("th", "run", scope="col"), *(tag("th", name_of(key), scope="col") for key in keys))
    rows = [
        tag("tr", tag("th", name, scope="row"), *(tag("td", value(key, end.get(key))) for key in keys))
        for name, end in ends.items()
    ]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *rows), class_="runs"), class_="scroll")


def _place(key: str) -> tuple[bool, bool, bool]:
    return not key.startswith("test"), not key.startswith("val"), not key.endswith("accuracy")


def _curves(runs: Mapping[str, Record]) -> list[Picture]:
    try:
        picture = as_picture("compare", plot.png(plot.compare({name: record.history for name, record in runs.items()})))
    except GradusError:
        return []
    return [picture] if picture else []


def _differences(runs: Mapping[str, Record]) -> Markup | None:
    """A row for each key that has not the same value in every run."""
    said = {name: dict(flat(record.config)) for name, record in runs.items()}
    keys = dict.fromkeys(key for config in said.values() for key in config)
    unlike = [key for key in keys if len({config.get(key) for config in said.values()}) > 1]
    if not unlike:
        return None
    head = tag("tr", tag("th", "setting", scope="col"), *(tag("th", name, scope="col") for name in runs))
    rows = [
        tag("tr", tag("th", key, scope="row"), *(tag("td", config.get(key, "–")) for config in said.values()))
        for key in unlike
    ]
    return tag("div", tag("table", tag("thead", head), tag("tbody", *rows), class_="words"), class_="scroll")
