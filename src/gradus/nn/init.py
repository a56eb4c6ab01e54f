"""Starting values: how weights are drawn before training. Every function fills the tensor in place and returns it."""

from __future__ import annotations

from math import erf, sqrt
from typing import Any
from warnings import warn

import numpy as np

from ..core.inplace import bump
from ..core.mode import no_grad
from ..core.random import default_generator
from ..ops.create import empty_like

GAINS = {
    "linear": 1.0, "conv1d": 1.0, "conv2d": 1.0, "conv3d": 1.0, "conv_transpose1d": 1.0, "conv_transpose2d": 1.0,
    "conv_transpose3d": 1.0, "sigmoid": 1.0, "tanh": 5.0 / 3, "relu": sqrt(2.0), "selu": 3.0 / 4,
}  # fmt: skip


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor that keeps the variance of activations through a layer followed by this nonlinearity.

    Args:
        param: the negative slope of leaky_relu (default 0.01).

    >>> import gradus
    >>> round(gradus.nn.init.calculate_gain("relu"), 4)
    1.4142
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {slope} not a valid number")
        return sqrt(2.0 / (1 + slope**2))
    if nonlinearity not in GAINS:
        raise ValueError(f"Unsupported nonlinearity {nonlinearity}; choose one of leaky_relu, {', '.join(GAINS)}")
    return GAINS[nonlinearity]


def _set(tensor: Any, values: Any, name: str) -> Any:
    """Write values into a tensor, outside of any graph."""
    tensor.array[...] = values
    bump(tensor, name)
    return tensor


def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Any:
    """Numbers uniform in [a, b).

    >>> import gradus
    >>> w = gradus.nn.init.uniform_(gradus.empty(3, 5), -0.1, 0.1)
    >>> bool((w.abs() <= 0.1).all())
    True
    """
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Any:
    """Normal numbers of the given mean and standard deviation.

    >>> import gradus
    >>> gradus.nn.init.normal_(gradus.empty(3, 5)).shape
    gradus.Size([3, 5])
    """
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Any:
    """Normal numbers within [a, b], by drawing anew until all lie inside. Note that a and b are not in units of std.

    >>> import gradus
    >>> w = gradus.nn.init.trunc_normal_(gradus.empty(100), std=0.02, a=-0.04, b=0.04)
    >>> bool((w.abs() <= 0.04).all())
    True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )
    share = _normal_share((b - mean) / std) - _normal_share((a - mean) / std)
    with no_grad():
        return (_redraw_normals if share > 0.3 else _accept_uniforms)(tensor, mean, std, a, b, generator)


def _normal_share(x: float) -> float:
    """The share of a normal distribution below x."""
    return (1.0 + erf(x / sqrt(2.0))) / 2.0


def _redraw_normals(tensor: Any, mean: float, std: float, a: float, b: float, generator: Any) -> Any:
    """Where much of the curve lies within [a, b]: normal numbers, those outside replaced from a fresh draw."""
    tensor.normal_(mean, std, generator=generator)
    while (outside := (tensor < a) | (tensor > b)).any():
        _replace(tensor, outside, empty_like(tensor).normal_(mean, std, generator=generator))
    return tensor


def _accept_uniforms(tensor: Any, mean: float, std: float, a: float, b: float, generator: Any) -> Any:
    """Where little of it does: uniform candidates, each accepted with probability density / peak density."""
    peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2

    def rejected(candidates: Any) -> Any:
        chance = empty_like(tensor).uniform_(generator=generator)
        return chance.log() > ((candidates - mean) / std) ** 2 * -0.5 - peak

    pending = rejected(tensor.uniform_(a, b, generator=generator))
    while pending.any():
        candidates = empty_like(tensor).uniform_(a, b, generator=generator)
        _replace(tensor, pending, candidates)
        pending = pending & rejected(candidates)
    return tensor


def _replace(tensor: Any, where: Any, values: Any) -> None:
    np.copyto(tensor.array, values.array, where=where.array)


def constant_(tensor: Any, val: float) -> Any:
    """The same number everywhere.

    >>> import gradus
    >>> gradus.nn.init.constant_(gradus.empty(2), 0.3)
    tensor([0.3000, 0.3000])
    """
    return _set(tensor, val, "constant_")


def ones_(tensor: Any) -> Any:
    """1 everywhere.

    >>> import gradus
    >>> gradus.nn.init.ones_(gradus.empty(2))
    tensor([1., 1.])
    """
    return _set(tensor, 1, "ones_")


def zeros_(tensor: Any) -> Any:
    """0 everywhere. A hidden layer of zeros stays symmetric and learns nothing: for biases only.

    >>> import gradus
    >>> gradus.nn.init.zeros_(gradus.empty(2))
    tensor([0., 0.])
    """
    return _set(tensor, 0, "zeros_")


def eye_(tensor: Any) -> Any:
    """1 on the diagonal of a matrix, 0 elsewhere: a linear layer that hands on its input.

    >>> import gradus
    >>> gradus.nn.init.eye_(gradus.empty(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _set(tensor, np.eye(*tensor.array.shape), "eye_")


def dirac_(tensor: Any, groups: int = 1) -> Any:
    """A convolution that hands on its input: 1 at the centre of kernel i for channel i of each group, 0 elsewhere.

    >>> import gradus
    >>> gradus.nn.init.dirac_(gradus.empty(2, 2, 3))[0, 0]
    tensor([0., 1., 0.])
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    out, channels, *kernel = tensor.array.shape
    if out % groups:
        raise ValueError("dim 0 must be divisible by groups")
    values = np.zeros(tensor.array.shape, tensor.array.dtype)
    size = out // groups
    for group in range(groups):
        for i in range(min(size, channels)):
            values[(group * size + i, i, *[k // 2 for k in kernel])] = 1
    return _set(tensor, values, "dirac_")


def fans(tensor: Any) -> tuple[int, int]:
    """(fan_in, fan_out) of a weight (out, in, …): how many inputs feed a unit, and how many units an input feeds.

    >>> import gradus
    >>> gradus.nn.init.fans(gradus.empty(16, 3, 5, 5))
    (75, 400)
    """
    if tensor.ndim < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    out, channels, *kernel = tensor.array.shape
    field = int(np.prod(kernel)) if kernel else 1
    return channels * field, out * field


_calculate_fan_in_and_fan_out = fans


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """Uniform within ±gain·√(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    >>> import gradus
    >>> w = gradus.nn.init.xavier_uniform_(gradus.empty(3, 3))
    >>> bool((w.abs() <= 1).all())
    True
    """
    fan_in, fan_out = fans(tensor)
    bound = sqrt(3.0) * gain * sqrt(2.0 / (fan_in + fan_out))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """Normal with standard deviation gain·√(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    >>> import gradus
    >>> gradus.nn.init.xavier_normal_(gradus.empty(3, 5)).shape
    gradus.Size([3, 5])
    """
    fan_in, fan_out = fans(tensor)
    return normal_(tensor, 0.0, gain * sqrt(2.0 / (fan_in + fan_out)), generator)


def _kaiming_std(tensor: Any, a: float, mode: str, nonlinearity: str) -> float:
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan_in, fan_out = fans(tensor)
    return calculate_gain(nonlinearity, a) / sqrt(fan_in if mode == "fan_in" else fan_out)


def _empty(tensor: Any) -> bool:
    if tensor.array.size == 0:
        warn("Initializing zero-element tensors is a no-op", stacklevel=3)
    return tensor.array.size == 0


def kaiming_uniform_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    """Uniform within ±gain·√(3 / fan) (He et al., 2015).

    Args:
        a: the negative slope of the leaky_relu that follows.
        mode: "fan_in" keeps the variance forward, "fan_out" backward.

    >>> import gradus
    >>> w = gradus.nn.init.kaiming_uniform_(gradus.empty(3, 6), nonlinearity="relu")
    >>> bool((w.abs() <= 1).all())
    True
    """
    if _empty(tensor):
        return tensor
    bound = sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    """Normal with standard deviation gain / √fan (He et al., 2015).

    >>> import gradus
    >>> gradus.nn.init.kaiming_normal_(gradus.empty(3, 5), nonlinearity="relu").shape
    gradus.Size([3, 5])
    """
    if _empty(tensor):
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def orthogonal_(tensor: Any, gain: float = 1, generator: Any = None) -> Any:
    """A matrix with orthonormal rows (or columns, if there are more rows), times gain (Saxe et al., 2013).

    >>> import gradus
    >>> w = gradus.nn.init.orthogonal_(gradus.empty(2, 3))
    >>> gradus.allclose(w @ w.T, gradus.eye(2), atol=1e-6)
    True
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.array.size == 0:
        return tensor
    rows = tensor.array.shape[0]
    columns = tensor.array.size // rows
    stream = default_generator if generator is None else generator
    flat = stream.normal((rows, columns), tensor.array.dtype)
    q, r = np.linalg.qr(flat.T if rows < columns else flat)
    q = q * np.sign(np.diag(r))
    return _set(tensor, gain * (q.T if rows < columns else q).reshape(tensor.array.shape), "orthogonal_")


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Any = None) -> Any:
    """Normal numbers, a fraction `sparsity` of each column set to 0 (Martens, 2010).

    As in torch, which of them is drawn from the global stream, whatever the generator.

    >>> import gradus
    >>> int((gradus.nn.init.sparse_(gradus.empty(10, 3), 0.3) == 0).sum())
    9
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.array.shape
    count = int(np.ceil(sparsity * rows))
    normal_(tensor, 0, std, generator)
    for column in range(columns):
        tensor.array[default_generator.permutation(rows)[:count], column] = 0
    return tensor


# torch's old names
uniform, normal, constant, eye, dirac, sparse = uniform_, normal_, constant_, eye_, dirac_, sparse_
xavier_uniform, xavier_normal, orthogonal = xavier_uniform_, xavier_normal_, orthogonal_
kaiming_uniform, kaiming_normal = kaiming_uniform_, kaiming_normal_
