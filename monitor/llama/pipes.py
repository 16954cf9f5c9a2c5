"""One process that runs a model, and its pipes."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from monitor.llama.messages import LONGEST_LINE, Ask, Failed, FromModel, Garbage, ToModel, from_model, line
from monitor.text import LONGEST_ERROR, one_line

#: Bytes of its stderr that are kept, and how many it may write in one task.
KEPT_ERRORS: Final = 2000
MOST_ERRORS: Final = 2**20
#: Seconds in which a process that was killed is gone.
LAST_WAIT: Final = 2.0

#: Where the `monitor` package is, for the child: it need not be where Python looks by itself.
_PACKAGES = Path(__file__).resolve().parents[2]


class Died(Exception):
    """The process is of no use any more; says why in one line."""


class Child:
    """One process, and its pipes. It is killed at the first thing that is not as it should be."""

    def __init__(self, process: Process) -> None:
        self._process = process
        # All three are pipes, which the types cannot know.
        self._stdin = cast("asyncio.StreamWriter", process.stdin)
        self._stdout = cast("asyncio.StreamReader", process.stdout)
        self._stderr = cast("asyncio.StreamReader", process.stderr)
        self._errors = b""
        self._error_count = 0
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls, command: Sequence[str]) -> "Child":
        """Start the process. Raises Died."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        paths = [str(_PACKAGES), *filter(None, [environment.get("PYTHONPATH")])]
        environment |= {"PYTHONPATH": os.pathsep.join(paths), "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                limit=LONGEST_LINE,
                start_new_session=True,  # Ctrl-C in the terminal is for the server alone
                env=environment,
            )
        except OSError as error:
            raise Died(f"it cannot be started: {error.strerror}") from None
        return cls(process)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    def tell(self, message: ToModel) -> None:
        """Send a message; one to a process that is gone is lost."""
        if isinstance(message, Ask):
            self._error_count = 0
        with suppress(OSError, RuntimeError):
            self._stdin.write(line(message))

    async def hear(self, patience: float) -> FromModel:
        """Return its next message. Raises Died where none comes in time, or nonsense."""
        try:
            async with asyncio.timeout(patience):
                data = await self._stdout.readline()
        except TimeoutError:
            raise Died(f"no sign of life for {patience:g} s") from None
        except ValueError:
            raise Died("it sent a line without end") from None
        except OSError as error:
            raise Died(f"its pipe broke: {error.strerror}") from None
        if not data.endswith(b"\n"):
            raise Died("it ended")
        try:
            message = from_model(data)
        except Garbage as error:
            raise Died(f"it sent nonsense: {error}") from None
        if isinstance(message, Failed):
            raise Died(message.reason)
        return message

    def kill(self) -> None:
        """End it at once, even if it is stopped."""
        # Not Process.kill: that collects the exit code of one that has just ended, which asyncio's watcher then misses.
        if self.is_alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    async def end(self, patience: float = 0.0) -> str:
        """See to it that it ends, by itself within that time or killed; return what there is to say about its end."""
        self._stdin.close()
        with suppress(TimeoutError):
            if patience:
                async with asyncio.timeout(patience):
                    await self._drain()
        self.kill()
        try:
            async with asyncio.timeout(LAST_WAIT):
                await self._drain()
                code = await self._process.wait()
                await self._listening
        except TimeoutError:  # in a system call that nothing interrupts: a disk that does not answer
            return "it does not even end when killed"
        ending = f"signal {_signal_name(-code)}" if code < 0 else f"exit code {code}"
        said = [one_line(each) for each in self._errors.decode("utf-8", "replace").split("\n")]
        last = next((each for each in reversed(said) if each), "")
        return f"{ending}; {last[:LONGEST_ERROR]}" if last else ending

    async def _drain(self) -> None:
        """Read to the end of its stdout: with something unread, a pipe stays open."""
        with suppress(OSError, RuntimeError):  # somebody else reads it: he comes to the end, too
            while await self._stdout.read(LONGEST_LINE):
                pass

    async def _listen(self) -> None:
        """Keep the last of what it says on stderr."""
        with suppress(OSError):
            while data := await self._stderr.read(4096):
                self._errors = (self._errors + data)[-KEPT_ERRORS:]
                self._error_count += len(data)
                if self._error_count > MOST_ERRORS:
                    self.kill()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
