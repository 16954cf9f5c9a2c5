"""Who may, as the settings say: what has to be right together, and what comes of it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from monitor import masks
from monitor.auth.authenticator import Authenticator, Bearers
from monitor.auth.jwks import KeySet
from monitor.config import ConfigError, Resolved, Settings
from monitor.text import shown
from monitor.web.guard import is_loopback
from monitor.web.jwks import fetch

K = TypeVar("K")


def is_on(settings: Settings) -> bool:
    """Tell whether the server asks who comes."""
    return bool(settings.tokens or settings.jwt_algorithm or settings.proxy_user_header)


def check_exposure(resolved: Resolved) -> None:
    """Raise ConfigError where everyone who reaches the address could read, and nobody has said that this is wanted."""
    settings = resolved.settings
    if is_on(settings):
        if settings.allow_anonymous:
            source = resolved.sources["allow_anonymous"]
            raise ConfigError(
                f"allow_anonymous = true ({source}): it must be left out where tokens, jwt_algorithm or "
                "proxy_user_header say who may"
            )
    elif not is_loopback(settings.host) and not settings.allow_anonymous:
        raise ConfigError(
            f"host = {settings.host!r} ({resolved.sources['host']}): everyone who reaches this address could read; "
            "set tokens (`monitor token new` makes one), jwt_algorithm or proxy_user_header, or allow_anonymous = true"
        )


def authenticator(settings: Settings) -> Authenticator | None:
    """Return what knows those who may; None where everyone may. Raises ConfigError."""
    issued = _issued(settings)
    if settings.proxy_user_header and not settings.trusted_proxy:
        raise ConfigError(
            f"proxy_user_header = {settings.proxy_user_header!r}: it needs trusted_proxy, which says whose it may be"
        )
    if not is_on(settings):
        return None
    return Authenticator(settings.tokens.values(), issued, settings.proxy_user_scope)


def _issued(settings: Settings) -> Bearers | None:
    algorithm = settings.jwt_algorithm
    if not algorithm:
        for key in ("jwt_key_file", "jwt_jwks_url", "jwt_audience", "jwt_issuer"):
            if value := getattr(settings, key):
                raise ConfigError(f"{key} = {shown(masks.address(value))}: it needs jwt_algorithm")
        return None
    if not settings.jwt_audience:
        raise ConfigError("jwt_audience is empty: with jwt_algorithm it must be what the claim aud of a token names")
    if bool(settings.jwt_key_file) == bool(settings.jwt_jwks_url):
        raise ConfigError("jwt_algorithm needs one of jwt_key_file and jwt_jwks_url, and not both")
    try:
        from monitor.auth import jwt  # noqa: PLC0415 - an extra, and 5 MB that most have no use for
    except ImportError:
        raise ConfigError(
            f"jwt_algorithm = {algorithm!r}: PyJWT is not installed: pip install 'realtime-monitor[jwt]'"
        ) from None
    if settings.jwt_key_file:
        keys: jwt.Keys = jwt.OneKey(_read(settings, jwt.read_key))
    else:
        keys = KeySet[jwt.Key](partial(fetch, _key_set_url(settings)), partial(jwt.read_key_set, algorithm))
    return jwt.JsonWebTokens(algorithm, keys, settings.jwt_audience, settings.jwt_issuer)


def _read(settings: Settings, read: Callable[[str, bytes], K]) -> K:
    key = f"jwt_key_file = {shown(settings.jwt_key_file)}"
    try:
        return read(settings.jwt_algorithm, Path(settings.jwt_key_file).read_bytes())
    except OSError as error:
        raise ConfigError(f"{key}: it cannot be read ({error.strerror}); name a file with the key") from None
    except ValueError as error:
        raise ConfigError(f"{key}: it must hold {error}") from None


def _key_set_url(settings: Settings) -> str:
    url = settings.jwt_jwks_url
    key = f"jwt_jwks_url = {shown(masks.address(url))}"
    if settings.jwt_algorithm == "hs256":
        raise ConfigError(f"{key}: HS256 has a secret, which no address gives away; it must be jwt_key_file instead")
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ConfigError(f"{key}: it must begin with https://, where it is not on this machine")
    return url
