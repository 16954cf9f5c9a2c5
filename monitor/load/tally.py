"""A tally: what the clients with one query saw. The tallies of several processes add up without loss."""

from dataclasses import dataclass, field

from monitor.load.histogram import Histogram


@dataclass(slots=True)
class Tally:
    """Counted from the begin of the measured seconds to their end; only of clients that read, unless it says otherwise.

    clients, stuck  how many there are, the stuck ones not among the clients
    closed          connections that the server has ended
    evicted         the same of the stuck ones
    frames          of all clients together
    least, most     frames of the client that got the fewest, and the most; None where there is no client
    pings           pings that were answered
    gap             longest time without a frame for any client, in seconds
    lateness        ms from the timestamp in a frame to its arrival here
    sizes           bytes of a frame's JSON
    spans           ms between the timestamps of two frames that followed each other at a client
    behind          ms by which the last frame of a client is older than the newest; only of those that lack it
    """

    clients: int = 0
    stuck: int = 0
    closed: int = 0
    evicted: int = 0
    frames: int = 0
    least: int | None = None
    most: int | None = None
    pings: int = 0
    gap: float = 0.0
    lateness: Histogram = field(default_factory=lambda: Histogram(0.1))
    sizes: Histogram = field(default_factory=lambda: Histogram(1))
    spans: Histogram = field(default_factory=lambda: Histogram(1))
    behind: Histogram = field(default_factory=lambda: Histogram(1))

    def merge(self, other: "Tally") -> None:
        """Add what was counted elsewhere, at the same time."""
        self.clients += other.clients
        self.stuck += other.stuck
        self.closed += other.closed
        self.evicted += other.evicted
        self.frames += other.frames
        self.pings += other.pings
        self.least = min((each for each in (self.least, other.least) if each is not None), default=None)
        self.most = max((each for each in (self.most, other.most) if each is not None), default=None)
        self.gap = max(self.gap, other.gap)
        self.lateness.merge(other.lateness)
        self.sizes.merge(other.sizes)
        self.spans.merge(other.spans)
        self.behind.merge(other.behind)

    @property
    def interval(self) -> float | None:
        """Seconds between two frames as most clients saw it; None while no client has had two."""
        median = self.spans.quantile(0.5)
        return median / 1000 if median else None

    @property
    def missed(self) -> int:
        """Frames that clients did not get between two that they did, or after the last of them."""
        if self.interval is None:
            return 0
        between = sum(
            count * max(0, round(span / 1000 / self.interval) - 1) for span, count in self.spans.counts.items()
        )
        return between + sum(
            count * round(behind / 1000 / self.interval) for behind, count in self.behind.counts.items()
        )
