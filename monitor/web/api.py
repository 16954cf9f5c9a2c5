"""The HTTP API: the newest frame, those before it, and the probes."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from monitor.encoder import decode
from monitor.probe import Field
from monitor.registry import Registry
from monitor.runner import Runner
from monitor.selection import Selection
from monitor.web import documents
from monitor.web.errors import Refusal
from monitor.web.keys import HISTORY, REGISTRY, SAMPLER
from monitor.web.peer import STREAM
from monitor.web.query import Stretch, known_fields, read_history

#: Rows of the history that are read before others have their turn, and that are written at a time.
STRIDE = 100
PIECE = 500
#: Bytes of an answer from the history that are given to a connection at a time.
PORTION = 64 * 1024
#: Answers from the history that may be under way at a time, and seconds for each.
UNDER_WAY = 8
LONGEST_ANSWER = 60.0

ANSWERS = web.AppKey("answers", asyncio.Semaphore)


async def system_stats(request: web.Request) -> web.Response:
    """GET /api/system-stats: the newest frame, as the stream has it. Causes no sample."""
    latest = request.app[HISTORY].latest
    if latest is None:
        raise Refusal(503, "no_frame", "The first frame is not there yet; try again in a second.", {"Retry-After": "1"})
    return web.Response(body=latest.encoded, content_type="application/json", charset="utf-8")


async def probes(request: web.Request) -> web.Response:
    """GET /api/probes: each probe with its fields, state, cost and error; and what does not run, and why."""
    registry, sampler = request.app[REGISTRY], request.app[SAMPLER]
    document = documents.Probes(
        interval=sampler.interval,
        probes=[describe(runner, registry, sampler.interval) for runner in sampler.runners],
        disabled=[
            documents.Source(name, source.plugin, source.distribution) for name, source in registry.disabled.items()
        ],
        left_out=[
            documents.LeftOut(each.source.plugin, each.source.distribution, each.reason) for each in registry.left_out
        ],
    )
    return answer(document)


async def past(request: web.Request) -> web.StreamResponse:
    """GET /api/history: the frames in memory as columns, for charts; a row every `step` seconds."""
    asked = read_history(request)
    answers = request.app[ANSWERS]
    async with answers:  # a few at a time, and none for ever: what has been read out waits in this process
        timestamps, columns = await _read_out(request, asked)
        response = web.StreamResponse(headers={"Content-Type": "application/json; charset=utf-8"})
        try:
            async with asyncio.timeout(LONGEST_ANSWER):
                await response.prepare(request)
                ready = bytearray()
                for part in _parts(request.app[SAMPLER].interval, timestamps, columns):
                    ready += part
                    if len(ready) >= PORTION:
                        await response.write(bytes(ready))  # comes back when all of it has been taken
                        ready = bytearray()
                await response.write_eof(bytes(ready))
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
    return response


async def _read_out(request: web.Request, asked: Stretch) -> tuple[list[float], dict[str, list[Any]]]:
    """Return the timestamps and the columns of a stretch."""
    history, sampler = request.app[HISTORY], request.app[SAMPLER]
    names = columns_of(asked.selection, known_fields(sampler))
    timestamps: list[float] = []
    columns: dict[str, list[Any]] = {name: [] for name in names}
    async with request.app[STREAM].reading:  # one at a time: the stream does not pay for many who ask at once
        for number, entry in enumerate(history.after(-1)):
            if number % STRIDE == STRIDE - 1:
                await asyncio.sleep(0)
            if asked.holds(entry) and asked.selection.wants(entry.tick, entry.before):
                frame = decode(entry.encoded)
                timestamps.append(entry.timestamp)
                for name, (section, field) in names.items():
                    columns[name].append(frame[section][field])
    return timestamps, columns


def _parts(interval: float, timestamps: Sequence[float], columns: Mapping[str, Sequence[Any]]) -> Iterator[bytes]:
    """Yield the JSON piece by piece, some kilobytes each."""
    yield b'{"interval":%s,"timestamp":' % msgspec.json.encode(interval)
    yield from _pieces(timestamps)
    yield b',"fields":{'
    for number, (name, column) in enumerate(columns.items()):
        yield b"%s%s:" % (b"," if number else b"", msgspec.json.encode(name))
        yield from _pieces(column)
    yield b"}}"


def _pieces(values: Sequence[Any]) -> Iterator[bytes]:
    yield b"["
    for start in range(0, len(values), PIECE):
        piece = msgspec.json.encode(values[start : start + PIECE])[1:-1]
        yield b"," + piece if start else piece
    yield b"]"


def columns_of(selection: Selection, known: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
    """Return section and field of each column that was asked for, by its name: "cpu.count"."""
    every = {f"{section}.{field}": (section, field) for section, fields in known.items() for field in fields}
    asked = selection.fields
    return {name: parts for name, parts in every.items() if asked is None or name in asked or parts[0] in asked}


def answer(document: msgspec.Struct, status: int = 200) -> web.Response:
    """Return one of `monitor.web.documents` as the body of an answer."""
    body = msgspec.json.encode(document)
    return web.Response(status=status, body=body, content_type="application/json", charset="utf-8")


def describe(runner: Runner, registry: Registry, interval: float) -> documents.Probe:
    """Return what there is to say about one probe."""
    probe, health, cost = runner.probe, runner.health, runner.cost
    source = registry.sources[probe.name]
    return documents.Probe(
        name=probe.name,
        plugin=source.plugin,
        distribution=source.distribution,
        state=health.state,
        error=health.error,
        interval=runner.every * interval,
        samples=cost.samples,
        failures=health.failures,
        missed=health.missed,
        cost_ms=documents.Cost(
            last=round(cost.last * 1000, 3), mean=round(cost.mean * 1000, 3), max=round(cost.longest * 1000, 3)
        ),
        fields=[describe_field(each) for each in probe.fields],
    )


def describe_field(field: Field) -> documents.ProbeField:
    """Return a field as JSON has it."""
    return documents.ProbeField(
        name=field.name,
        unit=field.unit,
        help=field.help,
        kind=field.kind,
        shape=shape_of(field),
        per=field.per,
        decimals=field.decimals,
        phrases={language: list(texts) for language, texts in field.phrases.items()},
        warning=field.warning,
        critical=field.critical,
    )


def shape_of(field: Field) -> documents.FieldShape:
    """Return what the value of a field is in the frame."""
    return "number" if field.per is None else "table" if field.keyed else "list"
