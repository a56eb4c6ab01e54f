from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, strategies as st

from gradus import optim, recipes
from gradus.errors import BadFile, Usage
from gradus.train import config, toml
from gradus.train.optimize import OPTIMIZERS
from gradus.train.schema import OPTIMIZER, SECTIONS


def set_(*assignments, raw=None):
    return config.from_dict(config.override(raw or {}, assignments))


# --- reading and writing ---------------------------------------------------------------------------------------------

SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
)
TABLES = st.recursive(
    st.dictionaries(st.text("ab-é .\"'", max_size=4), SCALARS | st.lists(SCALARS, max_size=3), max_size=3),
    lambda inner: st.dictionaries(st.text("xyz", min_size=1, max_size=2), inner | SCALARS, max_size=3),
    max_leaves=6,
)


@given(TABLES)
def test_the_toml_that_is_written_is_what_python_reads(table):
    assert tomllib.loads(toml.dumps(table)) == table


def test_what_toml_cannot_hold():
    with pytest.raises(TypeError, match="NoneType"):
        toml.dumps({"a": None})


@pytest.mark.parametrize("name", recipes.names())
def test_a_configuration_written_out_is_the_same_when_read(name, tmp_path):
    first = config.from_dict(recipes.load(name))
    (tmp_path / "config.toml").write_text(config.to_toml(first))
    again = config.from_dict(config.load(tmp_path / "config.toml"))
    assert again == first
    assert config.to_toml(again) == config.to_toml(first)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"epochs = ", "not TOML: Invalid value"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"a = " + b"[" * 5000, "not TOML"),
        (b"a = 1\na = 2", "not TOML: Cannot overwrite a value"),
    ],
)
def test_a_damaged_file(content, message, tmp_path):
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(BadFile) as error:
        config.load(path)
    assert str(error.value).startswith(f"{path}: {message}")


# --- checking --------------------------------------------------------------------------------------------------------


def test_every_default_is_in_its_own_range():
    for section in SECTIONS.values():
        for kind in section.variants or {"": {}}:
            for field in section.keys(kind).values():
                assert field.accept(field.default) == field.default


def test_optimizer_defaults_are_those_of_the_classes():
    """`lr` of plain SGD is the exception: torch's 0.001 is too small a step to see anything happen."""
    import inspect

    for name, fields in OPTIMIZER.variants.items():
        parameters = inspect.signature(OPTIMIZERS[name]).parameters
        for key, field in fields.items():
            if (name, key) != ("sgd", "lr"):
                default = parameters[key].default
                assert field.default == (list(default) if isinstance(default, tuple) else default), (name, key)
    assert inspect.signature(optim.SGD).parameters["lr"].default == 0.001


@pytest.mark.parametrize(
    ("assignment", "message"),
    [
        ("lr=1", "unknown key 'lr'; did you mean 'optimizer.lr'?"),
        ("optimizer.lr=abc", "optimizer.lr: expected a positive number, got 'abc'"),
        ("optimizer.lr=0", "optimizer.lr: expected a positive number, got 0"),
        ("optimizer.lr=nan", "optimizer.lr: expected a positive number, got nan"),
        ("optimizer.learning_rate=1", "unknown key 'optimizer.learning_rate'; optimizer has name, lr, betas, eps"),
        ("optimizer.weight_deca=1", "unknown key 'optimizer.weight_deca'; did you mean 'optimizer.weight_decay'?"),
        ("colour=1", "unknown key 'colour'; `gradus recipes --keys` lists them all"),
        ("optimizer.momentum=0.9", "unknown key 'optimizer.momentum'; it goes with optimizer.name = sgd or rmsprop"),
        ("optimiser.lr=1", "unknown key 'optimiser'; did you mean 'optimizer'?"),
        ("optimizer=adam", "optimizer: expected a table of settings, got 'adam'; did you mean optimizer.name?"),
        (
            "optimizer.name=adm",
            "optimizer.name: expected one of sgd, adam, adamw, rmsprop, adagrad, got 'adm'; did you mean 'adam'?",
        ),
        ("epoch=3", "unknown key 'epoch'; did you mean 'epochs'?"),
        ("epochs=0", "epochs: expected a whole number from 1 to 1000000, got 0"),
        ("epochs=2.0", "epochs: expected a whole number from 1 to 1000000, got 2.0"),
        ("epochs=true", "epochs: expected a whole number from 1 to 1000000, got true"),
        ("epochs.x=1", "epochs: expected a whole number from 1 to 1000000, got {'x': 1}"),
        ("model.hidden=[128,-1]", "model.hidden: expected a list of values, each a positive whole number, such as"),
        ("model.hidden=[128,64", "model.hidden: expected a list of values, each a positive whole number, such as"),
        (
            "optimizer.betas=[0.9]",
            "optimizer.betas: expected a list of 2 values, each a number from 0 up to, but not, 1",
        ),
        ("data.val=1", "data.val: expected a number from 0 up to, but not, 1, got 1"),
        ("data.options.a.b=1", "--set 'data.options.a.b=1': expected key=value, such as optimizer.lr=0.01"),
        ("data.options=1", "data.options: expected a table of numbers"),
        ("seed=-1", "seed: expected a whole number from 0 to 4294967295, got -1"),
        ("seed=99999999999", "seed: expected a whole number from 0 to 4294967295"),
        ("optimizer.lr", "--set 'optimizer.lr': expected key=value, such as optimizer.lr=0.01"),
        ("=1", "--set '=1': expected key=value"),
        ("a..b=1", "--set 'a..b=1': expected key=value"),
        ("recipe=a\nseed=1", "recipe: expected a text, got 'a\\nseed=1'"),
    ],
)
def test_a_mistake_is_named_with_what_was_expected(assignment, message):
    with pytest.raises(Usage) as error:
        set_(assignment)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_an_attribute_that_is_not_there():
    with pytest.raises(AttributeError, match="the configuration has no 'epoch'; did you mean 'epochs'"):
        _ = config.from_dict({}).epoch


def test_defaults_are_not_shared():
    config.from_dict({}).model.hidden.append(7)
    assert config.from_dict({}).model.hidden == [128, 64]


# --- overriding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.01", 0.01),
        ("1e-3", 0.001),
        (".5", 0.5),
        ("5.", 5.0),
        ("-.5e2", -50.0),
        ("1_000", 1000),
        ("true", True),
        ("[256, 128]", [256, 128]),
        ("adam", "adam"),
        ('"adam"', "adam"),
        ("a b", "a b"),
        ("", ""),
        ("True", "True"),
        ("1\nx=2", "1\nx=2"),
    ],
)
def test_values_are_toml_and_bare_words_are_texts(text, value):
    read = config.read_value(text)
    assert read == value
    assert type(read) is type(value)


def test_later_assignments_win_and_the_recipe_is_left_alone():
    raw = {"optimizer": {"lr": 0.1}}
    assert set_("optimizer.lr=0.2", "optimizer.lr=0.3", raw=raw).optimizer.lr == 0.3
    assert raw == {"optimizer": {"lr": 0.1}}


def test_another_choice_drops_the_keys_that_do_not_go_with_it():
    raw = {"optimizer": {"name": "adam", "lr": 0.002, "betas": [0.8, 0.9]}}
    chosen = set_("optimizer.name=sgd", "optimizer.momentum=.9", raw=raw).optimizer
    assert chosen == {
        "name": "sgd", "lr": 0.002, "momentum": 0.9, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0,
    }  # fmt: skip
    with pytest.raises(Usage, match=r"unknown key 'optimizer.betas'; it goes with optimizer.name = adam or adamw"):
        set_("optimizer.name=sgd", "optimizer.betas=[0.8,0.9]", raw=raw)


def test_options_of_a_dataset_pass_through():
    assert set_("data.options.noise=0.3", 'data.options.drop=["id"]').data.options == {"noise": 0.3, "drop": ["id"]}


@given(st.text(max_size=30))
def test_no_assignment_ends_in_anything_but_a_configuration_or_a_usage_error(text):
    try:
        set_(text)
    except Usage as error:
        assert "\n" not in str(error)
