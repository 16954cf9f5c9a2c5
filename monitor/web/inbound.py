"""What a client sends into a stream: whether it is masked, and whether it is too much. aiohttp reads the rest.

aiohttp takes unmasked frames, and as many as come: so their heads are looked at before it gets them.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

#: Frames that may come at once, and how many more a second.
BURST: Final = 20
RATE: Final = 5.0

_PONG: Final = 0x8A
_MASKED: Final = 0x80


class Wrong(IntEnum):
    """Why a connection has to be closed, as the code of its closing frame."""

    UNMASKED = 1002
    TOO_MUCH = 1008

    @property
    def reason(self) -> bytes:
        """What stands in the closing frame beside the code."""
        return b"frames from a client are masked" if self is Wrong.UNMASKED else b"too many messages"


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
        data, start = self._rest + data, min(self._skip, len(self._rest) + len(data))
        self._skip -= start
        while len(data) - start >= 2:
            first, second = data[start], data[start + 1]
            if not second & _MASKED:
                return Wrong.UNMASKED, answered
            head = 6 + {126: 2, 127: 8}.get(second & 0x7F, 0)
            size = second & 0x7F if head == 6 else int.from_bytes(data[start + 2 : start + head - 4], "big")
            whole = head + (size if first == _PONG and head == 6 else 0)
            if len(data) - start < whole:
                break
            is_ours = (
                first == _PONG and nonce is not None and not answered and unmasked(data[start : start + whole]) == nonce
            )
            if is_ours:
                answered = True
            else:
                self.allowance -= 1
                if self.allowance < 0:
                    return Wrong.TOO_MUCH, answered
            end = start + head + size
            start = min(end, len(data))
            self._skip = end - start
        self._rest = data[start:]
        return None, answered


def unmasked(frame: bytes) -> bytes:
    """Return the payload of a whole masked frame of at most 125 bytes (RFC 6455, 5.3)."""
    mask = frame[2:6]
    return bytes(byte ^ mask[place % 4] for place, byte in enumerate(frame[6:]))
