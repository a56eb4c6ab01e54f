"""max, min and their kin: ties, nan, indices and the gradients that follow from them, as in torch."""

from __future__ import annotations

import numpy as np
import pytest

import gradus
from tests.ops.twin import check_same, lines, ramp, words

SHAPES = [(), (1,), (3,), (2, 3), (2, 3, 4)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["max", "min", "amax", "amin", "argmax", "argmin"])
def test_over_every_dimension(name: str, shape: tuple[int, ...]) -> None:
    check_same(f"torch.{name}(x)", x=ramp(*shape))
    for dim in range(-max(1, len(shape)), max(1, len(shape))):
        check_same(f"x.{name}({dim})", x=ramp(*shape))
        check_same(f"torch.{name}(x, dim={dim}, keepdim=True)", x=ramp(*shape))


ARRAYS = {
    "x": ramp(2, 3, 4),
    "t": np.array([[1.0, 3.0, 3.0, 0.0], [2.0, 2.0, 2.0, 1.0]]),
    "y": ramp(2, 3, 4, start=-0.3),
    "i": np.array([[3, 1, 3], [0, 0, 2]]),
    "b": np.array([[True, False, True]]),
    "e": ramp(2, 0),
}
MISSING = 'torch.tensor([[0.0, float("nan"), 1.0, float("nan")], [2.0, 3.0, 1.0, -1.0]], dtype=torch.float64)'

LINES = lines(f"""
    t.max()
    t.min()
    t.amax()
    t.amin((0, 1))
    t.amax(1)
    t.amax(0, keepdim=True)
    t.amin(1)
    t.max(1)
    t.min(1)
    t.max(0)
    t.max(-1, True)
    t.aminmax()
    t.aminmax(dim=1)
    torch.aminmax(t, dim=0, keepdim=True)
    x.amax((0, 2))
    x.amin((1, -1), keepdim=True)
    x.amax(())
    torch.amax(x, axis=1, keepdims=True)
    torch.max(x, axis=1).values
    x.max(dim=2).values * x.max(dim=2)[0]
    x.max(1).indices
    torch.max(x, y)
    torch.min(x, other=y)
    x.max(y)
    x.min(y[0])
    torch.max(x, torch.tensor(0))
    (t + {MISSING}).max()
    (t + {MISSING}).min()
    (t + {MISSING}).amax()
    (t + {MISSING}).max(1)
    (t + {MISSING}).min(1)
    (t + {MISSING}).amin(1)
    (t + {MISSING}).argmax(1)
    (t + {MISSING}).argmin()
    i.max()
    i.max(1)
    i.amax(0)
    i.aminmax()
    i.argmin(1, keepdim=True)
    b.max()
    b.min(1)
    b.amax(1)
    t.argmax()
    t.argmax(keepdim=True)
    t.argmax(None)
    t.argmin(dim=0)
    torch.argmax(t, axis=1, keepdims=True)
    e.max(0)
    e.amax(0)
    e.argmin(0)
    t.float().max(1)
    t.half().amin(1)
""")

ERRORS = lines("""
    e.max()
    e.max(1)
    e.min()
    e.min(1)
    e.amax()
    e.amax(1)
    e.amin()
    e.amin((0, 1))
    e.aminmax()
    e.aminmax(dim=1)
    e.argmax()
    e.argmax(1)
    e.argmin()
    t.max(2)
    t.max((0, 1))
    torch.max(t, dim=(0, 1))
    t.max(2.0)
    t.argmax((0, 1))
    t.argmax(3)
    b.argmax()
    b.argmin(0)
    t.amax((0, 0))
    t.aminmax(dim=4)
""")


@pytest.mark.parametrize("line", LINES + ERRORS, ids=words)
def test_lines(line: str) -> None:
    check_same(line, **ARRAYS)


@pytest.mark.parametrize(
    ("line", "words_of_it"),
    [
        ("e.max()", r"max\(\): Expected reduction dim to be specified for input.numel\(\) == 0"),
        ("e.max(1)", r"max\(\): Expected reduction dim 1 to have non-zero size; the input has shape \(2, 0\)"),
        ("e.argmax()", r"argmax\(\): Expected reduction dim to be specified"),
        ("t.max((0, 1))", r"argument 'dim' must be int, not tuple; amax takes several dims"),
        ("b.argmax()", r"does not support bool input; use x.int\(\).argmax\(\)"),
    ],
)
def test_errors_teach(line: str, words_of_it: str) -> None:
    tensors = {name: gradus.tensor(array) for name, array in ARRAYS.items()}
    with pytest.raises((TypeError, RuntimeError, IndexError), match=words_of_it):
        eval(line, {"torch": gradus, **tensors})


def test_changing_the_indices_is_noticed() -> None:
    """They say where the gradient goes, so writing into them must not redirect it unseen."""
    x = gradus.tensor([[1.0, 3.0], [5.0, 2.0]], requires_grad=True)
    values, indices = x.max(1, keepdim=True)
    indices.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        values.sum().backward()
