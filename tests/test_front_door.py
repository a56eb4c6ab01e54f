"""What `import gradus` offers under torch's names."""

from __future__ import annotations

import torch

import gradus


def test_constants() -> None:
    assert (gradus.pi, gradus.e, gradus.inf) == (torch.pi, torch.e, torch.inf) and gradus.nan != gradus.nan
    assert gradus.ones(3)[gradus.newaxis].shape == (1, 3)


def test_rooms_open_when_named() -> None:
    for room in ("autograd", "classic", "datasets", "io", "linalg", "nn", "optim", "plot", "report", "scalar", "train"):
        assert getattr(gradus, room).__name__ == f"gradus.{room}" and room in dir(gradus)


def test_an_unknown_name_is_an_attribute_error() -> None:
    try:
        gradus.no_such_name
    except AttributeError as error:
        assert "no_such_name" in str(error)
    else:
        raise AssertionError("gradus.no_such_name exists")
