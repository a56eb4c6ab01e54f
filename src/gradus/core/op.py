"""How an operation is recorded.

An operation is a class with `forward` and `backward`; calling `apply` makes one instance, which is
at the same time the context that forward and backward share (`ctx`), and the node of the graph that
backward will walk. Given arrays only, `apply` just computes.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, ClassVar

import numpy as np

from . import dtype as dtypes
from .base import TensorBase, history, wrap
from .mode import state

registry: dict[str, type[Op]] = {}
_clock = count(1)


class Op:
    """One operation and its derivative. Subclasses write forward(ctx, *arrays, **params) and backward(ctx, *gradients).

    forward    gets the arrays of its positional inputs (numbers and None stay as they are); returns an array or a tuple
    backward   gets one gradient per output and returns one per positional input (None where there is none)
    ctx.save   keeps arrays for backward: inputs and outputs (watched for in-place changes), or constants
    ctx.saved  gives them back
    ctx.needs  tells for each input whether its gradient is wanted

    Class attributes say how inputs are prepared, and what kind of operation it is:

    promotes        inputs are brought to one dtype by torch's rules, and gradients summed back over broadcast axes
    floats          integer inputs become the default float
    view            the output may share the memory of the first input
    differentiable  False: never recorded
    composed        an op fused for speed, written in primitives; differentiated where a derivative must itself have one

    >>> import gradus
    >>> from gradus.core.op import Op
    >>> class Square(Op, register=False):
    ...     def forward(ctx, x):
    ...         ctx.save(x)
    ...         return x * x
    ...     def backward(ctx, g):
    ...         (x,) = ctx.saved
    ...         return g * 2 * x
    >>> x = gradus.tensor([1.0, 2.0], requires_grad=True)
    >>> Square.apply(x).sum().backward()
    >>> x.grad
    tensor([2., 4.])
    """

    promotes: ClassVar[bool] = False
    floats: ClassVar[bool] = False
    view: ClassVar[bool] = False
    differentiable: ClassVar[bool] = True
    composed: ClassVar[Callable[..., Any] | None] = None
    torch_name: ClassVar[str] = ""

    needs: tuple[bool, ...] = ()
    edges: tuple[tuple[Any, int] | None, ...] = ()  # where each input's gradient goes: (node, output) or (leaf, 0)
    sequence: int = 0
    outputs: tuple[tuple[Any, Any], ...] | None = None  # (shape, dtype) of each output, when there are several
    inputs: tuple[Any, ...] = ()  # kept for ops with a composed form only
    params: dict[str, Any] | None = None
    shapes: tuple[tuple[int, ...], ...] = ()  # of the inputs, kept where backward must undo broadcasting
    hooks: dict[int, dict[int, Any]] | None = None  # by output: hooks on its gradient
    node_hooks: list[Any] | None = None
    trace: str | None = None
    materializes: bool = True  # backward gets zeros, not None, for an output that no gradient reached
    on_tensors: bool = False  # set while backward runs on tensors, so that it is recorded in turn
    _kept: tuple[Any, ...] | None = ()
    _refs: list[Any] | None = None

    def __init_subclass__(cls, register: bool = True, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if register and not cls.__name__.startswith("_"):
            registry[cls.__name__] = cls

    # what an op's author calls ---------------------------------------------------------------------------------------

    def save(ctx, *arrays: Any) -> None:
        """Keep these for backward."""
        ctx._kept = arrays

    @property
    def saved(ctx) -> tuple[Any, ...]:
        """What `save` kept: arrays, or tensors with their history while a derivative is itself being recorded."""
        refs = ctx._refs
        if refs is None:
            ctx.refuse_freed()
            return ctx._kept  # type: ignore[return-value]
        return tuple(
            [r if type(r) is not _Ref else r.tensor_for(ctx) if ctx.on_tensors else r.checked(ctx) for r in refs]
        )

    def refuse_freed(ctx) -> None:
        """Say that an earlier backward has let go of what this op saved."""
        if ctx._refs is None and ctx._kept is None:
            raise RuntimeError(
                "Trying to backward through the graph a second time (or directly access saved tensors after they have "
                f"already been freed): {ctx.name()} has let go of what it saved. Specify retain_graph=True when "
                "calling .backward() or autograd.grad() the first time."
            )

    # what the engine calls -------------------------------------------------------------------------------------------

    @classmethod
    def apply(cls, *inputs: Any, **params: Any) -> Any:
        """Compute the operation and, if an input requires a gradient, record it.

        Inputs are tensors, arrays, Python numbers or None; without a tensor among them the result is an array and
        nothing is recorded.
        """
        if cls.promotes or cls.floats:
            inputs = cls.prepare(inputs)
        arrays, needs = [], []
        found = False
        for x in inputs:
            if isinstance(x, TensorBase):
                found = True
                if x.base is not None and x.epoch != x.base.epoch:
                    history(x)  # an in-place change to its base may have made it one that requires a gradient
                needs.append(x.requires_grad)
                x = x.array
            else:
                needs.append(False)
            arrays.append(x)
        ctx = cls()
        wanted = True in needs and state.grad and cls.differentiable
        ctx.needs = tuple(needs) if wanted else (False,) * len(needs)
        try:
            with np.errstate(all="ignore"):  # inf and nan travel silently, as in torch; anomaly mode finds their source
                result = ctx.forward(*arrays, **params)
        except ValueError as error:
            raise cls.explain(arrays, error) from None
        if not found:
            return result
        if cls.view or wanted:
            return ctx.record(inputs, arrays, params, result, wanted)
        return tuple([wrap(y) for y in result]) if type(result) is tuple else wrap(result)

    def record(
        ctx,
        inputs: tuple[Any, ...],
        arrays: list[Any],
        params: dict[str, Any],
        result: Any,
        wanted: bool,
    ) -> Any:
        """Make tensors of the result and this op their node: to whom it owes gradients, what it saved from whom."""
        several = type(result) is tuple
        outs = [wrap(y) for y in result] if several else [wrap(result)]
        if ctx.view:
            ctx.mark_views(inputs, params, outs, several)
        if wanted:
            ctx.edges = tuple([edge(x) if need else None for x, need in zip(inputs, ctx.needs, strict=True)])
            ctx.sequence = next(_clock)  # after edge(), which makes nodes where it brings a view up to date
            if ctx.promotes:
                ctx.shapes = tuple([getattr(a, "shape", ()) for a in arrays])
            if several:
                ctx.outputs = tuple([(o.array.shape, o.array.dtype) for o in outs])
            if ctx.composed is not None:
                ctx.inputs, ctx.params = inputs, params
            for i, out in enumerate(outs):
                if out.array.dtype.kind == "f":
                    out.requires_grad, out.node, out.index = True, ctx, i
            if ctx._kept:
                results = result if several else (result,)
                ctx._refs = [_reference(a, arrays, inputs, results, outs) for a in ctx._kept]
                ctx._kept = ()
            if state.anomaly:
                from traceback import format_stack

                ctx.trace = "".join(format_stack()[:-2])
        return tuple(outs) if several else outs[0]

    def mark_views(ctx, inputs: tuple[Any, ...], params: dict[str, Any], outs: list[Any], several: bool) -> None:
        """Tie outputs that share the first input's memory to the tensor that owns it."""
        source = inputs[0]
        if not isinstance(source, TensorBase):
            return
        root = source if source.base is None else source.base
        for i, out in enumerate(outs):
            if np.may_share_memory(out.array, source.array) and out.array.size:
                out.base, out.version, out.epoch = root, source.version, root.epoch
                out.parent = (_Pick(type(ctx), i) if several else type(ctx), source, inputs[1:], params)

    @classmethod
    def prepare(cls, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """Bring the inputs to one dtype by torch's rules; casts are recorded, so a gradient returns in its input's."""
        first = None
        for x in inputs:
            kind = type(x)
            if kind is float or kind is int:
                continue
            if not isinstance(x, (TensorBase, np.ndarray)):
                break
            d = x.array.dtype if isinstance(x, TensorBase) else x.dtype
            if first is None:
                first = d
            elif d is not first and d != first:
                break
        else:
            if first is not None and first.kind == "f":
                return inputs  # the common case: one floating type, Python numbers are weak
        if not any(isinstance(x, TensorBase) for x in inputs):
            return inputs  # arrays in a backward: NumPy's own rules, as these are of one type already
        operands = [x.array if isinstance(x, TensorBase) else x for x in inputs]
        operands = [x.item() if isinstance(x, np.generic) else x for x in operands]
        target = dtypes.promote_operands([x for x in operands if x is not None])
        if cls.floats and target.category != dtypes.FLOATING:
            target = dtypes.get_default_dtype()
        return tuple([_cast(x, target) for x in inputs])

    @classmethod
    def explain(cls, arrays: list[Any], error: ValueError) -> Exception:
        """The error that a user sees when NumPy refuses: torch's class and, where shapes do not fit, both of them."""
        if cls.promotes and "broadcast" in str(error):
            shapes = [tuple(a.shape) for a in arrays if hasattr(a, "shape")]
            return RuntimeError(f"{cls.__name__.lower()}: {mismatch(shapes)}")
        return error

    def name(ctx) -> str:
        """The node's name as torch prints it, such as MulBackward0."""
        return f"{ctx.torch_name or type(ctx).__name__}Backward0"

    def __repr__(ctx) -> str:
        return f"<{ctx.name()}>"

    @property
    def next_functions(ctx) -> tuple[tuple[Any, int], ...]:
        """The nodes that this one sends its gradients to, as torch gives them: a leaf appears as AccumulateGrad."""
        return tuple(
            (None, 0) if e is None else (AccumulateGrad(e[0]), 0) if isinstance(e[0], TensorBase) else e
            for e in ctx.edges
        )

    def register_hook(ctx, hook: Callable[..., Any]) -> Callable[[], None]:
        """Call `hook(grad_inputs, grad_outputs)` when this node has run; what it returns replaces grad_inputs."""
        ctx.node_hooks = [*(ctx.node_hooks or ()), hook]
        return lambda: ctx.node_hooks.remove(hook)  # type: ignore[union-attr]

    def propagate(ctx, gradients: list[Any], create_graph: bool) -> Any:
        """Run backward: on arrays, or on tensors when the derivative is itself to be recorded."""
        if not create_graph:
            return ctx.backward(*gradients)
        ctx.on_tensors = True
        try:
            return ctx.backward(*gradients)
        finally:
            ctx.on_tensors = False

    def forward(ctx, *arrays: Any, **params: Any) -> Any:
        """The operation on arrays, written by the subclass."""
        raise NotImplementedError(f"{type(ctx).__name__} defines no forward")

    def backward(ctx, *gradients: Any) -> Any:
        """The inputs' gradients from the outputs', written by the subclass."""
        raise NotImplementedError(f"{type(ctx).__name__} defines no backward")


class AccumulateGrad:
    """The end of an edge at a leaf, as `next_functions` shows it."""

    def __init__(self, variable: TensorBase) -> None:
        self.variable = variable

    def name(self) -> str:
        """The node's name as torch prints it."""
        return "AccumulateGrad"

    def __repr__(self) -> str:
        return "<AccumulateGrad>"


class _Pick:
    """One output of a view op with several (`split`, `unbind`), taken again."""

    def __init__(self, op: type[Op], index: int) -> None:
        self.op, self.index = op, index

    def apply(self, *inputs: Any, **params: Any) -> Any:
        return self.op.apply(*inputs, **params)[self.index]


class _Ref:
    """A saved input or output: its array, whose it is, and the version that it had."""

    __slots__ = ("array", "index", "count", "tensor", "version")

    def __init__(self, array: Any, tensor: TensorBase | None, version: list[Any], index: int) -> None:
        self.array, self.tensor, self.version, self.index = array, tensor, version, index
        self.count = version[0]

    def checked(self, node: Op) -> Any:
        if self.version[0] != self.count:
            raise RuntimeError(self.complaint(node))
        return self.array

    def tensor_for(self, node: Op) -> Any:
        self.checked(node)
        if self.tensor is not None:
            return self.tensor
        t = wrap(self.array)
        t.version, t.node, t.index, t.requires_grad = self.version, node, self.index, True
        return t

    def complaint(self, node: Op) -> str:
        d, what = dtypes.of(np.asarray(self.array)), "input" if self.tensor is not None else "output"
        return (
            "one of the variables needed for gradient computation has been modified by an inplace operation: "
            f"[{dtypes.PREFIX}.{d.legacy_name} {list(np.shape(self.array))}], the {what} that {node.name()} saved at "
            f"version {self.count}, is at version {self.version[0]}, last changed by {self.version[1]}. "
            "Use the out-of-place form there, or change a clone() of it."
        )


def _reference(a: Any, arrays: list[Any], inputs: tuple[Any, ...], results: Any, outs: list[Any]) -> Any:
    """How to keep `a`, which forward saved: watched if it is an input or an output, else as the constant it is."""
    for i, array in enumerate(arrays):
        if a is array and isinstance(inputs[i], TensorBase):
            x = inputs[i]
            refuse_inference(x)
            history(x)
            return _Ref(a, x, x.version, 0)
    for i, y in enumerate(results):
        if a is y:
            return _Ref(outs[i].array, None, outs[i].version, i)
    return a


def edge(x: TensorBase) -> tuple[Any, int]:
    """Where a gradient of `x` goes: to the node that made it, or to `x` itself if it is a leaf."""
    refuse_inference(x)
    node = x.node if x.base is None else history(x)
    return (x, 0) if node is None else (node, x.index)


def refuse_inference(x: TensorBase) -> None:
    """A tensor made inside inference_mode promised that nothing would be recorded with it."""
    if x.is_inference_:
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. To work around you can make a clone to get a normal "
            "tensor."
        )


def nothing(g: Any) -> Any:
    """The gradient of what is constant: zeros like `g`, whatever `g` holds (0 · inf would be nan)."""
    return wrap(np.zeros_like(g.array)) if isinstance(g, TensorBase) else np.zeros_like(g)


class Cast(Op):
    """y = x in another dtype.   dx = dy in x's dtype.   x: any shape → y: same shape."""

    torch_name = "ToCopy"

    def forward(ctx, x, dtype):
        ctx.dtype = dtypes.of(x)
        return x.astype(dtype.numpy)

    def backward(ctx, g):
        return cast(g, ctx.dtype)


def cast(x: Any, target: dtypes.dtype) -> Any:
    """`x` in dtype `target`; itself when it is of that type already."""
    array = x.array if isinstance(x, TensorBase) else x
    return x if array.dtype == target.numpy else Cast.apply(x, dtype=target)


def _cast(x: Any, target: dtypes.dtype) -> Any:
    if isinstance(x, (TensorBase, np.ndarray)):
        return cast(x, target)
    if isinstance(x, np.generic):
        return x.item()
    if x is None:
        return None
    if target.category == dtypes.BOOL:
        return bool(x)
    if type(x) is int and target.category == dtypes.INTEGER:
        return int(np.asarray(x, dtype=np.int64).astype(target.numpy))  # beyond the type's range it wraps, as in torch
    return x


def mismatch(shapes: list[tuple[int, ...]]) -> str:
    """torch's sentence for shapes that do not broadcast, with both shapes in full.

    >>> mismatch([(2, 3), (4,)])
    'The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1; got shapes (2, 3) and
    (4,), and sizes must be equal or 1'
    """
    a, b = (*shapes, (), ())[:2]
    for back in range(1, min(len(a), len(b)) + 1):
        if a[-back] != b[-back] and 1 not in (a[-back], b[-back]):
            axis = max(len(a), len(b)) - back
            return (
                f"The size of tensor a ({a[-back]}) must match the size of tensor b ({b[-back]}) at non-singleton "
                f"dimension {axis}; got shapes {a} and {b}, and sizes must be equal or 1"
            )
    return f"shapes {', '.join(map(str, shapes))} do not broadcast together"
