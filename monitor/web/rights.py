"""What each address asks of a principal."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from monitor.auth.principal import ASK, READ

#: Routes that everyone may use: supervisors have no token, and who logs in has not shown one yet.
OPEN: Final = frozenset(
    {"healthz", "readyz", "own-healthz", "own-readyz", "to-home", "login", "authenticate", "logout"}
)
#: What the login page is made of.
OPEN_ASSETS: Final = frozenset({"monitor.css", "icon.svg"})
#: Pages for people, who are sent to the login page.
PAGES: Final = frozenset({"home", "demo"})
#: Routes to which browsers cannot give a header, and which take a credential in the query therefore.
STREAMS: Final = frozenset({"metrics", "stream"})
#: Scopes by route, one of which is needed; none: whoever he is. What is not listed needs `read`.
NEEDS: Final[Mapping[str, tuple[str, ...]]] = {"ask": (ASK,), "model": (READ, ASK), "tickets": ()}


def name_of(request: web.Request) -> str:
    """Return the name of the route; empty where there is none."""
    return request.match_info.route.name or ""


def is_open(request: web.Request) -> bool:
    """Tell whether everyone may have what stands here."""
    name = name_of(request)
    return name in OPEN or (name == "static" and request.match_info.get("name") in OPEN_ASSETS)


def needs(request: web.Request) -> tuple[str, ...]:
    """Return the scopes of which one is needed; none for an address where there is nothing."""
    return () if request.match_info.http_exception is not None else NEEDS.get(name_of(request), (READ,))
