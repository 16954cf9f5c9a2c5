"""Credentials for the tests: static tokens, keys and JSON Web Tokens, right and forged."""

import base64
import hashlib
import hmac
import json
import math
import time
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from monitor.auth.principal import digest
from monitor.auth.tokens import Token

AUDIENCE = "monitor.example"
#: Of the static tokens below.
READER, ASKER, ADMIN, LATE = "monitor_reader", "monitor_asker", "monitor_admin", "monitor_late"

TOKENS = {
    name: Token(name, digest(secret), frozenset(scopes), expires)
    for name, secret, scopes, expires in (
        ("reader", READER, {"read"}, math.inf),
        ("asker", ASKER, {"ask"}, math.inf),
        ("admin", ADMIN, {"admin"}, math.inf),
        ("late", LATE, {"read"}, 1_000_000.0),
    )
}


def bearer(token: str) -> dict[str, str]:
    """Return the header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


@cache
def private_key(algorithm: str) -> Any:
    """Return a key to sign with; made once, for that takes long."""
    if algorithm == "hs256":
        return b"0123456789abcdef0123456789abcdef"
    if algorithm == "rs256":
        return generate_rsa_key(public_exponent=65537, key_size=2048)
    return generate_private_key(SECP256R1()) if algorithm == "es256" else Ed25519PrivateKey.generate()


def private_pem(key: Any) -> bytes:
    """Return a private key as its file has it."""
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def key_file(algorithm: str) -> bytes:
    """Return what the server's file has: the secret, or the public key."""
    key = private_key(algorithm)
    if algorithm == "hs256":
        return bytes(key)
    return bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good token, changed; None leaves one out."""
    good = {"sub": "ada", "aud": AUDIENCE, "exp": int(time.time()) + 3600, "scope": "read openid"}
    return {key: value for key, value in {**good, **changes}.items() if value is not None}


def signed(algorithm: str = "rs256", head: Mapping[str, Any] | None = None, **changes: Any) -> str:
    """Return a token as its issuer would make it."""
    name = {"eddsa": "EdDSA"}.get(algorithm, algorithm.upper())
    return jwt.encode(claims(**changes), private_key(algorithm), name, dict(head) if head else None)


def base64url(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(head: Mapping[str, Any], body: str, secret: bytes | None = None, algorithm: str = "") -> str:
    """Return a token of any head and body; signed with HMAC and that secret, as `algorithm`, or not at all."""
    text = base64url(json.dumps(head).encode()) + "." + base64url(body.encode())
    if algorithm == "rs256":
        from_library = jwt.get_algorithm_by_name("RS256")
        return text + "." + base64url(from_library.sign(text.encode(), private_key("rs256")))
    return text + "." + (base64url(hmac.digest(secret, text.encode(), hashlib.sha256)) if secret is not None else "")


def forged() -> dict[str, str]:
    """Return tokens that no server which knows the RSA key may accept, by what is wrong with them."""
    body = json.dumps(claims())
    public = key_file("rs256")
    own = Ed25519PrivateKey.generate()
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(own.public_key().public_bytes_raw())}
    rsa = {"alg": "RS256", "typ": "JWT"}
    good = signed()
    head, payload, signature = good.split(".")
    other = base64url(json.dumps(claims(sub="root")).encode())
    return {
        "alg none": raw({"alg": "none", "typ": "JWT"}, body),
        "alg None": raw({"alg": "None"}, body),
        "alg nOnE with the signature of another": raw({"alg": "nOnE"}, body) + signature,
        "no alg": raw({"typ": "JWT"}, body, public),
        "alg is a list": raw({"alg": ["RS256"]}, body, public),
        "HS256 with the public key": raw({"alg": "HS256", "typ": "JWT"}, body, public),
        "HS256 with the public key, stripped": raw({"alg": "HS256"}, body, public.strip()),
        "RS256 claimed, HMAC with the public key": raw(rsa, body, public),
        "HS256 with an empty key": raw({"alg": "HS256"}, body, b""),
        "another key of the same kind": jwt.encode(
            claims(), generate_rsa_key(public_exponent=65537, key_size=2048), "RS256"
        ),
        "EdDSA with an embedded jwk": jwt.encode(claims(), own, "EdDSA", {"jwk": jwk}),
        "RS256 claimed with an embedded jwk": raw({**rsa, "jwk": jwk}, body, b"x"),
        "jku": raw({**rsa, "jku": "https://evil.example/keys"}, body, b"x"),
        "x5u": raw({**rsa, "x5u": "https://evil.example/cert"}, body, b"x"),
        "crit that nobody knows": signed(head={"crit": ["exp"], "exp": 1}),
        "crit that is empty": raw({**rsa, "crit": []}, body, algorithm="rs256"),
        "crit b64": raw({**rsa, "crit": ["b64"], "b64": False}, body, algorithm="rs256"),
        "path in kid": signed(head={"kid": "../../../../dev/null"}),
        "absolute path in kid": signed(head={"kid": "/dev/null"}),
        "SQL in kid": signed(head={"kid": "x' UNION SELECT 'key"}),
        "kid is a number": raw({**rsa, "kid": 5}, body, algorithm="rs256"),
        "kid of a thousand letters": signed(head={"kid": "a" * 1000}),
        "no exp": signed(exp=None),
        "exp 1e400": raw(rsa, json.dumps(claims(exp=5)).replace('"exp": 5', '"exp": 1e400'), algorithm="rs256"),
        "exp -1e400": raw(rsa, json.dumps(claims(exp=5)).replace('"exp": 5', '"exp": -1e400'), algorithm="rs256"),
        "exp NaN": raw(rsa, json.dumps(claims(exp=math.nan)), algorithm="rs256"),
        "exp Infinity": raw(rsa, json.dumps(claims(exp=math.inf)), algorithm="rs256"),
        "exp true": raw(rsa, json.dumps(claims(exp=True)), algorithm="rs256"),
        "exp text": raw(rsa, json.dumps(claims(exp="9999999999")), algorithm="rs256"),
        "exp null": raw(rsa, json.dumps({**claims(), "exp": None}), algorithm="rs256"),
        "exp list": raw(rsa, json.dumps(claims(exp=[9999999999])), algorithm="rs256"),
        "exp of 5,000 digits": raw(
            rsa, json.dumps(claims(exp=5)).replace('"exp": 5', '"exp": ' + "9" * 4900), algorithm="rs256"
        ),
        "exp of 400 digits": raw(
            rsa, json.dumps(claims(exp=5)).replace('"exp": 5', '"exp": ' + "9" * 400), algorithm="rs256"
        ),
        "exp a second ago": signed(exp=int(time.time()) - 1),
        "nbf in an hour": signed(nbf=int(time.time()) + 3600),
        "iat in an hour": signed(iat=int(time.time()) + 3600),
        "no aud": signed(aud=None),
        "another aud": signed(aud="other.example"),
        "aud that begins as ours": signed(aud=AUDIENCE + ".evil"),
        "aud is a table": raw(rsa, json.dumps(claims(aud={AUDIENCE: 1})), algorithm="rs256"),
        "claims are a list": raw(rsa, "[]", algorithm="rs256"),
        "claims are no JSON": raw(rsa, "{", algorithm="rs256"),
        "claims of 900 levels": raw(rsa, "[" * 900, algorithm="rs256"),
        "head of 900 levels": base64url(b"[" * 900) + f".{payload}.{signature}",
        "head is no JSON": f"{base64url(b'{')}.{payload}.{signature}",
        "another payload under the signature": f"{head}.{other}.{signature}",
        "no signature": f"{head}.{payload}.",
        "half a signature": good[:-100],
        "four parts": good + ".x",
        "five parts (JWE)": f"{head}.x.x.x.{signature}",
        "two dots": "..",
        "not base64": "!!.!!.!!",
        "null bytes": "\x00.\x00.\x00",
        "half characters": "\ud800.\udcff.\ud800",
        "1 MB": signed(padding="x" * 1_000_000),
        "1 MB of dots": "." * 1_000_000,
        "9 KB, otherwise good": signed(padding="x" * 7000),
    }
