"""Tensor methods that reduce, scan, order, count and multiply matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.base import TensorBase
from ..ops import addmm as sums, counting, einsum, extreme, linalg, matmul as products, order, reduce, scan, statistics
from .inplace import in_place


class ReduceMethods:
    """sum, mean, max, sort, cumsum, @ and their like."""

    sum, mean, prod, logsumexp = reduce.sum, reduce.mean, reduce.prod, reduce.logsumexp
    nansum, nanmean = reduce.nansum, reduce.nanmean
    all, any, count_nonzero = reduce.all, reduce.any, reduce.count_nonzero

    max, min, amax, amin, aminmax = extreme.max, extreme.min, extreme.amax, extreme.amin, extreme.aminmax
    argmax, argmin = extreme.argmax, extreme.argmin

    var, std = statistics.var, statistics.std
    median, nanmedian, mode = statistics.median, statistics.nanmedian, statistics.mode
    quantile, nanquantile = statistics.quantile, statistics.nanquantile
    norm, dist, trace = linalg.norm, linalg.dist, linalg.trace

    cumsum, cumprod, logcumsumexp = scan.cumsum, scan.cumprod, scan.logcumsumexp
    cummax, cummin, diff = scan.cummax, scan.cummin, scan.diff
    cumsum_, cumprod_ = in_place(scan.cumsum, "cumsum_"), in_place(scan.cumprod, "cumprod_")

    sort, argsort, msort = order.sort, order.argsort, order.msort
    topk, kthvalue = order.topk, order.kthvalue
    unique, unique_consecutive = counting.unique, counting.unique_consecutive
    bincount, histc = counting.bincount, counting.histc

    matmul, mm, mv, bmm = products.matmul, products.mm, products.mv, products.bmm
    dot, vdot, inner, outer, ger = products.dot, products.vdot, products.inner, products.outer, products.ger
    addmm, addmv, addr = sums.addmm, sums.addmv, sums.addr
    addbmm, baddbmm = sums.addbmm, sums.baddbmm
    addmm_, addmv_ = in_place(sums.addmm, "addmm_"), in_place(sums.addmv, "addmv_")
    addr_, baddbmm_ = in_place(sums.addr, "addr_"), in_place(sums.baddbmm, "baddbmm_")
    addbmm_ = in_place(sums.addbmm, "addbmm_")
    kron = einsum.kron

    def __matmul__(self, other: Any) -> Any:
        return products.matmul(self, other) if isinstance(other, (TensorBase, np.ndarray)) else NotImplemented

    def __rmatmul__(self, other: Any) -> Any:
        return products.matmul(other, self) if isinstance(other, (TensorBase, np.ndarray)) else NotImplemented
