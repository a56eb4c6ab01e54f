"""What torch keeps under `utils`: `utils.data` feeds a training loop."""

from . import data

__all__ = ["data"]
