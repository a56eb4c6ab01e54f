"""Operations that a user writes: `autograd.Function`, an Op whose forward and backward speak in tensors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from .base import TensorBase, share, wrap
from .inplace import bump
from .mode import no_grad, state
from .op import Op, _clock, _Ref, edge


class Function(Op, register=False):
    """A differentiable operation of one's own; subclass it, write `forward` and `backward`, call `apply`.

    forward(ctx, *args) gets the arguments of `apply`, returns a tensor or a tuple of them; nothing in it is recorded.
    backward(ctx, *grad_outputs) returns one gradient per argument of forward (None for those without).
    ctx.save_for_backward(...) keeps tensors and `ctx.saved_tensors` gives them back; any other value may be set as an
    attribute of ctx.

    >>> import gradus
    >>> class Cube(gradus.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x**3
    ...     @staticmethod
    ...     def backward(ctx, grad_output):
    ...         (x,) = ctx.saved_tensors
    ...         return grad_output * 3 * x**2
    >>> x = gradus.tensor(2.0, requires_grad=True)
    >>> Cube.apply(x).backward()
    >>> x.grad
    tensor(12.)
    """

    _dirty: tuple[Any, ...] = ()
    _plain: tuple[Any, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(register=False)

    def save_for_backward(ctx, *tensors: Any) -> None:
        """Keep tensors (or None) for backward; call it once, in forward or setup_context."""
        ctx._kept = tensors

    @property
    def saved_tensors(ctx) -> tuple[Any, ...]:
        """What `save_for_backward` kept."""
        if ctx._refs is None:
            if ctx._kept is None:
                raise RuntimeError(
                    f"{ctx.name()}: the saved tensors were freed by an earlier backward; pass retain_graph=True to it"
                )
            return ctx._kept
        return tuple([r.tensor_for(ctx) if type(r) is _Ref else r for r in ctx._refs])

    @property
    def needs_input_grad(ctx) -> tuple[bool, ...]:
        """For each argument of forward, whether its gradient is wanted."""
        return ctx.needs

    def mark_dirty(ctx, *tensors: Any) -> None:
        """Say which inputs forward changed in place."""
        ctx._dirty = tensors

    def mark_non_differentiable(ctx, *tensors: Any) -> None:
        """Say which outputs have no gradient."""
        ctx._plain = tensors

    def set_materialize_grads(ctx, value: bool) -> None:
        """With False, backward gets None instead of zeros for outputs that no gradient reached."""
        ctx.materializes = value

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Where forward takes no ctx: keep here what backward needs."""

    @classmethod
    def apply(cls, *inputs: Any, **params: Any) -> Any:
        """Run forward on these arguments and, if one of them requires a gradient, record it."""
        ctx = cls()
        needs = tuple([isinstance(x, TensorBase) and x.requires_grad for x in inputs])
        ctx.needs = needs if state.grad else tuple([False] * len(inputs))
        apart = cls.setup_context is not Function.setup_context
        edges = tuple([edge(x) if need else None for x, need in zip(inputs, ctx.needs, strict=True)])
        with no_grad():
            result = cls.forward(*inputs, **params) if apart else cls.forward(ctx, *inputs, **params)
            if apart:
                cls.setup_context(ctx, inputs, result)
        several = isinstance(result, tuple)
        given = list(result) if several else [result]
        outs = [ctx._own(y, inputs) for y in given]
        if any(ctx.needs):
            ctx.sequence, ctx.edges = next(_clock), edges
            ctx._attach(given, outs, inputs)
        return tuple(outs) if several else outs[0]

    def _own(ctx, y: Any, inputs: tuple[Any, ...]) -> Any:
        """An output that is one of the inputs is handed on as a tensor of its own, unless it was changed in place."""
        if any(y is d for d in ctx._dirty):
            bump(y, ctx.name())
            return y
        return share(y) if isinstance(y, TensorBase) and (any(y is x for x in inputs) or y.requires_grad) else y

    def _attach(ctx, given: list[Any], outs: list[Any], inputs: tuple[Any, ...]) -> None:
        if len(outs) > 1:
            ctx.outputs = tuple(
                [(o.array.shape, o.array.dtype) if isinstance(o, TensorBase) else ((), "f4") for o in outs]
            )
        for i, (y, out) in enumerate(zip(given, outs, strict=True)):
            if isinstance(out, TensorBase) and out.array.dtype.kind == "f" and not any(y is p for p in ctx._plain):
                out.requires_grad, out.node, out.index = True, ctx, i
        ctx._refs, ctx._kept = [ctx._reference_to(t, given, outs, inputs) for t in ctx._kept or ()], ()

    def _reference_to(ctx, t: Any, given: list[Any], outs: list[Any], inputs: tuple[Any, ...]) -> Any:
        for i, (y, out) in enumerate(zip(given, outs, strict=True)):
            if t is y and not any(t is x for x in inputs):
                return _Ref(out.array, None, out.version, i) if out.node is ctx else t
        return _Ref(t.array, t, t.version, 0) if isinstance(t, TensorBase) else t

    def propagate(ctx, gradients: list[Any], create_graph: bool) -> Any:
        """Run backward on tensors, and check that it returned one gradient of the right shape for each input."""
        shown = [g if g is None or isinstance(g, TensorBase) else wrap(g) for g in gradients]
        results = type(ctx).backward(ctx, *shown)
        results = results if isinstance(results, tuple) else (results,)
        if len(results) < len(ctx.edges):
            raise RuntimeError(
                f"function {ctx.name()} returned an incorrect number of gradients "
                f"(expected {len(ctx.edges)}, got {len(results)})"
            )
        for i, (g, e) in enumerate(zip(results, ctx.edges, strict=False)):
            ctx._check(i, g, e)
        return results if create_graph else tuple([g.array if isinstance(g, TensorBase) else g for g in results])

    def _check(ctx, i: int, g: Any, e: Any) -> None:
        if g is None or e is None:
            return
        place, index = e
        expected = got = g.array.shape  # what an op with one output expects is not known here
        if isinstance(place, TensorBase):
            expected = place.array.shape
        elif place.outputs:
            expected = place.outputs[index][0]
        if got != expected:
            raise RuntimeError(
                f"Function {ctx.name()} returned an invalid gradient at index {i} - got {list(got)} but expected shape "
                f"compatible with {list(expected)}"
            )

    def name(ctx) -> str:
        """The node's name as torch prints it, such as CubeBackward."""
        return f"{type(ctx).__name__}Backward"


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a Function's backward as not differentiable itself: it is never recorded, even under create_graph.

    >>> import gradus
    >>> class Exp(gradus.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x.exp()
    ...     @staticmethod
    ...     @gradus.autograd.once_differentiable
    ...     def backward(ctx, grad_output):
    ...         return grad_output * ctx.saved_tensors[0].exp()
    >>> x = gradus.tensor(0.0, requires_grad=True)
    >>> (slope,) = gradus.autograd.grad(Exp.apply(x), x, create_graph=True)
    >>> slope.item(), slope.requires_grad
    (1.0, False)
    """

    @wraps(backward)
    def run(ctx: Any, *gradients: Any) -> Any:
        with no_grad():
            return backward(ctx, *gradients)

    return run
