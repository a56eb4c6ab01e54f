"""Linear layers: y = x Wᵀ + b."""

from __future__ import annotations

from math import sqrt
from typing import Any

from ..ops import create
from ..ops.einsum import bilinear
from ..ops.matmul import linear
from . import init
from .module import Module
from .parameter import Parameter, UninitializedParameter


class Identity(Module):
    """Gives back its input, whatever it was made with.

    >>> import gradus
    >>> gradus.nn.Identity(54)(gradus.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        return input


class Linear(Module):
    """y = x Wᵀ + b.

    Shapes: x (*, in_features) → y (*, out_features); weight (out_features, in_features), bias (out_features).
    Weight and bias start uniform within ±1/√in_features, drawn as torch draws them.

    Raises:
        RuntimeError: at the call, if the input's last dimension is not in_features.

    >>> import gradus
    >>> layer = gradus.nn.Linear(784, 10)
    >>> layer(gradus.zeros(64, 784)).shape
    gradus.Size([64, 10])
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(create.empty((out_features, in_features), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(create.empty(out_features, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew."""
        init.kaiming_uniform_(self.weight, a=sqrt(5))
        if self.bias is not None:
            bound = 1 / sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Any) -> Any:
        return linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class LazyLinear(Linear):
    """A Linear that takes in_features from its first input, and is an ordinary Linear from then on.

    >>> import gradus
    >>> layer = gradus.nn.LazyLinear(3)
    >>> y = layer(gradus.zeros(4, 7))
    >>> layer
    Linear(in_features=7, out_features=3, bias=True)
    """

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        Module.__init__(self)
        self.in_features, self.out_features = 0, out_features
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)
        else:
            self.register_parameter("bias", None)

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, once their shapes are known."""
        if not isinstance(self.weight, UninitializedParameter):
            super().reset_parameters()

    def forward(self, input: Any) -> Any:
        drawn = not isinstance(self.weight, UninitializedParameter)  # loaded from a state_dict
        self.in_features = self.weight.shape[1] if drawn else input.shape[-1]
        self.__class__ = Linear  # type: ignore[assignment]
        if not drawn:
            self.weight.materialize((self.out_features, self.in_features))
            if self.bias is not None:
                self.bias.materialize((self.out_features,))
            self.reset_parameters()
        return self.forward(input)


class Bilinear(Module):
    """y = x₁ᵀ A x₂ + b, one matrix A for each output.

    Shapes: x₁ (*, in1_features), x₂ (*, in2_features) → (*, out_features);
    weight (out_features, in1_features, in2_features).

    >>> import gradus
    >>> gradus.nn.Bilinear(2, 3, 4)(gradus.zeros(5, 2), gradus.zeros(5, 3)).shape
    gradus.Size([5, 4])
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got {in1_features}")
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = Parameter(create.empty((out_features, in1_features, in2_features), device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(create.empty(out_features, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias anew, uniform within ±1/√in1_features."""
        bound = 1 / sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Any, input2: Any) -> Any:
        return bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )
