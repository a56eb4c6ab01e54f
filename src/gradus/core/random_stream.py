"""A random stream: its seed, its position, its words. What is drawn from them is in `random`."""

from __future__ import annotations

import os
from threading import RLock
from typing import Any, Self

import numpy as np

from . import device as devices
from .random_twister import STATE_BYTES, Twister

DEFAULT_SEED = 67280421310721  # torch's


class Stream:
    """The words of a Mersenne Twister, with torch's seeding, states and copying. Threads may share it."""

    def __init__(self, device: Any = "cpu") -> None:
        devices.check(device)
        self.device = devices.CPU
        self._lock = RLock()
        self._twister = Twister(DEFAULT_SEED)
        self._owed_normal: float | None = None

    # ---- seed and state

    def manual_seed(self, seed: int) -> Self:
        """Start the stream anew from `seed`, −2⁶³ … 2⁶⁴ − 1 (negative ones count down from 2⁶⁴); returns itself."""
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}; pass an int")
        seed = seed.__index__()
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"manual_seed: Overflow when unpacking long long: {seed} is not in -2**63 … 2**64 - 1")
        with self._lock:
            self._twister = Twister(seed % 2**64)
            self._owed_normal = None
        return self

    def seed(self) -> int:
        """Start the stream from 64 bits that the operating system picks, and return them."""
        seed = int.from_bytes(os.urandom(8), "little")
        self.manual_seed(seed)
        return seed

    def initial_seed(self) -> int:
        """The seed that the stream started from."""
        return self._twister.seed

    def get_state(self) -> np.ndarray:
        """The stream's position as 5056 bytes (uint8): torch's layout, so torch.Generator.set_state takes it too."""
        with self._lock:
            return self._twister.pack(self._owed_normal)

    def set_state(self, state: Any) -> Self:
        """Go on from a position that get_state() gave, here or in torch (anything NumPy can read as uint8)."""
        data = np.ascontiguousarray(state)
        if data.dtype != np.uint8:
            raise TypeError(
                f"RNG state must be a torch.ByteTensor (uint8), got {data.dtype}; pass what get_state() gave"
            )
        if data.shape != (STATE_BYTES,):
            raise RuntimeError(
                f"Expected a CPUGeneratorImplState of size {STATE_BYTES} but found the input RNG state size to be "
                f"{data.size}; pass what get_state() gave"
            )
        twister = Twister(0)
        owed_normal = twister.unpack(data)
        with self._lock:
            self._twister, self._owed_normal = twister, owed_normal
        return self

    def clone_state(self) -> Self:
        """Another stream at the same position, which goes its own way."""
        return type(self)().set_state(self.get_state())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), self.get_state())

    # ---- words and uniforms

    def random32(self, count: int) -> np.ndarray:
        """The next `count` words of the twister, uint32."""
        with self._lock:
            return self._twister.words(count).astype(np.uint32)

    def random64(self, count: int) -> np.ndarray:
        """`count` 64-bit words made of two each, the first on top, uint64."""
        with self._lock:
            return self._twister.wide_words(count)

    def next_seed(self) -> int:
        """An int64 from 0 on: what a DataLoader draws for its workers and for its sampler."""
        return int(self.random64(1)[0] % np.uint64(2**63))

    def _unit(self, count: int, dtype: Any) -> np.ndarray:
        with self._lock:
            return self._twister.unit64(count) if dtype == np.float64 else self._twister.unit32(count)


def _restored(kind: type[Stream], state: np.ndarray) -> Stream:
    return kind().set_state(state)
