"""Embedding: a learned row for every index."""

from __future__ import annotations

from typing import Any

from ..ops import create
from . import functional as F, init
from .module import Module
from .parameter import Parameter


class Embedding(Module):
    """A table of num_embeddings rows of embedding_dim numbers, looked up by index. Rows start normal(0, 1).

    Shapes: integer input (*) → (*, embedding_dim); weight (num_embeddings, embedding_dim).

    Args:
        padding_idx: a row that starts at 0 and gets no gradient; negative ones count from the end.
        scale_grad_by_freq: divide a row's gradient by how often it occurs in the input.
        sparse: accepted; gradients are dense.
    Raises:
        ValueError: padding_idx is no row. NotImplementedError: max_norm, which changes the table in place, is given.

    >>> import gradus
    >>> gradus.nn.Embedding(10, 3)(gradus.tensor([[1, 2], [4, 3]])).shape
    gradus.Size([2, 2, 3])
    """

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None = None, max_norm: float | None = None,
        norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False, _weight: Any = None,
        _freeze: bool = False, device: Any = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise ValueError(f"Padding_idx must be within num_embeddings ({num_embeddings}), got {padding_idx}")
        if max_norm is not None:
            raise NotImplementedError("Embedding: max_norm, which changes the table in place, is not offered")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse
        if _weight is None:
            _weight = create.empty((num_embeddings, embedding_dim), device=device, dtype=dtype)
            self.weight = Parameter(_weight, not _freeze)
            self.reset_parameters()
        elif tuple(_weight.shape) != (num_embeddings, embedding_dim):
            raise ValueError(
                "Shape of weight does not match num_embeddings and embedding_dim: "
                f"got {tuple(_weight.shape)}, expected {(num_embeddings, embedding_dim)}"
            )
        else:
            self.weight = Parameter(_weight, not _freeze)

    def reset_parameters(self) -> None:
        """Draw the table anew; the padding row is 0."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            self.weight.detach()[self.padding_idx] = 0

    def forward(self, input: Any) -> Any:
        return F.embedding(
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        )

    def extra_repr(self) -> str:
        defaults = {"padding_idx": None, "norm_type": 2, "scale_grad_by_freq": False, "sparse": False}
        named = [f", {name}={getattr(self, name)}" for name, usual in defaults.items() if getattr(self, name) != usual]
        return f"{self.num_embeddings}, {self.embedding_dim}" + "".join(named)

    @classmethod
    def from_pretrained(
        cls, embeddings: Any, freeze: bool = True, padding_idx: int | None = None, max_norm: float | None = None,
        norm_type: float = 2.0, scale_grad_by_freq: bool = False, sparse: bool = False,
    ) -> Embedding:  # fmt: skip
        """An Embedding that uses the memory of given rows, (V, D); frozen unless freeze=False.

        Raises:
            ValueError: `embeddings` is not a matrix.

        >>> import gradus
        >>> gradus.nn.Embedding.from_pretrained(gradus.tensor([[1.0, 2.0], [3.0, 4.0]]))(gradus.tensor([1]))
        tensor([[3., 4.]])
        """
        if embeddings.dim() != 2:
            raise ValueError(f"Embeddings parameter is expected to be 2-dimensional, got {embeddings.dim()} dimensions")
        rows, columns = embeddings.shape
        return cls(
            rows,
            columns,
            padding_idx,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            sparse,
            _weight=embeddings,
            _freeze=freeze,
        )
