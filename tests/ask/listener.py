"""A client of the stream in a process of its own: `python -m tests.ask.listener ws://127.0.0.1:PORT/api/ws/metrics`.

stdout: a line when its first frame has come; when stdin ends, a line of JSON with all frames, each its timestamp and
when it came, in monotonic seconds.
"""

import json
import select
import sys
import time
from contextlib import closing, suppress

from monitor.load.client import Client, Refused
from monitor.load.target import Target
from monitor.load.wire import timestamp


def listen(client: Client) -> list[tuple[float, float]]:
    """Return the frames that have come when stdin ends. Raises Refused, ConnectionError."""
    seen: list[tuple[float, float]] = []
    while sys.stdin not in (ready := select.select([client.connection, sys.stdin], [], [])[0]):
        assert ready
        with suppress(BlockingIOError):
            for frame in client.read():
                seen.append((timestamp(frame), time.monotonic()))
                if len(seen) == 1:
                    print("ready", flush=True)
    return seen


def main() -> None:
    """Serve whoever started this process."""
    try:
        with closing(Client(Target.of(sys.argv[1]), 0)) as client:
            print(json.dumps(listen(client)), flush=True)
    except (Refused, OSError) as error:
        sys.exit(f"listener: {error}")


if __name__ == "__main__":
    main()
