"""gradus train: the main job, from a recipe to a run directory with a report."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import click

from gradus.cli.arguments import data_dir_option, recipe_argument, resume_option, set_option
from gradus.cli.console import json_option, note, out, out_json
from gradus.errors import IntegrityError, Usage

FIXED = {"--out": "folder", "--label": "label", "--task": "task", "--seed": "seed"}


@click.command("train", context_settings={"max_content_width": 100})
@recipe_argument
@set_option
@click.option("--seed", type=int, metavar="N", help="Short for --set seed=N: same seed, same numbers.")
@click.option("--label", metavar="COLUMN", help="For a CSV file: the column to predict.")
@click.option(
    "--task",
    type=click.Choice(["classification", "regression"]),
    help="For a CSV file: whether that column names a class (the default) or is a number to come near to.",
)
@click.option("--out", "folder", metavar="DIR", help="The run's folder. Default: the next free runs/RECIPE-N.")
@data_dir_option
@resume_option
@click.option(
    "--save-every",
    metavar="SECONDS",
    type=click.FloatRange(0),
    default=10.0,
    show_default=True,
    help="Time between two checkpoints; 0 saves after every step. One is always saved at the end.",
)
@click.option("--figures/--no-figures", default=True, help="Draw figures and write report.html at the end.")
@json_option
def command(recipe: str | None, assignments: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Train a network from RECIPE and keep everything about it in a run directory.

    RECIPE is a name that `gradus recipes` lists, a TOML file (such as the config.toml of an earlier run), or a CSV
    file of your own. Progress goes to stderr; the results, at the end, to stdout.

    Ctrl-C finishes the step, saves, and says how to go on; a second one stops at once.

    \b
    Examples:
      gradus train digits
      gradus train mnist-mlp --set epochs=15 --set model.hidden=[256,128]
      gradus train mnist-mlp --set optimizer.name=sgd --set optimizer.lr=0.1 --seed 7
      gradus train flowers.csv --label species
      gradus train --resume runs/mnist-mlp-1 --set epochs=20
      gradus train digits --json | tail -1
    """
    session = _resume(options, assignments, recipe) if options["resume"] else _begin(recipe, assignments, options)
    with session.lock:
        _train(session, options, as_json)


class Session(NamedTuple):
    """What there is before the first step: a run that is held, and a trainer."""

    run: Any
    trainer: Any
    data: Any
    lock: ExitStack


# ---------------------------------------------------------------------------------------------------------------------
# A new run.


def _begin(recipe: str | None, assignments: tuple[str, ...], options: dict[str, Any]) -> Session:
    from gradus import recipes
    from gradus.cli.data_of_run import load_data
    from gradus.train import config as configuration
    from gradus.train.prepare import prepare
    from gradus.train.run import Run
    from gradus.train.trainer import Trainer

    if recipe is None:
        raise Usage("which recipe? `gradus recipes` lists them; start with: gradus train digits")
    raw = configuration.override(recipes.load(recipe), assignments)
    config = configuration.from_dict(_with_options(raw, options))
    data = load_data(config)
    trainer = Trainer(config, prepare(data, config.data, config.seed))
    run = Run.create(config, options["folder"])
    held = ExitStack()
    held.enter_context(run.lock())
    _describe(run, trainer, data)
    return Session(run, trainer, data, held)


def _with_options(raw: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """--seed, --data-dir, --label and --task are short for settings."""
    data = dict(raw.get("data", {}))
    if options["data_dir"]:
        data["dir"] = str(Path(options["data_dir"]).absolute())
    if options["label"]:
        data["label"] = options["label"]
    if options["task"]:
        data["options"] = {**data.get("options", {}), "task": options["task"]}
    return {**raw, "data": data} | ({} if options["seed"] is None else {"seed": options["seed"]})


def _describe(run: Any, trainer: Any, data: Any) -> None:
    from gradus.train import environment
    from gradus.train.prepare import digest

    command_line = ["gradus", *sys.argv[1:]]
    run.write_json("data.json", trainer.data.about.to_json())
    run.write_json(
        "environment.json", environment.describe(command_line, seed=trainer.config.seed, dataset_sha256=digest(data))
    )


# ---------------------------------------------------------------------------------------------------------------------
# An old run.


def _resume(options: dict[str, Any], assignments: tuple[str, ...], recipe: str | None) -> Session:
    from gradus.train.run import Run

    for name, given in _fixed_from_the_start(recipe, options).items():
        if given is not None:
            raise Usage(f"--resume goes on with a run as it was begun, so it takes no {name}")
    run = Run.open(options["resume"])
    held = ExitStack()
    held.enter_context(run.lock())
    try:
        return _restored(run, assignments, options, held)
    except BaseException:
        held.close()
        raise


def _fixed_from_the_start(recipe: str | None, options: dict[str, Any]) -> dict[str, Any]:
    return {"RECIPE": recipe} | {name: options[key] for name, key in FIXED.items()}


def _restored(run: Any, assignments: tuple[str, ...], options: dict[str, Any], held: ExitStack) -> Session:
    from gradus.cli.data_of_run import load_data
    from gradus.train import checkpoint, extend
    from gradus.train.prepare import digest, prepare
    from gradus.train.trainer import Trainer

    config = extend.extended(run, assignments)
    data = load_data(config, options["data_dir"])
    before = run.read_json("environment.json")
    if before.get("dataset_sha256") not in (None, digest(data)):
        raise IntegrityError(f"{config.data.name}: not the data that {run.path} was begun with")
    trainer = Trainer(config, prepare(data, config.data, config.seed))
    _warn_of_drift(before)  # only now are there as many threads as the trainer wants
    loaded = checkpoint.load(run.checkpoints)
    if loaded:
        for path, reason in loaded.damaged:
            note(f"gradus: warning: {reason}; kept as {checkpoint.set_aside(path).name}, the one before it is used")
        trainer.restore(loaded.snapshot)
    note(f"going on with {run.path} from step {trainer.step}")
    if not before:
        _describe(run, trainer, data)
    return Session(run, trainer, data, held)


def _warn_of_drift(before: dict[str, Any]) -> None:
    from gradus.train import environment

    changes = environment.differences(before.get("fingerprint", {}), environment.fingerprint()) if before else []
    if changes:
        note(f"gradus: warning: the last bits may differ from an uninterrupted run: {'; '.join(changes)}")


# ---------------------------------------------------------------------------------------------------------------------
# Training.


def _train(session: Session, options: dict[str, Any], as_json: bool) -> None:
    from gradus.cli.progress import progress
    from gradus.train.callbacks import Stopped, fit

    run, trainer = session.run, session.trainer
    try:
        with progress(trainer) as show:
            listeners = [show, _print_event] if as_json else [show]
            done = fit(trainer, run, listeners, save_every=options["save_every"])
    except Stopped as stopped:
        note(f"gradus: stopped at step {stopped.step}, resume with: gradus train --resume {run.path}")
        raise SystemExit(stopped.exit_code) from None
    report = _draw(session) if options["figures"] else None
    if not as_json:
        from gradus.cli.summary import summary

        out(summary(run, done, trainer, report))


def _print_event(event: dict[str, Any]) -> None:
    if event["event"] != "step":
        out_json(event)


def _draw(session: Session) -> Path:
    from gradus import report
    from gradus.cli.figures import draw
    from gradus.train.predictor import Predictor

    note("drawing figures")
    draw(session.run, Predictor(session.trainer.network, session.trainer.data.about), session.data)
    return report.write(session.run.path)
