"""What clients of several processes saw, added up."""

import random
from typing import Any

import pytest

from monitor.load.histogram import Histogram
from monitor.load.report import Report
from monitor.load.tally import Tally


def histogram(*values: float, width: float = 1) -> Histogram:
    made = Histogram(width)
    for value in values:
        made.add(value)
    return made


def tally(*spans: float, **counts: Any) -> Tally:
    return Tally(spans=histogram(*spans), **counts)


def test_merged_histograms_tell_what_one_of_all_values_tells() -> None:
    values = [random.expovariate(0.1) for _ in range(2000)]
    merged = histogram(*values[:100], width=0.1)  # a busy process and an idle one: a mean of theirs would be wrong
    merged.merge(histogram(*values[100:], width=0.1))
    for share in (0, 0.5, 0.99):
        right = sorted(values)[int(share * len(values))]
        assert merged.quantile(share) == pytest.approx(right, abs=0.1001)
    assert merged.quantile(1) == merged.largest == max(values)
    assert merged.mean() == pytest.approx(sum(values) / len(values), abs=0.11)


def test_an_empty_histogram_knows_nothing() -> None:
    empty = histogram()
    empty.merge(histogram())
    assert (len(empty), empty.quantile(0.5), empty.mean(), empty.largest) == (0, None, None, None)


def test_frames_between_two_that_came_are_missed() -> None:
    assert tally(1000, 1001, 999, 1000, 2000, 3003).missed == 3
    assert tally(1000, 1000, 1).missed == 0
    assert tally(1000, 1000, behind=histogram(1000, 3001)).missed == 4
    assert tally().missed == 0
    assert tally().interval is None


def test_tallies_add_up() -> None:
    one = tally(1000, clients=2, frames=19, least=9, most=10, pings=1, stuck=1, evicted=1)
    one.gap = 1.5
    one.merge(tally(1000, clients=1, frames=8, least=8, most=8, closed=1))
    one.merge(tally())
    assert (one.clients, one.stuck, one.frames, one.least, one.most) == (3, 1, 27, 8, 10)
    assert (one.closed, one.evicted, one.pings, one.gap) == (1, 1, 1, 1.5)
    assert one.spans.counts == {1000: 2}


def report(**tallies: Tally) -> Report:
    return Report.of({f"/?{name}": each for name, each in tallies.items()}, processes=2, seconds=10, handshakes=0.5)


def test_a_report_counts_gaps_in_the_intervals_of_each_stream() -> None:
    quick, slow = tally(1000, 1000, clients=1), tally(5000, 5000, 10_000, clients=1)
    quick.gap, slow.gap = 2.0, 10.5
    made = report(quick=quick, slow=slow)
    assert [stream.gap for stream in made.streams] == [2.0, 2.1]
    assert made.gap == 2.1
    assert made.missed == 1


def test_a_report_reads_well() -> None:
    one = tally(1000, clients=1000, frames=10_000, least=9, most=11, stuck=10, evicted=3)
    one.lateness.add(12.34)
    one.sizes.add(386)
    lines = report(all=one).text().splitlines()
    assert lines[0] == "clients      1,000 that read, 10 stuck, in 2 processes"
    assert lines[2] == "frames       10,000 in 10 s, 9 to 11 a client"
    assert lines[5] == "lateness     p50 12.3 ms, p99 12.3 ms, longest 12.3 ms"
    assert lines[7] == "closed       0 by the server, and 3 of the stuck"
    assert len(lines) == 8


def test_several_queries_have_a_line_each() -> None:
    lines = Report.of(
        {"/?fields=cpu": tally(clients=1, least=3, most=4), "/": tally(clients=1)},
        processes=1,
        seconds=1,
        handshakes=0.1,
    ).text()
    assert "fields=cpu   3 to 4 frames, 0 missed, 0 bytes" in lines
    assert "(no query)   0 to 0 frames" in lines
    assert "in 1 process\n" in lines
    assert "longest gap  unknown" in lines
    assert "p50 unknown" in lines
