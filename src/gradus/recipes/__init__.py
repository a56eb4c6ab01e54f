"""Ready experiments as TOML files, each with a comment that says what it shows.

>>> from gradus import recipes
>>> recipes.load("mnist-mlp")["model"]["hidden"]
[128, 64]
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from gradus.errors import Usage
from gradus.io.suggest import did_you_mean
from gradus.train import config


@cache
def names() -> list[str]:
    """The names of the recipes, the smallest first."""
    found = {entry.name.removesuffix(".toml") for entry in files(__name__).iterdir() if entry.name.endswith(".toml")}
    order = ["xor", "moons", "digits", "mnist-linear", "mnist-mlp", "table"]
    return [name for name in order if name in found] + sorted(found - set(order))


def text(name: str) -> str:
    """A recipe as it is written, comments included. Raises Usage for a name that is not there."""
    if name not in names():
        raise Usage(f"no recipe {name!r}{did_you_mean(name, names()) or '; `gradus recipes` lists them'}")
    return files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8")


def load(name: str) -> dict[str, Any]:
    """The tables of a recipe, of a TOML file, or for a CSV file those of the recipe `table` with its path filled in.

    A name that ends in .toml or .csv, or holds a slash, is a path. The tables are yet to be checked: see
    `gradus.train.config.from_dict`.

    Raises:
        Usage: there is no such recipe.
        BadFile: the file is missing or not TOML.
    """
    path = Path(name.removeprefix("csv:"))
    if path.suffix.lower() == ".csv":
        raw = load("table")
        return {**raw, "recipe": path.stem, "data": {**raw["data"], "name": str(path.absolute())}}
    if path.suffix.lower() == ".toml" or len(path.parts) > 1:
        return {"recipe": path.stem, **config.load(path)}
    return {"recipe": name, **config.parse(text(name), source=f"recipe {name}")}
