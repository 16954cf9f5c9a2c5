"""Errors as clients see them: JSON from the API, a page from the pages."""

import errno
import logging

import aiohttp_jinja2
import msgspec
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler

from monitor.logs import REQUEST_ID
from monitor.text import printable
from monitor.web.identity import is_known
from monitor.web.mount import local_path, root_of

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
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        log.debug("malformed request: %s", type(error).__name__)  # its message holds parts of it, secrets too
        return False
    return True


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
        body = msgspec.json.encode({"error": {"code": refusal.code, "message": refusal.message}})
        return web.Response(
            body=body, status=refusal.status, content_type="application/json", charset="utf-8", headers=refusal.headers
        )
    shown = {"root": root_of(request), "refusal": refusal, "is_known": is_known(request)}
    page = aiohttp_jinja2.render_template("error.html", request, shown, status=refusal.status)
    page.headers.update(refusal.headers)
    return page
