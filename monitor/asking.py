"""A question to a running server, from the command line: its answer as it comes."""

import hashlib
import http.client
import json
import ssl
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

#: Seconds without a byte: the server ends a question after 60.
PATIENCE: Final = 90.0


class CannotAsk(Exception):
    """No answer; one line for a person."""


def answer_to(prompt: str, url: str, token: str = "", fingerprint: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events of the answer, each its name and its data: facts, token, done, error. Raises CannotAsk.

    token        for a server that asks who comes
    fingerprint  SHA-256 of the one certificate that is trusted, in place of those that this machine trusts
    """
    place = urlsplit(url)
    if place.scheme not in ("http", "https") or not place.hostname:
        raise CannotAsk(f"{url!r} is no address of a monitor; it must be like http://localhost:4000")
    connection: http.client.HTTPConnection
    if place.scheme == "https":
        context = _trusting_a_fingerprint() if fingerprint else ssl.create_default_context()
        connection = http.client.HTTPSConnection(place.hostname, place.port, timeout=PATIENCE, context=context)
    else:
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=PATIENCE)
    try:
        connection.connect()
        if fingerprint:
            _check(connection, fingerprint)
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
    except ssl.SSLCertVerificationError as error:
        raise CannotAsk(
            f"the certificate of {url} is not trusted ({error.verify_message}); where it is right nevertheless, name "
            "its SHA-256 with --fingerprint, or its authority's file in the environment variable SSL_CERT_FILE"
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise CannotAsk(f"no answer from {url} ({error}); start the server with `monitor serve`") from None
    finally:
        connection.close()


def _trusting_a_fingerprint() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # `_check` looks at the one certificate that is right, before a word is said
    return context


def _check(connection: http.client.HTTPConnection, fingerprint: str) -> None:
    """Raise CannotAsk where the certificate is not the one with this SHA-256."""
    if not isinstance(connection.sock, ssl.SSLSocket):
        raise CannotAsk("a fingerprint is that of a certificate: the address must begin with https://")
    shown = hashlib.sha256(connection.sock.getpeercert(binary_form=True) or b"").hexdigest()
    if shown != fingerprint.replace(":", "").strip().lower():
        raise CannotAsk(f"the certificate is another one: its SHA-256 is {bytes.fromhex(shown).hex(':').upper()}")


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
