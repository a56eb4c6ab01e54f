"""How long `import gradus` takes, beside `import numpy` and `import torch`, each in a fresh process.

Usage: python benchmarks/import_time.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from statistics import median

# As on a user's machine, where what Python has compiled once is kept.
COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
PROGRAM = "import time; start = time.perf_counter(); import {}; print(time.perf_counter() - start)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    libraries = [name for name in ("numpy", "gradus", "torch") if importlib.util.find_spec(name)]
    times: dict[str, list[float]] = {name: [] for name in libraries}
    for _ in range(rounds):
        for name, kept in times.items():
            command = [sys.executable, "-c", PROGRAM.format(name)]
            done = subprocess.run(command, env=COMPILED, capture_output=True, text=True, check=True)
            kept.append(float(done.stdout))
    print(f"import time in a fresh process, {rounds} rounds in turn")
    for name, kept in times.items():
        least, middle, ratio = 1000 * min(kept), 1000 * median(kept), min(kept) / min(times["numpy"])
        print(f"  {name:<7} min {least:6.0f} ms   median {middle:6.0f} ms   {ratio:.2f} × numpy")


if __name__ == "__main__":
    main()
