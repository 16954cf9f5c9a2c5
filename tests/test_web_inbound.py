"""What a client sends into a stream, frame by frame."""

import pytest

from monitor.web.inbound import BURST, RATE, Inbound, Wrong, unmasked
from tests.test_websocket_rfc import MASK, frame


def test_a_burst_is_taken_and_one_more_is_too_much() -> None:
    inbound = Inbound(at=0.0)
    assert inbound.take(frame(0x81, b"hello") * BURST, 0.0, None) == (None, False)
    assert inbound.take(frame(0x81, b"hello"), 0.0, None) == (Wrong.TOO_MUCH, False)


def test_the_allowance_comes_back_with_time_and_no_further_than_the_burst() -> None:
    inbound = Inbound(at=0.0)
    assert inbound.take(frame(0x89) * BURST, 0.0, None) == (None, False)
    assert inbound.take(frame(0x89) * int(RATE), 1.0, None) == (None, False)
    assert inbound.take(frame(0x89), 1.0, None) == (Wrong.TOO_MUCH, False)
    assert inbound.take(frame(0x89) * (BURST + 1), 1_000_000.0, None) == (Wrong.TOO_MUCH, False)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 4096, 65535])
@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_frames_are_counted_however_they_are_cut(size: int, step: int) -> None:
    inbound = Inbound(at=0.0)
    data = frame(0x82, b"x" * size) + frame(0x01, b"y") + frame(0x80, b"z")
    for start in range(0, len(data), step):
        assert inbound.take(data[start : start + step], 0.0, None) == (None, False)
    assert inbound.allowance == BURST - 3
    assert inbound.is_between_frames


def test_a_length_of_64_bits_is_skipped_without_being_kept() -> None:
    inbound = Inbound(at=0.0)
    assert inbound.take(b"\x82\xff" + (1 << 40).to_bytes(8, "big") + MASK + b"x" * 100_000, 0.0, None) == (None, False)
    assert inbound.take(b"x" * 100_000, 0.0, None) == (None, False)
    assert not inbound.is_between_frames
    assert inbound.allowance == BURST - 1


def test_an_unmasked_frame_is_wrong_at_once() -> None:
    assert Inbound(at=0.0).take(b"\x81\x05hello", 0.0, None) == (Wrong.UNMASKED, False)
    inbound = Inbound(at=0.0)
    assert inbound.take(frame(0x81, b"hello") + b"\x8a", 0.0, None) == (None, False)
    assert inbound.take(b"\x00", 0.0, None) == (Wrong.UNMASKED, False)


@pytest.mark.parametrize("step", [1, 3, 100])
def test_the_pong_that_was_asked_for_is_found_and_free_once(step: int) -> None:
    inbound = Inbound(at=0.0)
    data = frame(0x81, b"first") + frame(0x8A, b"12345678")
    answers = [inbound.take(data[at : at + step], 0.0, b"12345678") for at in range(0, len(data), step)]
    assert [answered for _, answered in answers].count(True) == 1
    assert inbound.allowance == BURST - 1
    assert inbound.take(frame(0x8A, b"12345678"), 0.0, None) == (None, False)
    assert inbound.allowance == BURST - 2


def test_other_pongs_count_as_messages() -> None:
    inbound = Inbound(at=0.0)
    wrong, answered = inbound.take(frame(0x8A, b"87654321") * (BURST + 1), 0.0, b"12345678")
    assert (wrong, answered) == (Wrong.TOO_MUCH, False)


def test_a_flood_of_a_million_frames_is_given_up_after_the_burst() -> None:
    inbound = Inbound(at=0.0)
    assert inbound.take(frame(0x89) * 1_000_000, 0.0, None) == (Wrong.TOO_MUCH, False)


def test_unmasked_is_the_payload() -> None:
    assert unmasked(frame(0x8A, b"hello")) == b"hello"
