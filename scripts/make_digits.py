"""Make the bundled digits, src/gradus/datasets/bundled/, from scikit-learn's copy of UCI's optdigits.

    python scripts/make_digits.py            write the two files and print their SHA-256
    python scripts/make_digits.py --check    compare with what is there; exit code 1 if it differs

The files are IDX, as MNIST's are: no timestamp, no compression, so the same bytes on every machine.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

import numpy as np

from gradus.io.idx import write_idx

BUNDLED = Path(__file__).parents[1] / "src" / "gradus" / "datasets" / "bundled"


def make(folder: Path) -> list[Path]:
    """Write images and labels into `folder`."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    files = [folder / "digits-images-idx3-ubyte", folder / "digits-labels-idx1-ubyte"]
    for file, array in zip(files, (digits.images, digits.target)):
        write_idx(file, array.astype(np.uint8))
    return files


def check() -> bool:
    """Whether the files in the repository are what `make` makes."""
    with tempfile.TemporaryDirectory() as folder:
        return all(file.read_bytes() == (BUNDLED / file.name).read_bytes() for file in make(Path(folder)))


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    if parser.parse_args().check:
        same = check()
        print("the bundled digits are", "what this script makes" if same else "different from what this script makes")
        return 0 if same else 1
    for file in make(BUNDLED):
        print(hashlib.sha256(file.read_bytes()).hexdigest(), file.name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
