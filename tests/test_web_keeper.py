"""The keeper's judgements, beat by beat."""

import asyncio
import socket
import time
from typing import cast

import pytest

from monitor.web import keeper as module
from monitor.web.keeper import PING_EVERY, PONG_WITHIN, STUCK_AFTER, Keeper
from tests.fakes import Client

PATIENCE = 10


class FakePeer:
    """A peer that answers, or not."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.nonces: list[bytes] = []
        self.is_cut_off = False
        self._waits = False

    def ping(self, nonce: bytes) -> None:
        self.nonces.append(nonce)
        self._waits = not self.answers

    def is_overdue(self) -> bool:
        return self._waits

    def cut_off(self) -> None:
        self.is_cut_off = True


def beats(keeper: Keeper, count: int) -> None:
    for _ in range(count):
        keeper.beat()


def test_a_peer_is_pinged_every_twenty_beats_each_time_with_another_nonce() -> None:
    keeper, peer = Keeper(), FakePeer()
    beats(keeper, 7)
    keeper.look_after(peer)
    beats(keeper, PING_EVERY - 1)
    assert peer.nonces == []
    beats(keeper, 1 + 4 * PING_EVERY)
    assert len(peer.nonces) == len(set(peer.nonces)) == 5
    assert not peer.is_cut_off


def test_a_peer_that_does_not_answer_is_cut_off_thirty_beats_after_it_came_and_no_earlier() -> None:
    keeper, peer, healthy = Keeper(), FakePeer(answers=False), FakePeer()
    beats(keeper, 3)
    keeper.look_after(peer)
    keeper.look_after(healthy)
    beats(keeper, PING_EVERY + PONG_WITHIN - 1)
    assert [peer.is_cut_off] == [False]
    beats(keeper, 1)
    assert [peer.is_cut_off] == [True]
    beats(keeper, 100)
    assert len(peer.nonces) == 1, "and then forgotten"
    assert not healthy.is_cut_off


def test_who_was_forgotten_is_pinged_no_more() -> None:
    keeper, peer = Keeper(), FakePeer()
    keeper.look_after(peer)
    keeper.forget(peer)
    keeper.forget(peer)
    beats(keeper, 100)
    assert peer.nonces == []


class Stuck(Client):
    """A transport with something to write."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.buffered = size
        self.aborted = False

    def get_extra_info(self, name: str) -> None:
        return None

    def abort(self) -> None:
        self.aborted = True


def test_a_connection_that_takes_nothing_is_dropped_and_one_that_takes_little_is_not() -> None:
    keeper, stuck, slow, gone = Keeper(), Stuck(1000), Stuck(1000), Stuck(1000)
    for transport in (stuck, slow, gone):
        keeper.paused(cast(asyncio.WriteTransport, transport))
    for beat in range(2 * STUCK_AFTER):
        slow.buffered -= beat % 20 == 0
        if beat == 10:
            keeper.resumed(cast(asyncio.WriteTransport, gone))
            stuck.buffered += 10  # more to write is no progress
        assert not stuck.aborted or beat >= STUCK_AFTER
        keeper.beat()
    assert (stuck.aborted, slow.aborted, gone.aborted) == (True, False, False)


def test_who_was_expected_and_did_not_come_is_told_once_and_in_time() -> None:
    keeper = Keeper()
    late: list[str] = []

    def never() -> None:
        late.append("never")

    def came() -> None:
        late.append("came")

    keeper.expect(came, PATIENCE)
    keeper.beat()
    keeper.expect(never, PATIENCE)
    keeper.came(came)
    beats(keeper, PATIENCE - 1)
    assert late == []
    beats(keeper, PATIENCE)
    assert late == ["never"]


def test_a_wait_that_is_renewed_begins_anew() -> None:
    keeper = Keeper()
    late: list[int] = []

    def tell() -> None:
        late.append(1)

    keeper.expect(tell, PATIENCE)
    beats(keeper, PATIENCE - 1)
    keeper.expect(tell, PATIENCE)
    beats(keeper, PATIENCE - 1)
    assert late == []
    keeper.beat()
    assert late == [1]


def test_a_fault_with_one_connection_is_his_alone(caplog: pytest.LogCaptureFixture) -> None:
    class Faulty(FakePeer):
        """A peer with whom everything fails."""

        def ping(self, nonce: bytes) -> None:
            super().ping(nonce)
            raise RuntimeError("ping")

        def is_overdue(self) -> bool:
            raise RuntimeError("judge")

    def late() -> None:
        raise RuntimeError("late")

    keeper, faulty, healthy, told = Keeper(), Faulty(), FakePeer(), list[int]()
    keeper.look_after(faulty)
    keeper.look_after(healthy)
    keeper.expect(late, PATIENCE)
    keeper.expect(lambda: told.append(1), PATIENCE)
    beats(keeper, PING_EVERY + PONG_WITHIN)
    assert (faulty.is_cut_off, healthy.is_cut_off, told, len(healthy.nonces)) == (True, False, [1], 1)
    assert caplog.text.count("could not be looked after") >= 2


async def test_a_pause_of_the_process_is_one_beat_and_what_has_arrived_is_read_before_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BEAT", 0.01)
    order: list[str] = []

    class Told(Keeper):
        """Notes its beats."""

        def beat(self) -> None:
            order.append("beat")

    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    loop.add_reader(here, lambda: order.append(here.recv(1).decode()))
    keeper = Told()
    beating = asyncio.create_task(keeper.run())
    await asyncio.sleep(0.1)
    assert not order, "there is nobody to look after"
    keeper.look_after(FakePeer())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    there.send(b"r")
    time.sleep(0.2)  # noqa: ASYNC251 - the loop stands still for twenty beats, as under SIGSTOP
    async with asyncio.timeout(10):
        while len(order) < 2:
            await asyncio.sleep(0)
    beating.cancel()
    loop.remove_reader(here)
    here.close()
    there.close()
    assert order[:2] == ["r", "beat"]
