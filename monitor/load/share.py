"""A share of the clients, in a process of its own: `python -m monitor.load.share`, started by `monitor.load.load`.

It speaks in lines of JSON. stdin: `Orders`, later `Count`. stdout: `Handshaken`, then `Steady`, and `Counted` when the
measured seconds are over; `Failed` instead of any. The connections stay until stdin ends.
"""

import select
import signal
import sys
from contextlib import closing
from typing import IO

import msgspec

from monitor import files
from monitor.load.crowd import CannotLoad, Crowd, Opened, Pulse
from monitor.load.tally import Tally
from monitor.load.target import Target


class Orders(msgspec.Struct):
    """first, step, count: the numbers of the clients; window: handshakes at a time; stuck: see `Crowd`."""

    target: Target
    first: int
    step: int
    count: int
    stuck: int
    window: int

    @property
    def numbers(self) -> range:
        """The numbers of the clients."""
        return range(self.first, self.first + self.step * self.count, self.step)


class Count(msgspec.Struct):
    """Count what is seen between these two, in monotonic seconds."""

    start: float
    end: float


class Failed(msgspec.Struct, tag=True):
    """There is nothing to measure; one line for a person."""

    reason: str


class Handshaken(msgspec.Struct, tag=True):
    """All handshakes are answered."""

    opened: Opened


class Steady(msgspec.Struct, tag=True):
    """Every client has frames."""

    pulse: Pulse


class Counted(msgspec.Struct, tag=True):
    """The measured seconds are over; one tally for each path of the target."""

    tallies: list[Tally]


Told = Failed | Handshaken | Steady | Counted


def serve(orders: IO[bytes], told: IO[bytes]) -> None:
    """Do what is ordered; come back when the orders end. `orders` must be unbuffered and a file that can be polled."""

    def tell(message: Told) -> None:
        told.write(msgspec.json.encode(message) + b"\n")
        told.flush()

    def is_quiet() -> bool:
        return not select.select([orders], [], [], 0)[0]

    first = msgspec.json.decode(orders.readline(), type=Orders)
    with closing(Crowd(first.target, first.numbers, first.stuck)) as crowd:
        try:
            tell(Handshaken(crowd.open(first.window)))
            tell(Steady(crowd.settle()))
            crowd.read_while(is_quiet)
            if line := orders.readline():
                count = msgspec.json.decode(line, type=Count)
                tell(Counted(crowd.count(count.start, count.end)))
                crowd.read_while(is_quiet)
        except CannotLoad as error:
            tell(Failed(str(error)))


def main() -> None:
    """Serve whoever started this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us; our stdin ends with it
    files.raise_limit()
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as orders:
        serve(orders, sys.stdout.buffer)


if __name__ == "__main__":
    main()
