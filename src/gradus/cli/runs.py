"""gradus runs: experiments side by side, with the settings in which they differ."""

from __future__ import annotations

import sys
from typing import Any

import click

from gradus.cli.console import duration, is_terminal, json_option, metric, note, out, out_json, table, width
from gradus.errors import GradusError, Usage

RESULTS = ("test_accuracy", "test_mae", "test_loss", "val_accuracy", "val_mae", "val_loss")
NOT_COMPARED = ("recipe", "about", "epochs")  # the first column tells recipes apart, another has the epochs
LESS_IS_BETTER = ("loss", "mae", "seconds", "parameters")
SPARED = ("val loss", "parameters", "test loss", "epochs", "val accuracy", "val mae", "time")  # the first first


@click.command("runs")
@click.argument("folder", default="runs")
@click.option(
    "--sort", "key", metavar="NAME", help="Sort by this result or setting. Default: the test result, best first."
)
@json_option
def command(folder: str, key: str | None, as_json: bool) -> None:
    """Compare the runs in FOLDER (default: runs): results, cost, and every setting in which they differ.

    \b
    Examples:
      gradus runs
      gradus runs --sort seconds
      gradus runs experiments --json
    """
    from pathlib import Path

    from gradus.train.run import Run

    if folder == "runs" and not Path(folder).exists():
        note("no runs here yet; make one with: gradus train digits")
        return
    records = [record for record in map(_record, Run.find(folder)) if record]
    records = _sorted(records, key)
    if as_json:
        for record in records:
            out_json(record)
    elif records:
        text, left_out = _table(records, width() if is_terminal(sys.stdout) else None)
        out(text)
        if left_out:
            note(f"no room here for {', '.join(left_out)}: gradus runs --json")
    else:
        note(f"no runs in {folder}; make one with: gradus train digits --out {folder}/digits-1")


def _record(run: Any) -> dict[str, Any]:
    """One run as flat names and values; {} with a warning when it cannot be read."""
    try:
        events = run.events()
        config = run.config()
    except GradusError as error:
        note(f"gradus: warning: {error}")
        return {}
    epochs = [event for event in events if event.get("event") == "epoch"]
    last = events[-1] if events else {}
    status = "done" if last.get("event") == "done" else "unfinished"
    results = {name: value for name, value in last.items() if name in RESULTS or name in ("parameters", "seconds")}
    return {"run": str(run.path), "status": status, "epochs_done": len(epochs), **results, "config": config}


def _sorted(records: list[dict[str, Any]], key: str | None) -> list[dict[str, Any]]:
    if key is None:
        key = next((name for name in RESULTS if any(name in record for record in records)), "run")
    known = {name for record in records for name in _flat(record)}
    if records and key not in known:
        from gradus.io.suggest import did_you_mean

        raise Usage(f"--sort {key}: no run has that{did_you_mean(key, known)}")
    rising = key.endswith(LESS_IS_BETTER) or key == "run"
    with_key = [record for record in records if isinstance(_flat(record).get(key), (int, float))]
    without = [record for record in records if not isinstance(_flat(record).get(key), (int, float))]
    if not with_key:
        return sorted(records, key=lambda record: str(_flat(record).get(key))) if key != "run" else records
    return sorted(with_key, key=lambda record: _flat(record)[key], reverse=not rising) + without


def _table(records: list[dict[str, Any]], columns: int | None = None) -> tuple[str, list[str]]:
    """The table, and the names of those columns that had to go to make it so narrow."""
    results = [name for name in RESULTS if any(name in record for record in records)]
    settings = _differing(records)
    header = ["run", *(name.replace("_", " ") for name in results), "epochs", "parameters", "time", *settings]
    rows = [[*_numbers(record, results), *_settings(record, settings)] for record in records]
    left_out: list[str] = []
    while True:
        text = table(rows, header, right=range(1, len(header) - len(settings)))
        spare = [name for name in SPARED if name in header] + settings[::-1]
        if columns is None or not spare or max(map(len, text.splitlines())) <= columns:
            return text, left_out
        left_out.append(spare[0])
        settings = [name for name in settings if name != spare[0]]
        at = header.index(spare[0])
        header, *rows = [row[:at] + row[at + 1 :] for row in (header, *rows)]


def _numbers(record: dict[str, Any], results: list[str]) -> list[str]:
    numbers = [metric(name, record[name]) if name in record else "" for name in results]
    epochs = f"{record['epochs_done']}" if record["status"] == "done" else f"{record['epochs_done']} unfinished"
    parameters = f"{record['parameters']:,}" if "parameters" in record else ""
    time = duration(record["seconds"]) if "seconds" in record else ""
    return [record["run"], *numbers, epochs, parameters, time]


def _settings(record: dict[str, Any], names: list[str]) -> list[str]:
    flat = _flat(record)
    return [_plain(flat.get(name)) for name in names]


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _differing(records: list[dict[str, Any]]) -> list[str]:
    """The settings that are not the same in all runs of some recipe, by their dotted names."""
    flats = [_flat(record["config"]) for record in records]
    groups = [[flat for flat in flats if flat["recipe"] == recipe] for recipe in {flat["recipe"] for flat in flats}]
    names = dict.fromkeys(name for flat in flats for name in flat if name not in NOT_COMPARED)
    return [name for name in names if any(len({str(flat.get(name)) for flat in group}) > 1 for group in groups)]


def _flat(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """{"a": {"b": 1}} → {"a.b": 1}; a run's configuration loses its first name."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            found |= _flat(value, "" if name == "config" else f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found
