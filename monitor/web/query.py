"""What a client asks for in the query of the URL. A query that makes no sense is refused before anything is begun."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from aiohttp import web

from monitor.history import Entry, History
from monitor.sampler import Sampler
from monitor.selection import (
    EVERYTHING,
    LARGEST,
    SLOWEST,
    Selection,
    read_fields,
    read_moment,
    read_pace,
    read_seconds,
)
from monitor.web.errors import Refusal
from monitor.web.keys import SAMPLER
from monitor.web.operation import Parameter, Reader, Schema

T = TypeVar("T")


def known_fields(sampler: Sampler) -> dict[str, list[str]]:
    """Return the fields of each section, in the order of the frame."""
    return {runner.probe.name: [field.name for field in runner.probe.fields] for runner in sampler.runners}


def _pace_schema(sampler: Sampler) -> Schema:
    interval = sampler.interval
    bounds = {"exclusiveMinimum": 0, "exclusiveMaximum": SLOWEST * interval, "multipleOf": interval}
    return {"type": "number", **bounds, "examples": [5 * interval]}


def _fields_schema(sampler: Sampler) -> Schema:
    known = known_fields(sampler)
    names = [name for section, fields in known.items() for name in (section, *(f"{section}.{each}" for each in fields))]
    one_field = [f"{section}.{fields[0]}" for section, fields in list(known.items())[1:2]]
    items = {"type": "string", "enum": names}
    return {"type": "array", "items": items, "minItems": 1, "examples": [[*list(known)[:1], *one_field]]}


_PACE: Final = Reader(lambda text, sampler: read_pace(text, sampler.interval), _pace_schema)
_FIELDS: Final = Reader(lambda text, sampler: read_fields(text, known_fields(sampler)), _fields_schema)
_SECONDS: Final = Reader(
    lambda text, _: read_seconds(text),
    lambda _: {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST, "examples": [60]},
)
_MOMENT: Final = Reader(
    lambda text, _: read_moment(text),
    lambda _: {"type": "number", "minimum": 0, "maximum": LARGEST, "examples": [1697456789.123]},
)

INTERVAL: Final = Parameter(
    "interval", _PACE, "A frame every so many seconds: a whole multiple of the server's interval."
)
STEP: Final = Parameter(
    "step", _PACE, "Seconds between two rows: a whole multiple of the interval. Rows are picked, nothing is averaged."
)
FIELDS: Final = Parameter(
    "fields",
    _FIELDS,
    "These sections and single fields only, with `timestamp`, and with `stale` where it is about them.",
)
COLUMNS: Final = Parameter("fields", _FIELDS, "These sections and single fields only.")
HISTORY: Final = Parameter(
    "history", _SECONDS, "First the frames of the last so many seconds, then the live ones. Not together with `since`."
)
SINCE: Final = Parameter(
    "since",
    _MOMENT,
    "First the frames after the one with this timestamp, then the live ones: to resume after a break.",
)
LAST_EVENT_ID: Final = Parameter(
    "Last-Event-ID",
    _MOMENT,
    "The same as `since`, and comes before it: browsers send it by themselves when they come back.",
    "header",
)
#: Not parameters of ours: a credential is another's affair.
CREDENTIALS: Final = frozenset({"token", "ticket"})
FIRST: Final = Parameter("since", _MOMENT, "The first moment, in Unix time.")
LAST: Final = Parameter("until", _MOMENT, "The last moment, in Unix time.")

#: The query of the live stream, and that of the past.
OF_STREAM: Final[tuple[Parameter[Any], ...]] = (INTERVAL, FIELDS, HISTORY, SINCE)
OF_PAST: Final[tuple[Parameter[Any], ...]] = (FIRST, LAST, COLUMNS, STEP)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client of the stream asked for.

    history  seconds of back-fill before the live frames
    since    timestamp of the last frame it has: the frames after it come before the live ones
    """

    selection: Selection
    history: float | None = None
    since: float | None = None

    def start(self, history: History) -> int | None:
        """Return the tick after which to begin; None where only live frames were asked for."""
        if self.history is not None:
            return history.tick_before_last(self.history)
        if self.since is not None:
            return history.tick_of(self.since)
        return None


LIVE = Asked(EVERYTHING)


def read_stream(request: web.Request, resume: str | None = None) -> Asked:
    """Read the query of the live stream: interval, fields, and history or since. Raises Refusal (400).

    resume  the header Last-Event-ID: a timestamp that comes before what the query says, because browsers send the same
            query again after a break
    """
    if "?" not in request.raw_path and not resume:  # nearly all: nothing is made, and nothing kept with the request
        return LIVE
    sampler = request.app[SAMPLER]
    query = _single(request, OF_STREAM, CREDENTIALS)
    if "history" in query and "since" in query:
        raise _refusal("since", query["since"], "left out where history is given: each says where to begin")
    selection = Selection(_read(query, INTERVAL, sampler) or 1, _read(query, FIELDS, sampler))
    if resume:
        return Asked(selection, since=_read({LAST_EVENT_ID.name: resume}, LAST_EVENT_ID, sampler))
    return Asked(selection, history=_read(query, HISTORY, sampler), since=_read(query, SINCE, sampler))


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a client asked for of the past; since and until in Unix time, the ends included."""

    selection: Selection
    since: float | None
    until: float | None

    def holds(self, entry: Entry) -> bool:
        """Tell whether the entry is within the stretch."""
        after = self.since is None or entry.timestamp >= self.since
        return after and (self.until is None or entry.timestamp <= self.until)


def read_history(request: web.Request) -> Stretch:
    """Read the query of the history: since, until, fields, step (seconds between two rows). Raises Refusal (400)."""
    sampler = request.app[SAMPLER]
    query = _single(request, OF_PAST)
    selection = Selection(_read(query, STEP, sampler) or 1, _read(query, COLUMNS, sampler))
    return Stretch(selection, since=_read(query, FIRST, sampler), until=_read(query, LAST, sampler))


def _single(
    request: web.Request, declared: Sequence[Parameter[Any]], others: Collection[str] = ()
) -> Mapping[str, str]:
    """Return the query; `others` in it are somebody else's affair."""
    known = [parameter.name for parameter in declared]
    for key, value in request.query.items():
        if key in others:
            continue
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            raise _refusal(key, value, f"left out: did you mean {near[0]}?" if near else f"one of {', '.join(known)}")
        if len(request.query.getall(key)) > 1:
            raise _refusal(key, value, "given once")
    return request.query


def _read(query: Mapping[str, str], parameter: Parameter[T], sampler: Sampler) -> T | None:
    key = parameter.name
    if key not in query:
        return None
    try:
        return parameter.reader.read(query[key], sampler)
    except ValueError as error:
        raise _refusal(key, query[key], str(error)) from None


def _refusal(key: str, value: str, right: str) -> Refusal:
    return Refusal(400, "bad_query", f"{key[:50]} is {value[:100]!r}; it must be {right}.")
