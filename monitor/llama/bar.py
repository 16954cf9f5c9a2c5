"""A progress bar: a line that is redrawn on a terminal, a line every tenth of the way elsewhere."""

import math
import time
from collections.abc import Callable
from typing import Final, TextIO

WIDTH: Final = 30
#: Seconds between two drawings.
PACE: Final = 0.2
#: Seconds after which a line is written where there is no terminal, even if nothing has come.
SILENCE: Final = 30.0


class Bar:
    """How far one piece of work has come.

    title   what is done, in a word or two
    clock   seconds, from any beginning
    """

    def __init__(self, title: str, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._title = title
        self._stream = stream
        self._clock = clock
        self._redraws = stream.isatty()
        self._begun = clock()
        self._drawn = -math.inf
        self._tenth = -1
        self._width = 0

    def show(self, share: float | None, note: str) -> None:
        """Show that so much is done (0 to 1, None: nobody knows), and how far that is in words."""
        now = self._clock()
        tenth = -1 if share is None else int(share * 10)
        if self._redraws:
            if now - self._drawn >= PACE:
                self._drawn = now
                self._draw(share, note, now)
        elif tenth != self._tenth or now - self._drawn >= SILENCE:
            self._drawn, self._tenth = now, tenth
            self._write(f"{self._title}: {self._text(share, note, now)}\n")

    def end(self, text: str) -> None:
        """Leave the line with these words for good."""
        line = f"{self._title}: {text} ({_duration(self._clock() - self._begun)})"
        self._write(f"\r{line.ljust(self._width)}\n" if self._redraws else f"{line}\n")
        self._width = 0

    def _draw(self, share: float | None, note: str, now: float) -> None:
        full = 0 if share is None else round(min(share, 1.0) * WIDTH)
        line = f"{self._title} [{'#' * full}{'.' * (WIDTH - full)}] {self._text(share, note, now)}"
        self._write(f"\r{line.ljust(self._width)}")
        self._width = len(line)

    def _text(self, share: float | None, note: str, now: float) -> str:
        percent = "" if share is None else f"{share:4.0%}, "
        return f"{percent}{note}, {_duration(now - self._begun)}"

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
