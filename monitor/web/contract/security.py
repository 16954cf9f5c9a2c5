"""How a caller says who it is, in the words of OpenAPI and AsyncAPI."""

from typing import Any, Final

SCHEMES: Final[dict[str, Any]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token (`monitor token new`), or a JSON Web Token where the server takes them.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "monitor-session",
        "description": "What the login page gives; over TLS its name begins with `__Host-` or `__Secure-`.",
    },
    "token": {
        "type": "apiKey",
        "in": "query",
        "name": "token",
        "description": "The same token in the address of a stream, for clients that cannot send headers.",
    },
    "ticket": {
        "type": "apiKey",
        "in": "query",
        "name": "ticket",
        "description": "Opens a stream once, within 30 s: keeps long-lived secrets out of addresses.",
    },
}
#: Those that only streams take.
_OF_STREAMS: Final = ("token", "ticket")


def required(scopes: tuple[str, ...] | None, *, stream: bool = False) -> list[dict[str, list[str]]]:
    """Return what a caller with one of these scopes has to show: one of them; nothing where no scope is needed."""
    if scopes is None:
        return []
    alternatives = [[each] for each in scopes] or [[]]
    names = [name for name in SCHEMES if stream or name not in _OF_STREAMS]
    return [{name: each} for name in names for each in alternatives]
