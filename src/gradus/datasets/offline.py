"""Whether the network may be used."""

from __future__ import annotations

import os


def is_offline() -> bool:
    """Whether $GRADUS_OFFLINE forbids to open a connection."""
    return os.environ.get("GRADUS_OFFLINE", "").lower() not in ("", "0", "false", "no")
