"""Loading what a configuration names."""

from __future__ import annotations

from gradus import datasets
from gradus.cli.download import Download
from gradus.datasets import Data
from gradus.errors import Usage
from gradus.train.config import Config


def load_data(config: Config, folder: str | None = None) -> Data:
    """The dataset of [data], from `folder`, else from `data.dir`, else from where `gradus.datasets` looks."""
    options = dict(config.data.options)
    if config.data.label:
        options["label"] = config.data.label
    try:
        return datasets.load(config.data.name, folder or config.data.dir or None, progress=Download(), **options)
    except Usage as error:
        if "has no column 'label'" in str(error) and "label" not in options:  # a table's default, not the user's word
            raise Usage(f"{error}; name the one to predict: --label COLUMN") from None
        raise
