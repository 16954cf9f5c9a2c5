"""The choice of the event loop."""

import asyncio
import sys

import pytest
import uvloop

from monitor.loop import ASYNCIO, AUTO, UVLOOP, NoSuchLoop, loop_factory


def kind(name: str) -> type[asyncio.AbstractEventLoop]:
    loop = loop_factory(name)()
    loop.close()
    return type(loop)


def test_uvloop_is_used_where_it_is_installed() -> None:
    assert kind(AUTO) is kind(UVLOOP) is uvloop.Loop
    assert kind(ASYNCIO) is not uvloop.Loop


def test_without_uvloop_auto_is_asyncio_and_asking_for_uvloop_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert kind(AUTO) is kind(ASYNCIO)
    with pytest.raises(NoSuchLoop, match=r"realtime-monitor\[speed\]"):
        loop_factory(UVLOOP)
