"""What a client sends into a stream: whether it is masked, and whether it is too much. aiohttp reads the rest.

aiohttp takes unmasked frames, and as many as come: so their heads are looked at before it gets them.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from aiohttp import WSCloseCode

#: Frames that may come at once, and how many more a second.
BURST: Final = 20
RATE: Final = 5.0

_PONG: Final = 0x8A
_MASKED: Final = 0x80
_SHORTEST: Final = 6
#: The least size for which a head may be so long.
_LEAST: Final = {_SHORTEST: 0, 8: 126, 14: 1 << 16}


class Wrong(Enum):
    """Why a connection has to be closed: code and reason of its closing frame."""

    UNMASKED = WSCloseCode.PROTOCOL_ERROR, b"frames from a client are masked"
    LONG_FORM = WSCloseCode.PROTOCOL_ERROR, b"a length has its shortest form"
    TOO_MUCH = WSCloseCode.POLICY_VIOLATION, b"too many messages"


@dataclass(slots=True)
class Inbound:
    """The frames of one client so far. Keeps no more of them than a head, or one pong.

    allowance  frames that may come now
    at         when that was so, in monotonic seconds
    """

    at: float
    allowance: float = BURST
    _rest: bytes = b""
    _skip: int = 0

    @property
    def is_between_frames(self) -> bool:
        """Tell whether what has come so far ends with a whole frame."""
        return not self._rest and not self._skip

    def take(self, data: bytes, now: float, nonce: bytes | None) -> tuple[Wrong | None, bool]:
        """Look at what has come; return what is wrong with it, and whether the pong with this nonce was in it.

        That pong is free: it was asked for.
        """
        self.allowance = min(BURST, self.allowance + (now - self.at) * RATE)
        self.at = now
        answered = False
        data, start = self._rest + data, min(self._skip, len(data))
        self._skip -= start
        while len(data) - start >= 2:
            if not data[start + 1] & _MASKED:
                return Wrong.UNMASKED, answered
            head, size = _head(data, start)
            is_pong = data[start] == _PONG and head == _SHORTEST
            if len(data) - start < head + (size if is_pong else 0):
                break
            if size < _LEAST[head]:
                return Wrong.LONG_FORM, answered
            if is_pong and not answered and unmasked(data[start : start + head + size]) == nonce:
                answered = True
            elif self.allowance < 1:
                return Wrong.TOO_MUCH, answered
            else:
                self.allowance -= 1
            end = start + head + size
            start = min(end, len(data))
            self._skip = end - start
        self._rest = data[start:]
        return None, answered


def unmasked(frame: bytes) -> bytes:
    """Return the payload of a whole masked frame of at most 125 bytes (RFC 6455, 5.3)."""
    mask = frame[2:6]
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(frame[6:]))


def _head(data: bytes, start: int) -> tuple[int, int]:
    """Return the bytes of the head that begins there, and the size that it says, where it has all come."""
    size = data[start + 1] & 0x7F
    if size < 126:
        return _SHORTEST, size
    head = 8 if size == 126 else 14
    return head, int.from_bytes(data[start + 2 : start + head - 4], "big")
