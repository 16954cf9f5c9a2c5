"""What a client asks for in the query of the URL. A query that makes no sense is refused before anything is begun."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from aiohttp import web

from monitor.history import Entry, History
from monitor.sampler import Sampler
from monitor.selection import EVERYTHING, Selection, read_fields, read_moment, read_pace, read_seconds
from monitor.web.errors import Refusal
from monitor.web.keys import SAMPLER

T = TypeVar("T")


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
    query = _single(request, ("interval", "fields", "history", "since"), ("token", "ticket"))
    if "history" in query and "since" in query:
        raise _refusal("since", query["since"], "left out where history is given: each says where to begin")
    selection = _selection(query, "interval", sampler)
    if resume:
        return Asked(selection, since=_read({"Last-Event-ID": resume}, "Last-Event-ID", read_moment))
    return Asked(
        selection,
        history=_read(query, "history", read_seconds),
        since=_read(query, "since", read_moment),
    )


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
    query = _single(request, ("since", "until", "fields", "step"))
    return Stretch(
        _selection(query, "step", sampler),
        since=_read(query, "since", read_moment),
        until=_read(query, "until", read_moment),
    )


def known_fields(sampler: Sampler) -> dict[str, list[str]]:
    """Return the fields of each section, in the order of the frame."""
    return {runner.probe.name: [field.name for field in runner.probe.fields] for runner in sampler.runners}


def _selection(query: Mapping[str, str], pace: str, sampler: Sampler) -> Selection:
    return Selection(
        every=_read(query, pace, lambda text: read_pace(text, sampler.interval)) or 1,
        fields=_read(query, "fields", lambda text: read_fields(text, known_fields(sampler))),
    )


def _single(request: web.Request, known: Sequence[str], others: Sequence[str] = ()) -> Mapping[str, str]:
    """Return the query; `others` in it are somebody else's affair."""
    for key, value in request.query.items():
        if key in others:
            continue
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            raise _refusal(key, value, f"left out: did you mean {near[0]}?" if near else f"one of {', '.join(known)}")
        if len(request.query.getall(key)) > 1:
            raise _refusal(key, value, "given once")
    return request.query


def _read(query: Mapping[str, str], key: str, read: Callable[[str], T]) -> T | None:
    if key not in query:
        return None
    try:
        return read(query[key])
    except ValueError as error:
        raise _refusal(key, query[key], str(error)) from None


def _refusal(key: str, value: str, right: str) -> Refusal:
    return Refusal(400, "bad_query", f"{key[:50]} is {value[:100]!r}; it must be {right}.")
