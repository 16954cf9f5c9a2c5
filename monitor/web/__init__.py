"""HTTP and WebSocket: the only part, besides `app`, that knows aiohttp."""
