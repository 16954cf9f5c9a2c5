"""A certificate: what it says of itself."""

import hashlib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

#: OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which the standard library has no name for.
_ANY_TIME: Final = ssl.VerifyFlags(0x200000)
#: Days before its end at which it should have been renewed: what is renewed by itself is at 30.
SOON: Final = 14
#: Turns until both ends of a handshake are through, and more than that.
_TURNS: Final = 6


@dataclass(frozen=True, slots=True)
class Certificate:
    """What clients are shown.

    names        host names and addresses that it is for
    begins, ends Unix time between which it is good
    fingerprint  SHA-256 of it, as browsers show it: AB:CD:...
    """

    names: tuple[str, ...]
    begins: float
    ends: float
    fingerprint: str

    @classmethod
    def shown_by(cls, context: ssl.SSLContext, file: str) -> "Certificate":
        """Return the certificate that a server with this context shows; `file` holds it. Raises SSLError.

        Seen as a client sees it, in a handshake within this process: so a pair that no client can speak with is found
        out before the first one comes.
        """
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname = False
        client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _ANY_TIME
        client.load_verify_locations(cafile=file)
        there, here = ssl.MemoryBIO(), ssl.MemoryBIO()
        ends = [client.wrap_bio(here, there), context.wrap_bio(there, here, server_side=True)]
        for turn in range(_TURNS):
            with suppress(ssl.SSLWantReadError):
                ends[turn % 2].do_handshake()
        return cls._of(ends[0].getpeercert() or {}, ends[0].getpeercert(binary_form=True) or b"")

    @classmethod
    def _of(cls, said: dict[str, Any], der: bytes) -> "Certificate":
        return cls(
            names=tuple(_usual(value) for _, value in said.get("subjectAltName", ())),
            begins=ssl.cert_time_to_seconds(said["notBefore"]),
            ends=ssl.cert_time_to_seconds(said["notAfter"]),
            fingerprint=hashlib.sha256(der).digest().hex(":").upper(),
        )


def _usual(name: str) -> str:
    try:
        return str(ip_address(name))
    except ValueError:
        return name
