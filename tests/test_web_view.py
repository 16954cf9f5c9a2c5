"""What the address of the dashboard asks for, as the server reads it."""

from typing import Any
from urllib.parse import parse_qsl

import pytest

from monitor.web.view import DEFAULT_WINDOW, View, read_view

PLAIN = View(window=DEFAULT_WINDOW, interval=None, focus=None, is_live=True, is_kiosk=False)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", {}),
        ("window=60", {"window": 60}),
        ("window=61", {}),
        ("window=60s", {}),
        ("interval=2.5", {"interval": 2.5}),
        ("focus=cpu", {"focus": "cpu"}),
        ("kiosk", {"is_kiosk": True}),
        ("kiosk=True", {"is_kiosk": True}),
        ("kiosk=0", {}),
        ("at=1697456789.123", {"is_live": False}),
        ("at=0", {}),
        ("at=soon", {}),
        ("from=100&to=200", {"is_live": False}),
        ("from=200&to=100", {}),
        ("from=100", {}),
    ],
)
def test_it_reads_what_makes_sense(query: str, wanted: dict[str, Any]) -> None:
    assert read_view(dict(parse_qsl(query, keep_blank_values=True))) == PLAIN._replace(**wanted)
