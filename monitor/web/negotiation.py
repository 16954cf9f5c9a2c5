"""What a client would rather have, from headers such as Accept-Encoding (RFC 9110, 12.5)."""

import re
from typing import Final

#: A name, and how much it is wanted: between 0 and 1, with three digits at most.
_ITEM: Final = re.compile(r"\s*([^\s;,]+)\s*(?:;\s*[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?")


def weights(header: str) -> dict[str, float]:
    """Return how much each name of a list is wanted, from 0 (not at all) to 1. What is malformed is left out."""
    items = (_ITEM.fullmatch(item) for item in header.split(","))
    return {item[1].lower(): float(item[2] or 1) for item in items if item is not None}


def takes_gzip(header: str) -> bool:
    """Tell whether whoever sends this Accept-Encoding wants gzip at least as much as what is not encoded."""
    wanted = weights(header)
    gzip = wanted.get("gzip", wanted.get("x-gzip", wanted.get("*", 0.0)))
    return gzip > 0 and gzip >= wanted.get("identity", 0.0)
