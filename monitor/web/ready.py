"""Whether all is well, for who restarts the server (`/healthz`) and for who sends clients to it (`/readyz`)."""

import asyncio
from typing import Final

from aiohttp import web

from monitor.web import documents
from monitor.web.api import answer
from monitor.web.errors import Refusal
from monitor.web.keys import HISTORY, SAMPLER

#: Frames have stopped when the newest is older than this many intervals.
PATIENCE: Final = 3

#: Set when the server has been told to stop.
STOPPING = web.AppKey("stopping", asyncio.Event)


def trouble(app: web.Application) -> Refusal | None:
    """Return why no frames come, as a client hears it; None while they do."""
    age, interval = app[HISTORY].age, app[SAMPLER].interval
    if age is None:
        return Refusal(503, "no_frame", "The first frame is not there yet.", {"Retry-After": "1"})
    if age > PATIENCE * interval:
        return Refusal(503, "frames_stopped", f"The newest frame is {age:.1f} s old; one is due every {interval:g} s.")
    return None


async def healthz(request: web.Request) -> web.Response:
    """GET /healthz: 200 while frames come, 503 when the newest is older than three intervals."""
    return _answer(request.app)


async def readyz(request: web.Request) -> web.Response:
    """GET /readyz: the same, and 503 as soon as the server has been told to stop."""
    if request.app[STOPPING].is_set():
        raise Refusal(503, "stopping", "This server is stopping.", {"Retry-After": "5"})
    return _answer(request.app)


def _answer(app: web.Application) -> web.Response:
    if (refusal := trouble(app)) is not None:
        raise refusal
    return answer(documents.Health("ok", round(app[HISTORY].age or 0.0, 3)))
