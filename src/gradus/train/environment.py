"""Where a run happened: enough to explain why a number differs elsewhere.

The same program gives the same bits only with the same NumPy, BLAS, processor features and number of threads. These
make up the fingerprint; a run that is continued under another one gets a warning.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradus._version import __version__
from gradus.train import threads


def describe(command: Sequence[str] = (), **facts: Any) -> dict[str, Any]:
    """What environment.json holds: the fingerprint, the command and further facts (seed, dataset hash)."""
    return {
        "fingerprint": fingerprint(),
        "command": list(command),
        **facts,
        "processors": os.cpu_count(),
        "platform": platform.platform(),
    }


def fingerprint() -> dict[str, Any]:
    """The versions and settings on which the bits of a result depend."""
    library = blas()
    return {
        "gradus": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": f"{library['name']} {library['version']}",
        "threads": threads.in_use(),
        "simd": simd(),
        "machine": f"{sys.platform}-{platform.machine()}",
        "kernels": os.environ.get("GRADUS_KERNELS", "default"),
    }


def blas() -> dict[str, str]:
    """Name and version of the library that multiplies NumPy's matrices."""
    found = _numpy_build().get("Build Dependencies", {}).get("blas", {})
    return {"name": str(found.get("name", "unknown")), "version": str(found.get("version", "unknown"))}


def simd() -> list[str]:
    """The processor's vector instructions that NumPy found and uses."""
    found = _numpy_build().get("SIMD Extensions", {})
    return [*found.get("baseline", []), *found.get("found", [])]


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """The facts in which two fingerprints differ, in words."""
    return [f"{key} {then.get(key)} then, {now.get(key)} now" for key in now if then.get(key) != now.get(key)]


def _numpy_build() -> Mapping[str, Any]:
    try:
        return np.show_config(mode="dicts") or {}
    except Exception:  # a build of NumPy that does not tell: nothing here may stop a training run
        return {}
