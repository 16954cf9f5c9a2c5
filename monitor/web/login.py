"""The login page: a token for a cookie, so that a browser need not keep the token."""

import re
import time
from typing import Final

from aiohttp import web

from monitor.auth.principal import READ
from monitor.web.auth import FORMS, missed
from monitor.web.caller import caller_of
from monitor.web.credentials import cookie_name
from monitor.web.errors import Refusal
from monitor.web.identity import AUTHENTICATOR
from monitor.web.mount import root_of
from monitor.web.operation import FORM, Parameter, Reader
from monitor.web.page import draw
from monitor.web.watch import WATCH

NEXT: Final = Parameter(
    "next",
    Reader(lambda text, _: text, lambda _: {"type": "string", "examples": ["/demo"]}),
    "The path of ours on which to go on; another one counts as `/`.",
)
#: A path of ours, and never of another host: printable ASCII, no second slash behind the first, no backslash.
_LOCAL: Final = re.compile(r"/(?!/)[!-\[\]-~]{0,2000}")

#: The one charset of forms: others fail in ways of their own, or take their time.
UTF_8: Final = "utf-8"

#: Why a token opens nothing; login.html has the words.
INVALID: Final = "invalid"
NO_READING: Final = "no-reading"


async def page(request: web.Request) -> web.Response:
    """GET /login: the form; whoever is logged in goes on."""
    authenticator = request.app.get(AUTHENTICATOR)
    cookie = request.cookies.get(cookie_name(request))
    if authenticator is None or (cookie is not None and authenticator.of_session(cookie) is not None):
        return _to(request, _next(request))
    return _form(request, "", 200)


async def log_in(request: web.Request) -> web.Response:
    """POST /login: a session for whoever shows a token that may read."""
    if request.content_type != FORM or (request.charset or UTF_8).lower() != UTF_8:
        raise _no_form()
    token = await _token(request)
    authenticator = request.app.get(AUTHENTICATOR)
    if authenticator is None:
        return _to(request, _next(request))
    principal = await authenticator.of_token(token.strip())
    if principal is None:
        missed(request)
        return _form(request, INVALID, 401)
    if not principal.may((READ,)):
        return _form(request, NO_READING, 403)
    secret, expires = authenticator.sessions.begin(principal)
    answer = _to(request, _next(request))
    answer.set_cookie(
        cookie_name(request),
        secret,
        max_age=max(0, int(expires - time.time())),
        path=root_of(request) or "/",
        secure=caller_of(request).is_secure,
        httponly=True,
        samesite="Strict",
    )
    return answer


async def log_out(request: web.Request) -> web.Response:
    """POST /logout: the end of the session, and of the streams that it opened."""
    authenticator = request.app.get(AUTHENTICATOR)
    answer = _to(request, "/login")
    cookie = request.cookies.get(cookie_name(request))
    if authenticator is None or cookie is None:
        return answer
    principal = authenticator.of_session(cookie)
    if principal is not None:
        authenticator.sessions.end(principal)
        request.app[WATCH].check()
    secure = caller_of(request).is_secure
    answer.del_cookie(
        cookie_name(request), path=root_of(request) or "/", secure=secure, httponly=True, samesite="Strict"
    )
    return answer


async def _token(request: web.Request) -> str:
    try:
        token = (await request.post()).get("token")
    except UnicodeDecodeError:
        raise _no_form() from None
    if not isinstance(token, str):
        raise Refusal(400, "bad_body", "token is missing; it must be an access token.")
    return token


def _no_form() -> Refusal:
    return Refusal(415, "no_form", f"The body must be {FORM}, in UTF-8.")


def _next(request: web.Request) -> str:
    wanted = request.query.get("next", "/")
    return wanted if _LOCAL.fullmatch(wanted) else "/"


def _to(request: web.Request, path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": root_of(request) + path, "Cache-Control": "no-store"})


def _form(request: web.Request, wrong: str, status: int) -> web.Response:
    answer = draw(request, "login.html", {"wrong": wrong}, status=status)
    answer.headers.update({"Referrer-Policy": FORMS, "Cache-Control": "no-store"})
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
