"""gradus: deep learning that one can see through. PyTorch's names on NumPy, every derivative beside its forward.

Importing gradus loads NumPy and the engine; rooms such as `gradus.nn` or `gradus.datasets` load on first use.
"""

from __future__ import annotations

from importlib import import_module
from math import e, inf, nan, pi
from typing import TYPE_CHECKING, Any

from . import errors
from ._version import __version__
from .core.base import Size
from .core.device import device
from .core.differentiate import grad as _grad
from .core.dtype import (
    bool_ as bool,
    can_cast,
    double,
    dtype,
    find as _find,
    finfo,
    float16,
    float32,
    float64,
    float_ as float,
    get_default_dtype,
    half,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    int_ as int,
    long,
    promote_types,
    set_default_dtype,
    short,
    uint8,
)
from .core.mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from .ops import random
from .ops.activation import *
from .ops.addmm import *
from .ops.arithmetic import *
from .ops.compare import *
from .ops.counting import *
from .ops.create import *
from .ops.diagonal import *
from .ops.dropout import *
from .ops.einsum import *
from .ops.expand import *
from .ops.exponential import *
from .ops.extreme import *
from .ops.grid import *
from .ops.index import *
from .ops.join import *
from .ops.legacy import *
from .ops.linalg import *
from .ops.loss_margin import *
from .ops.matmul import *
from .ops.order import *
from .ops.pad import *
from .ops.pick import *
from .ops.piecewise import *
from .ops.random import *
from .ops.rearrange import *
from .ops.reduce import *
from .ops.rounding import *
from .ops.scan import *
from .ops.scatter import *
from .ops.select import *
from .ops.shape import *
from .ops.softmax import *
from .ops.statistics import *
from .ops.stride import *
from .ops.trigonometry import *
from .tensors import Tensor
from .tensors.printing import set_printoptions

if TYPE_CHECKING:
    from . import autograd, nn, optim, utils

newaxis = None  # x[gradus.newaxis] is x[None]

_ROOMS = {
    "autograd", "classic", "datasets", "io", "linalg", "nn", "optim", "plot", "recipes", "report", "scalar", "train",
    "utils",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module 'gradus' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
