"""Other shapes of the same numbers: views that share memory with what they look at, and copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtype as dtypes
from ..core.arguments import axes_of, axis_of, numpy_names, sizes_of
from ..core.base import TensorBase, raw
from ..core.op import Op
from .looking import Looking

if TYPE_CHECKING:
    from ..tensors import Tensor

__all__ = [
    "adjoint",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "clone",
    "flatten",
    "moveaxis",
    "movedim",
    "permute",
    "ravel",
    "reshape",
    "squeeze",
    "swapaxes",
    "swapdims",
    "t",
    "transpose",
    "unflatten",
    "unsqueeze",
    "view_as",
]


class View(Looking):
    """y = x in another shape, elements in the same order; a copy only where it must be.   dx = dy in x's shape."""

    def forward(ctx, x, shape):
        ctx.shape = x.shape
        try:
            if min(shape, default=0) >= -1:
                return x.reshape(shape)
        except ValueError:
            pass
        raise _misfit(x.size, shape)

    def backward(ctx, g):
        return View.apply(g, shape=ctx.shape)


class Squeeze(View):
    """y = x without axes of size 1.   dx = dy in x's shape."""


class Unsqueeze(View):
    """y = x with one more axis, of size 1.   dx = dy in x's shape."""


class ViewDtype(Op):
    """y = the bytes of x read as another dtype. No gradient."""

    view = True
    differentiable = False
    torch_name = "View"

    def forward(ctx, x, dtype):
        return x.view(dtype)


class Permute(Looking):
    """y = x with its axes in the order `dims`.   dx = dy with its axes put back."""

    def forward(ctx, x, dims):
        ctx.dims = dims
        return x.transpose(dims)

    def backward(ctx, g):
        return Permute.apply(g, dims=tuple(sorted(range(len(ctx.dims)), key=ctx.dims.__getitem__)))


class Transpose(Looking):
    """y = x with axes i and j exchanged.   dx = dy with them exchanged back."""

    def forward(ctx, x, i, j):
        ctx.axes = i, j
        return x.swapaxes(i, j)

    def backward(ctx, g):
        return Transpose.apply(g, i=ctx.axes[0], j=ctx.axes[1])


class Clone(Op):
    """y = a copy of x.   dx = dy.   order: "K" keeps the layout in memory, "C" makes it row-major."""

    def forward(ctx, x, order="K"):
        return x.copy(order)

    def backward(ctx, g):
        return g


# reshape and its kin --------------------------------------------------------------------------------------------------


def _misfit(size: int, shape: Any) -> RuntimeError:
    """torch's error for a shape that `size` elements cannot take."""
    sizes = list(shape)
    for i, n in enumerate(sizes):
        if n < -1:
            return RuntimeError(f"reshape: invalid shape dimension {n} at index {i} of shape {sizes}")
    if sizes.count(-1) > 1:
        return RuntimeError(f"reshape: only one dimension can be inferred, got shape {sizes}")
    if not size and -1 in sizes:
        return RuntimeError(
            f"reshape: cannot reshape tensor of 0 elements into shape {sizes} because the unspecified dimension size "
            "-1 "
            "can be any value and is ambiguous"
        )
    return RuntimeError(f"reshape: shape '{sizes}' is invalid for input of size {size}")


def reshape(input: Tensor, *sizes: Any, shape: Any = None) -> Tensor:
    """The same elements in another shape; a view where the layout in memory allows it, else a copy.

    Args:
        sizes: the shape, as ints or one tuple; one of them may be −1, to be worked out from the others.
    Raises:
        RuntimeError: the number of elements differs.

    >>> import gradus
    >>> gradus.arange(6).reshape(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    return View.apply(input, shape=sizes_of(sizes if shape is None else (shape,), "reshape"))


def view(self: Tensor, *sizes: Any, size: Any = None, dtype: Any = None) -> Tensor:
    """The same memory in another shape or, given a dtype, its bytes read as that type. Never a copy.

    Raises:
        RuntimeError: the number of elements differs, or the shape would need a copy.

    >>> import gradus
    >>> x = gradus.zeros(4)
    >>> x.view(2, 2)[0, 0] = 1
    >>> x
    tensor([1., 0., 0., 0.])
    """
    if dtype is not None or (len(sizes) == 1 and isinstance(sizes[0], dtypes.dtype)):
        return _view_as_dtype(self, dtypes.find(dtype or sizes[0]))
    shape = sizes_of(sizes if size is None else (size,), "view")
    array = raw(self)
    if not array.flags.c_contiguous and array.size:
        try:
            shares = np.may_share_memory(array.reshape(shape), array)
        except ValueError:
            raise _misfit(array.size, shape) from None
        if not shares:
            raise RuntimeError(
                "view: view size is not compatible with input tensor's size and stride (at least one dimension of "
                f"{list(shape)} "
                f"spans across two contiguous subspaces of shape {list(array.shape)}). Use .reshape(...) instead."
            )
    return View.apply(self, shape=shape)


def _view_as_dtype(self: Any, dtype: dtypes.dtype) -> Any:
    array = raw(self)
    if dtype.itemsize != array.itemsize and (array.ndim == 0 or array.shape[-1] * array.itemsize % dtype.itemsize):
        raise RuntimeError(
            f"view: self.size(-1) must be divisible by {dtype.itemsize / array.itemsize:g} to view "
            f"{array.dtype.name} as {dtype.name} "
            f"(different element sizes), but the shape is {list(array.shape)}"
        )
    return ViewDtype.apply(self, dtype=dtype.numpy)


def view_as(self: Tensor, other: Tensor) -> Tensor:
    """`self.view(other.shape)`.

    >>> import gradus
    >>> gradus.arange(4).view_as(gradus.zeros(2, 2))
    tensor([[0, 1],
            [2, 3]])
    """
    if not isinstance(other, TensorBase):
        raise TypeError(f"view_as(): argument 'other' (position 1) must be Tensor, not {type(other).__name__}")
    return view(self, other.array.shape)


def reshape_as(self: Tensor, other: Tensor) -> Tensor:
    """`self.reshape(other.shape)`."""
    return View.apply(self, shape=other.array.shape)


@numpy_names
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start_dim to end_dim as one. A 0-d tensor gets one dimension.

    >>> import gradus
    >>> gradus.zeros(2, 3, 4).flatten(1).shape
    gradus.Size([2, 12])
    """
    shape = raw(input).shape
    first, last = axis_of(start_dim, len(shape), "flatten"), axis_of(end_dim, len(shape), "flatten")
    if first > last:
        raise RuntimeError(f"flatten() has invalid args: start_dim {start_dim} cannot come after end_dim {end_dim}")
    if not shape:
        return View.apply(input, shape=(1,))
    if first == last:
        return input
    product = 1
    for n in shape[first : last + 1]:
        product *= n
    return View.apply(input, shape=(*shape[:first], product, *shape[last + 1 :]))


@numpy_names
def unflatten(input: Tensor, dim: int, sizes: Any) -> Tensor:
    """Dimension `dim` as several, of these sizes; one of them may be −1.

    Raises:
        RuntimeError: the sizes do not multiply to that of the dimension.

    >>> import gradus
    >>> gradus.zeros(2, 12).unflatten(1, (3, -1)).shape
    gradus.Size([2, 3, 4])
    """
    shape = raw(input).shape
    axis = axis_of(dim, len(shape), "unflatten")
    sizes = sizes_of((sizes,), "unflatten")
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if sizes.count(-1) > 1:
        raise RuntimeError(f"unflatten: only one dimension can be inferred, got {list(sizes)}")
    known = 1
    for n in sizes:
        known *= n if n != -1 else 1
    if shape[axis] != known and (-1 not in sizes or not known or shape[axis] % known):
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {axis} ({shape[axis]}) in "
            "the input tensor"
        )
    sizes = tuple(shape[axis] // known if n == -1 else n for n in sizes)
    return View.apply(input, shape=(*shape[:axis], *sizes, *shape[axis + 1 :]))


def ravel(input: Tensor) -> Tensor:
    """All elements in one dimension, row by row.

    >>> import gradus
    >>> gradus.tensor([[1, 2], [3, 4]]).ravel()
    tensor([1, 2, 3, 4])
    """
    return View.apply(input, shape=(-1,) if raw(input).size else (0,))


@numpy_names
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without the dimensions of size 1: all of them, or those among `dim` (an int or a tuple).

    >>> import gradus
    >>> x = gradus.zeros(1, 2, 1)
    >>> x.squeeze().shape, x.squeeze(0).shape, x.squeeze(1).shape
    (gradus.Size([2]), gradus.Size([2, 1]), gradus.Size([1, 2, 1]))
    """
    shape = raw(input).shape
    axes = (
        range(len(shape))
        if dim is None
        else ()
        if isinstance(dim, tuple) and not dim
        else axes_of(dim, len(shape), "squeeze")
    )
    return Squeeze.apply(input, shape=tuple([n for i, n in enumerate(shape) if n != 1 or i not in axes]))


@numpy_names
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With one more dimension, of size 1, at position `dim`.

    >>> import gradus
    >>> gradus.zeros(2, 3).unsqueeze(1).shape
    gradus.Size([2, 1, 3])
    """
    shape = raw(input).shape
    axis = axis_of(dim, len(shape) + 1, "unsqueeze")
    return Unsqueeze.apply(input, shape=(*shape[:axis], 1, *shape[axis:]))


# the order of the axes ------------------------------------------------------------------------------------------------


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """With dimensions dim0 and dim1 exchanged; a view.

    >>> import gradus
    >>> gradus.zeros(2, 3, 4).transpose(0, 2).shape
    gradus.Size([4, 3, 2])
    """
    ndim = raw(input).ndim
    i, j = axis_of(dim0, ndim, "transpose"), axis_of(dim1, ndim, "transpose")
    return Transpose.apply(input, i=i, j=j) if ndim else Permute.apply(input, dims=())


def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """`transpose` under NumPy's name.

    >>> import gradus
    >>> gradus.swapaxes(gradus.zeros(2, 3), 0, 1).shape
    gradus.Size([3, 2])
    """
    return transpose(input, axis0, axis1)


swapdims = transpose


def t(input: Tensor) -> Tensor:
    """A matrix transposed; tensors of one dimension or none as they are.

    Raises:
        RuntimeError: there are more than two dimensions.

    >>> import gradus
    >>> gradus.tensor([[1, 2], [3, 4]]).t()
    tensor([[1, 3],
            [2, 4]])
    """
    ndim = raw(input).ndim
    if ndim > 2:
        raise RuntimeError(
            f"t() expects a tensor with <= 2 dimensions, but self is {ndim}D; use transpose(dim0, dim1) or .mT"
        )
    return Transpose.apply(input, i=0, j=1) if ndim == 2 else Permute.apply(input, dims=tuple(range(ndim)))


def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged: `.mT`, since gradus has no complex numbers to conjugate.

    >>> import gradus
    >>> gradus.adjoint(gradus.zeros(2, 3, 4)).shape
    gradus.Size([2, 4, 3])
    """
    ndim = raw(input).ndim
    if ndim == 1:
        raise RuntimeError(f"tensor.mT is only supported on matrices or batches of matrices. Got {ndim}-D tensor.")
    return Transpose.apply(input, i=ndim - 2, j=ndim - 1) if ndim else Permute.apply(input, dims=())


def permute(input: Tensor, *order: Any, dims: Any = None) -> Tensor:
    """With its dimensions in the order `dims`; a view.

    Raises:
        RuntimeError: not every dimension is named exactly once.

    >>> import gradus
    >>> gradus.zeros(2, 3, 4).permute(2, 0, 1).shape
    gradus.Size([4, 2, 3])
    """
    order, ndim = sizes_of(order if dims is None else (dims,), "permute"), raw(input).ndim
    if len(order) != ndim:
        raise RuntimeError(
            "permute: number of dimensions in the tensor input does not match the length of the desired ordering of "
            "dimensions "
            f"i.e. input.dim() = {ndim} is not equal to len(dims) = {len(order)}"
        )
    axes = tuple([axis_of(d, ndim, "permute") for d in order])
    if len(set(axes)) != ndim:
        raise RuntimeError(f"permute(): duplicate dims are not allowed, got {order}")
    return Permute.apply(input, dims=axes)


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """With the dimensions `source` moved to `destination` and the others in their order.

    >>> import gradus
    >>> gradus.zeros(2, 3, 4).movedim(0, -1).shape
    gradus.Size([3, 4, 2])
    """
    ndim = raw(input).ndim
    pair = [v if isinstance(v, (tuple, list)) else (v,) for v in (source, destination)]
    sources, targets = ([axis_of(d, ndim, "movedim") for d in v] for v in pair)
    if len(sources) != len(targets):
        raise RuntimeError(f"movedim: Invalid source or destination dims: {source} and {destination} differ in number")
    for name, axes in (("source", sources), ("destination", targets)):
        if len(set(axes)) != len(axes):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({axes})")
    rest = iter([d for d in range(ndim) if d not in sources])
    moved = dict(zip(targets, sources, strict=True))
    return Permute.apply(input, dims=tuple([moved[d] if d in moved else next(rest) for d in range(ndim)]))


moveaxis = movedim


# copies ---------------------------------------------------------------------------------------------------------------


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy; gradients flow through it to `input`.

    >>> import gradus
    >>> x = gradus.ones(2)
    >>> y = x.clone()
    >>> y[0] = 5
    >>> x, y
    (tensor([1., 1.]), tensor([5., 1.]))
    """
    return Clone.apply(input)


def contiguous(self: Tensor, memory_format: Any = None) -> Tensor:
    """This tensor if its elements lie in memory in row-major order, else a copy for which they do."""
    return self if raw(self).flags.c_contiguous else Clone.apply(self, order="C")


def _at_least(tensors: tuple[Any, ...], promote: Any) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        return tuple([promote(x) for x in tensors[0]])
    return promote(tensors[0]) if len(tensors) == 1 else tuple([promote(x) for x in tensors])


def atleast_1d(*tensors: Any) -> Any:
    """0-d tensors as 1-D, others as they are.

    >>> import gradus
    >>> gradus.atleast_1d(gradus.tensor(1.0))
    tensor([1.])
    """
    return _at_least(tensors, lambda x: x if raw(x).ndim else View.apply(x, shape=(1,)))


def atleast_2d(*tensors: Any) -> Any:
    """Tensors of at least two dimensions: a 1-D one becomes a row.

    >>> import gradus
    >>> gradus.atleast_2d(gradus.tensor([1.0, 2.0]))
    tensor([[1., 2.]])
    """
    return _at_least(tensors, lambda x: x if raw(x).ndim >= 2 else View.apply(x, shape=(1, raw(x).size)))


def atleast_3d(*tensors: Any) -> Any:
    """Tensors of at least three dimensions: (n,) → (1, n, 1), (m, n) → (m, n, 1).

    >>> import gradus
    >>> gradus.atleast_3d(gradus.zeros(2, 3)).shape
    gradus.Size([2, 3, 1])
    """

    def promote(x: Any) -> Any:
        shape = raw(x).shape
        return x if len(shape) >= 3 else View.apply(x, shape=(*shape, 1) if len(shape) == 2 else (1, raw(x).size, 1))

    return _at_least(tensors, promote)
