"""The source of every random number: the Mersenne Twister's words, and the 5056 bytes in which torch keeps its state.

torch and NumPy seed MT19937 (Matsumoto and Nishimura, 1998) alike from the low 32 bits of the seed, so NumPy's twister
gives torch's words. The state is laid out as torch's `Generator.get_state()` gives it, byte for byte: what torch saved
goes on here, and the other way round.

| bytes | content |
| --- | --- |
| 0–7 | the seed, 64 bits |
| 8–11 | `left`: words until the next twist, counting the one that twists |
| 12–15 | 1: seeded |
| 16–23 | `next`: index of the next word |
| 24–5015 | the 624 words, each widened to 64 bits |
| 5016–5047 | normal_x, normal_y, normal_rho, and whether normal_y holds the second normal of a pair |
| 5048–5055 | the same for float32; on the CPU never used |
"""

from __future__ import annotations

from typing import Any

import numpy as np

WORDS = 624
STATE_BYTES = 5056
STATE = np.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "words", "normal", "has_normal"],
        "formats": ["<u8", "<i4", "<i4", "<u8", ("<u8", WORDS), "<f8", "<i4"],
        "offsets": [0, 8, 12, 16, 24, 5024, 5040],
        "itemsize": STATE_BYTES,
    }
)


class Twister:
    """MT19937 started from a seed; NumPy's generator behind it is loaded when the first word is asked for."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._bits: Any = None
        self._fresh = True

    # ---- words

    def words(self, count: int) -> np.ndarray:
        """The next `count` words: 32 bits each, held in uint64."""
        if count == 0:
            return np.empty(0, np.uint64)
        self._fresh = False
        return self._engine().random_raw(count)

    def wide_words(self, count: int) -> np.ndarray:
        """`count` words of 64 bits, made of two each, the first on top; uint64."""
        words = self.words(2 * count)
        return (words[0::2] << np.uint64(32)) | words[1::2]

    def unit32(self, count: int) -> np.ndarray:
        """u24: float32 on [0, 1) in steps of 2⁻²⁴."""
        words = self.words(count)
        words &= np.uint64(2**24 - 1)
        units = words.view(np.int64).astype(np.float32)
        units *= np.float32(2.0**-24)
        return units

    def unit64(self, count: int) -> np.ndarray:
        """u53: float64 on [0, 1) in steps of 2⁻⁵³."""
        words = self.wide_words(count)
        words &= np.uint64(2**53 - 1)
        units = words.view(np.int64).astype(np.float64)
        units *= 2.0**-53
        return units

    # ---- state

    def pack(self, normal: float | None) -> np.ndarray:
        """torch's 5056 bytes; `normal` is the second normal of a pair of which only the first was handed out."""
        inner = self._engine().state["state"]
        state = np.zeros(1, STATE)
        state["seed"], state["seeded"], state["words"] = self.seed, 1, inner["key"]
        # A twister that gave nothing yet and one that gave all its 624 words both twist next; torch tells them apart.
        state["left"], state["next"] = (1, 0) if self._fresh else (WORDS + 1 - inner["pos"], inner["pos"])
        if normal is not None:
            state["normal"], state["has_normal"] = normal, 1
        return state.view(np.uint8)

    def unpack(self, data: np.ndarray) -> float | None:
        """Go on from the 5056 bytes `data`; returns the second normal of a pair if it is still owed."""
        (state,) = data.view(STATE)
        left, following = int(state["left"]), int(state["next"])
        if state["seeded"] != 1 or not 0 < left <= WORDS or following > WORDS:
            raise RuntimeError(
                f"Invalid mt19937 state: expected seeded=1, left in 1..{WORDS} and next in 0..{WORDS}, "
                f"got seeded={state['seeded']}, left={left}, next={following}; pass what get_state() gave"
            )
        self.seed, self._fresh = int(state["seed"]), (left, following) == (1, 0)
        inner = {"key": state["words"].astype(np.uint32), "pos": WORDS if left == 1 else following}
        self._engine().state = {"bit_generator": "MT19937", "state": inner}
        return float(state["normal"]) if state["has_normal"] else None

    def _engine(self) -> Any:
        if self._bits is None:
            from numpy.random import MT19937, RandomState

            self._bits = MT19937(0)
            RandomState(self._bits).seed(self.seed & 0xFFFFFFFF)  # the classic seeding, which torch has too
        return self._bits
