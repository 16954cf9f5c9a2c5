"""The hub: the same bytes for all, and nothing for who does not read."""

import asyncio
from typing import cast

from monitor.encoder import event, event_chunk, websocket_text
from monitor.frame import Frame
from monitor.hub import Hub
from monitor.selection import Selection
from tests.fakes import Client


def joined(hub: Hub, count: int) -> list[Client]:
    clients = [Client() for _ in range(count)]
    for client in clients:
        hub.join(cast(asyncio.WriteTransport, client))
    return clients


def publish(hub: Hub, tick: int, encoded: bytes = b"{}", before: int | None = None) -> None:
    sections = {"cpu": {"count": 2, "percent_total": 5.0}, "memory": {"percent": 50.0}}
    hub.publish(Frame(float(tick), sections, {}, tick, tick - 1 if before is None else before), encoded)


def test_every_client_gets_the_same_framed_bytes() -> None:
    hub = Hub()
    clients = joined(hub, 3)
    publish(hub, 1, b"{}")
    assert [client.received for client in clients] == [[websocket_text(b"{}")]] * 3
    assert len({id(client.received[0]) for client in clients}) == 1, "framed once, not once a client"


def test_a_client_that_has_not_drained_is_passed_over_and_gets_the_newest_later() -> None:
    hub = Hub()
    slow, quick = joined(hub, 2)
    publish(hub, 1, b"1")
    slow.buffered = 100
    publish(hub, 2, b"2")
    publish(hub, 3, b"3")
    slow.buffered = 0
    publish(hub, 4, b"4")
    assert slow.received == [websocket_text(b"1"), websocket_text(b"4")]
    assert quick.received == [websocket_text(str(n).encode()) for n in (1, 2, 3, 4)]


def test_a_client_that_drains_gets_the_newest_frame_at_once_and_no_older_one_after_it() -> None:
    hub = Hub()
    (slow,) = joined(hub, 1)
    transport = cast(asyncio.WriteTransport, slow)
    slow.buffered = 100
    publish(hub, 1, b"1")
    publish(hub, 2, b"2")
    slow.buffered = 0
    hub.drained(transport)
    hub.drained(transport)
    publish(hub, 3, b"3")
    slow.buffered = 100
    publish(hub, 4, b"4")
    slow.buffered = 0
    publish(hub, 5, b"5")
    hub.drained(transport)
    assert slow.received == [websocket_text(b"2"), websocket_text(b"3"), websocket_text(b"5")]


def test_who_leaves_while_behind_gets_nothing_when_it_drains() -> None:
    hub = Hub()
    (slow,) = joined(hub, 1)
    slow.buffered = 100
    publish(hub, 1)
    hub.leave(cast(asyncio.WriteTransport, slow))
    hub.drained(cast(asyncio.WriteTransport, slow))
    assert slow.received == []


def test_clients_of_one_pace_and_fields_share_what_is_encoded_and_each_framing_once() -> None:
    hub = Hub()
    clients = [Client() for _ in range(4)]
    for client, framing in zip(clients, [websocket_text, event, event, event_chunk], strict=True):
        hub.join(cast(asyncio.WriteTransport, client), Selection(1, ("cpu.count",)), framing)
    publish(hub, 7)
    received = [client.received[0] for client in clients]
    assert received[1] is received[2]
    assert received[1] == b'id: 7.0\ndata: {"timestamp":7.0,"cpu":{"count":2}}\n\n'
    assert received[3] == b"%x\r\n" % len(received[1]) + received[1] + b"\r\n"


def test_what_is_enclosed_goes_in_one_write_with_the_next_frame_or_alone_where_there_is_none() -> None:
    hub = Hub()
    every, seldom, behind, gone = joined(hub, 4)
    hub.join(cast(asyncio.WriteTransport, seldom), Selection(every=10))
    behind.buffered = 100
    for client in (every, seldom, behind, gone):
        hub.enclose(cast(asyncio.WriteTransport, client), b"ping")
    hub.leave(cast(asyncio.WriteTransport, gone))
    publish(hub, 1, b"1")
    assert every.received == [websocket_text(b"1") + b"ping"]
    assert seldom.received == behind.received == [b"ping"]
    assert gone.received == []
    publish(hub, 2, b"2")
    assert every.received[1:] == [websocket_text(b"2")], "once"


def test_what_is_enclosed_survives_that_its_client_joins_and_can_be_taken_back() -> None:
    hub, client = Hub(), Client()
    transport = cast(asyncio.WriteTransport, client)
    hub.enclose(transport, b"ping")
    hub.join(transport)
    publish(hub, 1, b"1")
    assert client.received == [websocket_text(b"1") + b"ping"]
    hub.enclose(transport, b"again")
    assert hub.enclosed(transport) == b"again"
    assert hub.enclosed(transport) is None


def test_who_has_left_gets_nothing_and_may_leave_twice() -> None:
    hub = Hub()
    (client,) = joined(hub, 1)
    assert len(hub) == 1
    hub.leave(cast(asyncio.WriteTransport, client))
    hub.leave(cast(asyncio.WriteTransport, client))
    publish(hub, 1, b"{}")
    assert client.received == []
    assert len(hub) == 0


def test_clients_with_the_same_fields_share_one_encoding_whatever_their_pace() -> None:
    hub = Hub()
    clients = [Client() for _ in range(4)]
    cpu = ("cpu.count",)
    for client, selection in zip(
        clients, [Selection(), Selection(1, cpu), Selection(2, cpu), Selection(1, cpu)], strict=True
    ):
        hub.join(cast(asyncio.WriteTransport, client), selection)
    for tick in range(4):
        publish(hub, tick)
    assert [len(client.received) for client in clients] == [4, 4, 2, 4]
    assert clients[1].received[0] == websocket_text(b'{"timestamp":0.0,"cpu":{"count":2}}')
    assert clients[1].received[0] is clients[2].received[0] is clients[3].received[0]


def test_who_joins_again_has_one_selection() -> None:
    hub, client = Hub(), Client()
    transport = cast(asyncio.WriteTransport, client)
    hub.join(transport, Selection(1, ("cpu",)))
    hub.join(transport)
    publish(hub, 1)
    assert client.received == [websocket_text(b"{}")]
    assert len(hub) == 1
