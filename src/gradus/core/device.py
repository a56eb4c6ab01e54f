"""Where a tensor lives: always the CPU. Other names are answered with the way to PyTorch."""

from __future__ import annotations

from typing import Any

KNOWN = ("cpu", "cuda", "mps", "xpu", "meta")


class device:
    """A device; gradus computes on the CPU only, so tensors are made on `device("cpu")`.

    Naming another one is allowed (programs choose between them); putting a tensor there is not.

    >>> import gradus
    >>> gradus.device("cpu").type
    'cpu'
    """

    __slots__ = ("index", "type")
    type: str
    index: int | None

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        if isinstance(type, int):
            type, index = "cuda", type
        name, _, number = str(type).partition(":")
        if name not in KNOWN:
            raise RuntimeError(
                f"device: expected one of {', '.join(KNOWN)} at the start of a device string, got {type!r}"
            )
        self.type = name
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        return f"device(type='{self.type}'" + (f", index={self.index})" if self.index is not None else ")")

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))


CPU = device("cpu")


def check(where: Any) -> None:
    """Refuse any device but the CPU, saying how the program goes on elsewhere.

    >>> import gradus
    >>> gradus.zeros(2, device="cuda")
    Traceback (most recent call last):
    ...
    RuntimeError: gradus computes on the CPU only, but device='cuda' was asked for; ...
    """
    if where is None or where is CPU:
        return
    if device(where).type != "cpu":
        raise RuntimeError(
            f"gradus computes on the CPU only, but device={str(where)!r} was asked for; to use it, run the same "
            "program on PyTorch (replace `import gradus as torch` by `import torch`; weights carry over through "
            "state_dict)"
        )
