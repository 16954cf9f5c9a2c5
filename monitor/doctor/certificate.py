"""The certificate: whether it can be read, belongs to its key, and is good today and for a while."""

import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from monitor.certificate import SOON, Certificate
from monitor.doctor.files import guarded
from monitor.doctor.finding import Finding

CHECK: Final = "certificate"
_DAY: Final = 86_400
_RENEW = "renew it (certbot renew, or whatever made it), then systemctl reload monitor"


def good(certificate: str, key: str, now: float | None = None) -> Iterator[Finding]:
    """Look at a certificate and its key, files in PEM; `key` is empty where both are in one file."""
    yield from guarded("key file", Path(key or certificate), secret=True)
    try:
        about = shown(certificate, key)
    except ssl.SSLCertVerificationError as error:
        yield Finding.problem(CHECK, f"{certificate}: {error.verify_message.lower()}", _RENEW)
        return
    except OSError as error:  # what is wrong with the files is one of these too: ssl.SSLError
        yield Finding.problem(CHECK, f"{certificate}: {_why(error)}", _remedy(error))
        return
    now = time.time() if now is None else now
    if not about.begins <= now < about.ends:
        fault = "certificate has expired" if about.ends <= now else "certificate is not yet valid"
        yield Finding.problem(CHECK, f"{certificate}: {fault}", _RENEW)
        return
    left = (about.ends - now) / _DAY
    text = f"{certificate} for {', '.join(about.names) or 'no name at all'}, good for {left:.0f} more days"
    yield Finding.ok(CHECK, text) if left > SOON else Finding.warning(CHECK, text, _RENEW)


def shown(certificate: str, key: str) -> Certificate:
    """Return what a peer sees of the certificate. Raises OSError: ssl.SSLError where it does not fit its key."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key or None, password=_no_password)
    return Certificate.shown_by(serving, certificate)


def _no_password() -> str:
    raise OSError("its key has a password, which nobody can type when the server starts")


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        if error.reason == "KEY_VALUES_MISMATCH":
            return "the key is another certificate's"
        return f"it cannot be read as PEM ({(error.reason or 'no reason given').lower().replace('_', ' ')})"
    return (error.strerror or str(error)).lower()


def _remedy(error: OSError) -> str:
    if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
        return "name the pair that was made together: tls_certificate and tls_key"
    return (
        "name files in PEM that this user may read: first the certificate, then its chain; the key without a password"
    )
