"""Tickets for streams: POST /api/tickets."""

from aiohttp import web

from monitor.auth.tickets import LIFE, TooManyTickets
from monitor.web import documents
from monitor.web.api import answer
from monitor.web.errors import Refusal
from monitor.web.identity import AUTHENTICATOR, principal_of


async def issue(request: web.Request) -> web.Response:
    """POST /api/tickets: a ticket that opens one stream, as ?ticket=, for what the caller may."""
    principal = principal_of(request)
    if principal is None:
        raise Refusal(404, "no_authentication", "This server asks nobody who they are: connect without a ticket.")
    try:
        ticket = request.app[AUTHENTICATOR].tickets.issue(principal)
    except TooManyTickets:
        message = f"Too many tickets are out that nobody has used; those expire after {LIFE:g} s."
        raise Refusal(429, "too_many_tickets", message, {"Retry-After": f"{LIFE:.0f}"}) from None
    return answer(documents.Ticket(ticket, LIFE), 201)
