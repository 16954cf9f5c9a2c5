"""The wire: frames to JSON bytes, and these into WebSocket frames or server-sent events. Pure functions; nothing else
knows the formats."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

_json = msgspec.json.Encoder()
_documents = msgspec.json.Decoder(dict[str, Any])

#: The first message of every stream, exactly as documented.
WELCOME: Final = _json.encode(
    {"type": "connection", "status": "connected", "message": "Streaming des métriques démarré"}
)

#: Turns a frame's JSON and its timestamp into what goes over the wire: the same bytes for every client.
Framing = Callable[[bytes, float], bytes]

_FIN_TEXT = 0x81
_FIN_PING = 0x89


def encode(document: Mapping[str, Any]) -> bytes:
    """Return a frame's document as compact UTF-8 JSON; `monitor.frame` lets no NaN and no infinity through."""
    return _json.encode(document)


def decode(encoded: bytes) -> dict[str, Any]:
    """Return the document of an encoded frame."""
    return _documents.decode(encoded)


def websocket_text(payload: bytes, timestamp: float | None = None) -> bytes:
    """Return one whole, unmasked WebSocket text frame around `payload` (RFC 6455, 5.2).

    Frames from a server are not masked, so the same bytes serve every client. The timestamp is in the payload already.
    """
    return _websocket_head(_FIN_TEXT, len(payload)) + payload


def websocket_ping(payload: bytes) -> bytes:
    """Return one WebSocket ping with a payload of at most 125 bytes (RFC 6455, 5.5.2)."""
    return _websocket_head(_FIN_PING, len(payload)) + payload


def event(payload: bytes, timestamp: float | None = None) -> bytes:
    """Return one server-sent event; its id is the timestamp, from which a client resumes (HTML, 9.2)."""
    head = b"" if timestamp is None else b"id: %s\n" % repr(timestamp).encode()
    return head + b"data: " + payload + b"\n\n"


def named_event(name: str, payload: bytes) -> bytes:
    """Return one server-sent event of a kind of its own."""
    return b"event: %s\n%s" % (name.encode(), event(payload))


def event_chunk(payload: bytes, timestamp: float | None = None) -> bytes:
    """Return the same as one chunk of an HTTP/1.1 body (RFC 9112, 7.1)."""
    return chunk(event(payload, timestamp))


def chunk(data: bytes) -> bytes:
    """Return one chunk of an HTTP/1.1 body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def _websocket_head(first: int, size: int) -> bytes:
    if size < 126:
        return bytes((first, size))
    if size < 1 << 16:
        return bytes((first, 126)) + size.to_bytes(2, "big")
    return bytes((first, 127)) + size.to_bytes(8, "big")
