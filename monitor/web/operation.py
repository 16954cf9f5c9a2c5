"""What a route promises: its parameters, its answers, its refusals. The contract for tools is made of these.

Structs, because a dataclass costs ten times the memory, and every server has these from its start.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Generic, Literal, TypeVar

from aiohttp import web
from msgspec import Struct

from monitor.auth.principal import READ
from monitor.sampler import Sampler

T = TypeVar("T")

JSON: Final = "application/json"
HTML: Final = "text/html"
TEXT: Final = "text/plain"
EVENTS: Final = "text/event-stream"
FORM: Final = "application/x-www-form-urlencoded"

#: JSON Schema (2020-12).
Schema = Mapping[str, Any]
#: A document by its type, or by its name where its schema follows from the installed probes; None: text.
Shape = type | Literal["Frame", "Columns"] | None
Tag = Literal["live", "past", "ask", "state", "access", "contract", "pages"]


class Reader(Struct, Generic[T], frozen=True):
    """How one kind of parameter is read, and what JSON Schema says of the same.

    read    raises ValueError with what would be right
    schema  depends on what the server samples
    """

    read: Callable[[str, Sampler], T]
    schema: Callable[[Sampler], Schema]


class Parameter(Struct, Generic[T], frozen=True):
    """One parameter of a route; `help` is a sentence or two."""

    name: str
    reader: Reader[T]
    help: str
    where: Literal["query", "header", "path"] = "query"


class Answer(Struct, frozen=True):
    """One way in which a route answers when it does not refuse.

    content  what the body is, by media type; empty where there is no body
    headers  what each header tells, by its name
    """

    about: str
    content: Mapping[str, Shape]
    status: int = 200
    headers: Mapping[str, str] | None = None


class Operation(Struct, frozen=True):
    """What a route does, for whom.

    summary   a few words; `about` says more, in CommonMark
    body      the document that has to be sent, as `body_type`
    refusals  codes of `monitor.web.errors.CODES`; those that any route may have are left out
    scopes    of which a caller needs one; empty: whatever it may; None: not even to be known
    in_part   whether some of what is there is open to all
    messages  name of the channel that AsyncAPI describes this as
    """

    tag: Tag
    summary: str
    answers: tuple[Answer, ...]
    about: str = ""
    parameters: tuple[Parameter[Any], ...] = ()
    body: type | None = None
    body_type: str = JSON
    refusals: tuple[str, ...] = ()
    scopes: tuple[str, ...] | None = (READ,)
    in_part: bool = False
    messages: str | None = None

    @property
    def is_stream(self) -> bool:
        """Whether it goes on until one side ends it."""
        return self.tag == "live" and self.messages is not None


class Route(Struct, frozen=True):
    """An address and a method, who handles it, and what it promises.

    head  whether HEAD is answered too
    """

    method: Literal["GET", "POST"]
    path: str
    handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    name: str
    operation: Operation
    head: bool = True

    def put_into(self, router: web.UrlDispatcher, base: str = "") -> None:
        """Let the router know of it, under a path."""
        if self.method == "GET":
            router.add_get(base + self.path, self.handler, name=self.name, allow_head=self.head)
        else:
            router.add_route(self.method, base + self.path, self.handler, name=self.name)
