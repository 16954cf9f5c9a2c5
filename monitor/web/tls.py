"""TLS: who this server is to its clients, and what is spoken with them."""

import logging
import re
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from monitor.certificate import SOON, Certificate

log = logging.getLogger(__name__)

#: Suites of TLS 1.2: forward secret, authenticated encryption. Those of 1.3 are all of that kind.
SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"

_CERTIFICATE: Final = re.compile(rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----")
_KEY: Final = re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
_ENCRYPTED: Final = re.compile(rb"-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED", re.MULTILINE)
#: No certificate with its chain is longer; a device that never ends is not read for ever.
_LONGEST: Final = 1 << 20
_DAY: Final = 86_400


class Unusable(Exception):
    """What a setting names cannot be used; says why, and what is right, in one line.

    setting  its key
    """

    def __init__(self, setting: str, why: str) -> None:
        super().__init__(why)
        self.setting = setting


class Identity:
    """The certificate that clients are shown, and the context of the connections that come next.

    make  returns both; called again at `renew`
    """

    def __init__(self, make: Callable[[], tuple[ssl.SSLContext, Certificate]]) -> None:
        self._make = make
        self.context, self.certificate = make()

    def renew(self) -> None:
        """Make both anew; connections that are there keep theirs. Raises Unusable, and stays as it was."""
        self.context, self.certificate = self._make()


def from_files(certificate: str, key: str) -> tuple[ssl.SSLContext, Certificate]:
    """Read a certificate with its chain, and its key; an empty `key` is in the same file. Raises Unusable."""
    key_setting = "tls_key" if key else "tls_certificate"
    held = _read("tls_certificate", certificate)
    if not _CERTIFICATE.search(held):
        raise Unusable("tls_certificate", "it holds no certificate; name a PEM file with the certificate and its chain")
    held = _read("tls_key", key) if key else held
    if _ENCRYPTED.search(held):
        raise Unusable(key_setting, "its key is encrypted; name a file with the key as it is, readable to us alone")
    if not _KEY.search(held):
        more = "" if key else ", or name that in tls_key"
        raise Unusable(key_setting, f"it holds no key; name a PEM file with the certificate's private key{more}")
    context = _context()
    try:
        context.load_cert_chain(certificate, key or None, password="")  # or OpenSSL asks for one, and waits
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise Unusable(key_setting, f"its key is not that of the certificate in {certificate}") from None
        raise Unusable("tls_certificate", f"it cannot be used ({_reason(error)}); name a PEM file") from None
    try:
        shown = Certificate.shown_by(context, certificate)
    except ssl.SSLError as error:
        raise Unusable(
            "tls_certificate", f"no client would speak with a server that shows it ({_reason(error)})"
        ) from None
    if doubt := doubt_about(shown, time.time()):
        log.warning("tls_certificate = %r: %s", certificate, doubt)
    return context, shown


def made_now(hosts: Sequence[str]) -> tuple[ssl.SSLContext, Certificate]:
    """Make a certificate for these names and loopback. It and its key are kept in no file. Raises Unusable."""
    try:
        from monitor.web.selfsigned import self_signed  # noqa: PLC0415 - what it needs is optional, and large
    except ImportError:
        raise Unusable("tls_self_signed", "it needs cryptography: pip install 'realtime-monitor[tls]'") from None
    pem = self_signed(["localhost", "127.0.0.1", "::1", *hosts])
    context = _context()
    with TemporaryDirectory() as folder:  # open to us alone; OpenSSL reads files and nothing else
        file = str(Path(folder) / "certificate.pem")
        Path(file).write_bytes(pem)
        context.load_cert_chain(file)
        return context, Certificate.shown_by(context, file)


def doubt_about(certificate: Certificate, now: float) -> str | None:
    """Return what is to be said against its dates at that Unix time, if anything."""
    if certificate.ends <= now:
        return f"it has expired on {_date(certificate.ends)}: clients will refuse it"
    if certificate.begins > now:
        return f"it is not good before {_date(certificate.begins)}: clients will refuse it"
    days = (certificate.ends - now) / _DAY
    return f"it expires on {_date(certificate.ends)}, in {days:.0f} days" if days < SOON else None


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_alpn_protocols(["http/1.1"])
    return context


def _read(setting: str, path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(_LONGEST)
    except OSError as error:
        raise Unusable(setting, f"it cannot be read ({error.strerror}); name a PEM file") from None
    except ValueError as error:  # a path that is none
        raise Unusable(setting, f"it cannot be read ({error}); name a PEM file") from None


def _reason(error: ssl.SSLError) -> str:
    return str(error.reason or error).lower().replace("_", " ")


def _date(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
