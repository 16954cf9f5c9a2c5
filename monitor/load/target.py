"""Where the clients go: one server, reached over loopback."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

#: What a path and a query may be written with (RFC 3986), `%` for the rest.
_WRITABLE = re.compile(r"[\w.~!$&'()*+,;=:@/?%-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Target:
    """A server and what is asked of it.

    host     as the Host header says it
    address  IP address to connect to
    paths    with their queries; clients are dealt them in turn
    token    for a server that asks who comes
    """

    host: str
    address: str
    port: int
    paths: tuple[str, ...]
    token: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> Self:
        """Read ws://HOST:PORT/PATH?QUERY. Raises ValueError, in one line for a person, where it is not on loopback."""
        try:
            parts = urlsplit(url)
            port = parts.port or 80
        except ValueError as error:
            raise ValueError(f"{url!r} is no URL: {error}") from None
        if parts.scheme != "ws":
            raise ValueError(f"{url!r} must begin with ws://: the clients speak no TLS")
        if parts.username is not None or parts.fragment:
            raise ValueError(f"{url!r} must have no user and no fragment")
        host = parts.hostname or ""
        path = _written((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        return cls(f"[{host}]" if ":" in host else host, _loopback(host), port, (path,))

    def asking(self, queries: Sequence[str]) -> Self:
        """Return the target with each of these queries in place of its own; itself where there are none."""
        path = self.paths[0].partition("?")[0]
        paths = tuple(_written(f"{path}?{query}" if query else path) for query in dict.fromkeys(queries))
        return replace(self, paths=paths) if paths else self

    def showing(self, token: str) -> Self:
        """Return the target with this token shown to it; none where it is empty."""
        return replace(self, token=token)

    def __str__(self) -> str:
        return f"ws://{self.host}:{self.port}{self.paths[0].partition('?')[0]}"


def _loopback(host: str) -> str:
    """Return the address of a literal loopback host. Names are not resolved: what they lead to may change."""
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        raise ValueError(
            f"{host!r} is not this machine: a load generator, this goes only to localhost, 127.0.0.0/8 and ::1; "
            "forward a port to reach a server elsewhere"
        )
    return str(address)


def _written(path: str) -> str:
    if not _WRITABLE.fullmatch(path):
        raise ValueError(f"{path!r} holds what a URL cannot: write it as %XX")
    return path
