from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from gradus.train import environment, threads


def openblas_threads() -> int:
    """What threadpoolctl, written by others, finds."""
    found = [pool["num_threads"] for pool in threadpool_info() if "numpy" in pool["filepath"]]
    return found[0]


def in_a_process(code: str, **variables: str) -> str:
    clean = {name: value for name, value in os.environ.items() if name not in threads.VARIABLES}
    code = f"from gradus.train import threads\n{code}\nprint(threads.in_use())"
    path = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**clean, "PYTHONPATH": path, **variables},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_the_number_of_threads_is_what_the_library_says():
    assert threads.in_use() == openblas_threads()


@pytest.mark.parametrize(
    ("widths", "batch_size", "variables", "expected"),
    [
        ([784, 128, 64, 10], 64, {}, "1"),
        ([4096, 4096, 10], 256, {}, str(len(os.sched_getaffinity(0)))),
        ([784, 128, 64, 10], 64, {"OPENBLAS_NUM_THREADS": "2"}, str(min(2, len(os.sched_getaffinity(0))))),
    ],
    ids=["small", "large", "told"],
)
def test_a_small_network_gets_one_thread_and_what_the_user_sets_stays(widths, batch_size, variables, expected):
    assert in_a_process(f"threads.suit({widths}, {batch_size})", **variables) == expected


def test_the_fingerprint_names_what_bits_depend_on():
    found = environment.fingerprint()
    assert found["numpy"] == np.__version__
    assert found["threads"] == 1
    assert found["simd"]
    assert "unknown" not in found["blas"]
    assert environment.fingerprint() == found


def test_differences_are_said_in_words():
    now = environment.fingerprint()
    assert environment.differences(now, now) == []
    assert environment.differences({**now, "threads": 8}, now) == ["threads 8 then, 1 now"]
    assert environment.differences({}, {"numpy": "2.4"}) == ["numpy None then, 2.4 now"]


def test_a_build_of_numpy_that_does_not_tell(monkeypatch):
    monkeypatch.setattr(np, "show_config", lambda mode: 1 / 0)
    assert environment.blas() == {"name": "unknown", "version": "unknown"}
    assert environment.simd() == []
