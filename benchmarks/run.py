"""All benchmarks, or those named, one after another.

Usage: make bench, or python benchmarks/run.py [NAME …]
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NEEDS_DATA = {"mnist_epoch"}


def main() -> None:
    names = sys.argv[1:] or sorted(p.stem for p in HERE.glob("*.py") if p.stem != "run")
    failed = 0
    for name in names:
        if name in NEEDS_DATA and "GRADUS_DATA" not in os.environ:
            print(f"{name}: not measured; set GRADUS_DATA to a folder with mnist/*-ubyte.gz")
            continue
        failed |= subprocess.run([sys.executable, str(HERE / f"{name}.py")]).returncode
        print(flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
