"""Where in a site the server stands: under a path of its own, and behind a proxy that leaves a part of the path out."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.typedefs import Handler

from monitor.web.caller import CALLER, Caller
from tests.conftest import Client, Connect

Behind = Callable[..., Awaitable[Client]]


@pytest.fixture
def behind(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> Behind:
    """Start an application whose requests come as this caller's, as a trusted proxy would tell."""

    async def behind(caller: Caller, **settings: Any) -> Client:
        @web.middleware
        async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
            request[CALLER] = caller
            return await handler(request)

        made = web.Application.__init__

        def init(self: web.Application, *, middlewares: Any = (), **options: Any) -> None:
            made(self, middlewares=[told, *middlewares], **options)

        monkeypatch.setattr(web.Application, "__init__", init)
        return await connect(**settings)

    return behind


async def test_every_route_stands_under_the_base_path_and_nothing_but_what_supervisors_ask_at_the_root(
    connect: Connect,
) -> None:
    at_root, client = await connect(), await connect(base_path="/a/b")
    assert at_root.app is not None
    assert client.app is not None
    routes = {each.canonical for each in at_root.app.router.resources()}
    assert {each.canonical for each in client.app.router.resources()} == {
        *(f"/a/b{route}" for route in routes),
        "/a/b",
        "/healthz",
        "/readyz",
    }
    for path in ("/", "/demo", "/api/probes", "/static/home.js", "/a/bc/demo", "/a"):
        assert (await client.get(path)).status == 404, path
    assert (await client.get("/healthz")).status in (200, 503)


async def test_a_base_path_without_its_slash_leads_to_the_home_page(connect: Connect) -> None:
    client = await connect(base_path="/a/b")
    answer = await client.get("/a/b", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (307, "/a/b/")


async def test_errors_and_caching_are_under_a_base_path_what_they_are_at_the_root(connect: Connect) -> None:
    client = await connect(base_path="/a", cors_origin=("https://app.example",))
    answer = await client.get("/a/api/nothing", headers={"Origin": "https://app.example"})
    assert (await answer.json())["error"]["code"] == "not_found"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"
    for path in ("/a/nothing", "/a/demo"):
        answer = await client.get(path)
        assert answer.content_type == "text/html"
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/a/b/", "/a/b/demo", "/a/b/no/thing", "/elsewhere"])
async def test_every_link_of_a_page_leads_somewhere_under_the_base_path(connect: Connect, path: str) -> None:
    client = await connect(base_path="/a/b")
    text = await (await client.get(path)).text()
    links = set(re.findall(r'(?:src|href)="([^"?][^"]*)"', text))
    assert [link for link in links if re.fullmatch(r"/a/b/static/monitor\.[0-9a-f]{8}\.css", link)]
    for link in links:
        assert link.startswith("/a/b/")
        if not link.endswith("/api/stream"):
            assert (await client.get(link)).status in (200, 503), link


async def test_the_stream_is_read_under_the_base_path(connect: Connect) -> None:
    client = await connect(base_path="/a/b")
    async with client.ws_connect("/a/b/api/ws/metrics") as socket:
        assert (await socket.receive_json())["type"] == "connection"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await client.ws_connect("/api/ws/metrics")


@pytest.mark.parametrize(
    ("prefix", "base", "root"),
    [
        ("", "", ""),
        ("/p", "", "/p"),
        ("", "/b", "/b"),
        ("/p", "/b", "/p/b"),
        ("/b", "/b", "/b"),
        ("/p/b", "/b", "/p/b"),
    ],
)
async def test_addresses_are_written_as_the_client_of_a_proxy_needs_them(
    behind: Behind, prefix: str, base: str, root: str
) -> None:
    caller = Caller("192.0.2.1", "https", prefix)
    client = await behind(caller, base_path=base, allowed_host=("mon.example",))
    text = await (await client.get(f"{base}/", headers={"Host": "mon.example"})).text()
    assert f"wss://mon.example{root}/api/ws/metrics" in text
    assert f"curl https://mon.example{root}/api/system-stats" in text
    links = re.findall(r'(?:src|href)="([^"?][^"]*)"', text)
    assert {link for link in links if not link.startswith(f"{root}/")} == set()
    assert not [link for link in links if link.startswith(f"{root}{root}/") and root]


@pytest.mark.parametrize(
    ("scheme", "origin", "host", "is_ours"),
    [
        ("http", "http://mon.example", "mon.example", True),
        ("http", "https://mon.example", "mon.example", True),  # a proxy speaks TLS, and is not trusted to say so
        ("https", "https://mon.example", "mon.example", True),
        ("https", "https://mon.example", "mon.example:443", True),
        ("https", "https://mon.example:8443", "mon.example:8443", True),
        ("https", "https://mon.example:8443", "mon.example", False),
        ("https", "http://mon.example", "mon.example", False),
        ("https", "http://mon.example:443", "mon.example:443", False),
    ],
)
async def test_behind_a_proxy_our_own_pages_read_the_stream_and_no_other(
    behind: Behind, scheme: str, origin: str, host: str, is_ours: bool
) -> None:
    client = await behind(Caller("192.0.2.1", scheme), allowed_host=("mon.example",))
    headers = {"Host": host}
    if is_ours:
        async with client.ws_connect("/api/ws/metrics", origin=origin, headers=headers) as socket:
            assert (await socket.receive_json())["type"] == "connection"
    else:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect("/api/ws/metrics", origin=origin, headers=headers)
        assert refused.value.status == 403
