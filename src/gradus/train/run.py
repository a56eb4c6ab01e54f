"""A run directory: everything about one training run, in files that people and programs can read.

config.toml         the complete configuration; `gradus train config.toml` repeats the run
environment.json    versions, BLAS, threads, command: what could explain a different number
data.json           classes, image shape, and how inputs are scaled: all that a prediction needs beside the weights
metrics.jsonl       one JSON object an epoch, and a last one with the results
checkpoints/        see checkpoint.py
model.safetensors   the best weights, for use elsewhere
figures/, report.html
run.lock            held while a process trains here
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from gradus.errors import BadFile, Busy, Environment, Usage
from gradus.io import safetensors, strict_json
from gradus.io.atomic import read_bytes, write_bytes
from gradus.train import config as configuration
from gradus.train.config import Config
from gradus.train.schema import SECTIONS

RUNS = Path("runs")
MAX_METRICS_BYTES = 1 << 30


class Run:
    """One run's folder. Make it with `create`, come back to it with `open`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    # -----------------------------------------------------------------------------------------------------------------
    # Making and finding.

    @classmethod
    def create(cls, config: Config, path: str | os.PathLike[str] | None = None) -> Run:
        """A new run at `path`, or at the first free of runs/NAME-1, runs/NAME-2, …

        Raises:
            Usage: something is there already.
            Environment: the folder cannot be made or written.
        """
        run = cls(_new_folder(Path(path)) if path else _next_folder(_folder_name(config.recipe)))
        write_bytes(run.path / "config.toml", configuration.to_toml(config).encode())
        return run

    @classmethod
    def open(cls, name: str | os.PathLike[str]) -> Run:
        """The run in the folder `name`, or, when there is no such folder, in runs/NAME. Raises BadFile."""
        asked = Path(name)
        path = asked if asked.exists() or asked.is_absolute() else RUNS / asked
        if not path.exists():
            raise BadFile(f"{asked}: no such run; `gradus runs` lists those in ./{RUNS}")
        if not (path / "config.toml").is_file():
            raise BadFile(f"{path}: not a run: there is no config.toml in it")
        return cls(path)

    @staticmethod
    def find(folder: str | os.PathLike[str]) -> list[Run]:
        """The runs directly below a folder, by name. Raises BadFile when there is no such folder."""
        try:
            found = [path for path in Path(folder).iterdir() if (path / "config.toml").is_file()]
        except OSError as error:
            raise BadFile(f"{folder}: {error.strerror or error}") from None
        return [Run(path) for path in sorted(found, key=_natural)]

    # -----------------------------------------------------------------------------------------------------------------
    # What is in it.

    @property
    def name(self) -> str:
        """The folder's last name."""
        return self.path.resolve().name

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints; it may not exist yet."""
        return self.path / "checkpoints"

    @property
    def figures(self) -> Path:
        """The folder of figures; it may not exist yet."""
        return self.path / "figures"

    def config(self) -> Config:
        """The configuration. Raises BadFile when config.toml is damaged."""
        source = self.path / "config.toml"
        raw = configuration.load(source)
        if missing := [name for name in SECTIONS if name not in raw]:
            raise BadFile(f"{source}: the table [{missing[0]}] is missing")
        try:
            return configuration.from_dict(raw)
        except Usage as error:
            raise BadFile(f"{source}: {error}") from None

    def read_json(self, name: str) -> dict[str, Any]:
        """One of the JSON files, which must hold an object; {} when it does not exist."""
        path = self.path / name
        if not path.exists():
            return {}
        value = strict_json.load(path)
        if not isinstance(value, dict):
            raise BadFile(f"{path}: expected a JSON object")
        return value

    def write_json(self, name: str, value: Mapping[str, Any]) -> None:
        """Write one of the JSON files, whole or not at all."""
        strict_json.dump(self.path / name, value)

    def events(self) -> list[dict[str, Any]]:
        """The lines of metrics.jsonl. A last line without its end, cut off by a crash, is left out."""
        path = self.path / "metrics.jsonl"
        if not path.exists():
            return []
        *lines, _ = read_bytes(path, MAX_METRICS_BYTES).split(b"\n")
        events = [strict_json.loads(line, source=f"{path}, line {i}") for i, line in enumerate(lines, 1)]
        if not all(isinstance(event, dict) for event in events):
            raise BadFile(f"{path}: a line is not a JSON object")
        return events

    def history(self) -> list[dict[str, Any]]:
        """The epochs among the events."""
        return [event for event in self.events() if event.get("event") == "epoch"]

    def result(self) -> dict[str, Any]:
        """The last event of a run that came to its end; {} for one that did not."""
        return next((event for event in reversed(self.events()) if event.get("event") == "done"), {})

    def append(self, event: Mapping[str, Any]) -> None:
        """Add a line to metrics.jsonl."""
        try:
            with open(self.path / "metrics.jsonl", "ab") as file:
                file.write(_line(event))
        except OSError as error:
            raise Environment(f"{self.path / 'metrics.jsonl'}: cannot write: {error.strerror or error}") from error

    def rewrite(self, events: list[dict[str, Any]]) -> None:
        """Replace metrics.jsonl: on resuming, by the history in the checkpoint, which alone is the truth."""
        write_bytes(self.path / "metrics.jsonl", b"".join(map(_line, events)))

    def export(self, weights: Mapping[str, np.ndarray]) -> Path:
        """Write model.safetensors, which `safetensors.torch.load_file` and PyTorch's load_state_dict read."""
        path = self.path / "model.safetensors"
        safetensors.save(path, weights, {"format": "pt"})
        return path

    # -----------------------------------------------------------------------------------------------------------------
    # One writer at a time.

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run while training in it; the system lets go of it when the process ends, however it ends.

        Raises:
            Busy: another process holds it; its number is named.
        """
        try:
            file = open(self.path / "run.lock", "a+b")  # noqa: SIM115 (closed below: closing it is what unlocks)
        except OSError as error:
            raise Environment(f"{self.path / 'run.lock'}: cannot write: {error.strerror or error}") from error
        with file:
            _lock(file, self.path)
            file.truncate(0)
            file.write(b"%d\n" % os.getpid())
            file.flush()
            yield


def _lock(file: Any, path: Path) -> None:
    try:
        import fcntl
    except ImportError:  # not a POSIX system: the lock is a courtesy, the checkpoints are safe without it
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read(20).decode(errors="replace").strip() or "unknown"
        raise Busy(f"{path}: process {holder} is training here; wait for it or choose another --out") from None
    except OSError:  # a file system without locks
        return


def _new_folder(path: Path) -> Path:
    try:
        if path.is_dir() and not any(path.iterdir()):
            return path
        path.mkdir(parents=True)
    except FileExistsError:
        hint = f"go on with it by --resume {path}, or " if (path / "config.toml").exists() else ""
        raise Usage(f"{path}: exists already; {hint}choose another --out") from None
    except OSError as error:
        raise Environment(f"{path}: cannot make this folder: {error.strerror or error}") from error
    return path


def _next_folder(name: str) -> Path:
    for number in count(1):
        path = RUNS / f"{name}-{number}"
        try:
            path.mkdir(parents=True)
            return path
        except FileExistsError:
            continue
        except OSError as error:
            raise Environment(f"{path}: cannot make this folder: {error.strerror or error}; try --out") from error
    raise AssertionError("count() never ends")


def _folder_name(recipe: str) -> str:
    return re.sub(r"[^\w.+-]+", "-", recipe)[:100].strip("-.") or "run"


def _natural(path: Path) -> list[Any]:
    """Sorts digits-10 after digits-9."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", path.name)]


def _line(event: Mapping[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, allow_nan=False).encode() + b"\n"
