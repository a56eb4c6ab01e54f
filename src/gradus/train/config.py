"""A run's whole configuration: read from TOML, changed by `--set`, checked key by key, written back complete.

config = from_dict(tomllib.loads(text))
config = from_dict(override(raw, ["optimizer.lr=0.01", "model.hidden=[256, 128]"]))
config.optimizer.lr
"""

from __future__ import annotations

import copy
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from gradus.errors import BadFile, Usage
from gradus.io.atomic import read_bytes
from gradus.io.suggest import did_you_mean
from gradus.train import toml
from gradus.train.fields import Field
from gradus.train.schema import SECTIONS, TOP, Fields, Section

MAX_BYTES = 1_000_000
LIST_KEYS = "; `gradus recipes --keys` lists them all"
HEADER = "# The whole configuration of one run. `gradus train config.toml` repeats it.\n\n"


class Config(dict):
    """A checked configuration: a dict of values and sections whose keys are attributes too: `config.optimizer.lr`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the configuration has no {name!r}{did_you_mean(name, self)}") from None


# ---------------------------------------------------------------------------------------------------------------------
# In and out.


def load(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The tables of a TOML file, unchecked. Raises BadFile."""
    return parse(read_bytes(path, MAX_BYTES), source=str(path))


def parse(text: str | bytes, *, source: str) -> dict[str, Any]:
    """The tables of a TOML text, unchecked; `source` is its name in errors."""
    try:
        return tomllib.loads(text.decode() if isinstance(text, bytes) else text)
    except UnicodeDecodeError as error:
        raise BadFile(f"{source}: not UTF-8 at byte {error.start}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadFile(f"{source}: not TOML: {error or 'nested too deep'}") from None


def to_toml(config: Mapping[str, Any]) -> str:
    """The TOML text from which `load` and `from_dict` make an equal configuration."""
    return HEADER + toml.dumps(config)


# ---------------------------------------------------------------------------------------------------------------------
# Checking.


def from_dict(raw: Mapping[str, Any]) -> Config:
    """The configuration in nested tables: every key known, every value in range, every default filled in.

    Raises:
        Usage: names the key, what it expects and what it got.

    >>> from_dict({"optimizer": {"name": "sgd", "lr": 0.5}}).optimizer.momentum
    0.0
    >>> from_dict({"optimizer": {"lr": -1}})
    Traceback (most recent call last):
    ...
    gradus.errors.Usage: optimizer.lr: expected a positive number, got -1
    """
    _refuse_unknown(raw, [*TOP, *SECTIONS], "", raw)
    config = Config({key: _accept(key, field, raw) for key, field in TOP.items()})
    for name, section in SECTIONS.items():
        config[name] = _section(name, section, raw)
    return config


def _section(name: str, section: Section, raw: Mapping[str, Any]) -> Config:
    table = raw.get(name, {})
    if not isinstance(table, Mapping):
        raise Usage(f"{name}: expected a table of settings, got {table!r}; did you mean {name}.{_first_key(section)}?")
    config = Config({key: _accept(f"{name}.{key}", field, table) for key, field in section.fields.items()})
    fields = section.keys(config.get(section.choose))
    _refuse_unknown(table, [*fields, *filter(None, [section.free])], f"{name}.", raw)
    for key, field in fields.items():
        config[key] = _accept(f"{name}.{key}", field, table)
    if section.free:
        config[section.free] = _free(f"{name}.{section.free}", table.get(section.free, {}))
    return config


def _first_key(section: Section) -> str:
    return section.choose or next(iter(section.fields))


def _accept(key: str, field: Field, table: Mapping[str, Any]) -> Any:
    value = table.get(key.rpartition(".")[2], field.default)
    try:
        return copy.copy(field.accept(value))
    except (ValueError, TypeError, OverflowError) as error:
        hint = str(error) if str(error).startswith("; did you mean") else ""
        raise Usage(f"{key}: expected {field.expects}, got {_shown(value)}{hint}") from None


def _free(key: str, table: Any) -> Config:
    if not isinstance(table, Mapping) or not all(_is_plain(item) for item in table.values()):
        raise Usage(f"{key}: expected a table of numbers, texts, truth values and lists of them, got {_shown(table)}")
    return Config(table)


def _is_plain(item: Any) -> bool:
    return all(_is_plain(one) for one in item) if isinstance(item, list) else isinstance(item, (str, int, float))


def _shown(value: Any) -> str:
    shown = repr(value).replace("True", "true").replace("False", "false") if isinstance(value, bool) else repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def _refuse_unknown(table: Mapping[str, Any], known: Iterable[str], prefix: str, raw: Mapping[str, Any]) -> None:
    for key in table:
        if key not in known:
            raise Usage(f"unknown key {prefix + key!r}{_nearest(prefix + key, raw)}")


# ---------------------------------------------------------------------------------------------------------------------
# Overriding.


def override(raw: Mapping[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """Tables with `key=value` assignments applied, as given to `--set`; the result is yet to be checked.

    A value is read as TOML (`0.01`, `[256, 128]`, `true`, `"text"`); what is not TOML is a text, so that `adam` needs
    no quotes. When an assignment changes a section's choice (`optimizer.name=sgd`), the keys that the new choice does
    not have are dropped.

    >>> override({"optimizer": {"name": "adam", "betas": [0.9, 0.99]}}, ["optimizer.name=sgd", "epochs=3"])
    {'optimizer': {'name': 'sgd'}, 'epochs': 3}
    """
    changed = copy.deepcopy(dict(raw))
    assigned = [_split(assignment) for assignment in assignments]
    for path, value in assigned:
        _assign(changed, path, value)
    kept = {path for path, _ in assigned}
    for name, section in SECTIONS.items():
        if (name, section.choose) in kept:
            _drop_foreign(name, section, changed[name], kept)
    return changed


def _split(assignment: str) -> tuple[tuple[str, ...], Any]:
    key, equals, text = assignment.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    if not equals or not all(path) or len(path) > 3:
        raise Usage(f"--set {assignment!r}: expected key=value, such as optimizer.lr=0.01")
    return path, read_value(text.strip())


def read_value(text: str) -> Any:
    """One value of `--set`: TOML if it is TOML, a number if it is nearly one (`.5`), else the text itself."""
    try:
        table = tomllib.loads(f"value = {text}")
        if list(table) == ["value"]:
            return table["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        pass
    return float(text) if re.fullmatch(r"[+-]?(\d+\.|\.\d+)(e[+-]?\d+)?", text, re.IGNORECASE) else text


def _assign(table: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    *folders, last = path
    for folder in folders:
        if not isinstance(table.setdefault(folder, {}), dict):
            raise Usage(f"unknown key {'.'.join(path)!r}: {folder} is a single value")
        table = table[folder]
    table[last] = value


def _drop_foreign(name: str, section: Section, table: dict[str, Any], kept: set[tuple[str, ...]]) -> None:
    fields = section.keys(table[section.choose])
    for key in list(table):
        if key not in fields and (name, key) not in kept:
            del table[key]


# ---------------------------------------------------------------------------------------------------------------------
# Helping.


def every_key(raw: Mapping[str, Any] = {}) -> Fields:
    """Every key that can be set beside the choices made in `raw`, by its dotted name."""
    found = dict(TOP)
    for name, section in SECTIONS.items():
        table = raw.get(name, {})
        kind = table.get(section.choose) if isinstance(table, Mapping) else None
        kind = kind or (section.fields[section.choose].default if section.choose else None)
        found |= {f"{name}.{key}": field for key, field in section.keys(kind).items()}
    return found


def _nearest(key: str, raw: Mapping[str, Any]) -> str:
    """What to say of a key that does not exist."""
    known = every_key(raw)
    name, _, last = key.rpartition(".")
    same_ending = [known_key for known_key in known if known_key.rpartition(".")[2] == last]
    if same_ending:
        return f"; did you mean {same_ending[0]!r}?"
    if name in SECTIONS:
        beside = [known_key for known_key in known if known_key.startswith(f"{name}.")]
        lasts = {known_key.rpartition(".")[2]: known_key for known_key in beside}
        near = did_you_mean(last, lasts, prefix=f"{name}.")
        return _with_another_choice(name, last) or near or f"; {name} has {', '.join(lasts)}"
    return did_you_mean(key, [*known, *SECTIONS]) or LIST_KEYS


def _with_another_choice(name: str, key: str) -> str:
    section = SECTIONS[name]
    owners = [kind for kind, fields in section.variants.items() if key in fields]
    return f"; it goes with {name}.{section.choose} = {' or '.join(owners)}" if owners else ""
