"""Who may call."""

import asyncio
import logging
from typing import Any

import pytest

from monitor.web.guard import POLICY, Authority, authority, is_loopback, is_same_origin
from tests.conftest import Connect

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
EVERYWHERE = ("/", "/demo", "/api/system-stats", "/api/probes", "/healthz", "/static/home.js", "/api/ws/metrics", "/no")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("localhost", ("localhost", None)),
        ("LocalHost:4000", ("localhost", 4000)),
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("[::1]:4000", ("::1", 4000)),
        ("[0:0:0:0:0:0:0:1]", ("::1", None)),
        ("mon.example.", ("mon.example", None)),
        ("localhost:x", None),
        ("localhost:99999", None),
        ("localhost@evil.example", None),
        ("evil.example/localhost", None),
        ("local host", None),
        ("[::1", None),
        (":4000", None),
        ("", None),
    ],
)
def test_a_host_header_is_parsed_and_never_matched_by_prefix(text: str, expected: Any) -> None:
    assert authority(text) == (Authority(*expected) if expected else None)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("0.0.0.0", False),  # noqa: S104 - a name to refuse, not an address to bind
        ("10.0.0.1", False),
        ("127.1", False),
    ],
)
def test_only_literal_names_of_loopback_are_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://localhost:4000", "localhost:4000", True),
        ("http://LOCALHOST:4000", "localhost:4000", True),
        ("https://mon.example", "mon.example", True),
        ("https://mon.example", "mon.example:443", True),
        ("http://mon.example", "mon.example:443", False),
        ("http://localhost:5173", "localhost:4000", False),
        ("http://127.0.0.1:4000", "localhost:4000", False),
        ("null", "localhost:4000", False),
        ("file://", "localhost", False),
        ("http://localhost:x", "localhost:4000", False),
        ("http://", "localhost", False),
    ],
)
def test_an_origin_is_the_same_when_scheme_host_and_port_are(origin: str, host: str, same: bool) -> None:
    parsed = authority(host)
    assert parsed is not None
    assert is_same_origin(origin, parsed) is same


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_a_foreign_host_is_refused_everywhere(connect: Connect, path: str) -> None:
    client = await connect()
    answer = await client.get(path, headers={"Host": "rebound.example"})
    assert answer.status == 421
    assert "--allowed-host rebound.example" in (await answer.text()).replace("&#39;", "'")


@pytest.mark.parametrize("host", ["", "a b", "<script>alert(1)</script>"])
async def test_a_malformed_host_is_refused_and_never_becomes_markup(connect: Connect, host: str) -> None:
    client = await connect()
    answer = await client.get("/", headers={"Host": host})
    assert answer.status == 421
    assert "<script>alert" not in await answer.text()


async def test_a_configured_host_and_the_bound_address_are_answered(connect: Connect) -> None:
    client = await connect(allowed_host=("mon.example",), host="192.0.2.7")
    for host in ("mon.example", "MON.example:8443", "192.0.2.7:4000", "localhost", "[::1]:4000"):
        assert (await client.get("/", headers={"Host": host})).status == 200
    assert (await client.get("/", headers={"Host": "sub.mon.example"})).status == 421


async def test_binding_all_addresses_allows_no_further_name(connect: Connect) -> None:
    client = await connect(host="0.0.0.0")  # noqa: S104 - nothing is bound: the test server has its own address
    assert (await client.get("/", headers={"Host": "0.0.0.0"})).status == 421  # noqa: S104 - likewise


@pytest.mark.parametrize("header", [b"Host: caf\xe9\xff", b"Host: localhost\r\nOrigin: http://\xff"])
async def test_a_header_that_is_no_text_is_refused_like_any_other(connect: Connect, header: bytes) -> None:
    client = await connect()
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(
        b"GET /api/ws/metrics HTTP/1.1\r\n" + header + b"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
    )
    assert (await reader.readline()).split()[1] in (b"421", b"403", b"400")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:5173", "garbage"])
async def test_an_upgrade_from_a_foreign_page_is_refused(connect: Connect, origin: str) -> None:
    client = await connect()
    answer = await client.get("/api/ws/metrics", headers={**UPGRADE, "Origin": origin})
    assert answer.status == 403
    assert (await answer.json())["error"]["code"] == "foreign_origin"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "post"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:5173", "garbage"])
async def test_what_could_change_something_is_refused_to_a_foreign_page(
    connect: Connect, method: str, origin: str
) -> None:
    client = await connect(cors_origin=("http://app.example",))
    for path in ("/api/ask", "/healthz", "/", "/no"):
        answer = await client.request(method, path, headers={"Origin": origin}, json={"prompt": "CPU?"})
        assert answer.status == 403
        assert "foreign_origin" in await answer.text() or path in ("/", "/no")


async def test_two_origins_are_none_of_ours(connect: Connect) -> None:
    client = await connect()
    own = f"http://127.0.0.1:{client.port}"
    for headers in ([("Origin", own), ("Origin", "http://evil.example")], [("Origin", own), ("Origin", own)]):
        assert (await client.post("/api/ask", headers=headers)).status == 403


async def test_our_own_pages_listed_ones_and_programs_may_post(connect: Connect) -> None:
    client = await connect(cors_origin=("http://app.example",))
    own = f"http://127.0.0.1:{client.port}"
    for headers in ({"Origin": own}, {"Origin": "http://app.example"}, {}):
        answer = await client.post("/api/ask", headers=headers, data=b"{}")
        assert answer.status == 415, "as far as the handler"
        assert answer.headers.get("Access-Control-Allow-Origin") == (
            "http://app.example" if headers.get("Origin") == "http://app.example" else None
        )
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "GZIP", "gzip, identity", "what"])
@pytest.mark.parametrize("path", ["/api/ask", "/healthz", "/no"])
async def test_an_encoded_body_is_refused_and_never_unpacked(connect: Connect, encoding: str, path: str) -> None:
    client = await connect()
    answer = await client.post(path, data=b"x", headers={"Content-Encoding": encoding})
    assert (answer.status, answer.headers["Accept-Encoding"]) == (415, "identity")
    assert "not compressed" in await answer.text()


async def test_the_log_hears_of_foreign_names_seldom(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client = await connect()
    for number in range(50):
        await client.get("/", headers={"Host": f"h{number}.example"})
        await client.post("/", headers={"Origin": f"http://h{number}.example"})
    assert sum(message.startswith("refused:") for message in caplog.messages) == 10


async def test_an_upgrade_from_our_own_or_a_listed_page_is_accepted(connect: Connect) -> None:
    client = await connect(cors_origin=("http://app.example",))
    own = f"http://127.0.0.1:{client.port}"
    for origin in (own, "http://app.example"):
        async with client.ws_connect("/api/ws/metrics", origin=origin) as socket:
            assert (await socket.receive_json())["type"] == "connection"


async def test_cors_is_off_by_default(connect: Connect) -> None:
    client = await connect()
    answer = await client.get("/api/probes", headers={"Origin": "http://app.example"})
    assert answer.status == 200
    assert not {name for name in answer.headers if name.startswith("Access-Control")}
    assert "Vary" not in answer.headers


async def test_a_listed_origin_may_read_the_api_and_no_other(connect: Connect) -> None:
    client = await connect(cors_origin=("http://app.example",))
    answer = await client.get("/api/probes", headers={"Origin": "http://app.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "http://app.example"
    assert answer.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    answer = await client.get("/api/probes", headers={"Origin": "http://app.example.evil.example"})
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


async def test_errors_can_be_read_by_a_listed_origin_too(connect: Connect) -> None:
    client = await connect(cors_origin=("http://app.example",))
    answer = await client.get("/api/nothing", headers={"Origin": "http://app.example"})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (404, "http://app.example")


async def test_a_preflight_is_answered_for_listed_origins_only(connect: Connect) -> None:
    client = await connect(cors_origin=("http://app.example",))
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    answer = await client.options("/api/probes", headers={"Origin": "http://app.example", **asked})
    assert answer.status == 204
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    asked.pop("Access-Control-Request-Headers")
    answer = await client.options("/api/probes", headers={"Origin": "http://app.example", **asked})
    assert "Access-Control-Allow-Headers" not in answer.headers
    answer = await client.options("/api/probes", headers={"Origin": "http://evil.example", **asked})
    assert answer.status == 403


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_answer_carries_the_security_headers_and_no_version(connect: Connect, path: str) -> None:
    client = await connect()
    answer = await client.get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert POLICY.startswith("default-src 'self'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Server"] == "monitor"
    assert answer.headers["Cache-Control"] == ("no-store" if path.startswith(("/api", "/healthz")) else "no-cache")
