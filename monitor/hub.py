"""The hub: who listens. One write a client and frame, and no client can hold up another."""

import asyncio

from monitor.encoder import websocket_text


class Hub:
    """Hands the same bytes to every client, without waiting for any of them.

    A client is the transport of its connection. What the kernel does not take at once stays in the transport's
    buffer; while there is something in it, the client is passed over. It gets the newest frame when it has drained,
    and the ones between are gone for it: this process never holds more than one frame for a client.
    """

    def __init__(self) -> None:
        self._clients: set[asyncio.WriteTransport] = set()

    def __len__(self) -> int:
        return len(self._clients)

    def join(self, client: asyncio.WriteTransport) -> None:
        """Give the client every frame from the next one on."""
        self._clients.add(client)

    def leave(self, client: asyncio.WriteTransport) -> None:
        """Give the client no more frames; harmless when it gets none."""
        self._clients.discard(client)

    def publish(self, message: bytes) -> None:
        """Write one message, framed once, to each client that is ready for it."""
        framed = websocket_text(message)
        for client in self._clients:
            if not client.get_write_buffer_size():
                client.write(framed)
