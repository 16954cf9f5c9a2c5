"""A principal: somebody who has shown who he is, what he may do, and how long."""

import hashlib
import math
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

READ: Final = "read"
ASK: Final = "ask"
ADMIN: Final = "admin"
SCOPES: Final = (READ, ASK, ADMIN)

#: Bytes of a credential; longer ones are looked at no further.
LONGEST: Final = 8192


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a credential stands for.

    name     for people and for limits; no secret
    scopes   what he may do
    expires  Unix time in seconds; infinity where never
    token    digest of the static token that it goes back to; empty where to none
    session  digest of the session that it goes back to; empty where to none
    """

    name: str
    scopes: frozenset[str]
    expires: float = math.inf
    token: bytes = b""
    session: bytes = b""

    def may(self, scopes: Collection[str]) -> bool:
        """Tell whether he has one of these scopes; `admin` is all of them, and none is needed where there are none."""
        return not scopes or ADMIN in self.scopes or not self.scopes.isdisjoint(scopes)


def digest(secret: str) -> bytes:
    """Return what is kept of a secret: its SHA-256. That is enough where it is random and long, as ours are."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def new_secret(bits: int) -> str:
    """Return a random secret of so many bits, in letters that need no quoting in a URL."""
    return secrets.token_urlsafe(bits // 8)
