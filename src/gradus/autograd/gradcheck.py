"""Checking a derivative against the slope that finite differences measure.

gradcheck projects: for random directions u (of the inputs) and v (of the outputs) it compares vᵀJu, computed by
backward as (Jᵀv)·u, with (f(x + εu) − f(x − εu)) / 2ε · v. One wrong entry of the Jacobian J shows with probability
one; when it does, the full Jacobian is measured to name the entry. Where the slopes to the left and to the right
differ, the point is a kink: it has no derivative, and the error says so instead of blaming the backward.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core.base import TensorBase, wrap
from ..core.differentiate import grad
from ..core.mode import enable_grad

Outputs = list[Any]


class GradcheckError(RuntimeError):
    """The derivative and the measured slope disagree; the message names the input, the entry and both numbers."""


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    fast_mode: bool = True,
    projections: int = 2,
    seed: int = 0,
    check_undefined_grad: bool = True,
) -> bool:
    """Check the backward of `func` at `inputs` against central differences.

    Args:
        func: takes the inputs, returns a tensor or a tuple of tensors.
        inputs: a tensor or a sequence; float64 tensors with requires_grad=True are checked, others are passed on.
        eps: the step of the differences. atol, rtol: how far derivative and slope may lie apart.
        raise_exception: raise with an explanation, instead of returning False.
        nondet_tol: how much two runs of backward may differ.
        fast_mode: random projections; with False the whole Jacobian is measured.
        projections: how many random directions are tried. seed: of the directions.
        check_undefined_grad: accepted; that an input without influence gets zero is checked always.
    Returns:
        True if all derivatives agree.
    Raises:
        GradcheckError: one does not. ValueError: no input can be checked, or one is not float64.

    >>> import gradus
    >>> x = gradus.tensor([0.3, 0.7], dtype=gradus.float64, requires_grad=True)
    >>> gradus.autograd.gradcheck(lambda x: x.sin() * x, x)
    True
    """
    arguments = list(inputs) if isinstance(inputs, Sequence) and not isinstance(inputs, TensorBase) else [inputs]
    try:
        checked = _differentiable(arguments)
        check = _Check(func, arguments, checked, eps, atol, rtol, seed)
        check.deterministic(nondet_tol)
        if fast_mode:
            for _ in range(projections):
                check.project()
        else:
            check.full()
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    seed: int = 0,
    **options: Any,
) -> bool:
    """Check the second derivative: gradcheck of the function (inputs, v) ↦ Jᵀv, computed with create_graph=True.

    Args:
        grad_outputs: v, one tensor per output; random when left out.
        Others as in `gradcheck`.

    >>> import gradus
    >>> x = gradus.tensor([0.3, 0.7], dtype=gradus.float64, requires_grad=True)
    >>> gradus.autograd.gradgradcheck(lambda x: x**3, x)
    True
    """
    arguments = list(inputs) if isinstance(inputs, Sequence) and not isinstance(inputs, TensorBase) else [inputs]
    checked = _differentiable(arguments)
    stream = np.random.RandomState(seed)
    if grad_outputs is None:
        outs = [o for o in _outputs(func(*arguments)) if o.requires_grad]
        given = [wrap(stream.standard_normal(o.array.shape).astype(o.array.dtype)).requires_grad_() for o in outs]
    else:
        given = list(grad_outputs) if isinstance(grad_outputs, Sequence) else [grad_outputs]
    if not given:
        return True

    def first_derivative(*everything: Any) -> tuple[Any, ...]:
        xs, vs = everything[: len(arguments)], everything[len(arguments) :]
        with enable_grad():
            outs = [o for o in _outputs(func(*xs)) if o.requires_grad]
            targets = [xs[i] for i in checked]
            found = grad(outs, targets, list(vs), create_graph=True, allow_unused=True)
        return tuple([g for g in found if g is not None and g.requires_grad])

    try:
        return gradcheck(
            first_derivative,
            [*arguments, *given],
            eps=eps,
            atol=atol,
            rtol=rtol,
            seed=seed,
            raise_exception=raise_exception,
            **options,
        )
    except GradcheckError as error:
        raise GradcheckError(f"second derivative: {error}") from None


def _differentiable(arguments: list[Any]) -> list[int]:
    """The positions of the inputs to check."""
    found = [i for i, x in enumerate(arguments) if isinstance(x, TensorBase) and x.requires_grad]
    if not found:
        raise ValueError("gradcheck expects at least one input tensor with requires_grad=True")
    for i in found:
        if arguments[i].array.dtype != np.float64:
            raise ValueError(
                f"gradcheck: input {i} is {arguments[i].array.dtype.name}; differences of 1e-6 need float64, "
                "use .double()"
            )
    return found


def _outputs(result: Any) -> Outputs:
    results = result if isinstance(result, (tuple, list)) else (result,)
    return [o for o in results if isinstance(o, TensorBase) and o.array.dtype.kind == "f"]


class _Check:
    """One function at one point."""

    def __init__(
        self,
        func: Any,
        arguments: list[Any],
        checked: list[int],
        eps: float,
        atol: float,
        rtol: float,
        seed: int,
    ) -> None:
        self.func, self.arguments, self.checked = func, arguments, checked
        self.eps, self.atol, self.rtol = eps, atol, rtol
        self.stream = np.random.RandomState(seed)
        self.values = [np.array(arguments[i].array) for i in checked]

    def at(self, values: list[np.ndarray]) -> list[np.ndarray]:
        """The outputs where the checked inputs have these values."""
        arguments = list(self.arguments)
        for i, value in zip(self.checked, values, strict=True):
            arguments[i] = like(arguments[i], value)
        return [np.array(o.array, dtype=np.float64) for o in _outputs(self.func(*arguments))]

    def backward(self, vs: list[np.ndarray]) -> list[np.ndarray]:
        """Jᵀv for each checked input."""
        arguments = list(self.arguments)
        for i, value in zip(self.checked, self.values, strict=True):
            arguments[i] = like(arguments[i], value)
        inputs = [arguments[i] for i in self.checked]
        outs = _outputs(self.func(*arguments))
        pairs = [(o, wrap(v.astype(o.array.dtype))) for o, v in zip(outs, vs, strict=True) if o.requires_grad]
        if not pairs:
            return [np.zeros_like(x) for x in self.values]
        found = grad([o for o, _ in pairs], inputs, [v for _, v in pairs], allow_unused=True)
        return [np.zeros_like(x) if g is None else g.array for x, g in zip(self.values, found, strict=True)]

    def directions(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """Random numbers of modest size and either sign, none near 0, so that no entry goes unseen."""
        return [self.stream.uniform(0.5, 1.5, a.shape) * self.stream.choice([-1.0, 1.0], a.shape) for a in arrays]

    def deterministic(self, tolerance: float) -> None:
        """Run backward twice and compare."""
        vs = [np.ones_like(o) for o in self.at(self.values)]
        for i, (a, b) in enumerate(zip(self.backward(vs), self.backward(vs), strict=True)):
            if a.size and not np.allclose(a, b, rtol=0, atol=tolerance, equal_nan=True):
                raise GradcheckError(
                    f"backward is not deterministic: two runs differ by {np.abs(a - b).max():.3g} for "
                    f"input {self.checked[i]}"
                )

    def project(self) -> None:
        """Compare derivative and slope along one random direction of each input."""
        vs = self.directions(self.at(self.values))
        analytic = self.backward(vs)
        for k, (u, g) in enumerate(zip(self.directions(self.values), analytic, strict=True)):
            if g.shape != self.values[k].shape:
                raise GradcheckError(
                    f"input {self.checked[k]} has shape {self.values[k].shape} but its gradient has {g.shape}"
                )
            if not g.size:
                continue
            derivative, (slope, left, right) = float((g * u).sum()), self.slopes(k, u, vs)
            if kinked(left, right) or not self.agree(derivative, slope, np.abs(u).sum()):
                self.full(only=k)
                raise GradcheckError(self.verdict(k, "a random direction", derivative, slope, left, right))

    def full(self, only: int | None = None) -> None:
        """Measure the Jacobian entry by entry, and name the first that is wrong."""
        vs_shape = self.at(self.values)
        for k in range(len(self.values)) if only is None else [only]:
            for j in np.ndindex(self.values[k].shape):
                u = np.zeros_like(self.values[k])
                u[j] = 1.0
                measured, left, right = self.slopes_by_output(k, u)
                for o, out in enumerate(vs_shape):
                    for at in np.ndindex(out.shape):
                        self.entry(k, j, o, at, measured, left, right, vs_shape)

    def entry(
        self,
        k: int,
        j: Any,
        o: int,
        at: Any,
        measured: Any,
        left: Any,
        right: Any,
        outs: list[np.ndarray],
    ) -> None:
        """Compare one entry of the Jacobian: of output o at place `at` with respect to input k at place j."""
        vs = [np.zeros_like(x) for x in outs]
        vs[o][at] = 1.0
        derivative, slope = float(self.backward(vs)[k][j]), float(measured[o][at])
        a, b = float(left[o][at]), float(right[o][at])
        if kinked(a, b) or not self.agree(derivative, slope, 1.0):
            place = f"d output {o}{list(at)} / d input {self.checked[k]}{list(j)}"
            raise GradcheckError(self.verdict(k, place, derivative, slope, a, b, f" at {self.values[k][j]:.6g}"))

    def slopes(self, k: int, u: np.ndarray, vs: list[np.ndarray]) -> list[float]:
        """v · Ju for input k by central, left and right differences."""
        return [
            float(sum((m * v).sum() for m, v in zip(side, vs, strict=True))) for side in self.slopes_by_output(k, u)
        ]

    def slopes_by_output(self, k: int, u: np.ndarray) -> tuple[Any, Any, Any]:
        """Central, left and right differences of every output when input k moves along u."""
        ahead, behind = list(self.values), list(self.values)
        ahead[k], behind[k] = self.values[k] + self.eps * u, self.values[k] - self.eps * u
        high, low = self.at(ahead), self.at(behind)
        central = [(h - b) / (2 * self.eps) for h, b in zip(high, low, strict=True)]
        here = self.at(self.values)
        left = [(m - b) / self.eps for m, b in zip(here, low, strict=True)]
        return central, left, [(h - m) / self.eps for h, m in zip(high, here, strict=True)]

    def agree(self, derivative: float, slope: float, scale: float) -> bool:
        """Whether the two are equal within the tolerances, of which the absolute one is for entries of size 1."""
        return bool(np.isclose(derivative, slope, rtol=self.rtol, atol=self.atol * max(1.0, scale), equal_nan=True))

    def verdict(
        self, k: int, place: str, derivative: float, slope: float, left: float, right: float, where: str = ""
    ) -> str:
        """What is wrong, in one line."""
        if kinked(left, right):
            return (
                f"{place}: the function has a kink{where}: its slope is {left:.6g} to the left and {right:.6g} to the "
                "right, so no derivative exists there; move the input away from it"
            )
        return (
            f"{place}: backward says {derivative:.8g} but finite differences measure {slope:.8g} "
            f"(input {self.checked[k]})"
        )


def kinked(left: float, right: float) -> bool:
    """Whether two one-sided slopes differ by more than a smooth function's could over so small a step."""
    return abs(left - right) > 1e-3 * (1 + abs(left) + abs(right))


def like(t: Any, value: np.ndarray) -> Any:
    """A leaf with these numbers, in the memory layout of `t`: a transposed input must be checked as such."""
    array = t.array
    overlaps = 0 in array.strides and array.size > 0  # memory that overlaps itself cannot hold different numbers
    if array.flags.c_contiguous or overlaps:
        return wrap(np.array(value)).requires_grad_(t.requires_grad)
    buffer = np.empty(_span(array), array.dtype)
    out: np.ndarray = np.ndarray(array.shape, array.dtype, buffer, _offset(array), array.strides)
    out[...] = value
    out.flags.writeable = array.flags.writeable
    return wrap(out).requires_grad_(t.requires_grad)


def _offset(array: np.ndarray) -> int:
    return -sum((n - 1) * s for n, s in zip(array.shape, array.strides, strict=True) if s < 0 and n > 0)


def _span(array: np.ndarray) -> int:
    reach = sum((n - 1) * abs(s) for n, s in zip(array.shape, array.strides, strict=True) if n > 0)
    return reach // array.itemsize + 1
