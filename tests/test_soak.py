"""The arithmetic of the soak, and what its clients count as missed."""

import asyncio
import random
from typing import Any

import pytest

from tests.soak.__main__ import rows_of
from tests.soak.clients import CLOSE, PING, Client, Published, Report, split
from tests.soak.trend import Row, after, slope, table, trend, warm_up_of
from tests.soak.watch import Sample


def test_a_slope_is_that_of_the_least_squares() -> None:
    assert slope([0, 1, 2, 3], [5, 7, 9, 11]) == 2
    assert slope([0, 1, 2, 3], [4, 4, 4, 4]) == 0
    # By hand: middles 2 and 3; (-2*-2 + -1*0 + 0*-1 + 3*3) / (4 + 1 + 0 + 9).
    assert slope([0, 1, 2, 5], [1, 3, 2, 6]) == pytest.approx(13 / 14)
    assert slope([10, 11, 12], [3, 2, 1]) == -1
    assert slope([1_000_000.0, 1_000_001.0], [1e9, 1e9 + 0.5]) == pytest.approx(0.5)


@pytest.mark.parametrize("xs", [[], [1.0], [2.0, 2.0]])
def test_a_slope_needs_two_different_moments(xs: list[float]) -> None:
    with pytest.raises(ValueError, match="two different moments"):
        slope(xs, xs)


def test_growth_is_not_the_chance_of_the_first_and_the_last_moment() -> None:
    seen = trend([0, 1, 2, 3, 4], [9, 5, 5, 5, 5])
    assert (seen.first, seen.last, seen.top) == (9, 5, 9)
    assert seen.growth == pytest.approx(4 * slope([0, 1, 2, 3, 4], [9, 5, 5, 5, 5]))


def test_the_first_ten_minutes_are_not_judged_or_a_third_of_a_short_soak() -> None:
    assert [warm_up_of(minutes) for minutes in (45, 30, 3, 0.3)] == [10, 10, 1, pytest.approx(0.1)]
    assert after([0, 5, 10, 15], 10) == 2
    assert after([0, 5], 10) == 2


def soaked(rss: float = 0.0, descriptors: float = 0.0, threads: float = 0.0, tasks: float = 0.0) -> dict[str, Row]:
    """Return the rows of 45 minutes in which these grew by so much a minute, beside the unrest of a churn."""
    chance = random.Random(5)
    samples = []
    for number in range(540):
        minute = number / 12
        connections = 1000 + chance.randint(0, 12)
        unseen = chance.randint(-3, 3)
        samples.append(
            Sample(
                minute=minute,
                rss=60 + (5 * min(1.0, minute / 9)) + rss * minute + chance.uniform(-0.3, 0.3),
                descriptors=13 + connections + unseen + int(descriptors * minute),
                threads=3 + int(threads * minute),
                tasks=6 + connections + unseen + int(tasks * minute),
                connections=connections,
            )
        )
    return {row.name: row for row in rows_of(samples, warm_up_of(45))}


def test_unrest_is_no_growth() -> None:
    rows = soaked()
    assert [name for name, row in rows.items() if not row.is_met] == []
    assert abs(rows["descriptors, less connections"].trend.growth) < 2
    assert rows["RSS, MB"].trend.slope == pytest.approx(0, abs=0.01), "what the caches took at first is not judged"


@pytest.mark.parametrize(
    ("grown", "missed"),
    [
        ({"rss": 0.25}, "RSS, MB"),
        ({"descriptors": 0.5}, "descriptors, less connections"),
        ({"threads": 0.1}, "threads"),
        ({"tasks": 0.5}, "tasks, less connections"),
    ],
)
def test_what_grows_is_told(grown: dict[str, float], missed: str) -> None:
    rows = soaked(**grown)
    assert [name for name, row in rows.items() if not row.is_met] == [missed]
    assert table([*rows.values()]).count("MISSED") == 1


def test_a_soak_without_two_judged_samples_says_so() -> None:
    with pytest.raises(ValueError, match="too short"):
        rows_of([Sample(0.0, 1, 1, 1, 1, 1), Sample(1.0, 1, 1, 1, 1, 1)], 0.5)


def frame(timestamp: float) -> bytes:
    payload = b'{"timestamp":%r,"rest":"%s"}' % (timestamp, b"x" * 200)
    return b"\x81\x7e" + len(payload).to_bytes(2, "big") + payload


class Sent(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Any] = []

    def write(self, data: Any) -> None:
        self.written.append(data)


def client(query: str, report: Report, published: Published) -> tuple[Client, Sent]:
    made, transport = Client(query, report, published, lambda _: None), Sent()
    made.connection_made(transport)
    made.data_received(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
    return made, transport


async def test_a_frame_that_another_client_got_was_missed_and_one_that_nobody_got_was_not() -> None:
    report, published = Report(), Published()
    one, two, paced = (client(query, report, published)[0] for query in ("", "?history=60", "?interval=5"))
    one.data_received(frame(5.0))
    two.data_received(frame(3.0) + frame(4.0) + frame(5.0))  # back-fill from before anyone was there
    paced.data_received(frame(5.0))
    one.data_received(frame(6.0) + frame(7.0) + frame(9.0))  # the server was late: there is no 8
    assert report.missed == 0
    two.data_received(frame(9.0))
    paced.data_received(frame(9.0))
    assert report.missed == 2
    assert (report.frames, report.listening, report.open) == (10, 3, 3)


async def test_a_client_answers_a_ping_with_the_same_payload_and_notes_who_was_lost() -> None:
    report = Report()
    made, transport = client("", report, Published())
    made.data_received(bytes((0x80 | PING, 5)) + b"no")
    made.data_received(b"nce")
    assert transport.written[1:] == [b"\x8a\x85\0\0\0\0nonce"]
    made.connection_lost(None)
    assert (report.pings, report.lost, report.open, report.listening) == (1, 1, 0, 0)


def test_messages_are_split_wherever_the_bytes_are_cut() -> None:
    whole = frame(1.5) + bytes((0x80 | CLOSE, 2)) + b"\x03\xe9" + b"\x81\x7f" + (3).to_bytes(8, "big") + b"abc"
    for cut in range(len(whole) + 1):
        first, rest = split(whole[:cut])
        second, rest = split(rest + whole[cut:])
        assert [opcode for opcode, _ in first + second] == [1, CLOSE, 1]
        assert rest == b""
