"""Errors as clients see them: JSON from the API, a page from the pages."""

import errno
import logging
from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler

from monitor.logs import REQUEST_ID
from monitor.text import printable
from monitor.web.documents import ErrorDetail, Problem
from monitor.web.mount import local_path
from monitor.web.page import draw

log = logging.getLogger(__name__)


class Code(NamedTuple):
    """One stable word for programs: the HTTP status that it comes with, and when."""

    status: int
    when: str


#: Every code that a refusal may have.
CODES: Final[Mapping[str, Code]] = {
    "bad_request": Code(400, "A request that is no HTTP or has too long a head, or a WebSocket handshake that is none"),
    "bad_body": Code(400, "The body makes no sense; the message names the key"),
    "bad_query": Code(400, "A parameter of the query makes no sense; the message names it"),
    "foreign_origin": Code(403, "A page of an origin that is neither ours nor listed asks"),
    "untrusted_proxy": Code(403, "The header of a proxy's user, from nobody that is a trusted proxy"),
    "encoded_body": Code(415, "A body with a Content-Encoding: bodies are never unpacked"),
    "too_many_requests": Code(429, "One address does something more often than it may; the message names the setting"),
    "too_many_connections": Code(429, "One address has as many connections as it may"),
    "too_many_failures": Code(429, "Too many wrong credentials came from one address"),
    "two_credentials": Code(400, "Two different credentials in one request"),
    "unauthenticated": Code(401, "No valid token is shown, and the server asks for one"),
    "missing_scope": Code(403, "The token is valid, and not for this; the message names the scope"),
    "no_authentication": Code(404, "A ticket, of a server that asks nobody who they are"),
    "no_form": Code(415, "The login page was sent something that is no form"),
    "too_many_tickets": Code(429, "Too many tickets are out that nobody has used"),
    "stopping": Code(503, "`/readyz`, when the server has been told to stop"),
    "not_found": Code(404, "There is nothing at this address"),
    "method_not_allowed": Code(405, "Another method is meant; `Allow` says which"),
    "not_json": Code(415, "The body of a question is not application/json"),
    "prompt_too_long": Code(413, "A prompt of too many characters"),
    "expectation_failed": Code(417, "An Expect header that is not 100-continue"),
    "foreign_host": Code(421, "The Host header names another server"),
    "request_entity_too_large": Code(413, "A body of more than 64 KiB"),
    "websocket_version": Code(426, "A WebSocket of another version than 13"),
    "upgrade_required": Code(426, "The stream's address without a WebSocket handshake"),
    "too_many_questions": Code(429, "As many questions wait as may; `Retry-After` says when to try again"),
    "internal_error": Code(500, "A fault of ours; the log has it"),
    "too_many_clients": Code(503, "As many clients as may be are here; `Retry-After` says when to try again"),
    "no_model": Code(503, "There is no model for questions, or it has just failed"),
    "no_frame": Code(503, "Before the first frame"),
    "frames_stopped": Code(503, "The newest frame is older than three intervals"),
    "too_slow": Code(504, "A question had no whole answer in time"),
}
#: Those that every route may have, for they come before it or instead of it.
EVERYWHERE: Final = (
    "bad_request",
    "untrusted_proxy",
    "encoded_body",
    "expectation_failed",
    "foreign_host",
    "too_many_requests",
    "too_many_connections",
    "too_many_failures",
    "internal_error",
    "too_many_clients",
)
#: Those that every route may have where the server asks who comes, and that route is not open to all.
WHERE_ASKED: Final = ("two_credentials", "unauthenticated", "missing_scope")


class Refusal(Exception):
    """Raised by a handler that refuses a request, and says why.

    status   HTTP status
    code     one stable word for programs
    message  one sentence for people
    headers  more headers of the answer
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = printable(message)
        self.headers = headers or {}


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever a handler raises into an answer; outermost, so that it holds for every route and none."""
    try:
        return await handler(request)
    except Refusal as raised:
        refusal = raised
    except web.HTTPException as raised:
        if raised.status < 400:
            raise
        refusal = _from_aiohttp(raised)
    except web.RequestPayloadError:
        refusal = Refusal(400, "bad_request", "The body of this request is broken.", {"Connection": "close"})
    except Exception as raised:
        if isinstance(raised, ConnectionError) and (request.transport is None or request.transport.is_closing()):
            return web.Response(status=499)  # the client is gone: nobody reads this, and nothing is wrong here
        if isinstance(raised, OSError) and raised.errno == errno.ENAMETOOLONG:
            refusal = _from_aiohttp(web.HTTPNotFound())  # no static file can be called that
        else:
            name = REQUEST_ID.get()
            log.exception("%s %s (request %s)", request.method, request.path, name)
            message = f"The server failed at this request; its log says how, under {name}."
            refusal = Refusal(500, "internal_error", message)
    return _answer(request, refusal)


def without_malformed(record: logging.LogRecord) -> bool:
    """Leave out the tracebacks that aiohttp logs of requests that are no HTTP: anyone can send these. A log filter."""
    return not isinstance(
        record.exc_info[1] if record.exc_info else None, HttpProcessingError | web.RequestPayloadError
    )


def is_api(path: str) -> bool:
    """Tell whether programs read what stands at this path of the site map."""
    return path.startswith("/api/") or path in ("/api", "/healthz", "/readyz")


def _from_aiohttp(raised: web.HTTPException) -> Refusal:
    code = raised.reason.lower().replace(" ", "_").replace("-", "_")
    kept = {name: raised.headers[name] for name in ("Allow", "Retry-After") if name in raised.headers}
    message = "There is nothing at this address." if raised.status == 404 else (raised.text or raised.reason)
    return Refusal(raised.status, code, message, kept)


def _answer(request: web.Request, refusal: Refusal) -> web.Response:
    if is_api(local_path(request)):
        body = msgspec.json.encode(Problem(ErrorDetail(refusal.code, refusal.message)))
        return web.Response(
            body=body, status=refusal.status, content_type="application/json", charset="utf-8", headers=refusal.headers
        )
    answer = draw(request, "error.html", {"refusal": refusal}, status=refusal.status)
    answer.headers.update(refusal.headers)
    return answer
