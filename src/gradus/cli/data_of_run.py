"""Loading what a configuration names."""

from __future__ import annotations

from gradus import datasets
from gradus.cli.download import Download
from gradus.datasets import Data
from gradus.train.config import Config


def load_data(config: Config, folder: str | None = None) -> Data:
    """The dataset of [data], from `folder`, else from `data.dir`, else from where `gradus.datasets` looks."""
    options = dict(config.data.options)
    if config.data.label:
        options["label"] = config.data.label
    return datasets.load(config.data.name, folder or config.data.dir or None, progress=Download(), **options)
