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
    "Hardshrink",
    "Hardsigmoid",
    "Hardtanh",
    "LeakyReLU",
    "LogSigmoid",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "Sigmoid",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
]


class InPlace(Module):
    """An activation whose one choice is to overwrite its input."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


def _ending(module: Any) -> str:
    return ", inplace=True" if module.inplace else ""


# straight pieces -----------------------------------------------------------------------------------------------------


class ReLU(InPlace):
    """max(0, x). See `functional.relu`.

    >>> import gradus
    >>> gradus.nn.ReLU()(gradus.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def forward(self, input: Any) -> Any:
        return F.relu(input, self.inplace)


class ReLU6(InPlace):
    """min(max(0, x), 6). See `functional.relu6`.

    >>> import gradus
    >>> gradus.nn.ReLU6()(gradus.tensor([-1.0, 2.0, 8.0]))
    tensor([0., 2., 6.])
    """

    def forward(self, input: Any) -> Any:
        return F.relu6(input, self.inplace)


class LeakyReLU(Module):
    """x where positive, else negative_slope · x. See `functional.leaky_relu`.

    >>> import gradus
    >>> gradus.nn.LeakyReLU(0.1)(gradus.tensor([-1.0, 2.0]))
    tensor([-0.1000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace

    def forward(self, input: Any) -> Any:
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        return f"negative_slope={self.negative_slope}{_ending(self)}"


class PReLU(Module):
    """x where positive, else weight · x, with one learned weight or one for each channel (He et al., 2015).

    >>> import gradus
    >>> gradus.nn.PReLU()(gradus.tensor([[-1.0, 2.0]])).tolist()
    [[-0.25, 2.0]]
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(create.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight back to where it started."""
        self.weight.detach().fill_(self.init)

    def forward(self, input: Any) -> Any:
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        return f"num_parameters={self.num_parameters}"


class RReLU(Module):
    """leaky_relu with a random slope in training, with the middle one in evaluation. See `functional.rrelu`.

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
        return f"lower={self.lower}, upper={self.upper}{_ending(self)}"


class Threshold(Module):
    """x where it exceeds the threshold, else value. See `functional.threshold`.

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
        return f"threshold={self.threshold}, value={self.value}{_ending(self)}"


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
        return f"min_val={self.min_val}, max_val={self.max_val}{_ending(self)}"


class Hardsigmoid(Module):
    """(x + 3) / 6 kept within [0, 1]. See `functional.hardsigmoid`.

    >>> import gradus
    >>> gradus.nn.Hardsigmoid()(gradus.tensor([-4.0, 0.0, 4.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return F.hardsigmoid(input, self.inplace)


class Hardshrink(Module):
    """x, but 0 within lambd of 0. See `functional.hardshrink`.

    >>> import gradus
    >>> gradus.nn.Hardshrink()(gradus.tensor([-0.3, 2.0]))
    tensor([0., 2.])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Any) -> Any:
        return F.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Softshrink(Hardshrink):
    """x moved toward 0 by lambd. See `functional.softshrink`.

    >>> import gradus
    >>> gradus.nn.Softshrink()(gradus.tensor([-1.0, 2.0]))
    tensor([-0.5000,  1.5000])
    """

    def forward(self, input: Any) -> Any:
        return F.softshrink(input, self.lambd)


# curves --------------------------------------------------------------------------------------------------------------


class ELU(Module):
    """x where positive, else α (eˣ − 1). See `functional.elu`.

    >>> import gradus
    >>> gradus.nn.ELU()(gradus.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha, self.inplace = alpha, inplace

    def forward(self, input: Any) -> Any:
        return F.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        return f"alpha={self.alpha}{_ending(self)}"


class CELU(ELU):
    """x where positive, else α (e^(x/α) − 1). See `functional.celu`.

    >>> import gradus
    >>> gradus.nn.CELU(2.0)(gradus.tensor([-1.0, 2.0]))
    tensor([-0.7869,  2.0000])
    """

    def forward(self, input: Any) -> Any:
        return F.celu(input, self.alpha, self.inplace)


class SELU(InPlace):
    """Self-normalising elu. See `functional.selu`.

    >>> import gradus
    >>> gradus.nn.SELU()(gradus.tensor([-1.0, 2.0]))
    tensor([-1.1113,  2.1014])
    """

    def forward(self, input: Any) -> Any:
        return F.selu(input, self.inplace)


class Softplus(Module):
    """ln(1 + e^(βx)) / β. See `functional.softplus`.

    >>> import gradus
    >>> gradus.nn.Softplus()(gradus.tensor([-1.0, 2.0]))
    tensor([0.3133, 2.1269])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta, self.threshold = beta, threshold

    def forward(self, input: Any) -> Any:
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


class Sigmoid(Module):
    """1 / (1 + e⁻ˣ). See `functional.sigmoid`.

    >>> import gradus
    >>> gradus.nn.Sigmoid()(gradus.tensor([-1.0, 0.0]))
    tensor([0.2689, 0.5000])
    """

    def forward(self, input: Any) -> Any:
        return F.sigmoid(input)


class LogSigmoid(Module):
    """ln σ(x). See `functional.logsigmoid`.

    >>> import gradus
    >>> gradus.nn.LogSigmoid()(gradus.tensor([-1000.0, 0.0])).tolist()
    [-1000.0, -0.6931471824645996]
    """

    def forward(self, input: Any) -> Any:
        return F.logsigmoid(input)


class Tanh(Module):
    """The hyperbolic tangent. See `functional.tanh`.

    >>> import gradus
    >>> gradus.nn.Tanh()(gradus.tensor([-1.0, 0.0]))
    tensor([-0.7616,  0.0000])
    """

    def forward(self, input: Any) -> Any:
        return F.tanh(input)


class Tanhshrink(Module):
    """x − tanh(x). See `functional.tanhshrink`.

    >>> import gradus
    >>> gradus.nn.Tanhshrink()(gradus.tensor([-1.0, 0.0]))
    tensor([-0.2384,  0.0000])
    """

    def forward(self, input: Any) -> Any:
        return F.tanhshrink(input)


class Softsign(Module):
    """x / (1 + |x|). See `functional.softsign`.

    >>> import gradus
    >>> gradus.nn.Softsign()(gradus.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """

    def forward(self, input: Any) -> Any:
        return F.softsign(input)
