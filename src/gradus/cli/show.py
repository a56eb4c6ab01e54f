"""gradus show: what one run was, and what came of it."""

from __future__ import annotations

from typing import Any

import click

from gradus.cli.arguments import run_argument
from gradus.cli.console import duration, facts, json_option, metric, out, out_json, sparkline, table

MOST_EPOCHS = 10
COLUMNS = ("train_loss", "train_accuracy", "train_mae", "val_loss", "val_accuracy", "val_mae", "lr")


@click.command("show")
@run_argument
@json_option
def command(run: str, as_json: bool) -> None:
    """Show RUN: its settings, its epochs, its results, and where its pictures are.

    \b
    Examples:
      gradus show runs/digits-1
      gradus show digits-1 --json
    """
    from gradus.train.run import Run

    record = _record(Run.open(run))
    if as_json:
        out_json(record)
    else:
        out(_in_words(record))


def _record(run: Any) -> dict[str, Any]:
    report = run.path / "report.html"
    return {
        "run": str(run.path),
        "config": run.config(),
        "epochs": run.history(),
        "result": run.result(),
        "figures": sorted(str(path) for path in run.figures.glob("*.png")),
        "report": str(report) if report.exists() else None,
        "environment": run.read_json("environment.json"),
    }


def _in_words(record: dict[str, Any]) -> str:
    parts = [_settings(record), _epochs(record["epochs"]), _result(record), _pictures(record)]
    return "\n\n".join(filter(None, parts))


def _settings(record: dict[str, Any]) -> str:
    config = record["config"]
    sections = {name: table for name, table in config.items() if isinstance(table, dict)}
    lines = {name: _listed(table) for name, table in sections.items()}
    top = f"{config.epochs} epochs, batches of {config.batch_size}, seed {config.seed}"
    return facts({"run": record["run"], "recipe": config.recipe, "about": config.about, "training": top, **lines})


def _listed(table: dict[str, Any]) -> str:
    """Settings on one line, without those that say nothing."""
    return ", ".join(_spelled(key, value) for key, value in table.items() if value not in ("", False, {}))


def _spelled(key: str, value: Any) -> str:
    if isinstance(value, dict):
        return _listed(value)
    return str(value) if key in ("name", "kind") else f"{key} {value}"


def _epochs(history: list[dict[str, Any]]) -> str:
    if not history:
        return "no epoch is finished yet"
    columns = [name for name in COLUMNS if name in history[0]]
    step = max(1, -(-len(history) // MOST_EPOCHS))
    chosen = history[::-1][::step][::-1]
    rows = [[str(row["epoch"]), *(metric(name, row[name]) for name in columns)] for row in chosen]
    header = ["epoch", *(name.replace("_", " ") for name in columns)]
    losses = [row.get("val_loss", row["train_loss"]) for row in history]
    curve = f"loss {sparkline(losses)} {losses[0]:.4g} to {losses[-1]:.4g}"
    return table(rows, header, right=range(len(header))) + f"\n\n{curve}"


def _result(record: dict[str, Any]) -> str:
    result = record["result"]
    if not result:
        return f"not finished; go on with: gradus train --resume {record['run']}"
    shown = {name.replace("_", " "): metric(name, value) for name, value in result.items() if name.startswith("test_")}
    return facts({**shown, "parameters": f"{result['parameters']:,}", "time": duration(result["seconds"])})


def _pictures(record: dict[str, Any]) -> str:
    return "\n".join(filter(None, [*record["figures"], record["report"]]))
