"""The hub: who listens, at what pace, to which fields. One write a client, and no client can hold up another."""

import asyncio

from monitor.encoder import Framing, encode, websocket_text
from monitor.frame import Frame
from monitor.selection import EVERYTHING, Selection

#: Clients of one channel get the same bytes at the same ticks.
Channel = tuple[Selection, Framing]


class Hub:
    """Hands the same bytes to every client, without waiting for any of them.

    A client is the transport of its connection. What the kernel does not take at once stays in the transport's
    buffer; while there is something in it, the client is passed over. It gets the newest frame when it has drained,
    and the ones between are gone for it: of frames, this process never holds more for a client than a part of one, and
    a reference to the newest, which all share.
    """

    def __init__(self) -> None:
        # Not sets: in the order of joining, clients lie behind each other in memory; a twentieth of all time at 10,000.
        self._channels: dict[Channel, dict[asyncio.WriteTransport, None]] = {}
        self._channel_of: dict[asyncio.WriteTransport, Channel] = {}
        self._newest: dict[asyncio.WriteTransport, bytes] = {}
        self._enclosed: dict[asyncio.WriteTransport, bytes] = {}

    def __len__(self) -> int:
        return len(self._channel_of)

    def join(
        self, client: asyncio.WriteTransport, selection: Selection = EVERYTHING, framing: Framing = websocket_text
    ) -> None:
        """Give the client what it asked for of every frame from the next one on."""
        self._quit(client)
        channel = selection, framing
        self._channel_of[client] = channel
        self._channels.setdefault(channel, {})[client] = None

    def leave(self, client: asyncio.WriteTransport) -> None:
        """Give the client nothing more; harmless when it gets nothing."""
        self._enclosed.pop(client, None)
        self._quit(client)

    def _quit(self, client: asyncio.WriteTransport) -> None:
        self._newest.pop(client, None)
        channel = self._channel_of.pop(client, None)
        if channel is not None:
            clients = self._channels[channel]
            clients.pop(client, None)
            if not clients:
                del self._channels[channel]

    def enclose(self, client: asyncio.WriteTransport, data: bytes) -> None:
        """Write this when the next frame is published, in one write with it where the client gets that frame."""
        self._enclosed[client] = data

    def enclosed(self, client: asyncio.WriteTransport) -> bytes | None:
        """Return what still waits for a frame to go with, and forget it."""
        return self._enclosed.pop(client, None)

    def publish(self, frame: Frame, encoded: bytes) -> None:
        """Write a frame to each client that wants it and is ready; encoded and framed once for each set of fields."""
        payloads: dict[tuple[str, ...] | None, bytes] = {None: encoded}
        framed: dict[tuple[tuple[str, ...] | None, Framing], bytes] = {}
        behind, enclosed = self._newest, self._enclosed
        for (selection, framing), clients in self._channels.items():
            if not selection.wants(frame.tick, frame.before):
                continue
            fields = selection.fields
            if fields not in payloads:
                payloads[fields] = encode(selection.of(frame.as_dict()))
            if (fields, framing) not in framed:
                framed[fields, framing] = framing(payloads[fields], frame.timestamp)
            message = framed[fields, framing]
            for client in clients:
                if client.get_write_buffer_size():
                    behind[client] = message
                else:
                    if behind:
                        behind.pop(client, None)  # never an older frame after this one
                    client.write(message + enclosed.pop(client) if client in enclosed else message)
        for client, data in enclosed.items():
            client.write(data)
        enclosed.clear()

    def drained(self, client: asyncio.WriteTransport) -> None:
        """Write to a client whose buffer has become empty the newest frame that it was passed over for, if any."""
        message = self._newest.pop(client, None)
        if message is not None and not client.is_closing():
            client.write(message)
