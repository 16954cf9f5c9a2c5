"""What a request is called, in the log and to who sent it."""

import random
import re
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from monitor.logs import REQUEST_ID

HEADER: Final = "X-Request-Id"
#: What proxies and clients give: UUIDs, hexadecimal numbers. Nothing that a log or a page could take amiss.
_SANE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


@web.middleware
async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request the id that came with it, or a new one.

    It is not taken back afterwards: the access log comes after the answer, in the same task, and the next request on
    the connection puts its own.
    """
    given = request.headers.getall(HEADER, [])
    sane = len(given) == 1 and _SANE.fullmatch(given[0])
    REQUEST_ID.set(given[0] if sane else f"{random.getrandbits(64):016x}")
    return await handler(request)


async def echo(request: web.Request, response: web.StreamResponse) -> None:
    """Put the id on the answer; for `on_response_prepare`."""
    response.headers[HEADER] = REQUEST_ID.get()
