"""The switches that every operation looks at: is it to be recorded, may its result ever be, is its line to be kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any


class _State(threading.local):
    """Per thread, as in torch: one thread's `no_grad` does not stop another's recording."""

    grad = True
    inference = False
    anomaly = False
    anomaly_check_nan = True


state = _State()

GENERATOR = 0x20  # inspect.CO_GENERATOR: importing inspect would cost more than all of this file


def is_grad_enabled() -> bool:
    """Whether operations are recorded in this thread.

    >>> import gradus
    >>> with gradus.no_grad():
    ...     gradus.is_grad_enabled()
    False
    """
    return state.grad


def is_inference_mode_enabled() -> bool:
    """Whether this thread is inside `inference_mode`.

    >>> import gradus
    >>> gradus.is_inference_mode_enabled()
    False
    """
    return state.inference


class _Switch:
    """A context manager and decorator that sets fields of `state` and puts them back."""

    def __init__(self, **fields: bool) -> None:
        self._fields = fields
        self._previous: list[dict[str, bool]] = []

    def __enter__(self) -> Any:
        self._previous.append({name: getattr(state, name) for name in self._fields})
        for name, value in self._fields.items():
            setattr(state, name, value)
        return self

    def __exit__(self, *exc: object) -> None:
        for name, value in self._previous.pop().items():
            setattr(state, name, value)

    def _fresh(self) -> _Switch:
        return _Switch(**self._fields)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if getattr(function, "__code__", None) and function.__code__.co_flags & GENERATOR:
            return self._around_generator(function)

        @wraps(function)
        def switched(*args: Any, **kwargs: Any) -> Any:
            with self._fresh():
                return function(*args, **kwargs)

        return switched

    def _around_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The switch holds while the generator runs, not between its yields."""

        @wraps(function)
        def switched(*args: Any, **kwargs: Any) -> Any:
            generator, sent = function(*args, **kwargs), None
            while True:
                try:
                    with self._fresh():
                        item = generator.send(sent)
                except StopIteration as stop:
                    return stop.value
                sent = yield item

        return switched


class _Bare(type):
    """Lets a switch decorate without parentheses: `@no_grad` as well as `@no_grad()`."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and callable(args[0]) and not isinstance(args[0], type):
            return super().__call__()(args[0])
        return super().__call__(*args, **kwargs)


class no_grad(_Switch, metaclass=_Bare):
    """Within it nothing is recorded: results have `requires_grad=False`. A context manager and a decorator.

    >>> import gradus
    >>> x = gradus.ones(2, requires_grad=True)
    >>> with gradus.no_grad():
    ...     (x * 2).requires_grad
    False
    """

    def __init__(self) -> None:
        super().__init__(grad=False)


class enable_grad(_Switch, metaclass=_Bare):
    """Within it operations are recorded again, also inside `no_grad`. A context manager and a decorator.

    >>> import gradus
    >>> x = gradus.ones(2, requires_grad=True)
    >>> with gradus.no_grad(), gradus.enable_grad():
    ...     (x * 2).requires_grad
    True
    """

    def __init__(self) -> None:
        super().__init__(grad=True)


class set_grad_enabled(_Switch):
    """Set recording on or off: at once when called as a function, until the end of the block as a context manager.

    >>> import gradus
    >>> x = gradus.ones(2, requires_grad=True)
    >>> training = False
    >>> with gradus.set_grad_enabled(training):
    ...     (x * 2).requires_grad
    False
    """

    def __init__(self, mode: bool) -> None:
        super().__init__(grad=bool(mode))
        self._before = state.grad
        state.grad = bool(mode)

    def __enter__(self) -> Any:
        state.grad = self._before  # what the block must put back
        return super().__enter__()

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        state.grad = self._before
        return super().__call__(function)


class inference_mode(_Switch, metaclass=_Bare):
    """`no_grad`, and a promise that its results are for looking at only: they cannot be used for recording later.

    >>> import gradus
    >>> with gradus.inference_mode():
    ...     y = gradus.ones(2) * 3
    >>> y.is_inference()
    True
    """

    def __init__(self, mode: bool = True) -> None:
        super().__init__(grad=not mode, inference=mode)


class set_detect_anomaly(_Switch):
    """Keep the line of every forward, and stop in backward at the first NaN with the line that made it.

    Works as a function (from here on) and as a context manager (within the block). Slow: for finding a fault only.

    >>> import gradus
    >>> x = gradus.tensor(0.0, requires_grad=True)
    >>> with gradus.autograd.set_detect_anomaly(True):
    ...     (x * 0).sqrt().backward()
    Traceback (most recent call last):
    ...
    RuntimeError: Function 'MulBackward0' returned nan values in its 0th output. Forward call: ...
    """

    def __init__(self, mode: bool = True, check_nan: bool = True) -> None:
        super().__init__(anomaly=mode, anomaly_check_nan=check_nan)
        self._before = (state.anomaly, state.anomaly_check_nan)
        state.anomaly, state.anomaly_check_nan = mode, check_nan

    def __enter__(self) -> Any:
        state.anomaly, state.anomaly_check_nan = self._before
        return super().__enter__()


class detect_anomaly(_Switch):
    """`set_detect_anomaly(True)` as a block.

    >>> import gradus
    >>> x = gradus.tensor(4.0, requires_grad=True)
    >>> with gradus.autograd.detect_anomaly():
    ...     x.sqrt().backward()
    >>> x.grad
    tensor(0.2500)
    """

    def __init__(self, check_nan: bool = True) -> None:
        super().__init__(anomaly=True, anomaly_check_nan=check_nan)
