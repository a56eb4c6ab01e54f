"""Fixtures that tests ask for by name. What holds for every test is in the conftest.py one folder up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in every run, so that a red test is red for its author too; no deadline, as two workers may share
# a core.
settings.register_profile("gradus", derandomize=True, deadline=None)
settings.load_profile("gradus")


@pytest.fixture(scope="session")
def data_root() -> Path:
    """$GRADUS_DATA, a folder with mnist/*-ubyte.gz in it. That there is none is the one reason to skip a test."""
    root = os.environ.get("GRADUS_DATA")
    if not root:
        pytest.skip("GRADUS_DATA is not set: it names a folder with mnist/*-ubyte.gz in it")
    if not (Path(root) / "mnist").is_dir():
        pytest.fail(f"GRADUS_DATA={root} holds no folder mnist/", pytrace=False)
    return Path(root)
