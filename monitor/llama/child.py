"""The program that runs the model: `python -m monitor.llama.child MODEL ...`, tasks on stdin, answers on stdout.

A file may make llama.cpp crash, hang or ask for all memory, so this process is one that can be killed at any moment,
that nobody needs but the server, and that ends with it.
"""

import argparse
import ctypes
import os
import resource
import signal
import sys
import threading
from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, NoReturn, Protocol

from monitor.llama.chat import Chat, Vocabulary, chat_of
from monitor.llama.messages import (
    Ask,
    Cancel,
    Declined,
    Done,
    Failed,
    FromModel,
    Loaded,
    Reading,
    Ready,
    Text,
    line,
    to_model,
)
from monitor.text import error_text

#: Tokens back to which what has been said makes itself less likely.
RECENT: Final = 64
#: `prctl`'s number for the signal that comes when the parent is gone.
PR_SET_PDEATHSIG: Final = 1

Send = Callable[[FromModel], None]


class Model(Vocabulary, Protocol):
    """A model in memory; see `monitor.llama.native.Native`."""

    context: int

    def read(self, tokens: Sequence[int], /) -> Iterator[None]:
        """Take in a prompt, a batch at a time."""

    def add(self, token: int, /) -> None:
        """Take in the token that was said."""

    def next(self, grammar: Any, recent: Sequence[int], /) -> int | None:
        """Return the likeliest token that fits, None where the answer ends."""

    def piece(self, token: int, /) -> bytes:
        """Return what the token stands for, which may be a part of a character."""

    def grammar(self, gbnf: str, /) -> AbstractContextManager[Any]:
        """Read a grammar. Raises ValueError where it is none."""


class Inbox:
    """What the server sends, read by a thread: tasks in turn, and which of them has been called off."""

    def __init__(self, lines: Iterable[bytes], ended: Callable[[], object]) -> None:
        self._lines = lines
        self._ended = ended
        self._tasks: SimpleQueue[Ask] = SimpleQueue()
        self._called_off = -1

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self.read, name="inbox", daemon=True).start()

    def read(self) -> None:
        """Read until the server is gone or has enough; then nobody needs what this process does."""
        try:
            for each in self._lines:
                message = to_model(each)
                if isinstance(message, Cancel):
                    self._called_off = message.number
                else:
                    self._tasks.put(message)
        finally:
            self._ended()

    def next(self) -> Ask:
        """Wait for the next task."""
        return self._tasks.get()

    def is_off(self, number: int) -> bool:
        """Tell whether the task of that number has been called off."""
        return self._called_off >= number


@dataclass(frozen=True, slots=True)
class Order:
    """A task, whether it has been called off, and who gets what comes of it."""

    ask: Ask
    is_off: Callable[[], bool]
    send: Send


def answer(model: Model, chat: Chat, order: Order) -> None:
    """Do one task, and send what comes of it: pieces and `Done`, or `Declined`."""
    task, number = order.ask.task, order.ask.number
    prompt = chat.prompt(model, task)
    if len(prompt) >= model.context:
        room = f"{len(prompt)} tokens, and this model has room for {model.context}, the answer included"
        order.send(Declined(number, f"the question is too long: {room}"))
        return
    with ExitStack() as stack:
        try:
            rules = None if task.grammar is None else stack.enter_context(model.grammar(task.grammar))
        except ValueError as error:
            order.send(Declined(number, str(error)))
            return
        said = _generate(model, prompt, rules, order)
    order.send(Done(number, len(prompt), said))


def _generate(model: Model, prompt: list[int], rules: Any, order: Order) -> int:
    """Read the prompt and say what follows, until the end, the limit or a call; return how many tokens were said."""
    number, send = order.ask.number, order.send
    for _ in model.read(prompt):
        if order.is_off():
            return 0
        send(Reading(number))
    recent: deque[int] = deque(maxlen=RECENT)
    decoder = getincrementaldecoder("utf-8")("replace")  # a token may be a part of a character
    most = min(order.ask.task.max_tokens, model.context - len(prompt))
    for count in range(1, most + 1):
        token = model.next(rules, recent)
        if token is None or order.is_off():
            return count - 1
        recent.append(token)
        send(Text(number, decoder.decode(model.piece(token))))
        if count < most:
            model.add(token)
    return most


def serve(model: Model, inbox: Inbox, send: Send, note: Callable[[str], None]) -> NoReturn:
    """Do tasks for ever."""
    send(Loaded())
    chat = chat_of(model, note)
    send(Ready(chat.kind))
    while True:
        ask = inbox.next()
        answer(model, chat, Order(ask, partial(inbox.is_off, ask.number), send))


def be_modest(memory: int) -> None:
    """Let everything else go first, use no more than so many bytes, and do not outlive the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this process
    os.nice(19)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):  # where memory is short, this is what can be spared
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    for limit, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):
        with suppress(OSError, ValueError):  # a lower one is set already, or the system knows none
            resource.setrlimit(limit, (most, most))


def main() -> NoReturn:
    """Load the model of the command line and do what the server asks."""
    parser = argparse.ArgumentParser(prog="monitor.llama.child")
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--context", type=int, required=True, help="tokens of prompt and answer")
    parser.add_argument("--memory", type=int, required=True, help="bytes")
    options = parser.parse_args()
    be_modest(options.memory)

    # Nothing but messages may go out where messages go: C code prints, and llama_cpp swaps 1 and 2 while it loads.
    tasks, out, errors = os.fdopen(os.dup(0), "rb"), os.dup(1), os.dup(2)
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    def send(message: FromModel) -> None:
        data = line(message)
        while data:
            data = data[os.write(out, data) :]

    inbox = Inbox(tasks, partial(os._exit, 0))  # at once: the other thread may be in C code that does not end
    inbox.start()
    try:
        from monitor.llama.native import Native  # noqa: PLC0415 - the limits above have to hold when it is imported

        model = Native(options.model, options.threads, options.context, partial(os.write, errors))
        serve(model, inbox, send, lambda text: print(text, file=sys.stderr, flush=True))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the server is told, and the process ends
        send(Failed(error_text(error)))
        os._exit(1)


if __name__ == "__main__":
    main()
