"""Activations as modules: each calls the function of the same name in `gradus.nn.functional`."""

from __future__ import annotations

from typing import Any

from ..ops import create
from . import functional as F
from .module import Module
from .parameter import Parameter

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class ReLU(Module):
    """max(0, x). See `functional.relu`.

    >>> import gradus
    >>> gradus.nn.ReLU()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return F.relu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class ReLU6(Module):
    """min(max(0, x), 6). See `functional.relu6`.

    >>> import gradus
    >>> gradus.nn.ReLU6()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return F.relu6(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    """x where positive, else negative_slope · x. See `functional.leaky_relu`.

    >>> import gradus
    >>> gradus.nn.LeakyReLU()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Any) -> Any:
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class ELU(Module):
    """x where positive, else α (eˣ − 1). See `functional.elu`.

    >>> import gradus
    >>> gradus.nn.ELU()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Any) -> Any:
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class SELU(Module):
    """Self-normalising elu. See `functional.selu`.

    >>> import gradus
    >>> gradus.nn.SELU()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return F.selu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class CELU(Module):
    """x where positive, else α (e^(x/α) − 1). See `functional.celu`.

    >>> import gradus
    >>> gradus.nn.CELU()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Any) -> Any:
        return F.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class GELU(Module):
    """x · Φ(x), exact or by tanh. See `functional.gelu`.

    >>> import gradus
    >>> gradus.nn.GELU()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Any) -> Any:
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(Module):
    """x · σ(x). See `functional.silu`.

    >>> import gradus
    >>> gradus.nn.SiLU()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return F.silu(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Mish(Module):
    """x · tanh(softplus(x)). See `functional.mish`.

    >>> import gradus
    >>> gradus.nn.Mish()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return F.mish(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Softplus(Module):
    """ln(1 + e^(βx)) / β. See `functional.softplus`.

    >>> import gradus
    >>> gradus.nn.Softplus()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Any) -> Any:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta!r}, threshold={self.threshold!r}"


class Softshrink(Module):
    """x moved toward 0 by lambd. See `functional.softshrink`.

    >>> import gradus
    >>> gradus.nn.Softshrink()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Any) -> Any:
        return F.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(Module):
    """x, but 0 within lambd of 0. See `functional.hardshrink`.

    >>> import gradus
    >>> gradus.nn.Hardshrink()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Any) -> Any:
        return F.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Softsign(Module):
    """x / (1 + |x|). See `functional.softsign`.

    >>> import gradus
    >>> gradus.nn.Softsign()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def forward(self, input: Any) -> Any:
        return F.softsign(input)


class Tanhshrink(Module):
    """x − tanh(x). See `functional.tanhshrink`.

    >>> import gradus
    >>> gradus.nn.Tanhshrink()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def forward(self, input: Any) -> Any:
        return F.tanhshrink(input)


class LogSigmoid(Module):
    """ln σ(x). See `functional.logsigmoid`.

    >>> import gradus
    >>> gradus.nn.LogSigmoid()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def forward(self, input: Any) -> Any:
        return F.logsigmoid(input)


class Hardsigmoid(Module):
    """(x + 3) / 6 kept within [0, 1]. See `functional.hardsigmoid`.

    >>> import gradus
    >>> gradus.nn.Hardsigmoid()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return F.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Hardswish(Module):
    """x · hardsigmoid(x). See `functional.hardswish`.

    >>> import gradus
    >>> gradus.nn.Hardswish()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return F.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class Sigmoid(Module):
    """1 / (1 + e⁻ˣ). See `functional.sigmoid`.

    >>> import gradus
    >>> gradus.nn.Sigmoid()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def forward(self, input: Any) -> Any:
        return F.sigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent. See `functional.tanh`.

    >>> import gradus
    >>> gradus.nn.Tanh()(gradus.zeros(2)).shape
    gradus.Size([2])
    """

    def forward(self, input: Any) -> Any:
        return F.tanh(input)


class GLU(Module):
    """The first half of a dimension, gated by σ of the second half. See `functional.glu`.

    >>> import gradus
    >>> gradus.nn.GLU()(gradus.zeros(2)).shape
    gradus.Size([1])
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Any) -> Any:
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim!r}"


class Hardtanh(Module):
    """x kept within [min_val, max_val]. See `functional.hardtanh`.

    >>> import gradus
    >>> gradus.nn.Hardtanh()(gradus.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        if min_val >= max_val:
            raise ValueError(f"Hardtanh: max_val must be larger than min_val, got {min_val} and {max_val}")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace

    def forward(self, input: Any) -> Any:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class Threshold(Module):
    """x where it exceeds the threshold, else value.

    >>> import gradus
    >>> gradus.nn.Threshold(1.0, -1.0)(gradus.tensor([0.5, 2.0]))
    tensor([-1.,  2.])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace

    def forward(self, input: Any) -> Any:
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        return f"threshold={self.threshold}, value={self.value}" + (", inplace=True" if self.inplace else "")


class PReLU(Module):
    """x where positive, else weight · x, with one learned weight or one for each channel.

    >>> import gradus
    >>> gradus.nn.PReLU()(gradus.tensor([[-1.0, 2.0]])).tolist()
    [[-0.25, 2.0]]
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.weight = Parameter(create.full((num_parameters,), init, device=device, dtype=dtype))

    def forward(self, input: Any) -> Any:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class RReLU(Module):
    """leaky_relu with a random slope in training. See `functional.rrelu`.

    >>> import gradus
    >>> gradus.nn.RReLU().eval()(gradus.tensor([-24.0]))
    tensor([-5.5000])
    """

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Any) -> Any:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")


class Softmax(Module):
    """eˣ / Σ eˣ along a dimension. Do not put it before CrossEntropyLoss, which contains it.

    >>> import gradus
    >>> gradus.nn.Softmax(dim=0)(gradus.zeros(2))
    tensor([0.5000, 0.5000])
    """

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Any) -> Any:
        return F.softmax(input, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Softmax):
    """ln softmax along a dimension: what NLLLoss expects.

    >>> import gradus
    >>> gradus.nn.LogSoftmax(dim=0)(gradus.zeros(2))
    tensor([-0.6931, -0.6931])
    """

    def forward(self, input: Any) -> Any:
        return F.log_softmax(input, self.dim)


class Softmin(Softmax):
    """softmax(−x) along a dimension.

    >>> import gradus
    >>> gradus.nn.Softmin(dim=0)(gradus.zeros(2))
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Any) -> Any:
        return F.softmin(input, self.dim)


class Softmax2d(Module):
    """softmax over the channels of (N, C, H, W) or (C, H, W).

    >>> import gradus
    >>> float(gradus.nn.Softmax2d()(gradus.zeros(1, 2, 1, 1)).sum())
    1.0
    """

    def forward(self, input: Any) -> Any:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)
