"""The one table that every operation's checks are made from.

An entry names a function that gradus and torch share, and says which inputs suit it. From each entry come many cases:
shapes (0-d, empty, one element, broadcast both ways) and memory layouts (transposed, every second element, negative
stride, Fortran order, read-only). Each case is compared with torch, forward and backward, checked against finite
differences, first and second order, and watched for changes to its inputs: see test_ops.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class A:
    """An input array to be: floats uniform in [low, high], or, with another `kind`, something else.

    kinds: "distinct" (all different, well apart), "int" (integers from low to below high), "each" (0, 1, 2 … below
    high, over and over), "bool", "simplex" (rows add up to 1), "ones" (±1), "fixed" (uniform, but not trained)
    """

    shape: tuple[int, ...]
    low: float = -2.0
    high: float = 2.0
    kind: str = "uniform"
    layout: str = "plain"

    def make(self, stream: np.random.RandomState) -> np.ndarray:
        return LAYOUTS[self.layout](self.values(stream))

    def values(self, stream: np.random.RandomState) -> np.ndarray:
        n = int(np.prod(self.shape))
        if self.kind == "int":
            return stream.randint(int(self.low), int(self.high), self.shape)
        if self.kind == "bool":
            return stream.randint(0, 2, self.shape).astype(bool)
        if self.kind == "each":
            return (np.arange(n) % int(self.high)).reshape(self.shape)
        if self.kind == "ones":
            return stream.choice([-1.0, 1.0], self.shape)
        if self.kind == "distinct":
            steps = stream.permutation(n).reshape(self.shape) + stream.uniform(0.2, 0.8, self.shape)
            return self.low + (self.high - self.low) * steps / max(n, 1)
        x = stream.uniform(self.low, self.high, self.shape)
        return x / x.sum(-1, keepdims=True) if self.kind == "simplex" else x

    @property
    def trained(self) -> bool:
        return self.kind in ("uniform", "distinct", "simplex")


def _negative(x: np.ndarray) -> np.ndarray:
    return x[(slice(None, None, -1),) * x.ndim].copy()[(slice(None, None, -1),) * x.ndim]


def _stepped(x: np.ndarray) -> np.ndarray:
    wide = np.zeros(tuple(2 * n for n in x.shape), x.dtype)
    view = wide[(slice(None, None, 2),) * x.ndim]
    view[...] = x
    return view


def _read_only(x: np.ndarray) -> np.ndarray:
    x = x.copy()
    x.flags.writeable = False
    return x


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain": lambda x: np.array(x, order="C"),
    "transposed": lambda x: np.array(x, order="F"),
    "stepped": _stepped,
    "negative": _negative,
    "read-only": _read_only,
}


@dataclass(frozen=True)
class Case:
    """One call: a function of (library, *tensors), the same for gradus and torch, and the arrays for it."""

    name: str
    call: Callable[..., Any]
    inputs: tuple[A, ...]
    gradient: bool = True
    second: bool = True
    slopes: bool = True  # False where the gradient is not the slope by design (a padding row)
    seed: int = 0

    def arrays(self) -> list[np.ndarray]:
        stream = np.random.RandomState(self.seed)
        return [a.make(stream) for a in self.inputs]


@dataclass
class Entry:
    """One function: its cases."""

    name: str
    cases: list[Case] = field(default_factory=list)


def find(library: Any, path: str) -> Callable[..., Any]:
    """`exp` in the library, `F.relu` in its nn.functional, `linalg.norm`, or a Tensor method written `.sum`."""
    if path.startswith("."):
        return getattr(library.Tensor, path[1:])
    here = library.nn.functional if path.startswith("F.") else library
    for part in path.removeprefix("F.").split("."):
        here = getattr(here, part)
    return here


SHAPES = ((), (1,), (0,), (3, 0), (4,), (2, 3), (2, 1, 4))
PAIRS = (
    ((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((), (2, 3)), ((2, 3), ()), ((), ()),
    ((0,), (1,)), ((1,), (0,)), ((4, 1, 2), (3, 1)), ((1, 1), (1,)),
)  # fmt: skip


def named(name: str, *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """Call the function `name` on the tensors, then these arguments."""
    return lambda library, *tensors: find(library, name)(*tensors, *args, **kwargs)


def with_layouts(case: Case) -> Iterator[Case]:
    """The case, and one for each unusual memory layout of each floating input that has something to lay out."""
    yield case
    for i, a in enumerate(case.inputs):
        if len(a.shape) < 1 or 0 in a.shape or a.kind in ("int", "each", "bool") or max(a.shape) < 2:
            continue
        for layout in LAYOUTS:
            if layout == "plain" or (layout == "transposed" and len(a.shape) < 2):
                continue
            inputs = tuple(replace(b, layout=layout) if i == j else b for j, b in enumerate(case.inputs))
            yield replace(case, name=f"{case.name}|{layout}{i}", inputs=inputs)


def unary(
    name: str, low: float = -2.0, high: float = 2.0, *, kind: str = "uniform", gradient: bool = True, **kwargs: Any
) -> Entry:
    """A function of each element: all shapes, and all layouts of (3, 4)."""
    call = named(name, **kwargs)
    cases = [Case(f"{name}{list(s)}", call, (A(s, low, high, kind),), gradient) for s in SHAPES]
    cases += list(with_layouts(Case(f"{name}[3,4]", call, (A((3, 4), low, high, kind),), gradient)))
    return Entry(name, cases)


def binary(
    name: str,
    x: tuple[float, float] = (-2.0, 2.0),
    y: tuple[float, float] | None = None,
    *,
    gradient: bool = True,
    scalars: bool = True,
    kind: str = "uniform",
    **kwargs: Any,
) -> Entry:
    """A function of pairs of elements: broadcasting both ways, layouts, Python numbers on the right."""
    y = x if y is None else y
    call = named(name, **kwargs)
    cases = [Case(f"{name}{list(s)}{list(t)}", call, (A(s, *x, kind), A(t, *y, kind)), gradient) for s, t in PAIRS]
    cases += list(with_layouts(Case(f"{name}[3,4][3,4]", call, (A((3, 4), *x, kind), A((3, 4), *y, kind)), gradient)))
    if scalars:
        number = round((y[0] + y[1]) / 2 + 0.3, 2)
        cases.append(Case(f"{name}[2,3] number", named(name, number, **kwargs), (A((2, 3), *x, kind),), gradient))
    return Entry(name, cases)


def calls(name: str, *rows: tuple[Any, ...], gradient: bool = True, slopes: bool = True, layouts: bool = True) -> Entry:
    """A function with arguments: each row is (inputs…, then plain arguments…, and a dict of keywords last if any)."""
    entry = Entry(name)
    for i, row in enumerate(rows):
        inputs = tuple(x for x in row if isinstance(x, A))
        rest = [x for x in row if not isinstance(x, A)]
        kwargs = rest.pop() if rest and isinstance(rest[-1], dict) else {}
        case = Case(f"{name}#{i}", named(name, *rest, **kwargs), inputs, gradient, slopes=slopes)
        entry.cases += list(with_layouts(case)) if layouts else [case]
    return entry


def written(name: str, call: Callable[..., Any], *inputs: A, gradient: bool = True, slopes: bool = True) -> Entry:
    """A call written out as a function of (library, *tensors)."""
    return Entry(name, list(with_layouts(Case(name, call, inputs, gradient, slopes=slopes))))


def reduction(
    name: str,
    low: float = -2.0,
    high: float = 2.0,
    *,
    kind: str = "distinct",
    whole: bool = True,
    several: bool = True,
    empty: bool = True,
    keep: bool = True,
    gradient: bool = True,
    **kwargs: Any,
) -> Entry:
    """A function that does away with dimensions: all, each, several at once, kept or not."""
    entry = Entry(name)
    shapes: list[tuple[int, ...]] = [(), (1,), (4,), (2, 3), (2, 3, 2)] + ([(0,), (2, 0)] if empty else [])
    for s in shapes:
        dims: list[Any] = ([()] if whole else []) + [(d,) for d in range(-len(s), len(s))]
        dims += [((0, -1),)] if several and len(s) > 1 else []
        for d in dims:
            if not empty and 0 in s:
                continue
            for options in ({}, {"keepdim": True}) if d and keep else ({},):
                call = named(name, *d, **options, **kwargs)
                entry.cases.append(Case(f"{name}{list(s)}{d}{options or ''}", call, (A(s, low, high, kind),), gradient))
    base = Case(f"{name}[3,4]", named(name, 1, **kwargs), (A((3, 4), low, high, kind),), gradient)
    entry.cases += list(with_layouts(base))
    return entry


X, Y, V = A((3, 4)), A((3, 4)), A((4,))
D = A((3, 4), kind="distinct")
CUBE = A((2, 3, 4))
ROWS, COLUMNS = A((3,), 0, 3, "int"), A((2,), 0, 4, "int")
TARGETS = A((3,), 0, 4, "each")
PROBABILITIES = A((3, 4), 0.05, 0.95)
SIGNS = A((3,), kind="ones")
WEIGHTS = A((4,), 0.2, 2, "fixed")

ELEMENTWISE = [
    unary("exp"), unary("exp2"), unary("expm1"), unary("log", 0.2, 3), unary("log2", 0.2, 3), unary("log10", 0.2, 3),
    unary("log1p", -0.7, 3), unary("sqrt", 0.2, 3), unary("rsqrt", 0.2, 3), unary("sigmoid", -4, 4), unary("erf"),
    unary("erfc"), unary("erfinv", -0.9, 0.9), unary("logit", 0.1, 0.9), unary("square"), unary("reciprocal", 0.3, 2),
    unary("neg"), unary("abs", 0.1, 2), unary("sign", 0.1, 2), unary("floor", 0.1, 0.9), unary("ceil", 0.1, 0.9),
    unary("trunc", 0.1, 0.9), unary("frac", 0.1, 0.9), unary("round", 0.6, 1.4), unary("round", 0.61, 0.64, decimals=1),
    unary("nan_to_num"), unary("sin"), unary("cos"), unary("tan", -1, 1), unary("asin", -0.9, 0.9),
    unary("acos", -0.9, 0.9), unary("atan"), unary("sinh"), unary("cosh"), unary("tanh"), unary("asinh"),
    unary("acosh", 1.2, 3), unary("atanh", -0.9, 0.9), unary("sinc", 0.2, 2), unary("deg2rad"), unary("rad2deg"),
    unary("negative"), unary("clamp", kind="distinct", min=-1.05, max=1.03), unary("clamp", kind="distinct", min=0.01),
    unary("clamp_max", kind="distinct", max=0.01), unary("isnan", gradient=False), unary("isfinite", gradient=False),
    unary("isinf", gradient=False), unary("signbit", gradient=False), unary("logical_not", gradient=False),
    unary("pow", 0.3, 2, exponent=2.5), unary("pow", exponent=2), unary("pow", exponent=3), unary("pow", exponent=0),
    unary("pow", 0.3, 2, exponent=-1.5), unary("float_power", 0.3, 2, exponent=2), unary("isposinf", gradient=False),
    unary("isneginf", gradient=False),
]  # fmt: skip

BINARY = [
    binary("add"), binary("add", alpha=2.5), binary("sub"), binary("sub", alpha=-0.5), binary("mul"),
    binary("div", (-2, 2), (0.4, 2)), binary("div", (0.1, 0.4), (0.6, 0.9), rounding_mode="floor"),
    binary("div", (0.1, 0.4), (0.6, 0.9), rounding_mode="trunc"), binary("pow", (0.3, 2), (-2, 2)),
    binary("remainder", (0.1, 0.4), (0.6, 0.9)), binary("fmod", (0.1, 0.4), (0.6, 0.9)),
    binary("floor_divide", (0.1, 0.4), (0.6, 0.9), gradient=False), binary("rsub"),
    binary("atan2", (0.3, 2), (-2, 2), scalars=False), binary("hypot", (0.3, 2), scalars=False),
    binary("logaddexp", scalars=False), binary("logaddexp2", scalars=False), binary("xlogy", (0.2, 2)),
    binary("copysign", (0.3, 2)), binary("maximum", (0, 1), (1.1, 2), scalars=False),
    binary("minimum", (0, 1), (1.1, 2), scalars=False), binary("fmax", (0, 1), (1.1, 2), scalars=False),
    binary("fmin", (0, 1), (1.1, 2), scalars=False), binary("heaviside", gradient=False, scalars=False),
    *[binary(name, gradient=False) for name in ("eq", "ne", "lt", "le", "gt", "ge")],
    *[binary(name, gradient=False, scalars=False) for name in ("logical_and", "logical_or", "logical_xor")],
    calls("where", (A((3, 4), kind="bool"), X, Y), (A((4,), kind="bool"), X, Y), (A((3, 1), kind="bool"), V, X),
          (A((3, 4), kind="bool"), X, 2.5)),
    calls("addcmul", (X, Y, V), (X, Y, V, {"value": -0.5})),
    calls("addcdiv", (X, Y, A((4,), 0.4, 2)), (X, Y, A((4,), 0.4, 2), {"value": 2})),
    calls("lerp", (X, Y, 0.3), (X, Y, A((4,)))),
    calls("clamp", (A((3, 4), 0, 1), A((4,), -1, -0.5), A((3, 1), 1.5, 2)), (D, {"min": -1.01})),
]  # fmt: skip

INTEGERS = [
    calls(
        name,
        (A((3, 4), 0, 9, "int"), A((4,), 1, 9, "int")),
        (A((3,), 0, 2, "bool"), A((3,), 0, 2, "bool")),
        gradient=False,
    )
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor")
] + [
    calls("bitwise_not", (A((3, 4), 0, 9, "int"),), (A((3,), kind="bool"),), gradient=False),
    calls("bitwise_left_shift", (A((3, 4), 0, 9, "int"), A((4,), 0, 4, "int")), gradient=False),
    calls("bitwise_right_shift", (A((3, 4), 0, 99, "int"), A((4,), 0, 4, "int")), gradient=False),
    calls("bincount", (A((9,), 0, 5, "int"),), (A((9,), 0, 5, "int"), None, 8), gradient=False),
    calls("isin", (A((3, 4), 0, 9, "int"), A((4,), 0, 9, "int")), gradient=False),
    calls("unique", (A((9,), 0, 5, "int"),), (A((9,), 0, 5, "int"), True, True, True), gradient=False),
    calls("unique_consecutive", (A((9,), 0, 2, "int"),), gradient=False),
]

ACTIVATIONS = [
    unary("F.relu", kind="distinct"), unary("F.relu6", -1.03, 7.01, kind="distinct"),
    unary("F.leaky_relu", kind="distinct"), unary("F.leaky_relu", kind="distinct", negative_slope=0.3),
    unary("F.elu", kind="distinct"), unary("F.elu", kind="distinct", alpha=0.7), unary("F.selu", kind="distinct"),
    unary("F.celu", kind="distinct", alpha=0.6), unary("F.gelu"), unary("F.gelu", approximate="tanh"), unary("F.silu"),
    unary("F.mish"), unary("F.softplus"), unary("F.softplus", beta=2.0, threshold=1.7, kind="distinct"),
    unary("F.logsigmoid"), unary("F.hardtanh", kind="distinct"), unary("F.hardsigmoid", -4.01, 4.03, kind="distinct"),
    unary("F.hardswish", -4.01, 4.03, kind="distinct"), unary("F.softsign", 0.1, 2), unary("F.tanhshrink"),
    unary("F.softshrink", 0.6, 2), unary("F.softshrink", -0.4, 0.4), unary("F.hardshrink", 0.6, 2),
    unary("F.rrelu", kind="distinct"), calls("F.threshold", (D, 0.1, -3.0)),
    calls("F.prelu", (D, A((1,))), (D, A((4,))), (A((2, 3, 2), kind="distinct"), A((3,)))),
    calls("F.glu", (A((3, 4)),), (A((3, 4)), 1), (A((2, 3)), 0), (A((0, 4)),)),
    *[calls(f"F.{name}", (X, 1), (X, 0), (X, -1), (A((0, 3)), 1), (A((1,)), 0), (A(()), 0), (CUBE, 1))
      for name in ("softmax", "log_softmax", "softmin")],
    calls("F.normalize", (X,), (X, 1.5), (X, 2.0, 0), layouts=True),
    calls("F.dropout", (X, 0.3, False), (X, 0.0, True), (X, 1.0, True)),
    written("dropout drawn", lambda lib, x: lib.manual_seed(3) and lib.nn.functional.dropout(x, 0.3), X),
    calls("F.cosine_similarity", (X, Y), (X, Y, 0), (CUBE, A((2, 3, 4)), 2)),
    calls("F.pairwise_distance", (X, Y), (X, Y, 1.5)),
]  # fmt: skip

REDUCTIONS = [
    reduction("sum"), reduction("mean"), reduction("nansum"), reduction("nanmean"),
    reduction("prod", 0.3, 1.5, several=False), reduction("logsumexp", whole=False), reduction("amax", empty=False),
    reduction("amin", empty=False), reduction("max", empty=False, several=False),
    reduction("min", empty=False, several=False), reduction("median", empty=False, several=False),
    reduction("nanmedian", empty=False, several=False), reduction("mode", empty=False, several=False, whole=False),
    reduction("std", empty=False, unbiased=False, whole=False),
    reduction("var", empty=False, unbiased=False, whole=False), calls("linalg.vector_norm", (X,), (X, 3)),
    reduction("argmax", empty=False, several=False, gradient=False),
    reduction("argmin", empty=False, several=False, gradient=False), reduction("all", gradient=False),
    reduction("any", gradient=False), reduction("count_nonzero", gradient=False, keep=False),
    calls("var", (X,), (X, 1), (X, (0, 1)), (X, 1, {"correction": 0, "keepdim": True})),
    calls("std", (X,), (X, 1), (X, 0, True, True)), calls("var_mean", (X, 1)), calls("std_mean", (X, 1)),
    calls("aminmax", (D,), (D, {"dim": 1})),
    calls("norm", (X,), (X, 1), (X, 2, 1), (X, 3.5, 0), (X, float("inf"), 1), (X, float("-inf"), 1), (X, "fro"),
          (X, 2, 1, True), (X, 0, 1)),
    calls("dist", (X, Y), (X, Y, 1)), calls("max", (A((3, 4), 0, 1), A((4,), 1.1, 2))),
    calls("min", (A((3, 4), 0, 1), A((4,), 1.1, 2))), calls("prod", (A((2, 3), 0.0, 1.0), 1)),
    calls("cumsum", (X, 0), (X, 1), (A((0, 3)), 0), (A((1,)), 0)), calls("cumprod", (X, 1), (A((5,)), 0)),
    calls("logcumsumexp", (X, 1), (X, 0)), calls("cummax", (D, 1), (D, 0)), calls("cummin", (D, 1)),
    calls("diff", (X,), (X, 2), (X, 1, 0)), calls("sort", (D,), (D, 0), (D, 1, True)),
    calls("argsort", (D,), (D, 0, True), gradient=False), calls("msort", (D,)),
    calls("topk", (D, 2), (D, 2, 0), (D, 3, 1, False)), calls("kthvalue", (D, 2), (D, 1, 0)),
    calls("quantile", (D, 0.4), (D, 0.3, 1)),
    calls("searchsorted", (A((5,), 0, 1, "simplex"), X), gradient=False, layouts=False),
    calls("histc", (X, 5, -2, 2), gradient=False), calls("trace", (X,), (A((3, 3)),)),
]  # fmt: skip

SHAPING = [
    calls(".reshape", (X, 4, 3), (X, (2, 6)), (X, -1), (A((0, 3)), (3, 0)), (A(()), (1, 1))),
    calls(".view", (A((3, 4)), 12), (A((3, 4)), 2, -1), layouts=False), calls("flatten", (CUBE,), (CUBE, 1), (A(()),)),
    calls("unflatten", (X, 1, (2, 2))), calls("squeeze", (A((1, 3, 1)),), (A((1, 3, 1)), 0), (X, 1)),
    calls("unsqueeze", (X, 0), (X, -1), (A(()), 0)), calls("transpose", (X, 0, 1), (CUBE, 0, -1)),
    calls("t", (X,), (V,)), calls("permute", (CUBE, (2, 0, 1)), (CUBE, (0, 2, 1))), calls("movedim", (CUBE, 0, 2)),
    calls("swapaxes", (CUBE, 0, 1)),
    calls(".expand", (A((1, 4)), 3, 4), (A((3, 1)), -1, 4), (V, 2, 3, 4), (A(()), 2, 3)),
    calls("broadcast_to", (V, (3, 4))), calls("flip", (X, (0,)), (X, (0, 1))),
    calls("roll", (X, 1), (X, 1, 0), (X, (1, 2), (0, 1))), calls(".repeat", (X, 2, 1), (X, 2, 1, 3)),
    calls("tile", (X, (2, 1)), (X, (2,))), calls("repeat_interleave", (X, 2), (X, 2, 1)), calls("narrow", (X, 1, 1, 2)),
    calls("select", (X, 1, 2), (X, 0, -1)), calls(".unfold", (A((7,)), 0, 3, 2), (X, 1, 2, 1)),
    calls("F.pad", (X, (1, 2)), (X, (1, 0, 0, 2), "constant", 1.5), (A((2, 3, 4)), (1, 2), "reflect"),
          (A((2, 3, 4)), (2, 1), "replicate"), (A((2, 3, 4)), (1, 1), "circular"), (X, (-1, 1))),
    calls("tril", (X,), (X, 1)), calls("triu", (X,), (X, -1)), calls("diagonal", (X,), (X, 1)),
    calls("diag", (V,), (X,), (X, 1)), calls("diag_embed", (X,)), calls("rot90", (X,), (X, 2)),
    calls("clone", (X,), (A(()),)), calls("fliplr", (X,)), calls("flipud", (X,)),
    calls("as_strided", (A((3, 4)), (2, 2), (4, 1), 1), layouts=False), calls("ravel", (X,)),
    calls("unbind", (X,), (X, 1)), calls("split", (X, 2), (X, 2, 1), (X, [1, 3], 1)), calls("chunk", (X, 2), (X, 3, 1)),
    calls("tensor_split", (X, 2), (X, (1, 3), 1)), calls("hsplit", (X, 2)),
    written("cat:rows", lambda lib, a, b: lib.cat([a, b]), X, A((2, 4))),
    written("cat:columns", lambda lib, a, b: lib.cat([a, b], dim=1), X, A((3, 1))),
    written("cat:empty", lambda lib, a, b: lib.cat([a, b], 0), X, A((0, 4))),
    written("stack", lambda lib, a, b: lib.stack([a, b], 1), X, Y),
    written("hstack", lambda lib, a, b: lib.hstack([a, b]), X, Y),
    written("vstack", lambda lib, a, b: lib.vstack([a, b]), X, V),
    written("meshgrid", lambda lib, a, b: lib.meshgrid(a, b, indexing="ij"), V, A((3,))),
    written("cast dtype", lambda lib, a: (a * a).to(lib.float32).double() * a, X, slopes=False),
    written("view as dtype", lambda lib, a: a.detach().view(lib.int64), A((3, 4)), gradient=False),
]  # fmt: skip

INDEXING = [
    written("x[1]", lambda lib, x: x[1], X), written("x[-1, 1:3]", lambda lib, x: x[-1, 1:3], X),
    written("x[..., None, 0]", lambda lib, x: x[..., None, 0], CUBE),
    written("x[::2]", lambda lib, x: x[::2, 1:], X), written("x[:, [-1]]", lambda lib, x: x[:, [-1]], X),
    written("x[[0, 0, 2]]", lambda lib, x: x[[0, 0, 2]], X),
    written("x[i, j]", lambda lib, x, i, j: x[i[:2], j], X, ROWS, COLUMNS),
    written("x[i, :, None]", lambda lib, x, i: x[i, :, None], X, ROWS),
    written("x[mask]", lambda lib, x, m: x[m], X, A((3, 4), kind="bool")),
    written("x[row mask]", lambda lib, x, m: x[m], X, A((3,), kind="bool")),
    written("x[:, i]", lambda lib, x, i: x[:, i], X, COLUMNS),
    written("x[i] cube", lambda lib, x, i: x[:, i, :], CUBE, A((2, 2), 0, 3, "int")),
    written("x[i, :, j]", lambda lib, x, i, j: x[i, :, j], CUBE, A((2,), 0, 2, "int"), A((2,), 0, 4, "int")),
    written("index_select", lambda lib, x, i: lib.index_select(x, 0, i), X, ROWS),
    written("gather", lambda lib, x, i: lib.gather(x, 1, i), X, A((3, 2), 0, 4, "int")),
    written("gather 0", lambda lib, x, i: lib.gather(x, 0, i), X, A((2, 4), 0, 3, "int")),
    written("take", lambda lib, x, i: lib.take(x, i), X, A((2, 3), 0, 12, "int")),
    written("take_along_dim", lambda lib, x, i: lib.take_along_dim(x, i, 1), X, A((3, 2), 0, 4, "int")),
    written("masked_select", lambda lib, x, m: lib.masked_select(x, m), X, A((3, 4), kind="bool")),
    written("masked_scatter", lambda lib, x, m, s: x.masked_scatter(m, s), X, A((3, 4), kind="bool"), A((12,))),
    written("masked_fill", lambda lib, x, m: x.masked_fill(m, -1.5), X, A((3, 4), kind="bool")),
    written("masked_fill row", lambda lib, x, m: x.masked_fill(m, 0.5), X, A((4,), kind="bool")),
    written("scatter", lambda lib, x, i, s: x.scatter(1, i.sort(1)[0] * 0 + lib.arange(2), s), X,
            A((3, 2), 0, 4, "int"), A((3, 2))),
    written("scatter_add", lambda lib, x, i, s: x.scatter_add(1, i, s), X, A((3, 2), 0, 4, "int"), A((3, 2))),
    written("scatter value", lambda lib, x, i: x.scatter(0, i, 2.5), X, A((1, 4), 0, 3, "int")),
    written("index_add", lambda lib, x, i, s: x.index_add(0, i, s), X, A((2,), 0, 3, "int"), A((2, 4))),
    written("index_copy", lambda lib, x, s: x.index_copy(0, lib.tensor([2, 0]), s), X, A((2, 4))),
    written("index_fill", lambda lib, x, i: x.index_fill(1, i, 0.5), X, COLUMNS),
    written("index_put", lambda lib, x, i, s: x.index_put((i,), s, accumulate=True), X, A((2,), 0, 3, "int"),
            A((2, 4))),
    *[written(f"scatter_reduce {how}", lambda lib, x, i, s, how=how: x.scatter_reduce(1, i, s, how),
              A((3, 4), 0.5, 2, "distinct"), A((3, 2), 0, 4, "int"), A((3, 2), 2.5, 4, "distinct"))
      for how in ("sum", "mean", "amax", "amin", "prod")],
    written("setitem", lambda lib, x, y: _set(x, (slice(0, 2), 1), y), X, A((2,))),
    written("setitem list", lambda lib, x, y: _set(x, [2, 0], y), X, A((2, 4))),
    written("setitem mask", lambda lib, x, m: _set(x, m, 0.5), X, A((3, 4), kind="bool")),
    written("zero_", lambda lib, x, y: (x * 1).zero_() * y + x, X, Y),
    written("setitem number", lambda lib, x: _set(x, (1, 2), 3.0), X),
    written("copy_", lambda lib, x, y: (x * 1).copy_(y) * x, X, A((3, 4), kind="fixed")),
    calls("F.embedding", (A((2, 3), 0, 5, "int"), A((5, 4))), (A((0,), 0, 5, "int"), A((5, 4)))),
    calls("F.embedding", (A((2, 3), 0, 5, "int"), A((5, 4)), 1), slopes=False),
    calls("nonzero", (A((3, 4), 0, 2, "int"),), gradient=False),
    calls("argwhere", (A((3, 4), 0, 2, "int"),), gradient=False),
]  # fmt: skip


def _set(x: Any, index: Any, value: Any) -> Any:
    y = x * 1
    y[index] = value
    return y * y


EINSUMS: dict[str, list[tuple[int, ...]]] = {
    "ij,jk->ik": [(3, 4), (4, 2)],
    "ij->ji": [(3, 4)],
    "ij->": [(3, 4)],
    "ii->i": [(3, 3)],
    "bij,bjk->bik": [(2, 3, 4), (2, 4, 2)],
    "i,j->ij": [(3,), (4,)],
    "...ij,jk->...ik": [(2, 3, 4), (4, 2)],
    "bhqd,bhkd->bhqk": [(2, 2, 3, 4), (2, 2, 3, 4)],
    "ij,jk,kl->il": [(2, 3), (3, 4), (4, 2)],
    "ij,ij->i": [(3, 4), (3, 4)],
    "ijk->kj": [(2, 3, 4)],
}

PRODUCTS = [
    calls("matmul", (X, A((4, 2))), (A((4,)), A((4,))), (X, V), (A((3,)), X), (A((2, 3, 4)), A((4, 2))),
          (A((2, 3, 4)), A((2, 4, 2))), (A((5, 1, 3, 4)), A((2, 4, 2))), (A((3, 4)), A((2, 4, 2))),
          (A((4,)), A((2, 4, 2))), (A((2, 3, 4)), A((4,))), (A((0, 4)), A((4, 2))), (A((3, 0)), A((0, 2)))),
    calls("mm", (X, A((4, 2)))), calls("mv", (X, V)), calls("dot", (V, A((4,)))),
    calls("bmm", (A((2, 3, 4)), A((2, 4, 2))), (A((0, 3, 4)), A((0, 4, 2)))), calls("outer", (A((3,)), V)),
    calls("inner", (X, Y), (V, A((4,)))),
    calls("addmm", (A((3, 2)), X, A((4, 2))), (A((2,)), X, A((4, 2)), {"beta": 0.5, "alpha": 2})),
    calls("addmv", (A((3,)), X, V)), calls("baddbmm", (A((2, 3, 2)), A((2, 3, 4)), A((2, 4, 2)))),
    calls("kron", (A((2, 2)), A((2, 3))), layouts=False),  # torch's own refuses a transposed input
    calls("tensordot", (A((2, 3, 4)), A((4, 3)), 1), (A((3, 4)), A((3, 4)), 2)),
    calls("F.linear", (X, A((2, 4)), A((2,))), (X, A((2, 4))), (V, A((2, 4)), A((2,))),
          (A((2, 3, 4)), A((5, 4)), A((5,))), (A((0, 4)), A((2, 4)), A((2,)))),
    calls("F.bilinear", (A((3, 2)), A((3, 4)), A((5, 2, 4)), A((5,)))),
    *[written(f"einsum {e}", lambda lib, *t, e=e: lib.einsum(e, *t), *map(A, shapes)) for e, shapes in EINSUMS.items()],
]  # fmt: skip


LABELS = [[3, 0, -1, 1], [1, -1, 0, 0], [2, 1, 0, -1]]  # several classes for each row, up to the first −1


def losses(name: str, x: A, target: A, *more: dict[str, Any]) -> Entry:
    """A loss under every reduction, with and without further arguments."""
    rows = [(x, target, {"reduction": r, **extra}) for r in ("mean", "sum", "none") for extra in ({}, *more)]
    return calls(name, *rows)


LOSSES = [
    losses("F.mse_loss", X, Y), losses("F.l1_loss", A((3, 4), 0, 1), A((3, 4), 1.1, 2)),
    losses("F.smooth_l1_loss", X, Y, {"beta": 0.7}), losses("F.huber_loss", X, Y, {"delta": 0.7}),
    losses("F.binary_cross_entropy", PROBABILITIES, A((3, 4), 0, 1)),
    losses("F.binary_cross_entropy_with_logits", X, A((3, 4), 0, 1)),
    losses("F.soft_margin_loss", X, A((3, 4), kind="ones")),
    losses("F.poisson_nll_loss", X, A((3, 4), 0.5, 3), {"log_input": True, "full": False}),
    losses("F.kl_div", X, A((3, 4), 0.1, 1, "simplex"), {"log_target": True}),
    calls("F.kl_div", (X, A((3, 4), 0.1, 1, "simplex"), {"reduction": "batchmean"})),
    losses("F.hinge_embedding_loss", A((3,), 0.1, 0.9), SIGNS, {"margin": 1.5}),
    losses("F.multi_margin_loss", A((3, 4), kind="distinct"), TARGETS, {"p": 2, "margin": 0.55}),
    losses("F.multilabel_soft_margin_loss", X, A((3, 4), 0, 1)),
    losses("F.nll_loss", A((3, 4), -3, -0.1), TARGETS, {"ignore_index": 1}),
    losses("F.nll_loss", A((3, 4, 2), -3, -0.1), A((3, 2), 0, 4, "int")),
    losses("F.cross_entropy", X, TARGETS, {"label_smoothing": 0.2}, {"ignore_index": 2},
           {"ignore_index": 2, "label_smoothing": 0.1}),
    losses("F.cross_entropy", A((3, 4, 2)), A((3, 2), 0, 4, "int"), {"label_smoothing": 0.2}),
    losses("F.cross_entropy", A((4,)), A((), 0, 4, "int")),
    losses("F.cross_entropy", X, A((3, 4), 0.1, 1, "simplex"), {"label_smoothing": 0.2}),
    *[written(f"cross_entropy weighted {r} {s} {i}",
              named("F.cross_entropy", reduction=r, label_smoothing=s, ignore_index=i), X, TARGETS, WEIGHTS)
      for r in ("mean", "sum", "none") for s in (0.0, 0.3) for i in (-100, 1)],
    *[written(f"nll_loss weighted {r}", named("F.nll_loss", reduction=r), X, TARGETS, WEIGHTS)
      for r in ("mean", "sum", "none")],
    written("bce weights",
            lambda lib, x, t, w, p: lib.nn.functional.binary_cross_entropy_with_logits(x, t, w, pos_weight=p),
            X, A((3, 4), 0, 1), WEIGHTS, A((4,), 0.3, 3, "fixed")),
    calls("F.margin_ranking_loss", (A((3,)), A((3,)), SIGNS, {"margin": 0.1})),
    calls("F.cosine_embedding_loss", (X, Y, SIGNS, {"margin": 0.05})),
    calls("F.triplet_margin_loss", (X, Y, A((3, 4))), (X, Y, A((3, 4)), {"p": 1.5, "swap": True, "margin": 3.0})),
    calls("F.gaussian_nll_loss", (X, Y, A((3, 4), 0.3, 2)),
          (X, Y, A((3, 4), 0.3, 2), {"full": True, "reduction": "sum"})),
    written("multilabel_margin", lambda lib, x: lib.nn.functional.multilabel_margin_loss(x, lib.tensor(LABELS)), D),
]  # fmt: skip

ENTRIES: list[Entry] = [
    *ELEMENTWISE, *BINARY, *INTEGERS, *ACTIVATIONS, *REDUCTIONS, *SHAPING, *INDEXING, *PRODUCTS, *LOSSES,
]  # fmt: skip
CASES: list[Case] = [replace(case, seed=i) for i, case in enumerate(c for entry in ENTRIES for c in entry.cases)]
