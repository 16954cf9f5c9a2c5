"""What a language model is to the rest: a task goes in, pieces of its answer come out."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to be answered.

    system      what the model is told before the question; tasks that begin alike are read faster
    question    what the person asks; control tokens in it, and in the other texts, are text
    opening     the beginning of the answer: given, and not said again. One that ends in a space is hard to go on from
    grammar     GBNF of what may follow the opening, with a rule `root`; None: anything
    max_tokens  the most tokens after the opening
    """

    system: str
    question: str
    opening: str
    grammar: str | None
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the answer, as it comes: one character or more."""

    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the answer took; the last item of every generation that came to its end. None where nobody knows."""

    prompt_tokens: int | None
    completion_tokens: int | None


class State(StrEnum):
    """How a model is doing."""

    ABSENT = "absent"
    IDLE = "idle"
    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"


class Unavailable(Exception):
    """There is no model, or it died; says why in one line for a person.

    retry_after  seconds until asking again may help; None where nobody knows, or something has to be done first
    """

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Refused(Exception):
    """The model is well and cannot do this task: too long for it, or a grammar that is none; says which in one line."""


class Engine(Protocol):
    """A language model that takes one task at a time; others wait in turn."""

    @property
    def name(self) -> str:
        """What the model is called."""

    @property
    def state(self) -> State:
        """How it is doing."""

    def generate(self, task: Task) -> AsyncGenerator[Piece | Usage]:
        """Yield the answer, piece by piece, then what it took.

        Raises Unavailable and Refused. Closing the generator, or cancelling who waits for it, stops the generation.
        """

    async def close(self) -> None:
        """End it; what is being generated raises Unavailable."""
