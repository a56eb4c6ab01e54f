"""What every test and every example in a docstring starts from: one thread, no screen, an empty home, seed 0."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

# Before NumPy or torch is imported, and inherited by the commands that tests start: pytest-xdist already has a worker
# on every core, and sums over another number of threads differ in their last bits.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[_name] = "1"
os.environ["MPLBACKEND"] = "Agg"

# A developer's terminal and settings must not change what a test sees. The data and the choice of kernels are the
# two settings that a run of the tests is given on purpose.
for _name in list(os.environ):
    if _name.startswith("GRADUS_") and _name not in ("GRADUS_DATA", "GRADUS_KERNELS"):
        del os.environ[_name]
for _name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "PYTHONWARNINGS"):
    os.environ.pop(_name, None)


def point_home_at(folder: Path) -> dict[str, str]:
    """The variables that make `folder` the home, the cache and the settings of this process and of those it starts."""
    return {
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_DATA_HOME": str(folder / "share"),
        "XDG_STATE_HOME": str(folder / "state"),
    }


def pytest_configure(config: pytest.Config) -> None:
    """No test reads or writes the real home. Matplotlib's font list is kept: it takes seconds to make."""
    home = tempfile.TemporaryDirectory(prefix="gradus-home-")
    config.add_cleanup(home.cleanup)
    os.environ.update(point_home_at(Path(home.name)))
    os.environ["MPLCONFIGDIR"] = str(config.rootpath / ".pytest_cache" / "matplotlib")


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every random stream that is loaded starts at seed 0, so that a test does not depend on the one before it."""
    for name in ("gradus", "torch"):
        manual_seed = getattr(sys.modules.get(name), "manual_seed", None)
        if manual_seed is not None:
            manual_seed(0)
    for name in ("random", "numpy.random"):
        if name in sys.modules:
            sys.modules[name].seed(0)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own: nothing in the cache, nothing in the settings."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name, value in point_home_at(folder).items():
        monkeypatch.setenv(name, value)
    return folder
