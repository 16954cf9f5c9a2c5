"""Limits for each address: connections at one time, handshakes, requests, questions, and credentials that were wrong.

Connections are counted at the door. Those of trusted proxies are nobody's there: the streams in them are counted here.
"""

import logging
from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from monitor.web.caller import caller_of
from monitor.web.credentials import shown_on_purpose
from monitor.web.door import Visit
from monitor.web.errors import Refusal
from monitor.web.identity import FAILED
from monitor.web.places import Places, counted
from monitor.web.proxies import Proxies
from monitor.web.rate import Rate
from monitor.web.seldom import Seldom

log = logging.getLogger(__name__)

SECOND: Final = 1.0
MINUTE: Final = 60.0
#: Seconds after which a connection may have ended.
RETRY_AFTER: Final = 5
#: Routes that begin a stream, and those that are never refused: a check that is refused takes a server out of service,
#: and to refuse it costs as much as to answer.
STREAMS: Final = frozenset({"metrics", "stream"})
FREE: Final = frozenset({"healthz", "readyz", "own-healthz", "own-readyz"})
QUESTION: Final = "ask"
#: Where a form brings a token.
LOGIN: Final = "authenticate"


class Limits:
    """What one address may do; each 0 for any number.

    places  connections at one time
    """

    def __init__(self, *, connections: int, handshakes: int, requests: int, questions: int, failures: int) -> None:
        self.places = Places(connections)
        self._handshakes = Rate(handshakes, SECOND)
        self._requests = Rate(requests, SECOND)
        self._questions = Rate(questions, MINUTE)
        self._failures = Rate(failures, MINUTE)
        self._refused = Seldom(log, logging.INFO)

    async def take(self, route: str | None, method: str, address: str) -> None:
        """Count a request of an address (as `counted` returns it). Raises Refusal (429)."""
        if route in FREE:
            return
        if route in STREAMS:
            if not await self._handshakes.take(address):
                raise self._too_many(self._handshakes, address, "handshakes_per_second", "streams in a second")
            return
        if not await self._requests.take(address):
            raise self._too_many(self._requests, address, "requests_per_second", "requests in a second")
        if route == QUESTION and method == "POST" and not await self._questions.take(address):
            raise self._too_many(self._questions, address, "questions_per_minute", "questions in a minute")

    async def failed_login(self, address: str) -> bool:
        """Count wrong credentials; False where an address has tried too often already."""
        return await self._failures.take(address)

    def may_log_in(self, address: str) -> bool:
        """Tell whether an address may try credentials."""
        return self._failures.has_room(address)

    def too_many_failures(self) -> Refusal:
        """Return the refusal of one who may not."""
        return Refusal(
            429,
            "too_many_failures",
            f"There were {self._failures.amount} wrong credentials from this address within a minute "
            "(failures_per_minute); try again later.",
            {"Retry-After": str(self._failures.retry_after)},
        )

    def take_place(self, visit: Visit, address: str) -> None:
        """Count a stream that a trusted proxy carries as a connection of the client. Raises Refusal (429)."""
        if self.places.are_full(address):
            self._refused.tell("refused: %s has %d connections already", address, self.places.limit)
            raise Refusal(
                429,
                "too_many_connections",
                f"One address may have {self.places.limit} connections at one time (max_connections_per_address).",
                {"Retry-After": str(RETRY_AFTER)},
            )
        visit.take_place(address)

    def _too_many(self, rate: Rate, address: str, setting: str, what: str) -> Refusal:
        self._refused.tell("refused: more than %d %s from %s (%s)", rate.amount, what, address, setting)
        return Refusal(
            429,
            "too_many_requests",
            f"One address may have {rate.amount} {what} ({setting}); try again later.",
            {"Retry-After": str(rate.retry_after)},
        )


LIMITS: Final = web.AppKey("limits", Limits)


def limit(limits: Limits, proxies: Proxies) -> Middleware:
    """Return the middleware that refuses with 429 whoever does too much. It stands outside of all authentication."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        address = counted(caller_of(request).address)
        route = request.match_info.route.name
        await limits.take(route, request.method, address)
        visit = _uncounted(request, proxies) if route in STREAMS else None
        if visit is None:
            return await handler(request)
        limits.take_place(visit, address)
        goes_on = False
        try:
            response = await handler(request)
            goes_on = response.status == HTTPStatus.SWITCHING_PROTOCOLS  # a WebSocket outlives its handler
            return response
        finally:
            if not goes_on:
                visit.give_back()

    return middleware


def limit_failures(limits: Limits) -> Middleware:
    """Return the middleware that refuses with 429 whoever has brought wrong credentials too often."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _tries_credentials(request):
            return await handler(request)
        address = counted(caller_of(request).address)
        if not limits.may_log_in(address):
            raise limits.too_many_failures()
        request[FAILED] = False
        try:
            return await handler(request)
        finally:
            if request[FAILED] and not await limits.failed_login(address):
                raise limits.too_many_failures() from None

    return middleware


def _tries_credentials(request: web.Request) -> bool:
    """Tell whether a request brings what somebody may have guessed.

    A cookie is not guessed. A page that was left open asks again and again with one that has expired, and must not keep
    the person in front of it from logging in; nor must those who guess keep people out who have logged in.
    """
    return request.match_info.route.name == LOGIN or bool(shown_on_purpose(request))


def _uncounted(request: web.Request, proxies: Proxies) -> Visit | None:
    """Return the connection that a stream will hold, where the door has counted it for nobody."""
    if (request.remote or "") not in proxies:
        return None
    transport = request.transport
    visit = None if transport is None else transport.get_protocol()
    return visit if isinstance(visit, Visit) else None
