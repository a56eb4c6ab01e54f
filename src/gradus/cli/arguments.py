"""Arguments that several commands take, with the completions that the shell asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def _complete_recipe(_ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
    from gradus import recipes

    files = [str(path) for pattern in ("*.toml", "*.csv") for path in Path().glob(pattern)]
    return [name for name in [*recipes.names(), *files] if name.startswith(start)]


def _complete_run(_ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
    folder = Path(start).parent if "/" in start else Path("runs")
    found = [str(path.parent) for path in folder.glob("*/config.toml")]
    return [name for name in found if name.startswith(start) or Path(name).name.startswith(start)]


def _complete_key(_ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
    from gradus.train import config

    return [f"{key}=" for key in config.every_key() if key.startswith(start)]


def _complete_dataset(_ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
    from gradus import datasets

    return [name for name in datasets.names() if name.startswith(start)]


recipe_argument: Callable[[Any], Any] = click.argument("recipe", required=False, shell_complete=_complete_recipe)
run_argument: Callable[[Any], Any] = click.argument("run", shell_complete=_complete_run)
dataset_argument: Callable[[Any], Any] = click.argument("name", shell_complete=_complete_dataset)
resume_option: Callable[[Any], Any] = click.option(
    "--resume", metavar="RUN", shell_complete=_complete_run, help="Go on with this run from its last checkpoint."
)
set_option: Callable[[Any], Any] = click.option(
    "--set",
    "assignments",
    metavar="KEY=VALUE",
    multiple=True,
    shell_complete=_complete_key,
    help="Change one value of the recipe; may be given often. `gradus recipes --keys` lists the keys.",
)
data_dir_option: Callable[[Any], Any] = click.option(
    "--data-dir", metavar="DIR", help="Where the dataset's files are. Default: $GRADUS_DATA, then gradus' cache."
)
