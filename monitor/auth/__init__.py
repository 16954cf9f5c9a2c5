"""Who may: tokens, tickets, sessions. Knows neither aiohttp nor the settings, and keeps no secret, only hashes."""
