"""gradus doctor: what gradus found on this machine, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, NamedTuple

import click

from gradus.cli.console import json_option, out, out_json, size, table
from gradus.errors import Environment

NEEDED = ("numpy", "click", "rich", "safetensors", "matplotlib", "pooch", "platformdirs")
EXTRAS = ("numba", "pillow", "torch")
SMALLEST_DISK = 100_000_000  # bytes


class Finding(NamedTuple):
    """One fact; `problem` says what to do about it, and is empty when nothing is to be done."""

    name: str
    value: str
    problem: str = ""


@click.command("doctor")
@json_option
def command(as_json: bool) -> None:
    """Say what gradus found on this machine: versions, BLAS, threads, caches, data.

    Ends with exit code 4 when something is wrong.

    \b
    Examples:
      gradus doctor
      gradus doctor --json
    """
    findings = list(_findings())
    problems = [finding for finding in findings if finding.problem]
    if as_json:
        facts = {finding.name: finding.value for finding in findings}
        out_json({"ok": not problems, **facts, "problems": [finding.problem for finding in problems]})
    else:
        marks = [["!" if finding.problem else "", finding.name, finding.value] for finding in findings]
        out(table(marks))
    if problems:
        raise Environment("; ".join(finding.problem for finding in problems))
    if not as_json:
        out("\nEverything is in order.")


def _findings() -> Iterator[Finding]:
    yield from _engine()
    yield from _packages()
    yield from _places()
    yield from _data()


def _engine() -> Iterator[Finding]:
    import platform

    from gradus.train import environment

    now = environment.fingerprint()
    yield Finding("gradus", f"{now['gradus']} in {Path(__file__).parents[1]}")
    yield Finding("python", f"{now['python']} on {platform.platform(terse=True)}")
    yield Finding("numpy", now["numpy"])
    yield Finding("blas", now["blas"])
    yield Finding("threads", f"{now['threads']} of {os.cpu_count()} processors")
    yield Finding("speed", f"{_speed():.0f} GFLOP/s in a float32 matrix product")
    yield Finding("simd", " ".join(now["simd"]))
    yield Finding("kernels", _kernels())


def _kernels() -> str:
    """Which of the kernels do the arithmetic: the engine's own answer where it gives one."""
    choice = getattr(import_module("gradus.kernels"), "backend", None)
    return str(choice() if callable(choice) else choice or "numpy")


def _speed(n: int = 768) -> float:
    """10⁹ floating-point operations a second in an (n, n) product: 2n³ of them, the best of a few."""
    from time import perf_counter

    import numpy as np

    a = np.ones((n, n), np.float32)
    seconds = []
    for _ in range(4):
        start = perf_counter()
        a @ a
        seconds.append(perf_counter() - start)
    return 2 * n**3 / min(seconds) / 1e9


def _packages() -> Iterator[Finding]:
    for name in NEEDED[1:]:
        version = _version(name)
        yield Finding(name, version or "missing", "" if version else f"{name} is missing: pip install {name}")
    for name in EXTRAS:
        yield Finding(name, _version(name) or "not installed (not needed)")


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _places() -> Iterator[Finding]:
    import shutil

    here = Path.cwd()
    writable = os.access(here, os.W_OK)
    yield Finding("runs go to", f"{here / 'runs'}", "" if writable else f"{here} cannot be written; use --out")
    free = shutil.disk_usage(here).free
    yield Finding(
        "disk free", size(free), "" if free > SMALLEST_DISK else f"the disk is nearly full: {size(free)} left"
    )


def _data() -> Iterator[Finding]:
    import platformdirs

    from gradus import datasets

    cache = platformdirs.user_cache_path("gradus")
    yield Finding("cache", f"{cache}{'' if cache.exists() else ' (not made yet)'}")
    folder = os.environ.get("GRADUS_DATA", "")
    missing = folder and not Path(folder).is_dir()
    yield Finding(
        "GRADUS_DATA", folder or "not set", f"$GRADUS_DATA is {folder}, which is no folder" if missing else ""
    )
    ready = [name for name in datasets.names() if datasets.status(name).ready]
    absent: list[Any] = [name for name in datasets.names() if name not in ready]
    yield Finding("datasets here", ", ".join(ready))
    if absent:
        yield Finding("to download", ", ".join(absent))
