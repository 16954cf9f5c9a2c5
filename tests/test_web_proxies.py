"""Proxies that are trusted."""

import logging
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from monitor.web.caller import CALLER, Caller, caller_of
from monitor.web.errors import Refusal
from monitor.web.proxies import MOST_HOPS, Proxies, forwarded
from tests.conftest import Connect

TRUSTED = ("127.0.0.0/8", "10.0.0.0/8", "fd00::/8")


def request_from(peer: str | None, *headers: tuple[str, str]) -> web.Request:
    """Return a request whose connection comes from that address."""
    raw: Any = [(name, value) for name, value in headers]
    made = make_mocked_request("GET", "/", headers=raw)
    return made.clone(remote=peer if peer is not None else "")


def caller(*headers: tuple[str, str], peer: str = "127.0.0.1", user_header: str = "X-User") -> Caller:
    return Proxies(TRUSTED, user_header).caller(request_from(peer, *headers))


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ("[::1]", "::1"),
        ("", None),
        ("unknown", None),
        ("_hidden", None),
        ("localhost", None),
        ("192.0.2", None),
        ("192.0.2.01", None),
        ("0x7f.0.0.1", None),
        ("2130706433", None),
        ("192.0.2.1:", None),
        ("192.0.2.1:99999", None),
        ("192.0.2.1:http", None),
        ("[192.0.2.1]:80", None),
        ("[2001:db8::1", None),
        ("2001:db8::1]", None),
        ("[fe80::1%eth0]", None),
        ("fe80::1%eth0", None),
        ('"192.0.2.1"', None),
        ("for=192.0.2.1", None),
        ("192.0.2.1 10.0.0.1", None),
        ("\u0661.1.1.1", None),
        ("1" * 10_000, None),
    ],
)
def test_an_entry_is_an_address_or_nothing(entry: str, address: str | None) -> None:
    found = forwarded(entry)
    assert (None if found is None else str(found)) == address


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ([], "127.0.0.1"),
        (["192.0.2.1"], "192.0.2.1"),
        (["198.51.100.9, 192.0.2.1"], "192.0.2.1"),  # the left one the client has written
        (["192.0.2.1, 10.0.0.1, 10.0.0.2"], "192.0.2.1"),  # two proxies of ours
        (["198.51.100.9, 192.0.2.1", "10.0.0.1"], "192.0.2.1"),  # several lines are one list
        (["198.51.100.9", "192.0.2.1"], "192.0.2.1"),
        (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),  # a client beside our proxies
        (["192.0.2.1, garbage"], "127.0.0.1"),
        (["192.0.2.1, garbage, 10.0.0.1"], "10.0.0.1"),
        (["192.0.2.1,, 10.0.0.1"], "10.0.0.1"),
        ([""], "127.0.0.1"),
        (["  192.0.2.1\t"], "192.0.2.1"),
        (["[2001:db8::1]:99, fd00::1"], "2001:db8::1"),
        (["::ffff:192.0.2.1, ::ffff:10.0.0.1"], "192.0.2.1"),
    ],
)
def test_the_rightmost_address_that_is_not_trusted_is_the_client_s(lines: list[str], address: str) -> None:
    assert caller(*(("X-Forwarded-For", line) for line in lines)).address == address


def test_no_more_hops_are_looked_at_than_there_may_be() -> None:
    chain = ", ".join(["192.0.2.1", "10.9.9.9", *["10.0.0.1"] * (MOST_HOPS - 1)])
    assert caller(("X-Forwarded-For", chain)).address == "10.9.9.9"
    assert caller(("X-Forwarded-For", "10.0.0.1," * 100_000 + "192.0.2.1")).address == "192.0.2.1"


@pytest.mark.parametrize("peer", ["192.0.2.7", "::1", "11.0.0.1", "", "not an address", "fe80::1%eth0"])
def test_what_anybody_else_forwards_is_not_read(peer: str) -> None:
    forged = (
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-Proto", "https"),
        ("X-Forwarded-Prefix", "/evil"),
        ("X-Forwarded-Host", "evil.example"),
    )
    assert caller(*forged, peer=peer) == Caller(peer, "http")


@pytest.mark.parametrize("peer", ["10.1.2.3", "::ffff:10.1.2.3", "fd00::1%eth0"])
def test_a_proxy_is_known_however_the_system_writes_its_address(peer: str) -> None:
    assert caller(("X-Forwarded-For", "192.0.2.1"), peer=peer).address == "192.0.2.1"


@pytest.mark.parametrize(
    ("values", "scheme"),
    [
        (["https"], "https"),
        (["HTTPS"], "https"),
        (["wss"], "https"),
        (["ws"], "http"),
        (["http"], "http"),
        (["gopher"], "http"),
        (["https, http"], "http"),
        (["https", "http"], "http"),
        ([], "http"),
    ],
)
def test_the_scheme_is_one_of_two(values: list[str], scheme: str) -> None:
    found = caller(*(("X-Forwarded-Proto", value) for value in values))
    assert (found.scheme, found.is_secure) == (scheme, scheme == "https")


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("/monitor", "/monitor"),
        ("/a/b/", "/a/b"),
        ("/", ""),
        ("monitor", ""),
        ("//evil.example", ""),
        ("/a/../b", ""),
        ("https://evil.example", ""),
        ("/<script>", ""),
        ("/a b", ""),
    ],
)
def test_a_prefix_is_a_path_or_nothing(value: str, prefix: str) -> None:
    assert caller(("X-Forwarded-Prefix", value)).prefix == prefix


def test_a_trusted_proxy_names_the_user() -> None:
    assert caller(("X-User", "ada")).user == "ada"
    assert caller().user is None
    assert caller(("X-User", "")).user is None
    assert caller(("X-User", "ada"), user_header="").user is None, "where it is not configured, it is any header"


@pytest.mark.parametrize(
    "headers", [[("X-User", "root"), ("X-User", "ada")], [("x-user", "a" * 257)], [("X-User", "a\x7fb")]]
)
def test_a_name_that_may_be_a_client_s_own_is_refused(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(Refusal) as raised:
        caller(*headers)
    assert (raised.value.status, raised.value.code) == (403, "untrusted_proxy")


def test_a_user_s_name_from_anybody_else_is_refused(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(Refusal) as raised:
        caller(("X-USER", "root"), peer="192.0.2.7")
    assert raised.value.status == 403
    assert "192.0.2.7" in caplog.text
    assert "root" not in caplog.text


async def test_a_spoofed_user_is_refused_over_the_wire_and_nothing_else_is(connect: Connect) -> None:
    client = await connect(trusted_proxy=("192.0.2.0/24",), proxy_user_header="X-User")
    open_to_all = "/login"
    answer = await client.get("/api/probes", headers={"X-User": "root"})
    assert answer.status == 403
    assert (await answer.json())["error"]["code"] == "untrusted_proxy"
    assert (await client.get(open_to_all, headers={"X-Forwarded-For": "192.0.2.1"})).status == 200


def test_who_calls_is_told_where_no_middleware_has_found_out() -> None:
    request = request_from("192.0.2.7", ("X-Forwarded-For", "10.0.0.1"))
    assert caller_of(request) == Caller("192.0.2.7", "http")
    request[CALLER] = Caller("10.0.0.1", "https")
    assert caller_of(request).address == "10.0.0.1"
