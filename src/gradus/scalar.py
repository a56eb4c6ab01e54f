"""Backpropagation on single numbers: the idea behind this whole library, in one sitting.

A `Value` is a number that remembers how it was made. Every operation writes down its result and, on the next line, the
derivative of that result with respect to each input. `backward()` walks from the result back to the inputs, multiplies
the derivatives along every way (the chain rule), and adds up where ways meet:

    ∂result/∂x = Σ ∂result/∂y · ∂y/∂x     over all y that were made directly from x

>>> w, x, b = Value(0.5, name="w"), Value(2.0, name="x"), Value(-1.0, name="b")
>>> y = (w * x + b).tanh()
>>> y.backward()
>>> w.grad, x.grad, b.grad
(2.0, 0.5, 1.0)

That is enough to train a network. Two layers of tanh neurons learn XOR, which no single neuron can:

>>> import random
>>> rng = random.Random(1)
>>> def make_layer(fan_in, fan_out):  # a neuron is its weights and, last, its bias
...     return [[Value(rng.uniform(-1, 1)) for _ in range(fan_in + 1)] for _ in range(fan_out)]
>>> def run(layer, inputs):
...     return [sum((w * x for w, x in zip(neuron, inputs)), neuron[-1]).tanh() for neuron in layer]
>>> hidden, output = make_layer(2, 4), make_layer(4, 1)
>>> points = [((0, 0), -1), ((0, 1), 1), ((1, 0), 1), ((1, 1), -1)]
>>> for step in range(300):
...     loss = sum((run(output, run(hidden, x))[0] - target) ** 2 for x, target in points)
...     loss.backward()
...     for parameter in (p for neuron in hidden + output for p in neuron):
...         parameter.data -= 0.1 * parameter.grad
...         parameter.grad = 0.0
>>> [round(run(output, run(hidden, x))[0].data) for x, target in points]
[-1, 1, 1, -1]
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np

LARGEST_DRAWING = 400


def _ieee(function: Callable[..., Any], *numbers: float) -> float:
    """function(numbers) as PyTorch answers it: inf or nan where Python's own arithmetic would raise."""
    with np.errstate(all="ignore"):
        return float(function(*numbers))


def _binary(method: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let the other operand be a plain number: it joins the graph as a constant, which receives no gradient."""

    @functools.wraps(method)
    def operator(self: Value, other: Any) -> Any:
        if isinstance(other, Real):
            other = Value(other, op="constant")
        return method(self, other) if isinstance(other, Value) else NotImplemented

    return operator


class Value:
    """A number, its gradient, and the operation that made it.

    data: the number.   grad: ∂result/∂self, summed over all calls of `result.backward()`; set it to 0.0 between steps.
    inputs: the Values it was made from.   derivatives: ∂self/∂input for each of them, at the time it was made.
    """

    __slots__ = ("data", "derivatives", "grad", "inputs", "name", "op")

    def __init__(self, data: Any, name: str = "", *, op: str = "", inputs: tuple = (), derivatives: tuple = ()) -> None:
        if not isinstance(data, Real):
            raise TypeError(f"Value: data must be a real number, got {type(data).__name__}")
        self.data, self.grad, self.name = float(data), 0.0, name
        self.op, self.inputs, self.derivatives = op, inputs, derivatives

    def __repr__(self) -> str:
        return f"Value({self.data}, grad={self.grad}" + (f", name={self.name!r})" if self.name else ")")

    # ---- every operation: the result, and right after it the derivatives -------------------------------------------

    @_binary
    def __add__(self, other: Any) -> Any:
        """y = a + b.   ∂y/∂a = 1,   ∂y/∂b = 1."""
        y = self.data + other.data
        return Value(y, op="+", inputs=(self, other), derivatives=(1.0, 1.0))

    @_binary
    def __sub__(self, other: Any) -> Any:
        """y = a − b.   ∂y/∂a = 1,   ∂y/∂b = −1."""
        y = self.data - other.data
        return Value(y, op="−", inputs=(self, other), derivatives=(1.0, -1.0))

    @_binary
    def __mul__(self, other: Any) -> Any:
        """y = a·b.   ∂y/∂a = b,   ∂y/∂b = a."""
        y = self.data * other.data
        return Value(y, op="×", inputs=(self, other), derivatives=(other.data, self.data))

    @_binary
    def __truediv__(self, other: Any) -> Any:
        """y = a/b.   ∂y/∂a = 1/b,   ∂y/∂b = −a/b² = −y/b."""
        y = _ieee(np.divide, self.data, other.data)
        derivatives = _ieee(np.divide, 1.0, other.data), _ieee(np.divide, -y, other.data)
        return Value(y, op="/", inputs=(self, other), derivatives=derivatives)

    @_binary
    def __pow__(self, other: Any) -> Any:
        """y = aᵇ.   ∂y/∂a = b·aᵇ⁻¹ (0 where b = 0),   ∂y/∂b = y·ln a (0 where a = 0 and b ≥ 0)."""
        a, b = self.data, other.data
        y = _ieee(np.power, a, b)
        by_base = b * _ieee(np.power, a, b - 1) if b else 0.0
        by_exponent = y * _ieee(np.log, a) if a or b < 0 else 0.0
        return Value(y, op="^", inputs=(self, other), derivatives=(by_base, by_exponent))

    def __neg__(self) -> Value:
        """y = −x.   dy/dx = −1."""
        return Value(-self.data, op="−", inputs=(self,), derivatives=(-1.0,))

    def __abs__(self) -> Value:
        """y = |x|.   dy/dx = sign(x), 0 at 0."""
        return Value(abs(self.data), op="abs", inputs=(self,), derivatives=(float(np.sign(self.data)),))

    def exp(self) -> Value:
        """y = eˣ.   dy/dx = y."""
        y = _ieee(np.exp, self.data)
        return Value(y, op="exp", inputs=(self,), derivatives=(y,))

    def log(self) -> Value:
        """y = ln x.   dy/dx = 1/x."""
        y = _ieee(np.log, self.data)
        return Value(y, op="log", inputs=(self,), derivatives=(_ieee(np.divide, 1.0, self.data),))

    def sqrt(self) -> Value:
        """y = √x.   dy/dx = 1/(2y), infinite at 0."""
        y = _ieee(np.sqrt, self.data)
        return Value(y, op="sqrt", inputs=(self,), derivatives=(_ieee(np.divide, 0.5, y),))

    def tanh(self) -> Value:
        """y = tanh x.   dy/dx = 1 − y²."""
        y = math.tanh(self.data)
        return Value(y, op="tanh", inputs=(self,), derivatives=(1.0 - y * y,))

    def sigmoid(self) -> Value:
        """y = 1/(1 + e⁻ˣ).   dy/dx = y·(1 − y)."""
        small = math.exp(-abs(self.data))  # never overflows; the two branches are the same fraction
        y = (1.0 if self.data >= 0 else small) / (1.0 + small)
        return Value(y, op="sigmoid", inputs=(self,), derivatives=(y * (1.0 - y),))

    def relu(self) -> Value:
        """y = max(0, x).   dy/dx = 1 where x > 0, else 0."""
        y = 0.0 if self.data < 0 else self.data
        return Value(y, op="relu", inputs=(self,), derivatives=(float(self.data > 0),))

    @_binary
    def max(self, other: Any) -> Any:
        """y = max(a, b).   The larger one has derivative 1, the other 0; equals share it, ½ each."""
        a, b = self.data, other.data
        by_a = 0.5 if a == b else float(a > b)
        return Value(np.maximum(a, b), op="max", inputs=(self, other), derivatives=(by_a, 1.0 - by_a))

    # ---- reflected operators and comparisons -----------------------------------------------------------------------

    __radd__, __rmul__ = __add__, __mul__
    __rsub__ = _binary(lambda self, other: other - self)
    __rtruediv__ = _binary(lambda self, other: other / self)
    __rpow__ = _binary(lambda self, other: other**self)
    __lt__ = _binary(lambda self, other: self.data < other.data)
    __le__ = _binary(lambda self, other: self.data <= other.data)
    __gt__ = _binary(lambda self, other: self.data > other.data)
    __ge__ = _binary(lambda self, other: self.data >= other.data)
    __eq__ = _binary(lambda self, other: self.data == other.data)
    __hash__ = object.__hash__  # two Values of one number stay two nodes of the graph

    def __bool__(self) -> bool:
        return self.data != 0.0

    # ---- the chain rule --------------------------------------------------------------------------------------------

    def graph(self) -> list[Value]:
        """Everything this Value was made from, each once, inputs before results; itself last."""
        order: list[Value] = []
        seen: set[int] = set()
        stack = [(self, False)]  # a list, not recursion: a graph may be deeper than Python's call stack
        while stack:
            value, inputs_are_listed = stack.pop()
            if inputs_are_listed:
                order.append(value)
            elif id(value) not in seen:
                seen.add(id(value))
                stack.append((value, True))
                stack.extend((source, False) for source in reversed(value.inputs))
        return order

    def backward(self, gradient: float = 1.0) -> None:
        """Add ∂self/∂v · gradient to `v.grad` for every Value v that self was made from, and for self.

        As in PyTorch a second call adds the same once more (there, inner nodes keep a gradient only after retain_grad).
        """
        # Kept apart from .grad: what an earlier call left there must not flow a second time.
        arriving = {id(self): float(gradient)}
        for value in reversed(self.graph()):
            upstream = arriving.pop(id(value), 0.0)
            value.grad += upstream
            for source, derivative in zip(value.inputs, value.derivatives):
                if source.op != "constant":
                    arriving[id(source)] = arriving.get(id(source), 0.0) + upstream * derivative

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def svg(self) -> str:
        """The graph as an SVG picture: a box for each Value, at each arrow the derivative it multiplies by."""
        from gradus.scalar_drawing import draw

        order = self.graph()
        if len(order) > LARGEST_DRAWING:
            raise ValueError(f"svg: the graph has {len(order):,} values; at most {LARGEST_DRAWING} fit into a picture")
        return draw(order)

    def save_svg(self, path: Any) -> None:
        """Write `svg()` to a file, which any browser opens."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.svg())

    def _repr_svg_(self) -> str | None:
        """What a notebook shows; a graph too large to draw falls back to its text."""
        return self.svg() if len(self.graph()) <= LARGEST_DRAWING else None
