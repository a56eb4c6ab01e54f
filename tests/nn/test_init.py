"""Every starting value is the one that torch draws, from the global stream or a generator, into any layout."""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np
import pytest

import gradus
from tests.nn.side_by_side import agree, agree_on, lines

DRAWS = lines("""
    uniform_(t)
    uniform_(t, -1, 3)
    normal_(t)
    normal_(t, 1, 0.1)
    trunc_normal_(t)
    trunc_normal_(t, std=0.02)
    trunc_normal_(t, 0.3, 0.5, -0.3, 0.9)
    trunc_normal_(t, 0, 1, 2, 3)
    trunc_normal_(t, 1, 3, -0.5, 0.5)
    xavier_uniform_(t)
    xavier_uniform_(t, gain=2.0)
    xavier_normal_(t)
    kaiming_uniform_(t)
    kaiming_uniform_(t, a=0.2, mode="fan_out")
    kaiming_uniform_(t, nonlinearity="relu")
    kaiming_normal_(t)
    kaiming_normal_(t, mode="fan_out", nonlinearity="selu")
    sparse_(t, 0.3)
    sparse_(t, 0.5, std=1.0)
""")
FIXED = lines("""
    constant_(t, 0.3)
    ones_(t)
    zeros_(t)
    eye_(t)
    dirac_(t)
    dirac_(t, groups=2)
""")
SHAPES = [(3, 5), (40, 30), (4, 2, 3), (4, 3, 3, 3), (100,)]
LAYOUTS = {
    "contiguous": lambda library, shape, dtype: library.zeros(shape, dtype=dtype),
    "transposed": lambda library, shape, dtype: library.zeros(shape, dtype=dtype).transpose(0, -1),
    "every second row": lambda library, shape, dtype: library.zeros(2 * shape[0], *shape[1:], dtype=dtype)[::2],
}


def filled(library: Any, call: str, shape: Any, dtype: str, layout: str, own_stream: bool = False) -> Any:
    t = LAYOUTS[layout](library, shape, getattr(library, dtype)).requires_grad_()
    generator = library.Generator().manual_seed(7)
    call = call.replace(")", ", generator=generator)") if own_stream else call
    same = eval(f"init.{call}", {"init": library.nn.init, "t": t, "generator": generator})
    return t, same is t, t.is_leaf, library.rand(1), library.rand(1, generator=generator)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("call", DRAWS)
def test_drawn(call: str, layout: str) -> None:
    for shape in SHAPES:
        for dtype in ("float32", "float64", "float16"):
            agree(partial(filled, call=call, shape=shape, dtype=dtype, layout=layout))
        agree(partial(filled, call=call, shape=shape, dtype="float32", layout=layout, own_stream=True))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("call", FIXED)
def test_fixed(call: str, layout: str) -> None:
    for shape in SHAPES:
        agree(partial(filled, call=call, shape=shape, dtype="float32", layout=layout))


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4), (4, 2, 3), (16, 3, 3, 3)])
@pytest.mark.parametrize("call", ["orthogonal_(t)", "orthogonal_(t, gain=2.0)"])
def test_orthogonal(call: str, shape: tuple[int, ...]) -> None:
    agree(partial(filled, call=call, shape=shape, dtype="float32", layout="contiguous"), atol=1e-5)
    agree(partial(filled, call=call, shape=shape, dtype="float64", layout="contiguous", own_stream=True), atol=1e-12)
    rows = gradus.nn.init.orthogonal_(gradus.empty(shape, dtype=gradus.float64)).flatten(1)
    product = rows @ rows.T if rows.shape[0] <= rows.shape[1] else rows.T @ rows
    np.testing.assert_allclose(product.numpy(), np.eye(len(product)), atol=1e-12)


@pytest.mark.parametrize(
    "line",
    lines("""
    nn.init.calculate_gain("linear")
    nn.init.calculate_gain("conv_transpose3d")
    nn.init.calculate_gain("tanh")
    nn.init.calculate_gain("relu")
    nn.init.calculate_gain("leaky_relu")
    nn.init.calculate_gain("leaky_relu", 0.2)
    nn.init.calculate_gain("selu")
    nn.init.calculate_gain("gelu")
    nn.init.calculate_gain("leaky_relu", True)
    nn.init._calculate_fan_in_and_fan_out(torch.empty(8, 3, 5, 5))
    nn.init.eye_(torch.empty(2))
    nn.init.dirac_(torch.empty(2, 2))
    nn.init.dirac_(torch.empty(5, 2, 3), 2)
    nn.init.xavier_uniform_(torch.empty(2))
    nn.init.kaiming_normal_(torch.empty(2))
    nn.init.kaiming_uniform_(torch.empty(2, 3), mode="fan")
    nn.init.orthogonal_(torch.empty(2))
    nn.init.sparse_(torch.empty(2), 0.1)
    nn.init.uniform_(torch.empty(2), 1, 0)
    nn.init.normal_(torch.empty(2), 0, -1)
    nn.init.normal_(torch.empty(2, dtype=torch.int64))
    nn.init.trunc_normal_(torch.empty(2), 10, 1)
    nn.init.kaiming_uniform_(torch.empty(0, 3))
    """),
)
def test_gains_fans_and_refusals(line: str) -> None:
    agree_on(line)


def test_old_names_are_the_new_functions() -> None:
    init = gradus.nn.init
    for name in ("uniform", "normal", "constant", "eye", "dirac", "sparse", "xavier_uniform", "xavier_normal"):
        assert getattr(init, name) is getattr(init, f"{name}_")


def test_a_weight_that_backward_needs_is_watched() -> None:
    w = gradus.ones(2, 2, requires_grad=True)
    loss = (w * w).sum()
    gradus.nn.init.normal_(w)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_warns_where_the_mean_is_far_outside() -> None:
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        gradus.nn.init.trunc_normal_(gradus.empty(3), 10, 1)
    assert "more than 2 std" in str(raised[0].message) and raised[0].filename == __file__
