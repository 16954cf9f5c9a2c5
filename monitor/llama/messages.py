"""What the server and the process of the model tell each other: one message a line, in JSON."""

from typing import Final, TypeVar

from msgspec import DecodeError, Struct
from msgspec.json import Decoder, Encoder

from monitor.llama.engine import Task

#: The longest line the process of the model may send, in bytes.
LONGEST_LINE: Final = 64 * 1024


class Ask(Struct, frozen=True, tag="ask", forbid_unknown_fields=True):
    """To the model: do this task. Answers carry its number."""

    number: int
    task: Task


class Cancel(Struct, frozen=True, tag="cancel", forbid_unknown_fields=True):
    """To the model: stop the task of that number."""

    number: int


class Loaded(Struct, frozen=True, tag="loaded", forbid_unknown_fields=True):
    """The weights are there; what is left takes no time, in a model that is sound."""


class Ready(Struct, frozen=True, tag="ready", forbid_unknown_fields=True):
    """Tasks can be taken.

    chat  how a conversation is written for this model
    """

    chat: str


class Failed(Struct, frozen=True, tag="failed", forbid_unknown_fields=True):
    """The process ends, because of this."""

    reason: str


class Reading(Struct, frozen=True, tag="reading", forbid_unknown_fields=True):
    """Still at work on the prompt: a sign of life."""

    number: int


class Text(Struct, frozen=True, tag="text", forbid_unknown_fields=True):
    """A piece of the answer; empty where a token made no whole character, which is a sign of life too."""

    number: int
    text: str


class Done(Struct, frozen=True, tag="done", forbid_unknown_fields=True):
    """The task has ended, by itself or because it was told to; so many tokens."""

    number: int
    prompt: int
    completion: int


class Declined(Struct, frozen=True, tag="declined", forbid_unknown_fields=True):
    """The task cannot be done, because of this; the next one may be."""

    number: int
    reason: str


T = TypeVar("T")

ToModel = Ask | Cancel
FromModel = Loaded | Ready | Failed | Reading | Text | Done | Declined

_encoder = Encoder()
_to_model: Final[Decoder[ToModel]] = Decoder(ToModel)
_from_model: Final[Decoder[FromModel]] = Decoder(FromModel)


class Garbage(Exception):
    """A line that is no message."""


def line(message: ToModel | FromModel) -> bytes:
    """Return the message as a line."""
    return _encoder.encode(message) + b"\n"


def to_model(data: bytes) -> ToModel:
    """Return the message in a line to the model. Raises Garbage."""
    return _decoded(_to_model, data)


def from_model(data: bytes) -> FromModel:
    """Return the message in a line from the model. Raises Garbage."""
    return _decoded(_from_model, data)


def _decoded(decoder: Decoder[T], data: bytes) -> T:
    try:
        return decoder.decode(data)
    except DecodeError as error:  # a ValidationError is one
        raise Garbage(str(error)) from None
