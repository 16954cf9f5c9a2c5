"""What the address of the dashboard asks for, as far as it is seen before view.js has come, which reads it too."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

#: Seconds that the charts can show.
WINDOWS: Final = (60, 300, 900)
DEFAULT_WINDOW: Final = 300
_NUMBER: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_ON: Final = ("", "1", "true", "yes", "on")


class View(NamedTuple):
    """What is looked at.

    window    seconds: one of `WINDOWS`
    interval  seconds between two frames; None is the server's own
    focus     the name of the probe that is shown alone, be it there or not
    is_live   the newest numbers are shown
    is_kiosk  nothing but numbers is
    """

    window: int
    interval: float | None
    focus: str | None
    is_live: bool
    is_kiosk: bool


def read_view(query: Mapping[str, str]) -> View:
    """Return the view of an address; what makes no sense in it is ignored."""
    window, at, start, end = (_number(query, key) for key in ("window", "at", "from", "to"))
    is_closer = start is not None and end is not None and start < end
    return View(
        window=int(window) if window in WINDOWS else DEFAULT_WINDOW,
        interval=_number(query, "interval"),
        focus=query.get("focus"),
        is_live=not at and not is_closer,
        is_kiosk=query.get("kiosk", "off").lower() in _ON,
    )


def _number(query: Mapping[str, str], key: str) -> float | None:
    text = query.get(key, "")
    return float(text) if _NUMBER.fullmatch(text) else None
