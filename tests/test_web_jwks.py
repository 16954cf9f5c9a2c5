"""The address of a key set: asked for once, for little, and not for ever."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import jwt as pyjwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from monitor.web import jwks
from monitor.web.jwks import LONGEST, fetch
from tests.conftest import Connect
from tests.tokens import AUDIENCE, bearer, private_key, signed


class Issuer:
    """Serves whatever a test puts here."""

    def __init__(self) -> None:
        self.handler: Callable[[web.Request], Awaitable[web.StreamResponse]] = self.keys
        self.names = ["1"]
        self.asked = 0

    async def keys(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        key = json.loads(pyjwt.algorithms.RSAAlgorithm.to_jwk(private_key("rs256").public_key()))
        return web.json_response({"keys": [{**key, "kid": name, "use": "sig", "alg": "RS256"} for name in self.names]})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        return await self.handler(request)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
async def url(issuer: Issuer, aiohttp_server: Any) -> str:
    app = web.Application()
    app.router.add_get("/keys", issuer.handle)
    server: TestServer = await aiohttp_server(app)
    return str(server.make_url("/keys"))


async def test_tokens_are_checked_with_the_published_keys_which_may_change(
    connect: Connect, issuer: Issuer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.auth.jwks.PAUSE", 0.0)
    client = await connect(jwt_algorithm="rs256", jwt_jwks_url=url, jwt_audience=AUDIENCE)
    for _ in range(3):
        assert (await client.get("/api/probes", headers=bearer(signed(head={"kid": "1"})))).status == 200
    assert (await client.get("/api/probes", headers=bearer(signed()))).status == 200, "there is only one"
    assert issuer.asked == 1
    issuer.names = ["2"]
    assert (await client.get("/api/probes", headers=bearer(signed(head={"kid": "2"})))).status == 200
    assert (await client.get("/api/probes", headers=bearer(signed(head={"kid": "1"})))).status == 401


async def test_too_much_is_not_read(issuer: Issuer, url: str) -> None:
    async def much(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100_000):
            await response.write(b" " * 10_000)
        return response

    issuer.handler = much
    with pytest.raises(ValueError, match=f"more than {LONGEST} bytes"):
        await fetch(url)


async def test_a_redirect_is_not_followed(issuer: Issuer, url: str) -> None:
    async def elsewhere(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})

    issuer.handler = elsewhere
    with pytest.raises(ValueError, match="the answer was 302"):
        await fetch(url)


async def test_whoever_does_not_answer_is_not_waited_for(
    issuer: Issuer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = asyncio.Event()

    async def wait(request: web.Request) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    issuer.handler = wait
    monkeypatch.setattr(jwks, "PATIENCE", 0.1)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await fetch(url)
    assert time.monotonic() - began < 5
    never.set()


async def test_an_error_does_not_name_the_address() -> None:
    with pytest.raises(OSError, match="no connection") as raised:
        await fetch("http://user:password@127.0.0.1:1/keys")
    assert "password" not in str(raised.value)
    for broken in ("http://user:password@127.0.0.1:99999/keys", "nothing"):
        with pytest.raises((OSError, ValueError)) as other:
            await partial(fetch, broken)()
        assert "password" not in str(other.value)
