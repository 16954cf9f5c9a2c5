"""The server of the soak: `monitor` as it is, in a process that can be asked how many asyncio tasks it has.

At SIGUSR1 the number comes as a line on stdout. The process ends when its stdin does: not even a soak that was killed
leaves it behind.
"""

import asyncio
import os
import signal
import sys
import threading
from types import FrameType

from monitor import cli


def main() -> int:
    """Run `monitor` with the arguments of this process; return its exit code."""
    signal.signal(signal.SIGUSR1, tell_tasks)
    threading.Thread(target=end_with_stdin, daemon=True).start()
    return cli.main(sys.argv[1:])


def tell_tasks(_number: int, _frame: FrameType | None) -> None:
    """Write the number of tasks; Python runs this between two steps of the loop's own thread."""
    # Past sys.stdout: a signal may come while that is being written to.
    os.write(1, b"%d\n" % len(asyncio.all_tasks()))


def end_with_stdin() -> None:
    """Stop the server as Ctrl-C would, when nobody holds the other end of stdin any more."""
    while os.read(0, 1024):  # not sys.stdin: its lock would be missed when the interpreter ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
