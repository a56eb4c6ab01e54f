"""gradus predict: ask a trained network one question."""

from __future__ import annotations

from typing import Any

import click

from gradus.cli.arguments import data_dir_option, run_argument
from gradus.cli.console import bar, facts, json_option, note, out, out_json, percent, picture, table, width
from gradus.errors import Usage

MOST_CLASSES = 5


@click.command("predict")
@run_argument
@click.argument("image", required=False)
@click.option("--row", metavar="NUMBERS", help="The features of one example: numbers with commas between.")
@click.option("--index", metavar="N", type=click.IntRange(0), help="The N-th example of the test set, from 0.")
@click.option(
    "--invert/--no-invert",
    default=None,
    help="Turn dark and bright around in an image file. Default: when its border is bright, as on paper.",
)
@data_dir_option
@json_option
def command(run: str, image: str | None, row: str | None, index: int | None, as_json: bool, **options: Any) -> None:
    """Ask RUN about one example: an IMAGE file, a --row of numbers, or a test example by its --index.

    Prints the most probable class with every class's probability, or the predicted number.

    \b
    Examples:
      gradus predict runs/digits-1 seven.png
      gradus predict runs/moons-1 --row 0.5,1.2
      gradus predict runs/digits-1 --index 42 --json
    """
    from gradus.train.predictor import Predictor
    from gradus.train.run import Run

    if sum(given is not None for given in (image, row, index)) != 1:
        raise Usage("predict needs one question: an IMAGE file, --row NUMBERS or --index N")
    opened = Run.open(run)
    predictor = Predictor.load(opened)
    for warning in predictor.warnings:
        note(f"gradus: warning: {warning}")
    x, truth = _question(opened, predictor.about, image, row, index, options)
    answer = predictor.answer(x)
    if as_json:
        out_json(_as_json(answer, truth))
    else:
        out(_in_words(x, answer, truth, predictor.about))


def _question(
    run: Any, about: Any, image: str | None, row: str | None, index: int | None, options: dict[str, Any]
) -> tuple[Any, Any]:
    """The example's features, and the right answer where it is known."""
    if index is not None:
        return _test_example(run, index, options["data_dir"], about)
    if row is not None:
        return _numbers(row, about), None
    if len(about.image_shape) != 2:
        raise Usage(f"{run.path} was not trained on images; ask it with --row {','.join(about.feature_names)}")
    from gradus.io.digit import read_digit
    from gradus.io.image import Invert

    invert: Invert = "auto" if options["invert"] is None else options["invert"]
    return read_digit(image or "", tuple(about.image_shape), invert=invert).ravel(), None


def _test_example(run: Any, index: int, data_dir: str | None, about: Any) -> tuple[Any, Any]:
    from gradus.cli.data_of_run import load_data

    data = load_data(run.config(), data_dir)
    if index >= len(data.x_test):
        raise Usage(f"--index {index}: the test set has {len(data.x_test):,} examples, numbered from 0")
    truth = data.y_test[index]
    return data.x_test[index], about.classes[int(truth)] if about.classes else float(truth[0])


def _numbers(row: str, about: Any) -> Any:
    import numpy as np

    words = [word.strip() for word in row.split(",")]
    if len(words) != about.features:
        names = ", ".join(about.feature_names[:8]) + (", …" if about.features > 8 else "")
        raise Usage(f"--row: expected {about.features} numbers ({names}), got {len(words)}")
    try:
        values = np.array([float(word) for word in words])
    except ValueError:
        raise Usage(f"--row: expected numbers with commas between, got {row!r}") from None
    if not (np.abs(values) <= np.finfo(np.float32).max).all():
        raise Usage(f"--row: a number is not finite or too large in {row!r}")
    return values.astype(np.float32)


# ---------------------------------------------------------------------------------------------------------------------


def _as_json(answer: Any, truth: Any) -> dict[str, Any]:
    if answer.probabilities:
        result = {"label": answer.label, "probability": answer.value, "probabilities": answer.probabilities}
    else:
        result = {"value": answer.value}
    return result if truth is None else {**result, "truth": truth}


def _in_words(x: Any, answer: Any, truth: Any, about: Any) -> str:
    parts = [_looks(x, about)]
    if answer.probabilities:
        ranked = list(answer.probabilities.items())[:MOST_CLASSES]
        parts.append(table([[name, percent(share), bar(share)] for name, share in ranked], right=(1,)))
    else:
        parts.append(facts({"value": f"{answer.value:.6g}"}))
    if truth is not None:
        verdict = "" if not answer.probabilities else ", right" if answer.label == truth else ", wrong"
        parts.append(f"truth: {truth}{verdict}" if verdict else f"truth: {truth:.6g}")
    return "\n\n".join(filter(None, parts))


def _looks(x: Any, about: Any) -> str:
    """The image that the network sees, when there is room for it."""
    if len(about.image_shape) != 2 or 2 * about.image_shape[1] > width():
        return ""
    return picture(x.reshape(about.image_shape).tolist())
