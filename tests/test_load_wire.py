"""The client's side of the wire."""

import pytest

from monitor.encoder import websocket_text
from monitor.load.wire import PONG, TEXT, answer, split, status, timestamp


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_messages_of_any_length_are_split_wherever_they_are_cut(size: int) -> None:
    whole = websocket_text(b"x" * size)
    for cut in {0, 1, min(3, len(whole) - 1), len(whole) // 2, len(whole) - 1}:
        messages, rest = split(whole[:cut])
        assert (messages, rest) == ([], whole[:cut])
    assert split(whole + whole + whole[:1]) == ([(TEXT, b"x" * size)] * 2, whole[:1])


def test_an_answer_is_masked_and_carries_the_payload() -> None:
    assert answer(PONG, b"nonce") == bytes((0x8A, 0x85)) + bytes(4) + b"nonce"


@pytest.mark.parametrize(
    "frame",
    [b'{"timestamp":1700000000.123,"cpu":{}}', b'{"timestamp":1700000000.123    }', b'{"timestamp":1700000000.123}'],
)
def test_the_timestamp_of_a_frame_is_read(frame: bytes) -> None:
    assert timestamp(frame) == 1700000000.123


def test_a_timestamp_that_is_no_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="soon"):
        timestamp(b'{"timestamp":"soon"}')


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5", "HTTP 503"),
        (b"HTTP/1.1 204", "HTTP 204"),
        (b"SSH-2.0-OpenSSH", "an answer that is not HTTP"),
        (b"", "an answer that is not HTTP"),
    ],
)
def test_an_answer_to_the_handshake_is_named_for_a_person(head: bytes, said: str) -> None:
    assert status(head) == said
