"""Proxies that are trusted, and what they say of who calls: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Prefix.

X-Forwarded-Host is not read: a proxy passes on the Host header, which is then checked like any other.
"""

import logging
import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from monitor.readers import path_prefix
from monitor.web.caller import CALLER, Caller
from monitor.web.errors import Refusal
from monitor.web.seldom import Seldom

log = logging.getLogger(__name__)

Address = IPv4Address | IPv6Address

#: Proxies one behind the other; whoever stands further away is not looked for.
MOST_HOPS: Final = 16
#: Addresses of which it is remembered what they are: they come again.
KNOWN: Final = 1024
#: Characters of one address with its port, and of a user's name.
LONGEST_ENTRY: Final = 64
LONGEST_USER: Final = 256

#: An address as proxies write it: alone, or with a port; IPv6 with a port stands in brackets.
_FORWARDED: Final = re.compile(
    r"(?:(?P<four>[0-9.]{7,15})|\[(?P<six>[0-9A-Fa-f.]{0,4}:[0-9A-Fa-f:.]{1,45})\])(?::(?P<port>[0-9]{1,5}))?"
)
#: Some proxies name the scheme of the stream.
_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


def parsed(text: str) -> Address | None:
    """Return an address, an IPv4 address that is written as IPv6 as what it is; None where it is none."""
    try:
        address: Address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped


def forwarded(entry: str) -> Address | None:
    """Return the address of one entry of X-Forwarded-For; None where it is not one."""
    if len(entry) > LONGEST_ENTRY or "%" in entry:  # a zone is the proxy's own affair
        return None
    match = _FORWARDED.fullmatch(entry)
    if match is None:
        return parsed(entry)
    if int(match["port"] or 0) > 65535:
        return None
    return parsed(match["four"] or match["six"])


class Proxies:
    """Those that are trusted.

    networks     addresses and networks, as `readers.network` returns them
    user_header  in which they name the user; empty where they do not
    """

    def __init__(self, networks: Sequence[str], user_header: str = "") -> None:
        self._networks = tuple(ip_network(network) for network in networks)
        self._user_header = user_header
        self._found = lru_cache(KNOWN)(self._find)
        self._refused = Seldom(log, logging.INFO)

    def __contains__(self, address: str) -> bool:
        """Tell whether there is a trusted proxy at this address, as the system writes it."""
        found = self._found(address.partition("%")[0]) if self._networks else None
        return found is not None and found[1]

    def caller(self, request: web.Request) -> Caller:
        """Return who calls. Raises Refusal (403) for a user's name that no trusted proxy has written."""
        peer = request.remote or ""
        if peer not in self:
            if self._user_header and self._user_header in request.headers:
                self._refused.tell("refused: %s from %s, which is no trusted proxy", self._user_header, peer)
                raise Refusal(403, "untrusted_proxy", f"{self._user_header} is taken from trusted proxies alone.")
            return Caller(peer, request.scheme)
        return Caller(
            address=self._address(request, peer),
            scheme=_SCHEMES.get(_single(request, "X-Forwarded-Proto").lower(), request.scheme),
            prefix=_prefix(_single(request, "X-Forwarded-Prefix")),
            user=self._user(request),
        )

    def _address(self, request: web.Request, peer: str) -> str:
        """Return the rightmost address that is not a trusted proxy's: all to the left of it anybody may have written.

        What is no address ends the list; then it is the last one before that.
        """
        written = ",".join(request.headers.getall("X-Forwarded-For", ()))
        client = self._found(peer.partition("%")[0])
        for entry in reversed(written.rsplit(",", MOST_HOPS)[-MOST_HOPS:]) if written else ():
            plain = entry.strip(" \t")
            found = self._found(plain) if len(plain) <= LONGEST_ENTRY else None
            if found is None:
                break
            client = found
            if not found[1]:
                break
        return peer if client is None else client[0]

    def _find(self, entry: str) -> tuple[str, bool] | None:
        """Return an address in its one usual form, and whether it is a trusted proxy's; None where it is no address."""
        address = forwarded(entry)
        if address is None:
            return None
        return str(address), any(address in network for network in self._networks)

    def _user(self, request: web.Request) -> str | None:
        values = request.headers.getall(self._user_header, ()) if self._user_header else ()
        if not values:
            return None
        # Two of them: the proxy has added its own to one that a client sent.
        if len(values) > 1 or not values[0].isprintable() or len(values[0]) > LONGEST_USER:
            self._refused.tell("refused: %d headers %s, or one that is no name", len(values), self._user_header)
            raise Refusal(403, "untrusted_proxy", f"{self._user_header} must be one name of {LONGEST_USER} characters.")
        return values[0] or None


PROXIES: Final = web.AppKey("proxies", Proxies)


def identify(proxies: Proxies) -> Middleware:
    """Return the middleware that finds out who calls, for all that `caller_of` tells it."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[CALLER] = proxies.caller(request)
        return await handler(request)

    return middleware


def _single(request: web.Request, name: str) -> str:
    """Return the value of a header that is there once; empty otherwise."""
    values = request.headers.getall(name, ())
    return values[0].strip() if len(values) == 1 else ""


def _prefix(text: str) -> str:
    if not text:
        return ""
    try:
        return str(path_prefix(text))
    except ValueError:
        log.debug("X-Forwarded-Prefix %.100r is no path", text)
        return ""
