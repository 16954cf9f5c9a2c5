"""Static tokens: made, read, found, revoked."""

import math
import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.auth.principal import Principal, digest
from monitor.auth.tokens import MOST, PREFIX, Token, Tokens, WrongToken, new_token, read_tokens, token_tables_shown

HASH = "sha256:" + digest("monitor_x").hex()
GOOD = {"hash": HASH, "scopes": ["read"]}


def test_a_new_token_is_valid_with_what_was_printed_for_the_file() -> None:
    secret, table = new_token("phone-2", ["ask", "read"], "2027-01-31")
    tokens = read_tokens(tomllib.loads(table)["tokens"])
    assert secret.startswith(PREFIX)
    assert len(secret) >= len(PREFIX) + 43, "256 bits in base64"
    assert secret not in table
    principal = Tokens(tokens.values()).find(secret)
    assert principal is not None
    assert (principal.name, set(principal.scopes)) == ("phone-2", {"read", "ask"})
    assert principal.expires == datetime(2027, 1, 31, tzinfo=UTC).timestamp()
    assert Tokens(tokens.values()).find(secret + "x") is None


def test_no_two_tokens_are_alike() -> None:
    assert len({new_token("a", ["read"])[0] for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("name", "expires", "says"),
    [("a.b", "", "letters"), ("", "", "letters"), ("a", "soon", "a date"), ("a", "2027-01-31T12:00:00", "its offset")],
)
def test_a_new_token_that_could_not_be_read_back_is_not_made(name: str, expires: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        new_token(name, ["read"], expires)


@pytest.mark.parametrize(
    ("expires", "seconds"),
    [
        (date(2027, 1, 31), datetime(2027, 1, 31, tzinfo=UTC).timestamp()),
        (datetime(2027, 1, 31, 12, tzinfo=UTC), datetime(2027, 1, 31, 12, tzinfo=UTC).timestamp()),
    ],
)
def test_a_date_ends_a_token_as_the_day_begins_and_a_time_at_that_time(expires: object, seconds: float) -> None:
    assert read_tokens({"a": {**GOOD, "expires": expires}})["a"].expires == seconds


@pytest.mark.parametrize(
    ("tables", "key", "right"),
    [
        ({"a": "monitor_secret"}, "tokens.a", "monitor token new"),
        ({"a": {}}, "tokens.a.hash", "sha256: and 64"),
        ({"a": {**GOOD, "hash": "monitor_secret"}}, "tokens.a.hash", "not the secret itself"),
        ({"a": {**GOOD, "hash": "sha256:abc"}}, "tokens.a.hash", "sha256: and 64"),
        ({"a": {**GOOD, "hash": 5}}, "tokens.a.hash", "sha256: and 64"),
        ({"a": {"hash": HASH}}, "tokens.a.scopes", "a list of read, ask, admin"),
        ({"a": {**GOOD, "scopes": []}}, "tokens.a.scopes", "a list of"),
        ({"a": {**GOOD, "scopes": "read"}}, "tokens.a.scopes", "a list of"),
        ({"a": {**GOOD, "scopes": ["write"]}}, "tokens.a.scopes", "a list of"),
        ({"a": {**GOOD, "scopes": [{"x": 1}]}}, "tokens.a.scopes", "a list of"),
        ({"a": {**GOOD, "expires": "2027-01-31"}}, "tokens.a.expires", "a date such as"),
        ({"a": {**GOOD, "expires": datetime(2027, 1, 31)}}, "tokens.a.expires", "offset"),  # noqa: DTZ001 - the mistake
        ({"a": {**GOOD, "secret": "monitor_secret"}}, "tokens.a.secret", "left out"),
        ({"a b": GOOD}, "tokens.'a b'", "letters"),
        ({"a": GOOD, "b": GOOD}, "tokens.b.hash", "each token's own"),
        (dict.fromkeys(map(str, range(MOST + 1)), GOOD), "tokens", "at most"),
    ],
)
def test_a_wrong_table_is_named_without_what_could_be_a_secret(tables: Any, key: str, right: str) -> None:
    with pytest.raises(WrongToken, match=right) as raised:
        read_tokens(tables)
    assert raised.value.key == key
    assert "secret'" not in raised.value.value
    assert "monitor_" not in raised.value.value
    assert HASH[7:] not in raised.value.value


def test_what_is_no_table_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="monitor token new"):
        read_tokens("monitor_secret")


def test_what_is_shown_of_tokens_has_no_hash() -> None:
    tokens = read_tokens({"a": {**GOOD, "expires": date(2027, 1, 31)}, "b": {**GOOD, "hash": "sha256:" + "0" * 64}})
    shown = token_tables_shown({**tokens, "c": "monitor_secret"})
    assert shown == {
        "a": {"hash": "***", "scopes": ["read"], "expires": datetime(2027, 1, 31, tzinfo=UTC)},
        "b": {"hash": "***", "scopes": ["read"]},
        "c": "***",
    }
    assert token_tables_shown("monitor_secret") == "***"


@pytest.mark.parametrize(
    ("now", "grants"),
    [
        (Token("a", b"1", frozenset({"read", "ask"}), 50.0), True),
        (Token("renamed", b"1", frozenset({"read", "ask", "admin"})), True),
        (Token("a", b"2", frozenset({"read", "ask"}), 50.0), False),
        (Token("a", b"1", frozenset({"read"}), 50.0), False),
        (Token("a", b"1", frozenset({"read", "ask"}), 49.0), False),
    ],
)
def test_a_token_that_allows_less_than_before_is_revoked(now: Token, grants: bool) -> None:
    before = Principal("a", frozenset({"read", "ask"}), 50.0, token=b"1")
    assert Tokens([now]).grants(before) is grants


def test_scopes_are_those_named_and_admin_is_all() -> None:
    reader, admin = Principal("a", frozenset({"read"})), Principal("b", frozenset({"admin"}))
    assert reader.may(("read",))
    assert reader.may(("read", "ask"))
    assert not reader.may(("ask",))
    assert admin.may(("ask",))
    assert Principal("c", frozenset()).may(())
    assert reader.expires == math.inf
