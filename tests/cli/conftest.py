from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from gradus.cli import main

SRC = Path(__file__).parents[2] / "src"


class Result(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict]:
        """stdout, as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def gradus(capsys, tmp_path, monkeypatch):
    """`gradus("show", "x")`: the command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def environment():
    """The variables of a process in which gradus can be imported."""
    return lambda **variables: {**os.environ, "PYTHONPATH": str(SRC), **variables}


@pytest.fixture
def process(tmp_path, environment):
    """The command in a process of its own."""

    def run(*arguments: object, **options) -> Result:
        options.setdefault("env", environment())
        done = subprocess.run(
            [sys.executable, "-m", "gradus", *map(str, arguments)],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )
        return Result(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())

    return run


def trained(folder: Path, *arguments: str) -> Path:
    assert main(["train", *arguments, "--out", str(folder), "--no-figures"]) == 0
    return folder


@pytest.fixture(scope="session")
def digits(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("runs") / "digits-1", "digits", "--set", "epochs=4")


@pytest.fixture(scope="session")
def xor(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("runs") / "xor-1", "xor", "--set", "epochs=3")


@pytest.fixture(scope="session")
def sine(tmp_path_factory):
    changes = ["data.name=sine", "recipe=sine", "epochs=30", "data.val=0.2"]
    return trained(tmp_path_factory.mktemp("runs") / "sine-1", "moons", *(f"--set={change}" for change in changes))
