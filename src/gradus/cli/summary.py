"""The last words of `gradus train`: what was learned, where it is, what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gradus.cli.console import duration, facts, percent


def summary(run: Any, done: dict[str, Any], trainer: Any, report: Path | None) -> str:
    """A few lines about a finished run."""
    lines = facts(
        {
            **_results(done, trainer.data.about),
            "parameters": f"{done['parameters']:,}",
            "time": f"{duration(done['seconds'])} for {_epochs(done)}",
            "run": str(run.path),
            "report": str(report or ""),
        }
    )
    return f"\n{lines}\n\nnext: gradus predict {run.path} --index 0\n      gradus show {run.path}"


def _results(done: dict[str, Any], about: Any) -> dict[str, str]:
    if about.task == "regression":
        error = f"{done['test_mae']:.4g} on average, over {done['test_samples']:,} examples it had never seen"
        return {"test error": error}
    right = round(done["test_accuracy"] * done["test_samples"])
    return {
        "test accuracy": f"{percent(done['test_accuracy'])}: {right:,} of {done['test_samples']:,} "
        "examples it had never seen",
        "guessing": percent(1 / len(about.classes)),
    }


def _epochs(done: dict[str, Any]) -> str:
    count = f"{done['epochs']} epoch{'s' * (done['epochs'] != 1)}"
    return (
        count
        if done["best_epoch"] == done["epochs"]
        else f"{count}; the weights of epoch {done['best_epoch']} are kept"
    )
