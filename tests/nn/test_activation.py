"""Every activation module (activation.py, gate.py, softmax.py) gives torch's numbers, gradients and text."""

from __future__ import annotations

import numpy as np
import pytest

from tests.nn.side_by_side import agree_on, agree_with_gradients, lines

LAYERS = lines("""
    nn.ReLU()
    nn.ReLU6()
    nn.LeakyReLU()
    nn.LeakyReLU(0.2)
    nn.PReLU()
    nn.PReLU(4, init=0.1)
    nn.RReLU()
    nn.RReLU(0.1, 0.9)
    nn.RReLU().eval()
    nn.Threshold(0.1, 20)
    nn.Hardtanh()
    nn.Hardtanh(-2, 0.5)
    nn.Hardsigmoid()
    nn.Hardswish()
    nn.Hardshrink()
    nn.Hardshrink(1)
    nn.Softshrink()
    nn.Softshrink(1)
    nn.ELU()
    nn.ELU(2.0)
    nn.CELU()
    nn.CELU(0.5)
    nn.SELU()
    nn.GELU()
    nn.GELU("tanh")
    nn.SiLU()
    nn.Mish()
    nn.GLU()
    nn.GLU(1)
    nn.Softplus()
    nn.Softplus(2, 1)
    nn.Sigmoid()
    nn.LogSigmoid()
    nn.Tanh()
    nn.Tanhshrink()
    nn.Softsign()
    nn.Softmax(1)
    nn.Softmax(dim=-1)
    nn.LogSoftmax(1)
    nn.Softmin(0)
    nn.Softmax2d()
    nn.Identity(3, a=4)
    nn.Flatten()
    nn.Flatten(0, 2)
    nn.Unflatten(1, (2, 2))
    nn.Unflatten(-1, [3, -1])
""")
IN_PLACE = [
    "ReLU",
    "ReLU6",
    "LeakyReLU",
    "RReLU",
    "Hardtanh",
    "Hardsigmoid",
    "Hardswish",
    "ELU",
    "CELU",
    "SELU",
    "SiLU",
    "Mish",
]
REFUSED = lines("""
    nn.GLU(0)(torch.ones(3))
    nn.Softmax2d()(torch.ones(3, 4))
    nn.Unflatten(1, (2.0, 3))
    nn.Unflatten(1, 6)
    nn.Unflatten(1, (4, 4))(torch.ones(2, 6))
    nn.GELU("sigmoid")(torch.ones(2))
    nn.PReLU(3)(torch.ones(2, 4))
    nn.Softmax(5)(torch.ones(2))
""")
X = np.random.default_rng(0).normal(size=(2, 4, 3, 6)) * 2
KINKS = np.tile([0.0, -1.0, 1.0, 6.0, -3.0, 3.0, 0.5, -0.5, 100.0, -100.0, 2.0, -2.0], 2).reshape(2, 4, 3)
EXTREMES = np.array([[[[np.inf, -np.inf, np.nan, 1e30, -1e30, 0.0]] * 3] * 4] * 2)


@pytest.mark.parametrize("line", LAYERS)
def test_numbers_and_gradients(line: str) -> None:
    # torch's Hardsigmoid and Hardswish use the float32 nearest to 1/6 and 1/3 for float64 too
    tolerance = 1e-7 if "Hards" in line else 1e-12
    agree_with_gradients(f"{line}.double()(x)", tolerance, tolerance, x=X)
    agree_with_gradients(f"{line}(x)", 2e-6, 2e-6, x=X.astype(np.float32))


@pytest.mark.parametrize("line", [line for line in LAYERS if "GLU" not in line and "latten" not in line])
def test_kinks_and_extremes(line: str) -> None:
    tolerance = 1e-7 if "Hards" in line else 1e-12
    agree_with_gradients(f"{line}.double()(x)", tolerance, tolerance, x=KINKS)
    agree_on(f"{line}.double()(x)", 1e-12, x=EXTREMES)


@pytest.mark.parametrize("line", LAYERS)
def test_text(line: str) -> None:
    agree_on(line)


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name: str) -> None:
    agree_on(f"nn.{name}(inplace=True)")
    agree_on(f"(lambda x, y: (y := nn.{name}(inplace=True)(x), x, y is x))(torch.linspace(-3, 3, 7), 0)", 1e-6, 1e-6)
    agree_with_gradients(f"nn.{name}(inplace=True)(x * 1)", 1e-6, 1e-6, x=X)


@pytest.mark.parametrize("line", REFUSED)
def test_refused_as_by_torch(line: str) -> None:
    agree_on(line)


def test_threshold_in_place() -> None:
    agree_on("nn.Threshold(0.1, 20, True)")
    agree_with_gradients("nn.Threshold(0.1, 20, inplace=True)(x * 1)", x=X)


@pytest.mark.parametrize("name", ["celu_", "elu_", "hardtanh_", "leaky_relu_", "relu_", "selu_"])
def test_functions_that_overwrite(name: str) -> None:
    agree_on(f"(lambda x: [F.{name}(x) is x, x])(torch.linspace(-3, 3, 7))", 1e-6, 1e-6)


def test_prelu_weight_is_a_parameter_of_any_dtype() -> None:
    agree_on("list(nn.PReLU(3, 0.1, dtype=torch.float64).named_parameters())")
    agree_with_gradients("F.prelu(x, w)", 1e-12, 1e-12, x=X, w=np.array([0.1, -0.2, 0.3, 0.0]))
