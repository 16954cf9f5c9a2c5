"""A question to a running server, from the command line: its answer as it comes."""

import http.client
import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

#: Seconds without a byte: the server ends a question after 60.
PATIENCE: Final = 90.0


class CannotAsk(Exception):
    """No answer; one line for a person."""


def answer_to(prompt: str, url: str, token: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of the answer, each its name and its data: facts, token, done, error. Raises CannotAsk.

    token  for a server that asks who comes
    """
    place = urlsplit(url)
    if place.scheme not in ("http", "https") or not place.hostname:
        raise CannotAsk(f"{url!r} is no address of a monitor; it must be like http://localhost:4000")
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname, place.port, timeout=PATIENCE)
    try:
        connection.request(
            "POST",
            place.path.rstrip("/") + "/api/ask",
            body=json.dumps({"prompt": prompt}),
            headers={
                "Content-Type": "application/json",
                "Accept": "text/event-stream",
                **({"Authorization": f"Bearer {token}"} if token else {}),
            },
        )
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise CannotAsk(_refusal(answer))
        yield from _events(answer)
    except (OSError, http.client.HTTPException) as error:
        raise CannotAsk(f"no answer from {url} ({error}); start the server with `monitor serve`") from None
    finally:
        connection.close()


def _events(lines: Iterator[bytes] | http.client.HTTPResponse) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in lines:
        key, _, value = line.decode().rstrip("\n").partition(": ")
        if key == "event":
            name = value
        elif key == "data":
            yield name, json.loads(value)


def _refusal(answer: http.client.HTTPResponse) -> str:
    try:
        message: str = json.load(answer)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return f"the server said {answer.status} {answer.reason}"
    return message
