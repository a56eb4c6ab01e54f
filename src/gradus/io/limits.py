"""How much a file may ask for. Each limit is checked before anything of that size is allocated."""

from __future__ import annotations

MIB = 2**20

MAX_IDX_BYTES = 2048 * MIB  # of an array in an IDX file: 43 times MNIST
MAX_IDX_DIMENSIONS = 4  # images × height × width × channels
MAX_DEFLATE_RATIO = 1032  # deflate cannot expand more: 258 bytes from two bits

MAX_TABLE_BYTES = 1024 * MIB
MAX_TABLE_COLUMNS = 100_000
MAX_TABLE_LINE = 16 * MIB  # characters

MAX_IMAGE_BYTES = 64 * MIB
MAX_IMAGE_PIXELS = 64 * MIB  # an 8,192 × 8,192 photograph
