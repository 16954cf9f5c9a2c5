"""Who may have what, on every address there is."""

import asyncio
import base64
import logging
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from monitor.web.assets import ASSETS
from monitor.web.caller import Caller
from monitor.web.identity import AUTHENTICATOR
from monitor.web.peer import STREAM
from monitor.web.rights import OPEN_ASSETS, PAGES, STREAMS
from monitor.web.routes import SCOPES
from tests.conftest import Client, Connect
from tests.fakes import Scripted
from tests.tokens import ADMIN, ASKER, AUDIENCE, LATE, READER, TOKENS, bearer, forged, key_file, signed

STREAM_PATH = "/api/ws/metrics"
API = "/api/system-stats"


def protocols(token: str) -> tuple[str, ...]:
    return ("monitor.v1", "bearer." + base64.urlsafe_b64encode(token.encode()).rstrip(b"=").decode())


@pytest.fixture
def key_path(tmp_path: Path) -> str:
    path = tmp_path / "key.pem"
    path.write_bytes(key_file("rs256"))
    return str(path)


async def frame_of(client: Client, **options: Any) -> Any:
    """Open the stream, and return its first frame."""
    async with client.ws_connect(options.pop("path", STREAM_PATH), **options) as socket:
        assert (await socket.receive_json())["status"] == "connected"
        return await socket.receive_json()


def routes(client: Client) -> Iterator[tuple[str, str, str]]:
    """Yield method, name and path of every route in the router."""
    assert client.app is not None
    for route in client.app.router.routes():
        assert route.resource is not None
        yield route.method, route.name or "", route.resource.canonical.replace("{name}", "home.js")


def variants(path: str) -> Iterator[str]:
    """Yield the path as it is, and as those write it who look for a way around."""
    yield path
    yield "/" + path
    yield path + "/"
    yield path + "//"
    yield path.upper()
    yield "/." + path
    yield "/%2e" + path
    yield "/%2e%2e" + path
    yield path.replace("/", "/%2f", 1)
    yield path + "%00"
    yield path + ";/healthz"
    yield path + "?token=x"
    yield path + "?/healthz"
    yield "/healthz/.." + path
    yield "/healthz/%2e%2e" + path
    yield "/static/monitor.css/.." + path
    yield "/login/.." + path
    yield path[:1] + "%" + f"{ord(path[1]):02x}" + path[2:] if len(path) > 1 else path


async def answer_to(client: Client, method: str, target: str) -> tuple[int, dict[str, str]]:
    """Send one request with this very target, and return status and headers."""
    reader, writer = await asyncio.open_connection(client.host, client.port)
    try:
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        async with asyncio.timeout(20):
            head = await reader.readuntil(b"\r\n\r\n")
    finally:
        writer.close()
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return int(first.split()[1]), headers


async def test_nobody_who_is_unknown_gets_past_any_route(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    client = await connect(tokens=TOKENS)
    counts: Counter[str] = Counter()
    public = {"/healthz", "/readyz", "/login"}
    for _, name, path in set(routes(client)):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
            for target in variants(path):
                status, headers = await answer_to(client, method, target)
                kind = str(status)
                if status == 303:
                    assert headers["location"].startswith("/login"), target
                    kind = "303 to /login"
                elif SCOPES[name] is None and status not in (401, 404):
                    assert URL(target, encoded=True).path.split("?")[0] in (path, path + ";"), target
                    assert name in {"healthz", "readyz", "login", "authenticate", "logout"}
                    kind = f"{status} at what is open to all"
                else:
                    assert status in (401, 404), f"{method} {target}: {status}"
                assert "x-content-type-options" in headers
                counts[kind] += 1
    print(dict(counts), "of", counts.total(), "unauthenticated requests;", sorted(public))
    assert counts["401"] > 1000
    # On a busy machine a probe may be late meanwhile, which is said.
    said = [record for record in caplog.records if record.name != "monitor.health"]
    assert not [record for record in said if record.levelno >= logging.WARNING]


async def test_what_is_declared_about_routes_is_about_routes_that_exist(connect: Connect) -> None:
    names = {name for _, name, _ in routes(await connect(base_path="/a"))}
    assert names >= PAGES | STREAMS
    assert SCOPES.keys() == names


@pytest.mark.parametrize("path", ["/healthz", "/login", "/static/monitor.css", "/static/icon.svg"])
async def test_what_supervisors_and_the_login_page_need_is_open(connect: Connect, path: str) -> None:
    client = await connect(Scripted("cpu"), tokens=TOKENS)
    assert (await client.get(path)).status in (200, 503)


async def test_all_that_the_login_page_is_made_of_is_open_by_each_of_its_names_and_nothing_else_is(
    connect: Connect,
) -> None:
    client = await connect(tokens=TOKENS)
    assert client.app is not None
    named = re.findall(r'(?:src|href)="/static/([^"]+)"', await (await client.get("/login")).text())
    assert named
    page = {client.app[ASSETS].find(name) for name in named}
    for asset in client.app[ASSETS]:
        is_open = asset.name in OPEN_ASSETS
        assert is_open or asset not in page
        assert not is_open or set(asset.imports) <= OPEN_ASSETS
        for name in (asset.name, asset.hashed):
            assert (await client.get(f"/static/{name}")).status == (200 if is_open else 401), name


@pytest.mark.parametrize(
    ("token", "method", "path", "status"),
    [
        (READER, "GET", API, 200),
        (READER, "GET", "/", 200),
        (READER, "GET", "/demo", 200),
        (READER, "GET", "/api/ask", 200),
        (READER, "POST", "/api/ask", 403),
        (READER, "POST", "/api/tickets", 201),
        (READER, "GET", "/nothing", 404),
        (READER, "DELETE", API, 405),
        (ASKER, "GET", API, 403),
        (ASKER, "GET", "/demo", 403),
        (ASKER, "GET", "/static/home.js", 403),
        (ASKER, "GET", STREAM_PATH, 403),
        (ASKER, "GET", "/api/stream", 403),
        (ASKER, "GET", "/api/ask", 200),
        (ASKER, "POST", "/api/ask", 415),
        (ASKER, "GET", "/nothing", 404),
        (ADMIN, "GET", API, 200),
        (ADMIN, "POST", "/api/ask", 415),
        (LATE, "GET", API, 401),
        ("monitor_wrong", "GET", API, 401),
        ("monitor_wrong", "GET", "/demo", 401),
        ("", "GET", API, 401),
        ("a.b.c", "GET", API, 401),
    ],
)
async def test_a_token_is_good_for_its_scopes(
    connect: Connect, token: str, method: str, path: str, status: int
) -> None:
    client = await connect(tokens=TOKENS)
    async with asyncio.timeout(10):
        while (await client.get("/healthz")).status != 200:
            await asyncio.sleep(0.01)
    answer = await client.request(method, path, headers=bearer(token))
    assert answer.status == status
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    if status == 403:
        wanted = "ask" if path == "/api/ask" else "read"
        assert f'scope="{wanted}"' in answer.headers["WWW-Authenticate"]
        assert f"needs the scope {wanted}." in await answer.text()


async def test_a_refusal_says_the_same_whatever_was_wrong(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    texts = {
        await (await client.get(API, headers=headers)).text()
        for headers in ({}, bearer("x"), bearer(LATE), bearer("a.b.c"), {"Authorization": "Basic eDp5"})
    }
    assert len(texts) == 1


async def test_the_stream_takes_a_token_in_the_header_the_query_or_a_subprotocol(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    assert "cpu" in await frame_of(client, headers=bearer(READER))
    assert "cpu" in await frame_of(client, path=f"{STREAM_PATH}?token={READER}&fields=cpu")
    assert "cpu" in await frame_of(client, protocols=protocols(READER))
    same = {"headers": bearer(READER), "protocols": protocols(READER)}
    assert "cpu" in await frame_of(client, path=f"{STREAM_PATH}?token={READER}", **same)
    async with client.get(f"/api/stream?token={READER}") as answer:
        assert answer.status == 200
    assert client.app is not None


async def test_of_subprotocols_only_our_own_is_answered(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    async with client.ws_connect(STREAM_PATH, protocols=protocols(READER)) as socket:
        assert socket.protocol == "monitor.v1"
    async with client.ws_connect(STREAM_PATH, headers=bearer(READER)) as socket:
        assert socket.protocol is None
    for offered in (protocols(READER)[1:], protocols("wrong")[1:]):
        with pytest.raises(aiohttp.WSServerHandshakeError) as raised:
            await client.ws_connect(STREAM_PATH, protocols=offered, headers={})
        assert raised.value.status in (400, 401)


@pytest.mark.parametrize(
    "options",
    [
        {"path": STREAM_PATH},
        {"path": f"{STREAM_PATH}?token=wrong"},
        {"path": f"{STREAM_PATH}?token="},
        {"path": f"{STREAM_PATH}?ticket=wrong"},
        {"path": STREAM_PATH, "protocols": protocols("wrong")},
        {"path": STREAM_PATH, "protocols": ("monitor.v1", "bearer.!!!")},
        {"path": STREAM_PATH, "protocols": ("monitor.v1", "bearer._w")},
        {"path": STREAM_PATH, "protocols": ("monitor.v1", "bearer.A")},
        {"path": STREAM_PATH, "headers": {"Cookie": "monitor-session=wrong"}},
    ],
)
async def test_a_wrong_credential_is_refused_before_the_upgrade(connect: Connect, options: dict[str, Any]) -> None:
    client = await connect(tokens=TOKENS)
    with pytest.raises(aiohttp.WSServerHandshakeError) as raised:
        await client.ws_connect(options.pop("path"), **options)
    assert raised.value.status == 401
    assert client.app is not None
    assert client.app[STREAM].taken == 0


async def test_two_different_credentials_are_one_too_many(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    for path, headers in (
        (f"{STREAM_PATH}?token={READER}", bearer(ADMIN)),
        (f"{STREAM_PATH}?token={READER}&token={ADMIN}", {}),
        (f"{STREAM_PATH}?token={READER}&ticket=x", {}),
        (f"{STREAM_PATH}?token={READER}", {"Sec-WebSocket-Protocol": ", ".join(protocols(ADMIN))}),
    ):
        answer = await client.get(path, headers=headers)
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "two_credentials")


async def test_a_token_in_the_query_is_for_streams_alone(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    assert (await client.get(f"{API}?token={READER}")).status == 401
    assert (await client.get(f"/demo?token={READER}", allow_redirects=False)).status == 303


async def test_a_ticket_opens_one_stream_for_whoever_asked_for_it(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    answer = await client.post("/api/tickets", headers=bearer(READER))
    document = await answer.json()
    assert (answer.status, document["expires_in"], len(document["ticket"])) == (201, 30, 22)
    path = f"{STREAM_PATH}?ticket={document['ticket']}"
    assert (await client.get(f"{API}?ticket={document['ticket']}")).status == 401
    assert "cpu" in await frame_of(client, path=path)
    assert (await client.get(path)).status == 401
    refused = await (await client.post("/api/tickets", headers=bearer(ASKER))).json()
    assert (await client.get(f"/api/stream?ticket={refused['ticket']}")).status == 403


async def test_tickets_are_bounded(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    answers = [await client.post("/api/tickets", headers=bearer(READER)) for _ in range(65)]
    assert [answer.status for answer in answers] == [201] * 64 + [429]
    assert answers[-1].headers["Retry-After"] == "30"


async def test_a_ticket_ends_with_the_token_it_was_issued_for(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    assert client.app is not None
    ticket = (await (await client.post("/api/tickets", headers=bearer(READER))).json())["ticket"]
    client.app[AUTHENTICATOR].replace_tokens([])
    assert (await client.get(f"{STREAM_PATH}?ticket={ticket}")).status == 401


async def test_a_server_that_asks_nobody_has_no_tickets_and_takes_any_token(connect: Connect) -> None:
    client = await connect()
    assert (await client.post("/api/tickets")).status == 404
    assert (await client.get("/login", allow_redirects=False)).headers["Location"] == "/"
    assert (await client.post("/login", data={"token": "x"}, allow_redirects=False)).headers["Location"] == "/"
    assert (await client.post("/logout", allow_redirects=False)).headers["Location"] == "/login"
    assert "cpu" in await frame_of(client, path=f"{STREAM_PATH}?token=any&ticket=any", headers=bearer("any"))


async def test_pages_send_people_to_log_in_and_back(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    for path, location in (
        ("/", "/login"),
        ("/demo", "/login?next=/demo"),
        ("/demo?a=b&c", "/login?next=/demo%3Fa%3Db%26c"),
    ):
        answer = await client.get(path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, location)
    assert (await client.get("/nothing", allow_redirects=False)).status == 401


async def test_who_is_unknown_learns_nothing_of_the_machine(connect: Connect) -> None:
    client = await connect(tokens=TOKENS)
    assert client.app is not None
    for path in ("/login", "/nothing"):
        text = await (await client.get(path)).text()
        assert "<title>" in text
        assert "monitor 0." not in text
        assert 'href="/demo"' not in text


@pytest.mark.parametrize("kind", ["rs256"])
async def test_a_json_web_token_is_accepted_and_no_forged_one(
    connect: Connect, key_path: str, kind: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    client = await connect(jwt_algorithm=kind, jwt_key_file=key_path, jwt_audience=AUDIENCE)
    good = signed()
    assert "cpu" in await frame_of(client, headers=bearer(good))
    assert (await client.get("/api/probes", headers=bearer(good))).status == 200
    accepted, refused = [], Counter[int]()
    for name, token in forged().items():
        shown = token.encode("utf-8", "replace").decode().replace("\x00", "")
        answer = await client.get("/api/probes", headers=bearer(shown))
        refused[answer.status] += 1
        if answer.status == 200:
            accepted.append(name)
        answer = await client.get(f"{STREAM_PATH}?" + str(URL.build(query={"token": shown}).raw_query_string))
        refused[answer.status] += 1
        assert answer.status in (400, 401), name
        assert len(shown) < 50 or shown[:50] not in caplog.text, name
    print("forged tokens over HTTP:", dict(refused), "accepted:", accepted)
    assert accepted == []
    assert good not in caplog.text


@pytest.fixture
def named_by_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the header X-Test-User be what a trusted proxy says: whose header that is, is another module's affair."""

    def caller_of(request: web.Request) -> Caller:
        return Caller("10.0.0.1", "https", user=request.headers.get("X-Test-User"))

    monkeypatch.setattr("monitor.web.auth.caller_of", caller_of)


@pytest.mark.usefixtures("named_by_proxy")
async def test_a_user_of_a_trusted_proxy_has_its_scopes_unless_he_shows_something_else(connect: Connect) -> None:
    settings = {"proxy_user_header": "X-Test-User", "trusted_proxy": ("127.0.0.1/32",), "proxy_user_scope": ("read",)}
    client = await connect(tokens=TOKENS, **settings)
    ada = {"X-Test-User": "ada"}
    assert (await client.get("/api/probes")).status == 401
    assert (await client.get("/api/probes", headers=ada)).status == 200
    assert (await client.get("/demo", headers=ada)).status == 200
    assert (await client.post("/api/ask", headers=ada)).status == 403
    assert (await client.get("/api/probes", headers={**ada, **bearer(ASKER)})).status == 403
    assert (await client.get("/api/probes", headers={**ada, **bearer("wrong")})).status == 401
    assert (await client.get("/demo", headers={**ada, "Cookie": "monitor-session=old"})).status == 200


async def test_pages_of_listed_origins_may_show_a_token_and_read_why_it_was_refused(connect: Connect) -> None:
    origin = {"Origin": "https://dashboard.example"}
    client = await connect(tokens=TOKENS, cors_origin=("https://dashboard.example",))
    preflight = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    answer = await client.options(API, headers=preflight)
    assert (answer.status, answer.headers["Access-Control-Allow-Headers"]) == (204, "Authorization")
    for token, status in ((READER, 200), ("wrong", 401), (ASKER, 403)):
        answer = await client.get("/api/probes", headers={**origin, **bearer(token)})
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, "https://dashboard.example")
        assert "Access-Control-Allow-Credentials" not in answer.headers, "a cookie is for our own pages alone"
