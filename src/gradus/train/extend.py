"""Going on with a run for longer than was planned."""

from __future__ import annotations

from collections.abc import Iterable

from gradus.errors import Usage
from gradus.io.atomic import write_bytes
from gradus.train import config as configuration
from gradus.train.config import Config
from gradus.train.optimize import LAID_OUT_OVER_THE_RUN
from gradus.train.run import Run

CHANGEABLE = ("epochs", "patience")


def extended(run: Run, assignments: Iterable[str]) -> Config:
    """The run's configuration with `epochs` or `patience` changed, and config.toml rewritten to match.

    Raises:
        Usage: an assignment changes something else, which would make it another experiment, or changes the number of
            epochs over which the schedule is laid out.
    """
    before = run.config()
    after = configuration.from_dict(configuration.override(before, assignments))
    changed = [key for key in after if after[key] != before[key]]
    for key in changed:
        if key not in CHANGEABLE:
            raise Usage(f"--resume can change {' and '.join(CHANGEABLE)} only; for another {key} begin a new run")
    if "epochs" in changed and before.schedule.name in LAID_OUT_OVER_THE_RUN:
        raise Usage(
            f"schedule {before.schedule.name} is laid out over {before.epochs} epochs, so this run cannot be made "
            f"longer; begin a new one: gradus train {run.path / 'config.toml'} --set epochs={after.epochs}"
        )
    if changed:
        write_bytes(run.path / "config.toml", configuration.to_toml(after).encode())
    return after
