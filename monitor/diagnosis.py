"""The doctor's visit: from the settings to what is looked at, and from what was found to what is printed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, Self

from monitor import files
from monitor.app import files_needed
from monitor.config import ConfigError, Resolved, Settings
from monitor.doctor.checkup import Setup, checks, wrong
from monitor.doctor.exposure import Access
from monitor.doctor.finding import Check, Report, found
from monitor.doctor.place import Place
from monitor.registry import Registry

#: The limits that are off at 0.
LIMITS: Final = (
    "max_connections_per_address",
    "handshakes_per_second",
    "requests_per_second",
    "questions_per_minute",
    "failures_per_minute",
)


class Diagnosis:
    """What a set-up is found to be; the checks are made as their lines are read."""

    def __init__(self, wanted: Iterable[tuple[str, Check]]) -> None:
        self._wanted = wanted
        self._report = Report()

    @classmethod
    def of(
        cls, resolved: Resolved, file: str | None, registry: Registry, url: str | None, token_file: str | None
    ) -> Self:
        """Return the diagnosis of a set-up.

        file        with the settings; None where there is none
        url         at which others reach the server; None where that is not looked at
        token_file  with a token that opens it; None for none
        Raises ConfigError.
        """
        try:
            token = Path(token_file).read_text(encoding="ascii").strip() if token_file else ""
            public = Place.of(url, token) if url else None
        except (OSError, ValueError) as error:
            raise ConfigError(str(error)) from None
        setup = replace(_setup(resolved, file, registry), public=public, token=token)
        if token_file:
            setup = replace(setup, key_files=(*setup.key_files, ("token file", Path(token_file))))
        return cls(checks(setup))

    @classmethod
    def without(cls, reason: str) -> Self:
        """Return the diagnosis of settings that cannot be used."""
        return cls([("settings", partial(wrong, reason))])

    @property
    def is_bad(self) -> bool:
        """Whether a problem was found."""
        return self._report.is_bad

    def text(self) -> Iterator[str]:
        """Make the checks; yield what they find, for people."""
        for finding in found(self._wanted):
            yield from self._report.add(finding)
        yield self._report.summary

    def json(self) -> Iterator[str]:
        """Make the checks; yield one line with all that they found, for programs."""
        for finding in found(self._wanted):
            self._report.add(finding)
        yield json.dumps(self._report.as_dict())


def _setup(resolved: Resolved, file: str | None, registry: Registry) -> Setup:
    settings = resolved.settings
    has_secret = settings.jwt_algorithm == "hs256" and bool(settings.jwt_key_file)
    return Setup(
        file=Path(file) if file else None,
        secret_file=bool(settings.tokens),
        key_files=(("jwt key file", Path(settings.jwt_key_file)),) if has_secret else (),
        warnings=tuple(resolved.warnings),
        access=_access(settings),
        port=settings.port,
        base_path=settings.base_path,
        interval=settings.interval,
        max_connections=settings.max_connections,
        needed=files_needed(settings.max_connections),
        file_limit=files.raise_limit(),
        event_loop=settings.event_loop,
        llama_model=settings.llama_model,
        llama_url=settings.llama_url,
        certificate=settings.tls_certificate,
        key=settings.tls_key,
        registry=registry,
    )


def _access(settings: Settings) -> Access:
    return Access(
        host=settings.host,
        allowed_host=settings.allowed_host,
        trusted_proxy=settings.trusted_proxy,
        proxy_user_header=settings.proxy_user_header,
        allow_anonymous=settings.allow_anonymous,
        authenticated=bool(settings.tokens or settings.jwt_algorithm or settings.proxy_user_header),
        encrypted=bool(settings.tls_certificate or settings.tls_self_signed),
        unlimited=[name for name in LIMITS if getattr(settings, name) == 0],
    )
