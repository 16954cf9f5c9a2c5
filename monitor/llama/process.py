"""The model in a process of its own, seen from the server: started when it is needed, ended when it is not, and killed
and started anew when it crashes, hangs or talks nonsense."""

import asyncio
import logging
import math
import os
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from monitor.llama.engine import Piece, Refused, State, Task, Unavailable, Usage
from monitor.llama.messages import Ask, Cancel, Declined, Done, Failed, Loaded, Reading, Ready, Text
from monitor.llama.model import ModelFile, NoModel
from monitor.llama.pipes import Child, Died
from monitor.text import LONGEST_ERROR, one_line, printable
from monitor.worker import aside

log = logging.getLogger(__name__)

#: Bytes a model may use besides one and a half times its file: the interpreter, the context, room to compute.
MEMORY: Final = 512 * 2**20
#: Seconds to wait after the second failure in a row; doubled after each, up to the longest. After the first: none.
FIRST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds.

    load   from the start of the process until the weights are in memory
    stall  between two signs of life of a process at work
    stop   from being told to stop until it has
    idle   without a task, after which the process is ended
    """

    load: float = 60.0
    stall: float = 10.0
    stop: float = 2.0
    idle: float = 300.0


PATIENCE: Final = Patience()


@dataclass(frozen=True, slots=True)
class Size:
    """What the process may use.

    threads  None: one less than the cores, and at least one
    memory   bytes; None: MEMORY and one and a half times the file
    context  tokens of prompt and answer, if the model can take as many
    """

    threads: int | None = None
    memory: int | None = None
    context: int = 2048


SIZE: Final = Size()


class ChildEngine:
    """A model file, run by llama.cpp in a child process. Implements `Engine`.

    find     returns the model's file; called here, and in a thread before each start; raises NoModel
    program  the command that starts the child, without the model and its options
    """

    def __init__(
        self,
        find: Callable[[], ModelFile],
        *,
        size: Size = SIZE,
        patience: Patience = PATIENCE,
        program: Sequence[str] = (sys.executable, "-P", "-m", "monitor.llama.child"),
    ) -> None:
        self._find = find
        self._size = size
        self._threads = size.threads or max(1, cores() - 1)
        self._patience = patience
        self._program = program
        self._name = ""
        self._absent = False
        self._turn = asyncio.Lock()
        self._number = 0
        self._child: Child | None = None
        self._loading: asyncio.Task[Child] | None = None
        self._busy = False
        self._idle: asyncio.TimerHandle | None = None
        self._background: set[asyncio.Task[Any]] = set()
        self._failures = 0
        self._not_before = -math.inf
        self._last_failure = ""
        self._closed = False
        with suppress(NoModel):
            self._look()

    @property
    def name(self) -> str:
        """What the model is called; empty while there is none."""
        return self._name

    @property
    def state(self) -> State:
        """How it is doing."""
        if self._absent:
            return State.ABSENT
        if self._loading:
            return State.LOADING
        if self._child is None or not self._child.is_alive:
            return State.IDLE
        return State.BUSY if self._busy else State.READY

    @property
    def pid(self) -> int | None:
        """The id of the process, where there is one."""
        return self._child.pid if self._child and self._child.is_alive else None

    async def generate(self, task: Task) -> AsyncGenerator[Piece | Usage]:
        """Yield the answer, piece by piece, then what it took.

        Raises Unavailable and Refused. Closing the generator, or cancelling who waits for it, stops the generation; the
        next one begins when this one has stopped.
        """
        await self._turn.acquire()
        settling = False
        try:
            child = await self._ready()
            self._number += 1
            number, ended = self._number, False
            self._busy = True
            try:
                async with aclosing(self._exchange(child, number, task)) as messages:
                    async for message in messages:
                        if isinstance(message, Text):
                            if message.text:
                                yield Piece(message.text)
                            continue
                        ended = True
                        self._failures = 0
                        if isinstance(message, Declined):
                            raise Refused(one_line(message.reason)[:LONGEST_ERROR])
                        yield Usage(message.prompt, message.completion)
            except Died as error:
                ended = True
                raise await self._failed(child, error) from None
            finally:
                if not ended:
                    settling = True
                    self._spawn(self._settle(child, number))
                else:
                    self._busy = False
                    if self._child is child:
                        self._rest()
        finally:
            if not settling:
                self._turn.release()

    async def close(self) -> None:
        """End the process; what is being generated raises Unavailable."""
        self._closed = True
        self._wake()
        if self._loading:
            self._loading.cancel()
        if child := self._child:
            self._drop(child)
        while self._background:
            await asyncio.wait(self._background)

    # Starting

    async def _ready(self) -> Child:
        """Return a process that takes tasks. Raises Unavailable."""
        if self._closed:
            raise Unavailable("the server is being ended")
        self._wake()
        if self._child and not self._child.is_alive:
            log.warning("the process of the model has ended: %s", await self._child.end())
            self._child = None
        if self._child:
            return self._child
        if self._loading is None:
            wait = self._not_before - asyncio.get_running_loop().time()
            if wait > 0:
                raise Unavailable(self._last_failure, retry_after=wait)
            self._loading = self._spawn(self._load())
        # Whoever asked may lose patience, and the next one still finds the model there.
        loading = self._loading
        await asyncio.wait([loading])
        if loading.cancelled():
            raise Unavailable("the server is being ended")
        self._wake()
        return loading.result()

    async def _load(self) -> Child:
        child = None
        try:
            try:
                async with asyncio.timeout(self._patience.load):
                    file = await aside(self._look)
            except NoModel as error:
                raise Unavailable(str(error)) from None
            except TimeoutError:
                raise Died("the disk of its file does not answer") from None
            memory = self._size.memory or MEMORY + file.size * 3 // 2
            options = {"--threads": self._threads, "--context": self._size.context, "--memory": memory}
            words = [word for name, value in options.items() for word in (name, str(value))]
            child = await Child.start([*self._program, str(file.path.absolute()), *words])
            if not isinstance(await child.hear(self._patience.load), Loaded):
                raise Died("it talks out of turn")
            ready = await child.hear(self._patience.stall)
            if not isinstance(ready, Ready):
                raise Died("it talks out of turn")
            log.info("%s is loaded, process %d, %d threads", file.name, child.pid, self._threads)
        except Died as error:
            raise await self._failed(child, error) from None
        except BaseException:
            if child:
                self._drop(child)
            raise
        else:
            self._child = child
            self._rest()
            return child
        finally:
            self._loading = None

    def _look(self) -> ModelFile:
        """Return the model's file. Raises NoModel. Blocks."""
        try:
            file = self._find()
        except NoModel:
            self._absent = True
            raise
        self._absent = False
        self._name = file.name
        return file

    # At work

    async def _exchange(self, child: Child, number: int, task: Task) -> AsyncGenerator[Text | Done | Declined]:
        """Give the process a task; yield what it says, up to Done or Declined. Raises Died."""
        clean = replace(task, system=printable(task.system), question=printable(task.question))
        child.tell(Ask(number, replace(clean, opening=printable(task.opening))))
        # A process that only ever talks would keep this one busy: no task takes more messages than this.
        for _ in range(task.max_tokens + self._size.context + 2):
            message = await child.hear(self._patience.stall)
            if isinstance(message, Loaded | Ready | Failed) or message.number != number:
                raise Died("it talks out of turn")
            if isinstance(message, Reading):
                continue
            yield message
            if not isinstance(message, Text):
                return
        raise Died("it does not end")

    async def _settle(self, child: Child, number: int) -> None:
        """Stop a task nobody waits for: the process may end it itself, or is killed. Then it is the next's turn."""
        try:
            child.tell(Cancel(number))
            async with asyncio.timeout(self._patience.stop):
                while not isinstance(message := await child.hear(self._patience.stop), Done | Declined):
                    pass
            if message.number != number:
                raise Died("it talks out of turn")
            self._rest()
        except (Died, TimeoutError) as error:
            log.warning("the model did not stop, and was killed: %s", str(error) or "too slow")
            self._drop(child)
        finally:
            self._busy = False
            self._turn.release()

    async def _failed(self, child: Child | None, error: Died) -> Unavailable:
        """Put away a process that is of no use; return what to tell who asked."""
        if self._child is child:
            self._child = None
        how = ""
        if child:
            how = f" ({await asyncio.shield(self._spawn(child.end()))})"
        if self._closed:
            return Unavailable("the server is being ended")
        wait = min(FIRST_WAIT * 2 ** (self._failures - 1), LONGEST_WAIT) if self._failures else 0.0
        self._failures = min(self._failures + 1, 16)
        self._not_before = asyncio.get_running_loop().time() + wait
        self._last_failure = f"the model failed: {one_line(str(error))[:LONGEST_ERROR]}{how}"
        log.error("%s", self._last_failure)
        return Unavailable(self._last_failure, retry_after=wait)

    # At rest

    def _rest(self) -> None:
        """Keep the process for the next task, if that comes soon."""
        self._wake()
        self._idle = asyncio.get_running_loop().call_later(self._patience.idle, self._retire)

    def _wake(self) -> None:
        if self._idle:
            self._idle.cancel()
            self._idle = None

    def _retire(self) -> None:
        child, self._child, self._idle = self._child, None, None
        if child:
            log.info("the model has had nothing to do for %g s, and is ended", self._patience.idle)
            self._drop(child, self._patience.stop)

    def _drop(self, child: Child, patience: float = 0.0) -> None:
        if self._child is child:
            self._child = None
        self._spawn(child.end(patience))

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._background.discard(task)
        if not task.cancelled():
            task.exception()  # who waits for it has it; nobody may wait


def cores() -> int:
    """Return how many cores this process may use: a container's share, rounded up, where it has one."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        count = min(count, math.ceil(int(quota) / int(period)))
    return count
