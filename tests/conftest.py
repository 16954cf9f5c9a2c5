"""An application over scripted probes, for the tests of handlers."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from monitor.app import create_app
from monitor.config import Settings
from monitor.probe import Probe
from monitor.registry import LeftOut, Registry, Source
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


@pytest.fixture
def connect(aiohttp_client: Any) -> Connect:
    """Start an application and return a client of it."""

    async def connect(*probes: Probe, **settings: Any) -> Client:
        app = create_app(Settings(**{"interval": INTERVAL, **settings}), registry(*(probes or [Scripted("cpu")])))
        client: Client = await aiohttp_client(TestServer(app, host="127.0.0.1"))
        return client

    return connect
