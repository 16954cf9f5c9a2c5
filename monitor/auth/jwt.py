"""JSON Web Tokens (RFC 7519), held to one algorithm and few claims (RFC 8725). Needs the extra `[jwt]`."""

import logging
import math
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.exceptions import PyJWTError

from monitor.auth.principal import LONGEST, SCOPES, Principal, digest
from monitor.text import one_line

log = logging.getLogger(__name__)

#: As settings name them, and as tokens do.
ALGORITHMS: Final = {"hs256": "HS256", "rs256": "RS256", "es256": "ES256", "eddsa": "EdDSA"}
#: Bytes of a secret: as many as the hash has (RFC 7518, 3.2).
SHORTEST_SECRET: Final = 32
SHORTEST_RSA: Final = 2048
#: Seconds by which another machine's clock may be ahead of ours. None for the end of a token.
AHEAD: Final = 30.0
#: Keys of a set that are looked at.
MOST_KEYS: Final = 100
LONGEST_NAME: Final = 100
#: Good tokens that are remembered, by digest.
MOST_SEEN: Final = 1000

_KEY_ID: Final = re.compile(r"(?!.*\.\.)[A-Za-z0-9._:=+~-]{1,256}")
#: Whatever the parts of a forged token make a library raise.
_MALFORMED: Final = (PyJWTError, ValueError, TypeError, ArithmeticError, AttributeError, LookupError, RecursionError)

Key = bytes | RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


class WrongKey(ValueError):
    """A key that cannot be used with the configured algorithm; says what it must be."""


class Keys(Protocol):
    """Where the key of a token comes from."""

    async def find(self, key_id: str | None) -> Key | None:
        """Return the key of that name, or the only one; None where there is none."""

    async def open(self) -> None:
        """Begin to look for them."""

    async def close(self) -> None:
        """Look for them no more."""


class OneKey:
    """One key for all tokens, whatever name they give it."""

    def __init__(self, key: Key) -> None:
        self._key = key

    async def find(self, key_id: str | None) -> Key | None:
        return self._key

    async def open(self) -> None:
        """It is here."""

    async def close(self) -> None:
        """Nothing is under way."""


class _Seen(NamedTuple):
    """A token that was found good: with which key, and whom it stands for. To check it takes half a handshake."""

    key_id: str | None
    key: Key
    principal: Principal


class JsonWebTokens:
    """Says whom a JSON Web Token stands for.

    algorithm  hs256, rs256, es256 or eddsa: the only one that is accepted, whatever a token says
    audience   what its claim aud has to name
    issuer     what its claim iss has to be; empty for any
    """

    def __init__(
        self, algorithm: str, keys: Keys, audience: str, issuer: str = "", clock: Callable[[], float] = time.time
    ) -> None:
        self._algorithm = ALGORITHMS[algorithm]
        self._keys = keys
        self._audience = audience
        self._issuer = issuer or None
        self._clock = clock
        self._seen: dict[bytes, _Seen] = {}

    async def find(self, text: str) -> Principal | None:
        """Return whom a token stands for; None where it is not one of ours."""
        if len(text) > LONGEST:
            return None
        name = digest(text)
        seen = self._seen.get(name)
        if seen is not None:
            if seen.principal.expires > self._clock() and await self._keys.find(seen.key_id) is seen.key:
                return seen.principal
            self._seen.pop(name, None)
        try:
            key_id = self._key_id(text)
            key = await self._keys.find(key_id)
            if key is None:
                raise ValueError("there is no key of that name")
            principal = self._principal(self._claims(text, key))
        except _MALFORMED as error:
            log.debug(
                "a JSON Web Token is refused: %s", type(error).__name__
            )  # its message may hold parts of the token
            return None
        if len(self._seen) >= MOST_SEEN:
            del self._seen[next(iter(self._seen))]
        self._seen[name] = _Seen(key_id, key, principal)
        return principal

    async def open(self) -> None:
        """Begin to look for the keys."""
        await self._keys.open()

    async def close(self) -> None:
        """Look for them no more."""
        await self._keys.close()

    def _key_id(self, text: str) -> str | None:
        """Return the name of a token's key. What else the head says of keys (jwk, jku, x5u, x5c) nobody looks at."""
        head = jwt.get_unverified_header(text)
        if head.get("alg") != self._algorithm or "crit" in head or "b64" in head or "zip" in head:
            raise ValueError("another algorithm, or extensions that we do not know")
        key_id = head.get("kid")
        if key_id is not None and not (isinstance(key_id, str) and _KEY_ID.fullmatch(key_id)):
            raise ValueError("no usual name of a key")
        return key_id

    def _claims(self, text: str, key: Key) -> Mapping[str, Any]:
        return jwt.decode(
            text,
            key,
            algorithms=[self._algorithm],
            audience=self._audience,
            issuer=self._issuer,
            leeway=AHEAD,
            options={"require": ["exp", "aud", *(["iss"] if self._issuer else [])]},
        )

    def _principal(self, claims: Mapping[str, Any]) -> Principal:
        expires = claims["exp"]
        if isinstance(expires, bool) or not isinstance(expires, int | float) or not self._clock() < expires < math.inf:
            raise ValueError("it has expired, or does not say when it will")
        subject = claims.get("sub")
        name = one_line(subject)[:LONGEST_NAME] if isinstance(subject, str) else ""
        return Principal(f"jwt:{name}", _scopes(claims), float(expires))


def read_key(algorithm: str, data: bytes) -> Key:
    """Return the key that is in a file. Raises WrongKey."""
    if algorithm == "hs256":
        secret = data.strip(b"\r\n")
        if b"-----BEGIN" in data or data.startswith((b"ssh-", b"ecdsa-", b"\x30\x82", b"{")):
            raise WrongKey("a secret for HS256, not a key of an asymmetric algorithm: everyone may know that one")
        if len(secret) < SHORTEST_SECRET:
            raise WrongKey(f"a secret of {SHORTEST_SECRET} bytes at least")
        return secret
    try:
        key = load_pem_public_key(data)
    except Exception:  # noqa: BLE001 - cryptography has several, and some are of its own kind
        raise WrongKey("a public key in PEM (-----BEGIN PUBLIC KEY-----)") from None
    return _fitting(algorithm, key)


def read_key_set(algorithm: str, document: object) -> dict[str | None, Key]:
    """Return the keys of a JSON Web Key Set (RFC 7517) that fit the algorithm, by name. Raises ValueError."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("no JSON Web Key Set")
    keys: dict[str | None, Key] = {}
    for each in document["keys"][:MOST_KEYS]:
        try:
            keys[each.get("kid")] = _read_jwk(algorithm, each)
        except _MALFORMED as error:  # one for encryption, say, or of another algorithm
            log.debug("a key of the set is left out: %s", type(error).__name__)
    return keys


def _read_jwk(algorithm: str, jwk: Mapping[str, Any]) -> Key:
    name = ALGORITHMS[algorithm]
    usable = jwk.get("use", "sig") == "sig" and "verify" in jwk.get("key_ops", ["verify"])
    if not usable or jwk.get("alg", name) not in (name, "Ed25519") or jwk["kty"] == "oct":
        raise WrongKey("a key for another use")
    return _fitting(algorithm, jwt.PyJWK.from_dict(dict(jwk), name).key)


def _fitting(algorithm: str, key: object) -> Key:
    if algorithm == "rs256" and isinstance(key, RSAPublicKey) and key.key_size >= SHORTEST_RSA:
        return key
    if algorithm == "es256" and isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key
    if algorithm == "eddsa" and isinstance(key, Ed25519PublicKey):
        return key
    kinds = {"rs256": f"an RSA key of {SHORTEST_RSA} bits at least", "es256": "a key on the curve P-256"}
    raise WrongKey(f"{kinds.get(algorithm, 'an Ed25519 key')}, and a public one, for {ALGORITHMS[algorithm]}")


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    """Return those of our scopes that a token names: `scope` is words in one text, `scopes` and `scp` are lists."""
    named: set[str] = set()
    for claim in ("scope", "scopes", "scp"):
        value = claims.get(claim)
        words = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
        named.update(word for word in words if isinstance(word, str))
    return frozenset(named.intersection(SCOPES))
