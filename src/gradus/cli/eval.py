"""gradus eval: how good a trained run is, in numbers."""

from __future__ import annotations

from typing import Any

import click

from gradus.cli.arguments import data_dir_option, run_argument
from gradus.cli.console import facts, json_option, metric, note, out, out_json, table
from gradus.errors import IntegrityError

MOST_CLASSES = 40


@click.command("eval")
@run_argument
@click.option(
    "--split",
    type=click.Choice(["test", "val", "train"]),
    default="test",
    show_default=True,
    help="Which examples; val are those kept aside while training.",
)
@data_dir_option
@json_option
def command(run: str, split: str, data_dir: str | None, as_json: bool) -> None:
    """Measure the best weights of RUN: loss, accuracy, and for each class how often it is found and rightly named.

    \b
    Examples:
      gradus eval runs/digits-1
      gradus eval runs/mnist-mlp-1 --split val --json
    """
    from gradus.train.predictor import Predictor
    from gradus.train.run import Run

    opened = Run.open(run)
    predictor = Predictor.load(opened)
    for warning in predictor.warnings:
        note(f"gradus: warning: {warning}")
    result = _measure(opened, predictor, split, data_dir)
    if as_json:
        out_json(result)
    else:
        out(_in_words(result))


def _measure(run: Any, predictor: Any, split: str, data_dir: str | None) -> dict[str, Any]:
    from gradus.train import evaluate, metrics

    part = getattr(_prepared(run, predictor, data_dir), split)
    if not len(part.x):
        raise click.UsageError(f"{run.path} has no {split} examples (data.val = 0)")
    outputs = evaluate.outputs(predictor.network, part.x)
    scores = evaluate.scores(outputs, part.y, predictor.about)
    result = {"run": str(run.path), "split": split, "samples": len(part.x)}
    result |= {f"{split}_{name}": score for name, score in scores.items()}
    if predictor.about.task == "classification":
        classes = predictor.about.classes
        matrix = metrics.confusion_matrix(part.y, outputs.argmax(axis=1), len(classes))
        precision, recall = metrics.precision_recall(matrix)
        result |= {"classes": classes, "precision": precision.tolist(), "recall": recall.tolist()}
        result["confusion_matrix"] = matrix.tolist()
    return result


def _prepared(run: Any, predictor: Any, data_dir: str | None) -> Any:
    """The run's data, split as it was and on the run's own scale."""
    from gradus.cli.data_of_run import load_data
    from gradus.train.prepare import prepare

    config = run.config()
    prepared = prepare(load_data(config, data_dir), config.data, config.seed)
    if prepared.about.to_json() != predictor.about.to_json():
        raise IntegrityError(f"{config.data.name}: not the data that {run.path} was trained on")
    return prepared


def _in_words(result: dict[str, Any]) -> str:
    split = result["split"]
    scores = {
        name.replace("_", " "): metric(name, value) for name, value in result.items() if name.startswith(f"{split}_")
    }
    text = facts({"run": result["run"], "examples": f"{result['samples']:,}", **scores})
    classes = result.get("classes", [])
    if not 0 < len(classes) <= MOST_CLASSES:
        return text
    counts = [sum(row) for row in result["confusion_matrix"]]
    rows = [
        [name, f"{count:,}", metric("accuracy", found), metric("accuracy", right)]
        for name, count, found, right in zip(classes, counts, result["recall"], result["precision"])
    ]
    return f"{text}\n\n" + table(rows, ["class", "examples", "found", "right when named"], right=(1, 2, 3))
