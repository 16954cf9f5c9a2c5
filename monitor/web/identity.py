"""Who a request comes from, once that has been found out."""

from typing import Final

from aiohttp import web

from monitor.auth.authenticator import Authenticator
from monitor.auth.principal import Principal

#: There where the server asks who comes; without it everyone may do everything.
AUTHENTICATOR: Final = web.AppKey("authenticator", Authenticator)
PRINCIPAL: Final = web.RequestKey("principal", Principal)
#: True for a request whose credential was none; what counts failed attempts looks here when it has been answered.
FAILED: Final = web.RequestKey("failed", bool)


def principal_of(request: web.Request) -> Principal | None:
    """Return who this is; None where the server does not ask, or the address is open to all."""
    return request.get(PRINCIPAL)


def is_known(request: web.Request) -> bool:
    """Tell whether whoever reads the answer may know what runs here."""
    return PRINCIPAL in request or AUTHENTICATOR not in request.app


def is_logged_in(request: web.Request) -> bool:
    """Tell whether it comes from a browser in which somebody has logged in, and may log out again."""
    principal = principal_of(request)
    return principal is not None and bool(principal.session)
