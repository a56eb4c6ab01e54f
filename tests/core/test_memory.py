"""Training holds on to nothing: the number of live arrays does not grow with the steps."""

from __future__ import annotations

import gc

import gradus
from gradus import nn
from gradus.core.base import TensorBase
from gradus.core.op import Op


def living() -> int:
    """Tensors and graph nodes that exist now."""
    return sum(issubclass(type(o), (TensorBase, Op)) for o in gc.get_objects())


def test_live_tensors_and_nodes_stay_level_over_training_steps() -> None:
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 3))
    optimizer = gradus.optim.Adam(model.parameters())
    x, y = gradus.randn(4, 8), gradus.tensor([0, 1, 2, 0])
    counts = []
    gc.collect()  # what earlier tests left
    for step in range(60):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        if step % 20 == 19:
            counts.append(living())
    assert counts[0] == counts[1] == counts[2], counts
