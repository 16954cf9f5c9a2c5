"""An application over scripted probes, for the tests of handlers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.typedefs import StrOrURL
from yarl import URL

from monitor.app import create_app
from monitor.config import Settings
from monitor.probe import Probe
from monitor.registry import LeftOut, Registry, Source
from monitor.web.access import AccessLog
from monitor.web.door import Admission, Door
from monitor.web.errors import without_malformed
from monitor.web.limits import LIMITS
from monitor.web.peer import STREAM
from monitor.web.proxies import PROXIES
from monitor.web.tls import Identity
from tests import unlimited
from tests.fakes import Scripted

Client = TestClient[web.Request, web.Application]
Connect = Callable[..., Awaitable[Client]]

#: Quick enough not to wait for, and slow enough for a busy test machine.
INTERVAL = 0.1


def registry(*probes: Probe) -> Registry:
    """Return the registry of these probes, as if one plugin had brought them all; and of one that is broken."""
    source = Source("fake", "fakes 1.0")
    return Registry(
        probes={probe.name: probe for probe in probes},
        sources={probe.name: source for probe in probes},
        disabled={"unwanted": source},
        left_out=[LeftOut(Source("broken", "fakes 1.0"), "ImportError: no")],
    )


class Behind(TestServer):
    """A server behind our own door, as the product is; connections that it lets in: `limit`. With TLS: `identity`."""

    def __init__(self, app: web.Application, limit: int = 1000, identity: Identity | None = None) -> None:
        super().__init__(app, host="127.0.0.1")
        self._limit = limit
        self._identity = identity

    async def start_server(self, loop: asyncio.AbstractEventLoop | None = None, **options: Any) -> None:
        if self.runner is None:
            http_log = logging.getLogger("monitor.http")
            http_log.addFilter(without_malformed)
            self.runner = runner = web.AppRunner(self.app, shutdown_timeout=1.0, **options)
            await runner.setup()
            door = Door(
                runner,
                self.host,
                0,
                keeper=self.app[STREAM].keeper,
                admission=Admission(self._limit, self.app[LIMITS].places, self.app[PROXIES]),
                identity=self._identity,
                access_log_class=AccessLog,
                logger=http_log,
            )
            await door.start()
            self.port = door.port

    def make_url(self, path: StrOrURL) -> URL:
        return URL(f"{'http' if self._identity is None else 'https'}://{self.host}:{self.port}").join(URL(path))


@pytest.fixture
def connect(aiohttp_client: Any) -> Connect:
    """Start an application and return a client of it. It has limits per address only where a test sets them."""

    async def connect(*probes: Probe, limit: int = 1000, **settings: Any) -> Client:
        chosen = Settings(**{"interval": INTERVAL, **unlimited.SETTINGS, **settings})
        app = create_app(chosen, registry(*(probes or [Scripted("cpu")])))
        client: Client = await aiohttp_client(Behind(app, limit))
        return client

    return connect
