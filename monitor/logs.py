"""The log: lines for people, or one JSON object a line for programs."""

import json
import logging
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

#: What a log line belongs to: the id of the request that this task serves; empty outside of one.
REQUEST_ID: Final = ContextVar("request_id", default="")
#: The attribute of a record with more keys for the JSON; in text they are in the message already.
KEYS: Final = "keys"

TEXT: Final = "text"
JSON: Final = "json"


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of ASCII: whatever a client sent, nothing in it moves a cursor or begins a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON: time, level, logger, message, and what else there is."""
        line: dict[str, Any] = {
            "time": _rfc3339(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        more = getattr(record, KEYS, None)
        if isinstance(more, Mapping):
            line.update({key: value for key, value in more.items() if key not in line})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line, default=str).replace("\x7f", "\\u007f")


def set_up(level: str, form: str = TEXT) -> None:
    """Send the log to standard error, from this level on, as text or JSON."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True
    )
    if form == JSON:
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonFormatter())


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
