"""Errors as clients see them: JSON from the API, a page from the pages."""

import errno
import logging

import aiohttp_jinja2
import msgspec
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler

from monitor.text import printable

log = logging.getLogger(__name__)


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
            log.exception("%s %s", request.method, request.path)
            refusal = Refusal(500, "internal_error", "The server failed at this request; its log says how.")
    return _answer(request, refusal)


def without_malformed(record: logging.LogRecord) -> bool:
    """Leave out the tracebacks that aiohttp logs of requests that are no HTTP: anyone can send these. A log filter."""
    return not isinstance(
        record.exc_info[1] if record.exc_info else None, HttpProcessingError | web.RequestPayloadError
    )


def is_api(path: str) -> bool:
    """Tell whether programs read what stands at this path."""
    return path.startswith("/api/") or path in ("/api", "/healthz")


def _from_aiohttp(raised: web.HTTPException) -> Refusal:
    code = raised.reason.lower().replace(" ", "_").replace("-", "_")
    kept = {name: raised.headers[name] for name in ("Allow", "Retry-After") if name in raised.headers}
    message = "There is nothing at this address." if raised.status == 404 else (raised.text or raised.reason)
    return Refusal(raised.status, code, message, kept)


def _answer(request: web.Request, refusal: Refusal) -> web.Response:
    if is_api(request.path):
        body = msgspec.json.encode({"error": {"code": refusal.code, "message": refusal.message}})
        return web.Response(
            body=body, status=refusal.status, content_type="application/json", charset="utf-8", headers=refusal.headers
        )
    page = aiohttp_jinja2.render_template("error.html", request, {"refusal": refusal}, status=refusal.status)
    page.headers.update(refusal.headers)
    return page
