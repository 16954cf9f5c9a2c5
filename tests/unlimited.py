"""No limits per address: what a test or a measurement opens comes from one address, and is as much as it needs."""

from collections.abc import Mapping
from typing import Final

SETTINGS: Final[Mapping[str, int]] = {
    "max_connections_per_address": 0,
    "handshakes_per_second": 0,
    "requests_per_second": 0,
    "questions_per_minute": 0,
    "failures_per_minute": 0,
}
ENVIRONMENT: Final[Mapping[str, str]] = {f"MONITOR_{name.upper()}": str(value) for name, value in SETTINGS.items()}
