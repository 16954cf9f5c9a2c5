"""The hub: the same bytes for all, and nothing for who does not read."""

import asyncio
from typing import cast

from monitor.encoder import websocket_text
from monitor.hub import Hub
from tests.fakes import Client


def joined(hub: Hub, count: int) -> list[Client]:
    clients = [Client() for _ in range(count)]
    for client in clients:
        hub.join(cast(asyncio.WriteTransport, client))
    return clients


def test_every_client_gets_the_same_framed_bytes() -> None:
    hub = Hub()
    clients = joined(hub, 3)
    hub.publish(b"{}")
    assert [client.received for client in clients] == [[websocket_text(b"{}")]] * 3
    assert len({id(client.received[0]) for client in clients}) == 1, "framed once, not once a client"


def test_a_client_that_has_not_drained_is_passed_over_and_gets_the_newest_later() -> None:
    hub = Hub()
    slow, quick = joined(hub, 2)
    hub.publish(b"1")
    slow.buffered = 100
    hub.publish(b"2")
    hub.publish(b"3")
    slow.buffered = 0
    hub.publish(b"4")
    assert slow.received == [websocket_text(b"1"), websocket_text(b"4")]
    assert quick.received == [websocket_text(str(n).encode()) for n in (1, 2, 3, 4)]


def test_who_has_left_gets_nothing_and_may_leave_twice() -> None:
    hub = Hub()
    (client,) = joined(hub, 1)
    assert len(hub) == 1
    hub.leave(cast(asyncio.WriteTransport, client))
    hub.leave(cast(asyncio.WriteTransport, client))
    hub.publish(b"{}")
    assert client.received == []
    assert len(hub) == 0
