"""aiohttp's handler of a connection, whose answer to what is no HTTP says no more than that.

Its own would name its version and Python's, and repeat what was sent.
"""

import logging
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from monitor.web.guard import protect
from monitor.web.seldom import Seldom

log = logging.getLogger(__name__)

_BODY: Final = b'{"error":{"code":"bad_request","message":"This is no HTTP request."}}'


class Handler(web.RequestHandler):
    """One connection, for aiohttp; `manager` and `options` are those of `web.RequestHandler`."""

    __slots__ = ("_malformed",)

    def __init__(self, manager: web.Server, malformed: Seldom, **options: Any) -> None:
        super().__init__(manager, **options)
        self._malformed = malformed

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the answer to a request that no handler of ours has answered."""
        answer: web.StreamResponse
        if status == HTTPStatus.BAD_REQUEST and not request.writer.output_size:
            # Not its message: that holds parts of the request, secrets too.
            self._malformed.tell("malformed request from %s: %s", request.remote, type(exc).__name__)
            answer = web.Response(body=_BODY, status=status, content_type="application/json", charset="utf-8")
            answer.headers["Cache-Control"] = "no-store"
            answer.force_close()
        else:
            answer = super().handle_error(request, status, exc, message)
        protect(answer)
        return answer
