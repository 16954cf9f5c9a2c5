"""A process that talks like `monitor.llama.child`, has no model, and misbehaves as its first argument says.

A behaviour that ends in "-once" is as it should be from the second start on: a file beside the model tells.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn


def send(**message: Any) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def flood(data: str) -> NoReturn:
    while True:
        sys.stdout.write(data)


def load(behaviour: str) -> None:
    if behaviour == "dies-at-start":
        sys.stderr.write("llama: the tensors are\x1b[31m broken\n")
        sys.exit(3)
    if behaviour == "fails-at-start":
        send(type="failed", reason="ValueError: no tensors")
        sys.exit(1)
    if behaviour == "hangs-at-start":
        time.sleep(600)
    if behaviour == "nonsense-at-start":
        send(type="ready", chat="plain")
    send(type="loaded")
    if behaviour == "template-loops":
        time.sleep(600)
    if behaviour == "nonsense-when-loaded":
        send(type="loaded")
    send(type="ready", chat="plain")


def talk(number: int) -> NoReturn:
    """Write lines that are messages, for ever."""
    flood(json.dumps({"type": "text", "number": number, "text": "x"}) + "\n")


def complain(_: int) -> NoReturn:
    """Write to stderr, for ever."""
    while True:
        sys.stderr.write("x" * 1000)


def mix_up(number: int) -> None:
    """Answer something that was not asked."""
    send(type="text", number=number + 7, text="not yours")
    time.sleep(600)


def babble(_: int) -> None:
    """Write what is no text."""
    sys.stdout.buffer.write(b"\xff\xfe\x00 garbage\n")
    sys.stdout.flush()
    time.sleep(600)


def break_off(_: int) -> NoReturn:
    """End within a line."""
    sys.stdout.write('{"type": "te')
    sys.stdout.flush()
    sys.exit(0)


#: What it does in the middle of an answer.
MISDEEDS: dict[str, Callable[[int], object]] = {
    "dies": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "stops": lambda _: os.kill(os.getpid(), signal.SIGSTOP),
    "hangs": lambda _: time.sleep(600),
    "floods": lambda _: flood("x" * 1000),
    "floods-lines": talk,
    "floods-stderr": complain,
    "garbage": babble,
    "other-number": mix_up,
    "half-a-line": break_off,
}


def answer(behaviour: str, number: int, task: dict[str, Any]) -> None:
    send(type="reading", number=number)
    send(type="text", number=number, text="so")
    if behaviour == "declines":
        send(type="declined", number=number, reason="too long")
        return
    if behaviour in MISDEEDS:
        MISDEEDS[behaviour](number)
    if behaviour == "slow":
        for _ in range(task["max_tokens"]):
            send(type="text", number=number, text=" and")
            if called_off():
                break
    send(type="text", number=number, text=f" {task['question']}")
    send(type="done", number=number, prompt=3, completion=2)


def called_off() -> bool:
    """Wait a moment; tell whether the server has called the task off. It does nothing else while one is done."""
    time.sleep(0.02)
    try:
        data = os.read(0, 10_000)
    except BlockingIOError:
        return False
    return b'"cancel"' in data


def main() -> None:
    behaviour, model = sys.argv[1], Path(sys.argv[2])
    if behaviour.endswith("-once"):
        mark = model.with_suffix(".mark")
        behaviour = "well" if mark.exists() else behaviour.removesuffix("-once")
        mark.touch()
    load(behaviour)
    stdin = os.fdopen(os.dup(0), "rb", buffering=0)
    while line := stdin.readline():
        message = json.loads(line)
        if message["type"] == "ask":
            os.set_blocking(0, behaviour != "slow")
            answer(behaviour, message["number"], message["task"])
            os.set_blocking(0, True)


if __name__ == "__main__":
    main()
