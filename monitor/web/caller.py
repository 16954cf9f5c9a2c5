"""Who calls: the client's address and how it reached us, through proxies that are trusted."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Caller:
    """One end of a request, as far as the connection and trusted proxies tell.

    address  of the client itself, without a port; empty where the connection is gone
    scheme   http or https, as the client used it
    prefix   the path in front of ours in the client's address: empty, or /a/b
    user     whom a trusted proxy has authenticated; None where it named nobody
    """

    address: str
    scheme: str
    prefix: str = ""
    user: str | None = None

    @property
    def is_secure(self) -> bool:
        """Whether nobody on the way to the client can read along."""
        return self.scheme == "https"


CALLER: Final = web.RequestKey("caller", Caller)


def caller_of(request: web.Request) -> Caller:
    """Return who calls; the other end of the connection, where no middleware has found out more."""
    try:
        return request[CALLER]
    except KeyError:
        request[CALLER] = caller = Caller(request.remote or "", request.scheme)
        return caller
