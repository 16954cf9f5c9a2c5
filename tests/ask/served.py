"""The server of the evaluation, with the plugins; and questions without goals, for who wants it to be busy."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final

from monitor.llama.engine import State
from monitor.llama.model import INSTALL
from tests.ask.client import PATH, Client, Refused
from tests.ask.questions import PLUGINS, Expect, load
from tests.bench.processes import CannotMeasure
from tests.bench.server import await_first_frame, serving

#: Seconds that a server gets after an error, which may have come at once.
PAUSE: Final = 0.1
#: After so many errors nothing more is asked: each may have taken a minute.
MOST_ERRORS: Final = 10

#: A prompt, and further keys of the question's body.
Prompt = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs: the id of its process, and its port on loopback."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class Asked:
    """How many questions were put, and how many of them ended in an error."""

    count: int
    errors: int


@contextmanager
def served(settings: Mapping[str, str]) -> Iterator[Served]:
    """Run a server with these further variables while the context lasts, from its first frame on."""
    path = os.pathsep.join(filter(None, (str(PLUGINS), os.environ.get("PYTHONPATH"))))
    with serving({"PYTHONPATH": path, **settings}) as (process, port):
        await_first_frame(port)
        yield Served(process.pid, port)


def require_model(client: Client) -> None:
    """Raise CannotMeasure where the server has no model; asks it nothing."""
    if client.get(PATH)["state"] == State.ABSENT:
        raise CannotMeasure(f"the server has no model: {INSTALL}")


def texts(*expected: Expect) -> list[str]:
    """Return the questions of the open half of which such answers are expected."""
    return [question.text for question in load("open") if question.expect in expected]


def repeated(prompts: Iterable[str], **body: Any) -> Iterator[Prompt]:
    """Yield the prompts again and again, each with these keys."""
    return ((prompt, body) for prompt in cycle(prompts))


def put(client: Client, prompts: Iterable[Prompt], is_wanted: Callable[[int], bool]) -> Asked:
    """Put one question after the other while they are wanted, given how many there have been; not after many errors."""
    count = errors = 0
    for prompt, body in prompts:
        if not is_wanted(count) or errors == MOST_ERRORS:
            break
        try:
            client.ask(prompt, **body)
        except Refused:
            errors += 1
            time.sleep(PAUSE)
        count += 1
    return Asked(count, errors)
