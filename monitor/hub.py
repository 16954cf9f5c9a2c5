"""The hub: who listens, at what pace, to which fields. One write a client, and no client can hold up another."""

import asyncio

from monitor.encoder import encode, websocket_text
from monitor.frame import Frame
from monitor.selection import EVERYTHING, Selection


class Hub:
    """Hands the same bytes to every client, without waiting for any of them.

    A client is the transport of its connection. What the kernel does not take at once stays in the transport's
    buffer; while there is something in it, the client is passed over. It gets the newest frame when it has drained,
    and the ones between are gone for it: this process never holds more than one frame for a client.
    """

    def __init__(self) -> None:
        self._channels: dict[Selection, set[asyncio.WriteTransport]] = {}
        self._selections: dict[asyncio.WriteTransport, Selection] = {}

    def __len__(self) -> int:
        return len(self._selections)

    def join(self, client: asyncio.WriteTransport, selection: Selection = EVERYTHING) -> None:
        """Give the client what it asked for of every frame from the next one on."""
        self.leave(client)
        self._selections[client] = selection
        self._channels.setdefault(selection, set()).add(client)

    def leave(self, client: asyncio.WriteTransport) -> None:
        """Give the client no more frames; harmless when it gets none."""
        selection = self._selections.pop(client, None)
        if selection is not None:
            clients = self._channels[selection]
            clients.discard(client)
            if not clients:
                del self._channels[selection]

    def publish(self, frame: Frame, encoded: bytes) -> None:
        """Write a frame to each client that wants it and is ready; encoded and framed once for each set of fields."""
        framed: dict[tuple[str, ...] | None, bytes] = {None: websocket_text(encoded)}
        for selection, clients in self._channels.items():
            if not selection.wants(frame.tick, frame.before):
                continue
            message = framed.get(selection.fields)
            if message is None:
                message = framed[selection.fields] = websocket_text(encode(selection.of(frame.as_dict())))
            for client in clients:
                if not client.get_write_buffer_size():
                    client.write(message)
