"""gradus recipes: what there is to try, and what can be changed in it."""

from __future__ import annotations

import click

from gradus.cli.arguments import recipe_argument
from gradus.cli.console import json_option, out, out_json, table


@click.command("recipes")
@recipe_argument
@click.option("--keys", "show_keys", is_flag=True, help="List every key that --set can change.")
@json_option
def command(recipe: str | None, show_keys: bool, as_json: bool) -> None:
    """List the ready experiments, or print RECIPE as it is written.

    \b
    Examples:
      gradus recipes
      gradus recipes mnist-mlp > mine.toml      then: gradus train mine.toml
      gradus recipes --keys
      gradus recipes mnist-mlp --json           complete, with every default
    """
    if show_keys:
        _print_keys(recipe, as_json)
    elif recipe is None:
        _print_list(as_json)
    else:
        _print_one(recipe, as_json)


def _print_list(as_json: bool) -> None:
    from gradus import recipes

    found = {name: recipes.load(name)["about"] for name in recipes.names()}
    if as_json:
        for name, about in found.items():
            out_json({"recipe": name, "about": about})
    else:
        out(table(list(found.items())))


def _print_one(name: str, as_json: bool) -> None:
    from gradus import recipes
    from gradus.train import config

    if as_json:
        out_json(config.from_dict(recipes.load(name)))
    else:
        out(recipes.text(name).rstrip() if name in recipes.names() else config.to_toml(recipes.load(name)).rstrip())


def _print_keys(recipe: str | None, as_json: bool) -> None:
    from gradus import recipes
    from gradus.train import config

    raw = recipes.load(recipe) if recipe else {}
    chosen = config.from_dict(raw)
    for key, field in config.every_key(raw).items():
        value = chosen
        for part in key.split("."):
            value = value[part]
        if as_json:
            out_json({"key": key, "value": value, "expects": field.expects, "about": field.about})
        else:
            out(f"{key} = {config.toml.value(value)}\n    {field.about} ({field.expects})")
    if not as_json and not recipe:
        out("\nOther choices have other keys: gradus recipes RECIPE --keys shows those of a recipe.")
