"""Probes, clocks and clients that do what a test says."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint
from typing import Any, ClassVar, Self

from monitor import Field, Probe


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Scripted(Probe):
    """A probe with one field, `value`; each sample plays the next step of its script, the last one for ever.

    A step that is an exception is raised, a callable is called, anything else is the value.
    """

    fields: ClassVar[tuple[Field, ...]] = (Field("value", "count", "What the script says."),)

    def __init__(self, name: str, *script: Any, interval: float | None = None) -> None:
        self.name = name  # type: ignore[misc]  # one class, many names: the tests' licence
        self.interval = interval
        self.calls: list[str] = []
        self._script = list(script) or [1]

    def open(self) -> None:
        self.calls.append("open")

    def sample(self) -> Mapping[str, object]:
        self.calls.append("sample")
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(step, BaseException):
            raise step
        return {"value": step() if callable(step) else step}

    def close(self) -> None:
        self.calls.append("close")


class AsyncScripted(Probe):
    """The same on the event loop; a step that is an Event is waited for."""

    fields = Scripted.fields

    def __init__(self, name: str, *script: Any) -> None:
        self.name = name  # type: ignore[misc]  # as above
        self.calls: list[str] = []
        self._script = list(script) or [1]

    async def open(self) -> None:
        self.calls.append("open")

    async def sample(self) -> Mapping[str, object]:
        self.calls.append("sample")
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if isinstance(step, BaseException):
            raise step
        if isinstance(step, asyncio.Event):
            await step.wait()
            return {"value": 1}
        return {"value": step}

    async def close(self) -> None:
        self.calls.append("close")


class Gate:
    """A step that blocks its thread until it is opened, as a dead network mount would."""

    def __init__(self, value: int = 1) -> None:
        self.entered = 0
        self.threads: set[int] = set()
        self._value = value
        self._open = threading.Event()

    def __call__(self) -> int:
        self.entered += 1
        self.threads.add(threading.get_ident())
        self._open.wait(30)
        return self._value

    def open(self) -> None:
        self._open.set()


class Client:
    """A transport that takes what it is given, or leaves it in its buffer."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.buffered = 0

    def get_write_buffer_size(self) -> int:
        return self.buffered

    def write(self, data: bytes) -> None:
        self.received.append(data)

    def is_closing(self) -> bool:
        return False


class FakeEntryPoint(EntryPoint):
    """An entry point whose loading is a function of the test's."""

    def __new__(cls, name: str, load: Callable[[], Any], value: str = "some.module") -> Self:
        made = super().__new__(cls)
        EntryPoint.__init__(made, name, value, "monitor")
        object.__setattr__(made, "_load", load)
        return made

    def __init__(self, name: str, load: Callable[[], Any], value: str = "some.module") -> None:
        """Everything is done in `__new__`: entry points are immutable."""

    def load(self) -> Any:
        return object.__getattribute__(self, "_load")()
