"""JSON Web Tokens: what is accepted, and the many that are not."""

import json
import logging
import time
import warnings
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from monitor.auth.jwt import JsonWebTokens, OneKey, WrongKey, read_key, read_key_set
from tests.fakes import Clock
from tests.tokens import AUDIENCE, base64url, claims, forged, key_file, private_key, private_pem, raw, signed

ALGORITHMS = ("hs256", "rs256", "es256", "eddsa")


def verifier(algorithm: str = "rs256", issuer: str = "") -> JsonWebTokens:
    return JsonWebTokens(algorithm, OneKey(read_key(algorithm, key_file(algorithm))), AUDIENCE, issuer)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_a_good_token_says_who_what_and_how_long(algorithm: str) -> None:
    end = int(time.time()) + 100
    principal = await verifier(algorithm).find(signed(algorithm, exp=end))
    assert principal is not None
    assert (principal.name, set(principal.scopes), principal.expires) == ("jwt:ada", {"read"}, float(end))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("other", ALGORITHMS)
async def test_one_algorithm_is_accepted_and_no_other(algorithm: str, other: str) -> None:
    assert (await verifier(algorithm).find(signed(other)) is not None) is (algorithm == other)


@pytest.mark.parametrize(
    ("scopes", "read"),
    [
        ({"scope": "ask read profile"}, {"ask", "read"}),
        ({"scope": ["ask", 5]}, {"ask"}),
        ({"scope": None, "scopes": ["admin"]}, {"admin"}),
        ({"scope": None, "scp": "read ask"}, {"read", "ask"}),
        ({"scope": None}, set()),
        ({"scope": {"read": 1}}, set()),
        ({"scope": "READ root"}, set()),
    ],
)
async def test_scopes_stand_in_any_of_three_claims(scopes: dict[str, Any], read: set[str]) -> None:
    principal = await verifier().find(signed(**scopes))
    assert principal is not None
    assert principal.scopes == read


async def test_the_issuer_is_checked_where_one_is_set() -> None:
    ours = verifier(issuer="https://id.example")
    assert await ours.find(signed(iss="https://id.example")) is not None
    assert await ours.find(signed(iss="https://id.example.evil")) is None
    listed = json.dumps(claims(iss=["https://id.example"]))
    assert await ours.find(raw({"alg": "RS256"}, listed, algorithm="rs256")) is None
    assert await ours.find(signed()) is None
    assert await verifier().find(signed(iss="anybody")) is not None


async def test_an_audience_may_be_one_of_several() -> None:
    assert await verifier().find(signed(aud=["other", AUDIENCE])) is not None


async def test_what_a_token_says_of_its_key_is_not_looked_at() -> None:
    head = {"jwk": {"kty": "oct", "k": "eA"}, "jku": "https://evil.example", "x5u": "https://evil.example", "kid": "1"}
    assert await verifier().find(signed(head=head)) is not None, "our own key has signed it"


async def test_a_clock_that_is_a_little_ahead_makes_no_token_wrong() -> None:
    assert await verifier().find(signed(iat=int(time.time()) + 20, nbf=int(time.time()) + 20)) is not None


async def test_no_forged_token_is_accepted_or_told_of(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ours = verifier()
    assert await ours.find(signed()) is not None
    good = raw({"alg": "RS256", "typ": "JWT"}, json.dumps(claims()), algorithm="rs256")
    assert await ours.find(good) is not None, "so what is wrong with those made alike is what their names say"
    tokens = forged()
    accepted = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, token in tokens.items():
            began = time.perf_counter()
            if await ours.find(token) is not None:
                accepted.append(name)
            assert time.perf_counter() - began < 5, name
            assert token[:60] not in caplog.text or len(token) < 60, name
    print(f"{len(tokens)} forged tokens, {len(accepted)} accepted")
    assert accepted == []


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_no_forged_token_is_accepted_whatever_is_configured(algorithm: str) -> None:
    ours = verifier(algorithm)
    assert [name for name, token in forged().items() if await ours.find(token) is not None] == []


def public_pem(key: Any) -> bytes:
    return bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


@pytest.mark.parametrize(
    ("algorithm", "data", "right"),
    [
        ("hs256", b"short", "32 bytes at least"),
        ("hs256", b"x" * 31 + b"\n", "32 bytes at least"),
        ("hs256", key_file("rs256"), "not a key of an asymmetric algorithm"),
        ("hs256", b"\xef\xbb\xbf" + key_file("es256"), "not a key of an asymmetric algorithm"),
        ("hs256", b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ", "not a key of an asymmetric algorithm"),
        ("rs256", b"", "a public key in PEM"),
        ("rs256", b"x" * 40, "a public key in PEM"),
        ("rs256", private_pem(private_key("rs256")), "a public key in PEM"),
        ("rs256", key_file("es256"), "an RSA key of 2048 bits at least"),
        ("rs256", public_pem(generate_rsa_key(public_exponent=65537, key_size=1024)), "2048 bits at least"),  # noqa: S505 - that it is weak is the point
        ("es256", key_file("eddsa"), "on the curve P-256"),
        ("es256", public_pem(generate_private_key(SECP384R1())), "on the curve P-256"),
        ("eddsa", key_file("rs256"), "an Ed25519 key"),
    ],
)
def test_a_key_that_does_not_fit_is_refused(algorithm: str, data: bytes, right: str) -> None:
    with pytest.raises(WrongKey, match=right):
        read_key(algorithm, data)


def test_a_secret_may_end_with_a_line() -> None:
    assert read_key("hs256", b"x" * 32 + b"\r\n") == b"x" * 32


def jwk(algorithm: str, **more: Any) -> dict[str, Any]:
    kinds: dict[str, Any] = {
        "rs256": pyjwt.algorithms.RSAAlgorithm,
        "es256": pyjwt.algorithms.ECAlgorithm,
        "eddsa": pyjwt.algorithms.OKPAlgorithm,
    }
    return {**json.loads(kinds[algorithm].to_jwk(private_key(algorithm).public_key())), **more}


@pytest.mark.parametrize("algorithm", ["rs256", "es256", "eddsa"])
def test_of_a_key_set_those_that_fit_are_read(algorithm: str) -> None:
    private = json.loads(pyjwt.algorithms.RSAAlgorithm.to_jwk(private_key("rs256")))
    document = {
        "keys": [
            *(jwk(each, kid=each) for each in ("rs256", "es256", "eddsa")),
            jwk(algorithm, kid="for secrets", use="enc"),
            jwk(algorithm, kid="to sign", key_ops=["sign"]),
            jwk(algorithm, kid="of another algorithm", alg="PS256"),
            {"kty": "oct", "k": base64url(b"x" * 32), "kid": "a secret"},
            {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "tiny"},
            {"kty": ["RSA"], "kid": "a list"},
            {**private, "kid": "private"},
            "no key",
            None,
        ]
    }
    assert list(read_key_set(algorithm, document)) == [algorithm]


@pytest.mark.parametrize("document", [None, [], {}, {"keys": {}}, {"keys": None}])
def test_what_is_no_key_set_is_refused(document: object) -> None:
    with pytest.raises(ValueError, match="no JSON Web Key Set"):
        read_key_set("rs256", document)


def test_the_claims_of_the_tests_are_good() -> None:
    assert claims()["aud"] == AUDIENCE


class Changing:
    """Keys that change; counts how often one was asked for."""

    def __init__(self, key: Any) -> None:
        self.key = key

    async def find(self, key_id: str | None) -> Any:
        return self.key

    async def open(self) -> None:
        """It is here."""

    async def close(self) -> None:
        """Nothing is under way."""


async def test_a_token_is_checked_once_for_as_long_as_it_lasts_and_its_key_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(time.time())
    keys = Changing(read_key("rs256", key_file("rs256")))
    ours = JsonWebTokens("rs256", keys, AUDIENCE, clock=clock)
    token = signed(exp=int(clock.now) + 100)
    first = await ours.find(token)
    assert first is not None
    checked: list[str] = []
    decode = pyjwt.decode

    def counted(text: str, *rest: Any, **more: Any) -> Any:
        checked.append(text)
        return decode(text, *rest, **more)

    monkeypatch.setattr(pyjwt, "decode", counted)
    assert await ours.find(token) is first
    assert checked == []
    keys.key = read_key("rs256", public_pem(generate_rsa_key(public_exponent=65537, key_size=2048)))
    assert await ours.find(token) is None, "its key has been withdrawn"
    keys.key = read_key("rs256", key_file("rs256"))
    assert await ours.find(token) is not None
    clock.now += 100
    assert await ours.find(token) is None, "it has expired"
    monkeypatch.setattr("monitor.auth.jwt.MOST_SEEN", 1)
    clock.now -= 100
    others = [signed(sub=name) for name in ("a", "b")]
    assert [await ours.find(each) is not None for each in (*others, *others)] == [True] * 4
