"""The client's side of the wire: bytes to messages, and the few bytes that a client sends. Pure functions."""

from typing import Final

#: The key of RFC 6455's own example: the same for all, since nobody between us and loopback caches. more: header
#: lines.
REQUEST: Final = (
    "GET {path} HTTP/1.1\r\n"
    "Host: {host}:{port}\r\n"
    "{more}"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
#: Every frame begins with this; no other message does.
FRAME: Final = b'{"timestamp":'

_FIN, _MASKED = 0x80, 0x80
_LENGTH_16, _LENGTH_64 = 126, 127


def split(received: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Split what a server sent into whole messages, each an opcode and its payload, and the bytes left over."""
    messages = []
    start = 0
    while len(received) - start >= 2:
        length, body = received[start + 1] & 0x7F, start + 2
        if length == _LENGTH_16:
            length, body = int.from_bytes(received[body : body + 2], "big"), body + 2
        elif length == _LENGTH_64:
            length, body = int.from_bytes(received[body : body + 8], "big"), body + 8
        if len(received) < body + length:
            break
        messages.append((received[start] & 0x0F, received[body : body + length]))
        start = body + length
    return messages, received[start:]


def answer(opcode: int, payload: bytes) -> bytes:
    """Return a control frame with this payload, masked with zeros: clients must mask, with whatever they like."""
    return bytes((_FIN | opcode, _MASKED | len(payload))) + bytes(4) + payload


def timestamp(frame: bytes) -> float:
    """Return the Unix time in seconds that a frame begins with. Raises ValueError where it is no number."""
    end = frame.find(b",", len(FRAME))
    return float(frame[len(FRAME) : end if end >= 0 else frame.find(b"}", len(FRAME))])


def status(head: bytes) -> str:
    """Return what the first line of an HTTP answer says, for a person: "HTTP 503"."""
    words = head.split(b" ", 2)
    if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit():
        return f"HTTP {words[1].decode()}"
    return "an answer that is not HTTP"
