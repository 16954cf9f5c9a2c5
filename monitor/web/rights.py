"""What each address asks of a principal."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from monitor.auth.principal import READ
from monitor.web import assets

#: What the login page is made of, what a browser fetches without saying who it is, and the client for pages of others.
OPEN_ASSETS: Final = frozenset({"monitor.css", "icon.svg", "icon-maskable.svg", "header.js", "theme.js", "client.js"})
#: Pages for people, who are sent to the login page.
PAGES: Final = frozenset({"home", "demo", "docs"})
#: Routes to which browsers cannot give a header, and which take a credential in the query therefore.
STREAMS: Final = frozenset({"metrics", "stream"})

#: By the name of a route: of which scopes one is needed; none: whatever he may; None: he need not even be known.
Rights = Mapping[str, tuple[str, ...] | None]


def name_of(request: web.Request) -> str:
    """Return the name of the route; empty where there is none."""
    return request.match_info.route.name or ""


def needs(rights: Rights, request: web.Request) -> tuple[str, ...] | None:
    """Return of which scopes this needs one; what is not declared needs `read`, and a place without anything none."""
    name = name_of(request)
    asset = assets.found(request)
    if asset is not None and asset.name in OPEN_ASSETS:
        return None
    return () if request.match_info.http_exception is not None else rights.get(name, (READ,))
