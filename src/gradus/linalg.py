"""Linear algebra under torch.linalg's names; the code is in `gradus.ops.linalg`."""

from .ops.linalg import linalg_norm as norm, matrix_norm, multi_dot, vector_norm
from .ops.matmul import matmul

__all__ = ["matmul", "matrix_norm", "multi_dot", "norm", "vector_norm"]
