"""Datasets as NumPy arrays: six that are generated, digits that are bundled, MNIST, and tables of your own.

>>> from gradus import datasets
>>> datasets.load("digits")
Data(digits: 1437 + 360 × 64 features, 10 classes)
"""

from gradus.datasets.data import Data
from gradus.datasets.loading import describe, load, names
from gradus.datasets.store import Check, FileStatus, Status, fetch, status, verify

__all__ = ["Data", "load", "names", "describe", "status", "fetch", "verify", "Status", "FileStatus", "Check"]
