"""A client of `POST /api/ask`: asks, and notes when what came."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from tests.bench.processes import CannotMeasure

PATH: Final = "/api/ask"
#: Seconds; a question ends after 60 by the server's own rule.
PATIENCE: Final = 90.0
#: How often a question is put again to a server that is busy with others'.
ATTEMPTS: Final = 5


T = TypeVar("T")


class Refused(Exception):
    """The server answered with an error, or with what is no answer; one line for a person."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: the JSON, and the seconds from the request to its end."""

    document: Any
    seconds: float


@dataclass(frozen=True, slots=True)
class Streamed:
    """When the events of a streamed answer came, in seconds from the request.

    facts    the event `facts`; None where there was none
    tokens   each event `token` with text in it
    done     the event `done`
    text     all tokens together
    """

    facts: float | None
    tokens: tuple[float, ...]
    done: float
    text: str


class Client:
    """Asks one server, one question at a time, each over a connection of its own."""

    def __init__(self, url: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        """Take `http://host:port`. Raises CannotMeasure for another form."""
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None or parts.path not in ("", "/"):
            raise CannotMeasure(f"{url!r} is not of the form http://host:port")
        self._host, self._port, self._sleep = parts.hostname, parts.port or 80, sleep

    def get(self, path: str) -> Any:
        """Return the JSON at an address of the API. Raises CannotMeasure."""
        try:
            with closing(self._connection()) as connection:
                connection.request("GET", path)
                response = connection.getresponse()
                body = response.read()
        except (OSError, HTTPException) as error:
            raise CannotMeasure(f"{path}: {error}") from error
        if response.status != 200:
            raise CannotMeasure(f"{path}: {_error(response.status, body)}")
        return json.loads(body)

    def ask(self, prompt: str, **body: Any) -> Reply:
        """Return the answer in one piece; `body` has further keys of the question. Raises Refused."""
        return self._exchange({"prompt": prompt, **body}, "application/json", _whole)

    def stream(self, prompt: str) -> Streamed:
        """Return when the pieces of the answer came. Raises Refused."""
        return self._exchange({"prompt": prompt}, "text/event-stream", _streamed)

    def _connection(self) -> HTTPConnection:
        return HTTPConnection(self._host, self._port, timeout=PATIENCE)

    def _exchange(self, question: Mapping[str, Any], accept: str, read: Callable[[HTTPResponse, float], T]) -> T:
        """Return what `read` makes of the answer and the moment of the request, once the answer is not 429."""
        body = json.dumps(question).encode()
        headers = {"Content-Type": "application/json", "Accept": accept}
        for _ in range(ATTEMPTS):
            try:
                with closing(self._connection()) as connection:
                    began = time.monotonic()
                    connection.request("POST", PATH, body, headers)
                    response = connection.getresponse()
                    if response.status == 200:
                        return read(response, began)
                    if response.status != 429:
                        raise Refused(_error(response.status, response.read()))
                    pause = response.headers.get("Retry-After", "1")
            except (OSError, HTTPException) as error:
                raise Refused(f"{type(error).__name__}: {error}") from error
            self._sleep(float(pause) if pause.isdigit() else 1.0)
        raise Refused("the server was busy with others' questions")


def _whole(response: HTTPResponse, began: float) -> Reply:
    body = response.read()
    return Reply(_json(body), time.monotonic() - began)


def _streamed(response: HTTPResponse, began: float) -> Streamed:
    if (kind := response.headers.get_content_type()) != "text/event-stream":
        raise Refused(f"asked for a stream of events, got {kind}")
    facts: float | None = None
    tokens: list[float] = []
    text = ""
    for event, data in _events(response):
        now = time.monotonic() - began
        if event == "facts" and facts is None:
            facts = now
        elif event == "token":
            piece = data.get("text", "") if isinstance(data, dict) else ""
            if piece:
                tokens.append(now)
                text += piece
        elif event == "error":
            raise Refused(f"the stream ended with an error: {json.dumps(data)}")
        elif event == "done":
            return Streamed(facts, tuple(tokens), now, text)
    raise Refused("the stream ended without the event done")


def _events(response: HTTPResponse) -> Iterator[tuple[str, Any]]:
    """Yield name and JSON of each event as it comes."""
    name, data = "message", ""
    while line := response.readline():
        key, _, value = line.decode().rstrip("\r\n").partition(":")
        value = value.removeprefix(" ")
        if key == "event":
            name = value
        elif key == "data":
            data += value
        elif not key and not value and data:  # a comment has an empty key too
            yield name, _json(data)
            name, data = "message", ""


def _json(body: str | bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise Refused(f"this is no JSON: {body[:80]!r}") from error


def _error(status: int, body: bytes) -> str:
    """Return one line for a status that is not 200."""
    try:
        return f"{status} {json.loads(body)['error']['message']}"
    except (ValueError, KeyError, TypeError):
        return f"{status} {body[:80]!r}"
