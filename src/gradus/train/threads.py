"""How many threads multiply matrices.

A product of small matrices is done before a second thread has woken up; where other programs want the processors too,
waiting for each other makes two threads many times slower than one. So a network whose largest product is small gets
one thread. That also makes its numbers independent of how many processors a machine has: the order of a sum is part
of its bits.
"""

from __future__ import annotations

import ctypes
import itertools
import os
from collections.abc import Sequence
from functools import cache

VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
SMALL = 100e6  # floating-point operations in one product: about a millisecond for one processor

# NumPy's wheels bring an OpenBLAS whose names have a prefix and a suffix of their own.
_NAMES = ("scipy_openblas_{}_num_threads64_", "openblas_{}_num_threads64_", "openblas_{}_num_threads")


def in_use() -> int:
    """The number of threads: what OpenBLAS says; else what it was told; else one for each available processor."""
    if ask := _openblas("get"):
        return int(ask())
    told = [os.environ[name] for name in VARIABLES if os.environ.get(name, "").isdecimal()]
    return int(told[0]) if told else _processors()


def suit(widths: Sequence[int], batch_size: int) -> None:
    """One thread for a network of these layer widths if its products are small. What the user has set stays."""
    largest = max(2 * batch_size * a * b for a, b in itertools.pairwise(widths))
    put = _openblas("set")
    if put and largest < SMALL and not any(name in os.environ for name in VARIABLES):
        put(1)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _openblas(verb: str) -> ctypes._NamedFuncPointer | None:
    """OpenBLAS's function to get or set the number of threads; None where that is not what NumPy uses."""
    try:
        with open("/proc/self/maps") as maps:
            paths = sorted({line.split()[-1] for line in maps if "openblas" in line})
    except OSError:
        return None
    libraries = [ctypes.CDLL(path) for path in paths]
    names = [name.format(verb) for name in _NAMES]
    return next((getattr(library, name) for library in libraries for name in names if hasattr(library, name)), None)
