"""Masks: what is shown of values that hold, or could hold, a secret."""

import re
from collections.abc import Mapping
from typing import Final

#: In place of a secret.
HIDDEN: Final = "***"

_USER: Final = re.compile(r"//[^/?#\s]*@")
_TELLING: Final = re.compile(r"pass|secret|token|credential|hash|key(?!board)", re.IGNORECASE)


def nothing(value: object) -> object:
    """Hide nothing."""
    return value


def address(value: object) -> object:
    """Hide user and password in the address of a server, also where it is otherwise none."""
    return _USER.sub(f"//{HIDDEN}@", value) if isinstance(value, str) else value


def by_name(value: object, name: str = "") -> object:
    """Hide what goes by a name such as password or api_key, in tables within tables too."""
    if isinstance(value, Mapping):
        return {key: by_name(item, str(key)) for key, item in value.items()}
    if _TELLING.search(name) and not isinstance(value, bool):
        return HIDDEN
    return address(value)
