from __future__ import annotations

from pathlib import Path

import pytest

from gradus import datasets, recipes
from gradus.errors import BadFile, Usage
from gradus.train import config, toml
from gradus.train.prepare import prepare
from gradus.train.schema import SECTIONS, TOP
from gradus.train.trainer import Trainer

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "recipes.md"


def result(name, folder=None, *assignments):
    settings = config.from_dict(config.override(recipes.load(name), assignments))
    data = datasets.load(settings.data.name, folder)
    *_, done = Trainer(settings, prepare(data, settings.data, settings.seed)).events()
    return done


# --- what they promise -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "least"), [("xor", 1.0), ("moons", 0.97), ("digits", 0.97)])
def test_small_recipes_reach_what_they_promise(name, least):
    done = result(name)
    assert done["test_accuracy"] >= least
    assert done["test_accuracy"] == pytest.approx(done["val_accuracy"], abs=0.06)


def test_a_straight_line_does_not_solve_xor():
    assert result("xor", None, "model.kind=linear")["test_accuracy"] < 0.8


@pytest.mark.parametrize(("name", "least", "most"), [("mnist-mlp", 0.975, 0.99), ("mnist-linear", 0.91, 0.93)])
def test_mnist(name, least, most, data_root):
    done = result(name, data_root)
    assert done["epochs"] == 5
    assert least <= done["test_accuracy"] <= most


def test_mnist_mlp_is_the_network_that_most_courses_build():
    settings = config.from_dict(recipes.load("mnist-mlp"))
    assert (settings.data.name, settings.model.hidden) == ("mnist", [128, 64])


# --- the files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_is_complete_and_explains_itself(name):
    settings = config.from_dict(recipes.load(name))
    assert settings.recipe == name
    assert settings.about
    lines = recipes.text(name).splitlines()
    assert sum(line.startswith("# ") for line in lines) >= 3
    assert lines[0].startswith("# ")


def test_loading_by_path(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('epochs = 3\n[data]\nname = "moons"')
    assert recipes.load(str(path)) == {"recipe": "mine", "epochs": 3, "data": {"name": "moons"}}
    with pytest.raises(BadFile, match="cannot be opened"):
        recipes.load(str(tmp_path / "other.toml"))


def test_a_table_becomes_a_recipe(tmp_path):
    raw = recipes.load(str(tmp_path / "flowers.csv"))
    assert raw["recipe"] == "flowers"
    assert raw["data"]["name"] == str(tmp_path / "flowers.csv")
    assert recipes.load(f"csv:{tmp_path / 'flowers.csv'}") == raw


def test_an_unknown_name():
    with pytest.raises(Usage, match=r"no recipe 'mnist-mpl'; did you mean 'mnist-mlp'\?$"):
        recipes.load("mnist-mpl")


# --- the reference page ----------------------------------------------------------------------------------------------


def rows(fields):
    for key, field in fields.items():
        yield f"| `{key}` | `{toml.value(field.default)}` | {field.expects} | {field.about} |"


def test_the_reference_page_lists_every_key():
    page = PAGE.read_text()
    expected = list(rows(TOP))
    for section in SECTIONS.values():
        expected += rows(section.fields)
        for fields in section.variants.values():
            expected += rows(fields)
    assert [row for row in expected if row not in page] == []
    documented = [line for line in page.splitlines() if line.startswith("| `") and line.count("|") == 5]
    assert sorted(documented) == sorted(expected)


def test_the_reference_page_lists_every_recipe():
    page = PAGE.read_text()
    assert all(f"| `{name}` |" in page for name in recipes.names())
