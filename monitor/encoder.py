"""The wire: frames to JSON bytes, and bytes to WebSocket frames. Pure functions; nothing else knows the format."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

_json = msgspec.json.Encoder()
_documents = msgspec.json.Decoder(dict[str, Any])

#: The first message of every stream, exactly as documented.
WELCOME: Final = _json.encode(
    {"type": "connection", "status": "connected", "message": "Streaming des métriques démarré"}
)

_FIN_TEXT = 0x81


def encode(document: Mapping[str, Any]) -> bytes:
    """Return a frame's document as compact UTF-8 JSON; `monitor.frame` lets no NaN and no infinity through."""
    return _json.encode(document)


def decode(encoded: bytes) -> dict[str, Any]:
    """Return the document of an encoded frame."""
    return _documents.decode(encoded)


def websocket_text(payload: bytes) -> bytes:
    """Return one whole, unmasked WebSocket text frame around `payload` (RFC 6455, 5.2).

    Frames from a server are not masked, so the same bytes serve every client.
    """
    size = len(payload)
    if size < 126:
        head = bytes((_FIN_TEXT, size))
    elif size < 1 << 16:
        head = bytes((_FIN_TEXT, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((_FIN_TEXT, 127)) + size.to_bytes(8, "big")
    return head + payload
