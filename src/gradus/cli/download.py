"""What is to be seen while a dataset is downloaded."""

from __future__ import annotations

import sys
from time import monotonic

from gradus.cli.console import is_terminal, note, size


class Download:
    """Says on stderr how a download goes: on one line that is rewritten, or once per file where nobody watches."""

    def __init__(self) -> None:
        self.last = 0.0
        self.names: set[str] = set()

    def __call__(self, name: str, done: int, total: int | None) -> None:
        finished = done == total
        amount = f"{size(done)} of {size(total)}" if total else size(done)
        if is_terminal(sys.stderr):
            if finished or monotonic() - self.last > 0.1:
                self.last = monotonic()
                print(f"\r{name}  {amount}\x1b[K", file=sys.stderr, end="\n" if finished else "", flush=True)
        elif name not in self.names:
            self.names.add(name)
            note(f"downloading {name}")
