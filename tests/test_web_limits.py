"""What one address may do."""

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from monitor.web import door, limits
from monitor.web.limits import LIMITS, STREAMS, Limits
from monitor.web.peer import STREAM
from tests.conftest import Client, Connect
from tests.test_web_door import REQUEST, Raw
from tests.test_web_guard import UPGRADE
from tests.test_websocket import RawClient, until
from tests.tokens import READER, TOKENS, bearer

HOURS = 100_000.0
FEW = {"questions_per_minute": 3}
FAILURES = 10
PROXY = {"trusted_proxy": ("127.0.0.0/8",)}


def limits_of(client: Client) -> Limits:
    assert client.app is not None
    return client.app[LIMITS]


def from_(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


@pytest.fixture
def for_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what is for a second or a minute last longer than any test."""
    monkeypatch.setattr(limits, "SECOND", HOURS)
    monkeypatch.setattr(limits, "MINUTE", HOURS)


async def statuses(count: int, one: Callable[[int], Awaitable[int]]) -> Counter[int]:
    """Return the statuses of so many parallel requests."""
    return Counter(await asyncio.gather(*(one(number) for number in range(count))))


@pytest.mark.usefixtures("for_hours")
@pytest.mark.parametrize(
    ("setting", "method", "path", "passed"),
    [
        ("requests_per_second", "GET", "/api/probes", 200),
        ("requests_per_second", "GET", "/", 200),
        ("requests_per_second", "GET", "/static/home.js", 200),
        ("requests_per_second", "GET", "/no", 404),
        ("requests_per_second", "DELETE", "/api/probes", 405),
        ("requests_per_second", "GET", "/api/ask", 200),
        ("requests_per_second", "POST", "/api/ask", 415),
        ("questions_per_minute", "POST", "/api/ask", 415),
        ("handshakes_per_second", "GET", "/api/ws/metrics", 426),
    ],
)
async def test_of_parallel_requests_exactly_so_many_pass_and_the_others_hear_when_to_come_again(
    connect: Connect, setting: str, method: str, path: str, passed: int
) -> None:
    client = await connect(**{setting: 7})

    async def one(_: int) -> int:
        async with client.request(method, path) as answer:
            text = await answer.text()
            if answer.status == 429:
                assert answer.headers["Retry-After"] == str(math.ceil(HOURS / 7))
                assert setting in text
                assert ("<h1>" in text) is not path.startswith("/api")
            return answer.status

    assert await statuses(50, one) == {passed: 7, 429: 43}


@pytest.mark.usefixtures("for_hours")
@pytest.mark.parametrize("path", ["/api/ws/metrics", "/api/stream"])
async def test_a_handshake_too_many_is_refused_before_the_upgrade(connect: Connect, path: str) -> None:
    client = await connect(handshakes_per_second=5)

    async def one(_: int) -> int:
        async with client.get(path, headers=UPGRADE) as answer:
            return answer.status

    assert await statuses(20, one) == {101 if "ws" in path else 200: 5, 429: 15}
    assert (await client.get("/api/probes")).status == 200, "which is no handshake"


@pytest.mark.usefixtures("for_hours")
async def test_health_is_told_as_often_as_asked(connect: Connect) -> None:
    client = await connect(requests_per_second=1, base_path="/monitor")
    assert (await client.get("/monitor/")).status == 200
    assert (await client.get("/monitor/")).status == 429
    for _ in range(20):
        for path in ("/monitor/healthz", "/monitor/readyz", "/healthz", "/readyz"):
            assert (await client.get(path)).status in (200, 503)


async def test_zero_switches_a_limit_off(connect: Connect) -> None:
    client = await connect()
    for _ in range(60):
        assert (await client.post("/api/ask")).status == 415
        (await client.get("/api/stream")).close()


@pytest.mark.usefixtures("for_hours")
async def test_through_a_trusted_proxy_each_client_has_its_own_share(connect: Connect) -> None:
    client = await connect(**FEW, **PROXY)

    async def ask(address: str) -> int:
        return (await client.post("/api/ask", headers=from_(address))).status

    assert [await ask("192.0.2.1") for _ in range(4)] == [415, 415, 415, 429]
    assert await ask("192.0.2.2") == 415
    assert await ask("::ffff:192.0.2.1") == 429
    assert [await ask(f"2001:db8::{number}") for number in range(4)] == [415, 415, 415, 429]
    assert await ask("2001:db8:0:1::") == 415
    assert await ask("10.0.0.1, 192.0.2.1") == 429, "what the client has written itself changes nothing"


@pytest.mark.usefixtures("for_hours")
async def test_who_is_no_trusted_proxy_has_one_share_whatever_he_forwards(connect: Connect) -> None:
    client = await connect(**FEW)
    found = [(await client.post("/api/ask", headers=from_(f"192.0.2.{number}"))).status for number in range(4)]
    assert found == [415, 415, 415, 429]


@pytest.mark.parametrize("reset", [False, True])
async def test_at_the_door_exactly_so_many_connections_pass_and_all_are_given_back(
    connect: Connect, reset: bool
) -> None:
    client = await connect(max_connections_per_address=10)
    raws = await asyncio.gather(*(Raw.to(client) for _ in range(50)))
    for raw in raws:
        raw.writer.write(REQUEST)
    answers = await asyncio.gather(*(raw.answer() for raw in raws))
    refused = [(head, body) for head, body in answers if head.startswith("HTTP/1.1 429")]
    assert len(refused) == 40
    head, body = refused[0]
    assert "Retry-After: 5" in head
    assert b"max_connections_per_address" in body
    assert limits_of(client).places.taken("127.0.0.1") == 10
    for raw in raws:
        raw.close(reset=reset)
    await until(lambda: len(limits_of(client).places) == 0)
    assert (await client.get("/healthz")).status in (200, 503)


async def test_who_is_turned_away_too_often_to_be_told_is_dropped_and_others_come_in(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "TURNED_AWAY", 5)
    client = await connect(max_connections_per_address=1)
    raws = [await Raw.to(client) for _ in range(20)]
    other = Raw(*await asyncio.open_connection("127.0.0.1", client.port, local_addr=("127.0.0.2", 0)))
    await other.send(REQUEST)
    assert (await other.answer())[0].startswith(("HTTP/1.1 200", "HTTP/1.1 503"))
    other.close()
    heard = await asyncio.gather(*(raw.answer() for raw in raws[1:]), return_exceptions=True)
    assert [isinstance(answer, tuple) for answer in heard] == [True] * 5 + [False] * 14
    for raw in raws:
        raw.close()


async def test_connections_of_a_trusted_proxy_are_nobody_s_and_its_streams_are_the_clients(connect: Connect) -> None:
    client = await connect(max_connections_per_address=2, **PROXY)
    places = limits_of(client).places
    idle = [await Raw.to(client) for _ in range(5)]
    held = [await client.get("/api/stream", headers=from_("192.0.2.1"))]
    socket = await client.ws_connect("/api/ws/metrics", headers=from_("192.0.2.1"))
    assert [answer.status for answer in held] == [200]
    assert places.taken("192.0.2.1") == 2
    for path in ("/api/stream", "/api/ws/metrics"):
        answer = await client.get(path, headers={**UPGRADE, **from_("192.0.2.1")})
        assert (answer.status, answer.headers["Retry-After"]) == (429, "5")
        assert (await answer.json())["error"]["code"] == "too_many_connections"
    assert (await client.get("/api/probes", headers=from_("192.0.2.1"))).status == 200
    held.append(await client.get("/api/stream", headers=from_("192.0.2.2")))
    assert held[1].status == 200
    await socket.close()
    await until(lambda: places.taken("192.0.2.1") == 1)
    for answer in held:
        answer.close()
    await until(lambda: len(places) == 0)
    for raw in idle:
        raw.close()


async def test_a_stream_through_a_proxy_that_is_reset_is_given_back(connect: Connect) -> None:
    client = await connect(max_connections_per_address=3, **PROXY)
    places = limits_of(client).places
    for _ in range(5):
        raws = [await RawClient.open(client) for _ in range(3)]
        assert places.taken("127.0.0.1") == 3, "where the proxy names nobody, they are its own"
        for raw in raws:
            raw.writer.transport.abort()
        await until(lambda: len(places) == 0)


async def test_a_handshake_that_fails_behind_the_limit_holds_nothing(connect: Connect) -> None:
    client = await connect(max_connections_per_address=1, max_connections=1, **PROXY)
    for _ in range(3):
        assert (await client.get("/api/ws/metrics", headers=from_("192.0.2.1"))).status == 426
        assert (await client.get("/api/stream?fields=no", headers=from_("192.0.2.1"))).status == 400
    assert len(limits_of(client).places) == 0
    assert client.app is not None
    assert client.app[STREAM].taken == 0


@pytest.mark.usefixtures("for_hours")
async def test_wrong_credentials_are_tried_so_often_and_no_more(connect: Connect) -> None:
    client = await connect(tokens=TOKENS, failures_per_minute=FAILURES, **PROXY)

    async def one(number: int) -> int:
        return (await client.get("/api/probes", headers={**bearer(str(number)), **from_("192.0.2.1")})).status

    assert await statuses(40, one) == {401: FAILURES, 429: 40 - FAILURES}
    for headers in ({}, bearer(READER)):
        answer = await client.get(
            "/api/stream" if headers else "/api/stream?token=x", headers=headers | from_("192.0.2.1")
        )
        assert (answer.status, answer.headers["Retry-After"]) == (429, str(int(HOURS / FAILURES))), (
            "whatever it would have been"
        )
    assert (await client.post("/login", headers=from_("192.0.2.1"))).status == 429
    assert (await client.get("/api/probes", headers=from_("192.0.2.1"))).status == 401, "a page with an old cookie"
    assert (await client.get("/api/stream?token=x", headers=from_("192.0.2.2"))).status == 401
    assert (await client.get("/api/probes", headers={**bearer(READER), **from_("192.0.2.2")})).status == 200
    assert await limits_of(client).failed_login("192.0.2.3")


@pytest.mark.usefixtures("for_hours")
async def test_what_shows_an_old_cookie_or_nothing_or_what_is_valid_is_no_attempt(connect: Connect) -> None:
    client = await connect(tokens=TOKENS, failures_per_minute=FAILURES)
    for _ in range(3 * FAILURES):
        assert (await client.get("/api/probes", cookies={"monitor-session": "old"})).status == 401
        assert (await client.post("/api/ask", json={"prompt": "x"})).status == 401
        assert (await client.get("/api/probes", headers=bearer(READER))).status == 200
        assert (await client.post("/api/ask", headers=bearer(READER), json={"prompt": "x"})).status == 403
    assert (await client.get("/api/probes", headers=bearer("x"))).status == 401


@pytest.mark.usefixtures("for_hours")
async def test_wrong_tokens_in_the_login_form_count_too(connect: Connect) -> None:
    client = await connect(tokens=TOKENS, failures_per_minute=FAILURES)
    found = [(await client.post("/login", data={"token": "x"})).status for _ in range(FAILURES + 1)]
    assert found == [401] * FAILURES + [429]
    assert (await client.post("/login", data={"token": READER}, allow_redirects=False)).status == 429
    assert (await client.get("/login")).status == 200


@pytest.mark.usefixtures("for_hours")
async def test_who_guesses_keeps_nobody_out_who_has_logged_in_from_the_same_address(connect: Connect) -> None:
    client = await connect(tokens=TOKENS, failures_per_minute=FAILURES)
    assert (await client.post("/login", data={"token": READER})).status == 200
    for _ in range(FAILURES + 1):
        status = (await client.get("/api/stream?token=x", cookies={})).status
    assert status == 429
    assert (await client.get("/api/probes", headers=bearer(READER))).status == 429
    assert (await client.get("/api/history?fields=cpu")).status == 200
    assert (await client.get("/static/monitor.css?x")).status == 200
    assert (await client.get("/api/probes", headers={"Authorization": "Basic eA=="})).status == 200, "the proxy's own"
    async with client.ws_connect("/api/ws/metrics?fields=cpu", protocols=("monitor.v1",)) as socket:
        assert await socket.receive_json()


async def test_every_stream_is_known_by_its_route(connect: Connect) -> None:
    client = await connect()
    assert client.app is not None
    assert set(client.app.router.named_resources()) >= STREAMS


async def test_who_waits_as_long_as_told_is_let_in(connect: Connect) -> None:
    client = await connect(requests_per_second=1)
    assert (await client.get("/api/probes")).status == 200
    answer = await client.get("/api/probes")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    await asyncio.sleep(1)
    assert (await client.get("/api/probes")).status == 200
