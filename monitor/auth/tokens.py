"""Static tokens: made by `monitor token new`, kept in the configuration file as hashes."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from monitor.auth.principal import SCOPES, Principal, digest, new_secret
from monitor.masks import HIDDEN
from monitor.text import shown

#: What a token begins with, for those who look for secrets in files and logs. No dot: that is how a JWT is told apart.
PREFIX: Final = "monitor_"
BITS: Final = 256
#: Tokens that there may be.
MOST: Final = 1000

NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HASH: Final = re.compile(r"sha256:([0-9a-f]{64})")
_KEYS: Final = ("hash", "scopes", "expires")


class WrongToken(ValueError):
    """A table of tokens is wrong somewhere inside.

    key    what is wrong: tokens.laptop.scopes
    value  how it may be shown: never where it could be a secret
    right  what it must be
    """

    def __init__(self, key: str, value: str, right: str) -> None:
        super().__init__(right)
        self.key = key
        self.value = value


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its name, the SHA-256 of its secret, what it is good for, and until when (Unix time in seconds)."""

    name: str
    digest: bytes
    scopes: frozenset[str]
    expires: float = math.inf

    @property
    def table(self) -> dict[str, Any]:
        """Its table for people, without the hash."""
        table: dict[str, Any] = {"hash": HIDDEN, "scopes": [each for each in SCOPES if each in self.scopes]}
        if self.expires != math.inf:
            table["expires"] = datetime.fromtimestamp(self.expires, UTC)
        return table


class Tokens:
    """The tokens that are valid, to be asked for the one with a secret."""

    def __init__(self, tokens: Iterable[Token] = ()) -> None:
        # One for all who come with a token: thousands of streams may be open with it.
        self._principals = {
            each.digest: Principal(each.name, each.scopes, each.expires, token=each.digest) for each in tokens
        }

    def find(self, secret: str) -> Principal | None:
        """Return whom the token with this secret stands for.

        How long the look into a table of digests takes tells nothing: nobody can choose how a digest begins.
        """
        return self._principals.get(digest(secret))

    def grants(self, principal: Principal) -> bool:
        """Tell whether the token that a principal goes back to still is here, and allows him as much and as long."""
        now = self._principals.get(principal.token)
        return now is not None and (
            now is principal or (now.scopes >= principal.scopes and now.expires >= principal.expires)
        )


def new_token(name: str, scopes: Iterable[str], expires: str = "") -> tuple[str, str]:
    """Return a new secret, and the TOML that makes it valid.

    expires  as TOML has it; empty for never
    Raises ValueError that says what is wrong.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"the name {shown(name)} must be letters, digits, _ and -, 64 at most")
    if expires:
        _expiry(_moment(expires))
    secret = PREFIX + new_secret(BITS)
    listed = ", ".join(f'"{each}"' for each in SCOPES if each in set(scopes))
    lines = [f"[tokens.{name}]", f'hash = "sha256:{digest(secret).hex()}"', f"scopes = [{listed}]"]
    return secret, "\n".join([*lines, *([f"expires = {expires}"] if expires else [])])


def read_tokens(raw: object) -> dict[str, Token]:
    """Read the table [tokens]. Raises WrongToken, and ValueError where it is no table."""
    if not isinstance(raw, Mapping):
        raise ValueError("a table with, for each token, a table that `monitor token new` prints")
    if len(raw) > MOST:
        raise WrongToken("tokens", f"{len(raw)} of them", f"{MOST} at most")
    tokens = {name: _read(name, table) for name, table in raw.items()}
    names: dict[bytes, str] = {}
    for name, token in tokens.items():
        if (other := names.setdefault(token.digest, name)) != name:
            raise WrongToken(f"tokens.{name}.hash", f"that of tokens.{other}", "each token's own")
    return tokens


def token_tables_shown(value: object) -> object:
    """Return what may be shown of the tokens, or of something that should have been them."""
    if not isinstance(value, Mapping):
        return HIDDEN
    return {name: each.table if isinstance(each, Token) else HIDDEN for name, each in value.items()}


def _read(name: str, table: object) -> Token:
    key = f"tokens.{name}"
    if not NAME.fullmatch(name):
        raise WrongToken(f"tokens.{shown(name)}", "this name", "letters, digits, _ and -, 64 at most")
    if not isinstance(table, Mapping):  # it may be the secret itself
        raise WrongToken(key, HIDDEN, "a table that `monitor token new` prints")
    for inner in table:
        if inner not in _KEYS:
            raise WrongToken(f"{key}.{inner:.50}", HIDDEN, "left out: a token has " + ", ".join(_KEYS))
    found = _HASH.fullmatch(table["hash"]) if isinstance(table.get("hash"), str) else None
    if found is None:
        right = "sha256: and 64 hexadecimal digits, as `monitor token new` prints; not the secret itself"
        raise WrongToken(f"{key}.hash", HIDDEN if "hash" in table else "nothing", right)
    scopes = table.get("scopes")
    if not isinstance(scopes, list) or not scopes or not all(each in SCOPES for each in scopes):
        raise WrongToken(f"{key}.scopes", shown(scopes) if scopes else "nothing", "a list of " + ", ".join(SCOPES))
    try:
        expires = _expiry(table["expires"]) if "expires" in table else math.inf
    except ValueError as error:
        raise WrongToken(f"{key}.expires", shown(table["expires"]), str(error)) from None
    return Token(name, bytes.fromhex(found[1]), frozenset(scopes), expires)


def _moment(text: str) -> object:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


def _expiry(value: object) -> float:
    """Return the Unix time of a TOML date, with which it begins in UTC, or date and time."""
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return value.timestamp()
    elif isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    raise ValueError("a date such as 2027-01-31, or a date and time with its offset such as 2027-01-31T12:00:00Z")
