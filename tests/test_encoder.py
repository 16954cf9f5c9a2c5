"""The wire: a golden frame, the welcome message, and the framing of WebSocket messages."""

import json
from pathlib import Path

import pytest

from monitor.encoder import WELCOME, chunk, encode, event, event_chunk, websocket_ping, websocket_text
from monitor.frame import Frame

SPEC_FRAME = {
    "timestamp": 1697456789.123,
    "cpu": {"percent_total": 25.5, "percent_per_core": [20.0, 30.0, 25.0, 26.0], "count": 4, "frequency_mhz": 2400.0},
    "memory": {"percent": 65.2, "total_mb": 16384.0, "available_mb": 5700.0, "used_mb": 10684.0},
    "disk": {"percent": 45.3, "total_gb": 512.0, "used_gb": 232.0, "free_gb": 280.0},
    "network": {"bytes_sent_mb": 1250.5, "bytes_recv_mb": 3420.8},
    "process": {"memory_mb": 85.3, "cpu_percent": 2.5},
}
GOLDEN = Path(__file__).with_name("golden_frame.json")


def test_the_documented_frame_is_encoded_as_the_golden_one() -> None:
    sections = {name: section for name, section in SPEC_FRAME.items() if isinstance(section, dict)}
    frame = Frame(1697456789.123, sections, {})
    assert encode(frame.as_dict()) == GOLDEN.read_bytes().strip()
    assert json.loads(encode(frame.as_dict())) == SPEC_FRAME


def test_the_welcome_message_is_the_documented_one() -> None:
    assert json.loads(WELCOME) == {
        "type": "connection",
        "status": "connected",
        "message": "Streaming des métriques démarré",
    }


def test_unknown_values_are_null() -> None:
    assert encode(Frame(1.0, {"cpu": {"count": None}}, {}).as_dict()) == b'{"timestamp":1.0,"cpu":{"count":null}}'


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_000])
def test_a_message_is_framed_as_rfc_6455_says(size: int) -> None:
    payload = b"x" * size
    framed = websocket_text(payload)
    assert framed[0] == 0x81, "final fragment, text"
    assert framed[1] < 128, "not masked"
    if framed[1] < 126:
        length, head = framed[1], 2
    elif framed[1] == 126:
        length, head = int.from_bytes(framed[2:4], "big"), 4
        assert length > 125, "the shortest form is required"
    else:
        length, head = int.from_bytes(framed[2:10], "big"), 10
        assert length > 65_535, "the shortest form is required"
    assert length == size
    assert framed[head:] == payload


def test_an_event_is_one_line_of_data_with_the_timestamp_as_its_id() -> None:
    assert (
        event(b'{"timestamp":1697456789.1}', 1697456789.1) == b'id: 1697456789.1\ndata: {"timestamp":1697456789.1}\n\n'
    )
    assert event(b"{}") == b"data: {}\n\n", "without a timestamp nothing to resume from"


def test_a_chunk_says_its_size_in_hexadecimal() -> None:
    assert chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
    assert event_chunk(b"{}", 1.0) == chunk(event(b"{}", 1.0))


def test_a_ping_carries_its_payload() -> None:
    assert websocket_ping(b"12345678") == b"\x89\x0812345678"
