"""Every draw that gradus has in common with torch, for the tests to put side by side in any order."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from gradus.core.random import Generator
from tests.core.same_numbers import FLOATS, empty, size


class Call(NamedTuple):
    """One draw in both: ours(generator, shape) and torch's (generator, shape)."""

    name: str
    ours: Callable[[Generator, Any], np.ndarray]
    theirs: Callable[[torch.Generator, Any], torch.Tensor]
    fused: bool = False  # torch needs a fused multiply-add for the last bit


def uniform_calls() -> list[Call]:
    calls = []
    for dtype in FLOATS:
        for low, high in [
            (0, 1),
            (-1, 1),
            (0.1, 0.2),
            (3, 1e4),
            (-1 / math.sqrt(3), 1 / math.sqrt(3)),
            (2, 2),
            (0, 0.3),
        ]:
            calls.append(
                Call(
                    f"uniform_({low:.3g}, {high:.3g}) {dtype}",
                    lambda g, s, d=dtype, a=low, b=high: g.uniform(s, d, a, b),
                    lambda g, s, d=dtype, a=low, b=high: empty(s, d).uniform_(a, b, generator=g),
                    fused=True,
                )
            )
    return calls


def normal_calls() -> list[Call]:
    calls = []
    for dtype in FLOATS:
        for mean, std in [(0, 1), (2.5, 0.3), (0, 0.02), (-1, 1), (1 / 3, 1 / 7), (1, 0)]:
            calls.append(
                Call(
                    f"normal_({mean:.3g}, {std:.3g}) {dtype}",
                    lambda g, s, d=dtype, m=mean, r=std: g.normal(s, d, m, r),
                    lambda g, s, d=dtype, m=mean, r=std: empty(s, d).normal_(m, r, generator=g),
                    fused=True,
                )
            )
        calls += [
            Call(
                f"log_normal_ {dtype}",
                lambda g, s, d=dtype: g.log_normal(s, d, 0.3, 0.7),
                lambda g, s, d=dtype: empty(s, d).log_normal_(0.3, 0.7, generator=g),
                fused=True,
            ),
            Call(
                f"normal_ {dtype}, strided",
                lambda g, s, d=dtype: g.normal(s, d, 0.5, 2.0, contiguous=False),
                lambda g, s, d=dtype: empty((*size(s), 2), d)[..., 0].normal_(0.5, 2.0, generator=g),
                fused=True,
            ),
        ]
    return calls


def skewed_calls() -> list[Call]:
    calls = []
    for dtype in FLOATS:
        calls += [
            Call(
                f"exponential_ {dtype}",
                lambda g, s, d=dtype: g.exponential(s, d),
                lambda g, s, d=dtype: empty(s, d).exponential_(generator=g),
            ),
            Call(
                f"exponential_(7) {dtype}",
                lambda g, s, d=dtype: g.exponential(s, d, 7.0),
                lambda g, s, d=dtype: empty(s, d).exponential_(7.0, generator=g),
            ),
            Call(
                f"cauchy_ {dtype}",
                lambda g, s, d=dtype: g.cauchy(s, d, 1.5, 0.3),
                lambda g, s, d=dtype: empty(s, d).cauchy_(1.5, 0.3, generator=g),
                fused=True,
            ),
        ]
    for dtype in [*FLOATS, "int64", "uint8"]:
        calls.append(
            Call(
                f"geometric_ {dtype}",
                lambda g, s, d=dtype: g.geometric(0.3, s, d),
                lambda g, s, d=dtype: empty(s, d).geometric_(0.3, generator=g),
            )
        )
    return calls


def integer_calls() -> list[Call]:
    spans = [
        ("int64", 0, 10), ("int64", -5, 6), ("int64", 0, 2**28 - 1), ("int64", 0, 2**28), ("int64", -(2**27), 2**27),
        ("int64", 0, 2**32 - 1), ("int64", 0, 2**32 + 1), ("int64", -(2**63), 2**63 - 1), ("int64", 5, 2**62),
        ("int32", 0, 2**31 - 1), ("int32", -(2**31), 2**31 - 1), ("int32", 0, 100), ("int16", -300, 300),
        ("int8", -128, 127), ("uint8", 0, 256), ("bool", 0, 2), ("float32", 0, 10), ("float32", -100, 2**24),
        ("float64", 0, 2**40), ("float16", 0, 2000), ("float16", -2048, 2048),
    ]  # fmt: skip
    calls = []
    for dtype, low, high in spans:
        calls.append(
            Call(
                f"randint({low}, {high}) {dtype}",
                lambda g, s, d=dtype, a=low, b=high: g.randint(a, b, s, d),
                lambda g, s, d=dtype, a=low, b=high: torch.randint(a, b, size(s), dtype=getattr(torch, d), generator=g),
            )
        )
    for dtype in [*FLOATS, "int8", "uint8", "int16", "int32", "int64", "bool"]:
        calls.append(
            Call(
                f"random_() {dtype}",
                lambda g, s, d=dtype: g.random(s, d),
                lambda g, s, d=dtype: empty(s, d).random_(generator=g),
            )
        )
    for dtype, low in [("int64", 0), ("int64", 5), ("int64", -(2**63)), ("float32", -(2**63)), ("float64", -(2**63)),
                       ("int32", -7), ("uint8", 200), ("int8", -128), ("float32", 3), ("float16", 3), ("float64", 3),
                       ("bool", 0)]:  # fmt: skip
        calls.append(
            Call(
                f"random_({low}, None) {dtype}",
                lambda g, s, d=dtype, a=low: g.random(s, d, low=a),
                lambda g, s, d=dtype, a=low: empty(s, d).random_(a, None, generator=g),
            )
        )
    calls.append(
        Call(
            "random_(9)",
            lambda g, s: g.random(s, high=9),
            lambda g, s: empty(s, "int64").random_(9, generator=g),
        )
    )
    return calls


def probabilities(shape: Any, dtype: str = "float32") -> np.ndarray:
    count = math.prod(size(shape))
    return (np.arange(count) * 7 % 11 / 10).clip(0, 1).astype(dtype).reshape(size(shape))


def choice_calls() -> list[Call]:
    calls = [
        Call(
            "randperm",
            lambda g, s: g.permutation(math.prod(size(s))),
            lambda g, s: torch.randperm(empty(s).numel(), generator=g),
        ),
        Call(
            "randperm int32",
            lambda g, s: g.permutation(math.prod(size(s)), np.int32),
            lambda g, s: torch.randperm(empty(s).numel(), dtype=torch.int32, generator=g),
        ),
        Call(
            "a DataLoader's seed",
            lambda g, s: np.array(g.next_seed()),
            lambda g, s: torch.empty((), dtype=torch.int64).random_(generator=g),
        ),
    ]
    for p in (0.0, 0.1, 0.5, 0.8, 1.0):
        for dtype in ("float32", "float64", "bool", "int64"):
            calls.append(
                Call(
                    f"bernoulli_({p}) {dtype}",
                    lambda g, s, p=p, d=dtype: g.bernoulli(p, s).astype(d),
                    lambda g, s, p=p, d=dtype: empty(s, d).bernoulli_(p, generator=g),
                )
            )
    for dtype in FLOATS:
        calls.append(
            Call(
                f"bernoulli(array {dtype})",
                lambda g, s, d=dtype: g.bernoulli_array(probabilities(s, d)).astype(d),
                lambda g, s, d=dtype: torch.bernoulli(torch.from_numpy(probabilities(s, d)), generator=g),
            )
        )
    return calls


CALLS = uniform_calls() + normal_calls() + skewed_calls() + integer_calls() + choice_calls()
BY_NAME = {call.name: call for call in CALLS}
