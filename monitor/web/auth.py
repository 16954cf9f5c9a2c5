"""Authentication: nobody comes past it who has not shown who he is, where the server asks."""

import logging
from typing import Final
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from monitor.auth.authenticator import Authenticator
from monitor.auth.principal import Principal
from monitor.web.caller import caller_of
from monitor.web.credentials import Kind, credential_of
from monitor.web.errors import Refusal
from monitor.web.identity import FAILED, PRINCIPAL
from monitor.web.mount import local_target, root_of
from monitor.web.rights import PAGES, Rights, name_of, needs

log = logging.getLogger(__name__)

#: Of pages with a form: with the policy of all other answers, browsers would send it with `Origin: null`.
FORMS: Final = "same-origin"


def authentication(authenticator: Authenticator, rights: Rights) -> Middleware:
    """Return the middleware that refuses those it does not know (401) and those who may not (403), before all upgrades.

    What is not declared open is closed, addresses where there is nothing included. People at a page are sent to log in.
    """

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        needed = needs(rights, request)
        if needed is None:
            return await handler(request)
        principal = await _principal(authenticator, request)
        if principal is None:
            return _ask_who(request)
        if not principal.may(needed):
            raise _missing(needed)
        request[PRINCIPAL] = principal
        answer = await handler(request)
        if name_of(request) in PAGES:
            answer.headers["Cache-Control"] = "no-store"  # whoever logs out does not leave them in the browser
            answer.headers["Referrer-Policy"] = FORMS
        return answer

    return middleware


def missed(request: web.Request) -> None:
    """Take note of a credential that was none. Every one comes by here, that of the login page too."""
    request[FAILED] = True
    log.debug("a credential from %s is not valid", caller_of(request).address)


async def _principal(authenticator: Authenticator, request: web.Request) -> Principal | None:
    credential = credential_of(request)
    if credential is None:
        user = caller_of(request).user
        return None if user is None else authenticator.of_proxy(user)
    if credential.kind is Kind.TOKEN:
        principal = await authenticator.of_token(credential.secret)
    elif credential.kind is Kind.TICKET:
        principal = authenticator.of_ticket(credential.secret)
    else:
        principal = authenticator.of_session(credential.secret)
        if principal is None:  # a login that has ended, and no attempt at anything; a user of the proxy's needs none
            user = caller_of(request).user
            return None if user is None else authenticator.of_proxy(user)
    if principal is None:
        missed(request)
    return principal


def _ask_who(request: web.Request) -> web.Response:
    if name_of(request) in PAGES and request.method in ("GET", "HEAD") and not request.get(FAILED):
        target = local_target(request)
        wanted = "" if target == "/" else "?next=" + quote(target, safe="/")
        return web.Response(status=303, headers={"Location": f"{root_of(request)}/login{wanted}"})
    # The same words for every reason: whoever guesses learns nothing.
    message = "This server answers those who show a valid token: Authorization: Bearer ..."
    raise Refusal(401, "unauthenticated", message, {"WWW-Authenticate": "Bearer"})


def _missing(needed: tuple[str, ...]) -> Refusal:
    scope = " or ".join(needed)
    challenge = f'Bearer error="insufficient_scope", scope="{needed[0]}"'
    return Refusal(403, "missing_scope", f"This needs the scope {scope}.", {"WWW-Authenticate": challenge})
