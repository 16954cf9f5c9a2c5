"""What the clients saw, in figures; and for a terminal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from monitor.load.tally import Tally


@dataclass(frozen=True, slots=True)
class Stream:
    """The clients with one query; fields as in `Report`."""

    path: str
    clients: int
    frames: int
    least: int
    most: int
    missed: int
    size: float
    interval: float | None
    gap: float | None

    @classmethod
    def of(cls, path: str, tally: Tally) -> Self:
        """Return the figures of a tally."""
        return cls(
            path=path,
            clients=tally.clients,
            frames=tally.frames,
            least=tally.least or 0,
            most=tally.most or 0,
            missed=tally.missed,
            size=tally.sizes.mean() or 0.0,
            interval=tally.interval,
            gap=tally.gap / tally.interval if tally.interval else None,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What was seen in the measured seconds.

    processes    that the clients were in
    seconds      how long they were watched
    handshakes   seconds from the first connection to the last handshake
    clients      that read; the figures are theirs, where they say nothing else
    stuck        further clients, that stopped reading
    closed       connections that the server ended; `evicted`: those of stuck clients
    frames       of all clients; `least`, `most`: of the client that got the fewest, and the most
    missed       frames that did not come between two that did, by their timestamps
    size         mean bytes of a frame's JSON
    gap          longest time without a frame for any client, in intervals of its stream; None where none was seen
    p50 p99 max  lateness in ms, from the timestamp in a frame to its arrival; None where no frame came
    pings        that were answered
    streams      one for each query
    """

    processes: int
    seconds: float
    handshakes: float
    clients: int
    stuck: int
    closed: int
    evicted: int
    frames: int
    least: int
    most: int
    missed: int
    size: float
    gap: float | None
    p50: float | None
    p99: float | None
    max: float | None
    pings: int
    streams: tuple[Stream, ...]

    @classmethod
    def of(cls, tallies: Mapping[str, Tally], *, processes: int, seconds: float, handshakes: float) -> Self:
        """Return the figures of tallies by path."""
        total = Tally()
        for tally in tallies.values():
            total.merge(tally)
        streams = tuple(Stream.of(path, tally) for path, tally in tallies.items())
        return cls(
            processes=processes,
            seconds=seconds,
            handshakes=handshakes,
            clients=total.clients,
            stuck=total.stuck,
            closed=total.closed,
            evicted=total.evicted,
            frames=total.frames,
            least=total.least or 0,
            most=total.most or 0,
            missed=sum(stream.missed for stream in streams),
            size=total.sizes.mean() or 0.0,
            gap=max((stream.gap for stream in streams if stream.gap is not None), default=None),
            p50=total.lateness.quantile(0.5),
            p99=total.lateness.quantile(0.99),
            max=total.lateness.largest,
            pings=total.pings,
            streams=streams,
        )

    def text(self) -> str:
        """Return it as a table for a terminal."""
        rows = [
            (
                "clients",
                f"{self.clients:,} that read, {self.stuck:,} stuck, in {_count(self.processes, 'process', 'es')}",
            ),
            ("handshakes", f"{self.clients + self.stuck:,} in {self.handshakes:.2f} s"),
            ("frames", f"{self.frames:,} in {self.seconds:g} s, {self.least:,} to {self.most:,} a client"),
            ("missed", f"{self.missed:,}"),
            ("size", f"{self.size:,.0f} bytes of JSON"),
            ("lateness", f"p50 {_ms(self.p50)}, p99 {_ms(self.p99)}, longest {_ms(self.max)}"),
            ("longest gap", "unknown" if self.gap is None else f"{self.gap:.2f} intervals"),
            ("closed", f"{self.closed:,} by the server, and {self.evicted:,} of the stuck"),
        ]
        if len(self.streams) > 1:
            rows += [
                (
                    stream.path.partition("?")[2] or "(no query)",
                    f"{stream.least:,} to {stream.most:,} frames, {stream.missed:,} missed, {stream.size:,.0f} bytes",
                )
                for stream in self.streams
            ]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name.ljust(width)}  {value}" for name, value in rows)


def _ms(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1f} ms"


def _count(number: int, noun: str, plural: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else plural}"
