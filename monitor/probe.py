"""The contract of a probe: what it declares, what it returns, how it says that there is nothing to return."""

import inspect
import math
import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal, get_args

from monitor.text import printable, shown

Number = int | float
#: One value of a sample: a number, a list of them (one per core), or a table of them by name (one per mount).
Value = Number | None | Sequence[Number | None] | Mapping[str, Number | None]
#: What `Probe.sample` returns: a value by field name. Whether each is a `Value` is checked as it comes in.
Sample = Mapping[str, object]

#: The closed list of units. `MB` is 2^20 bytes and `GB` is 2^30 bytes, everywhere.
Unit = Literal[
    "percent", "ratio", "count", "1/s",
    "B", "MB", "GB", "B/s", "MB/s",
    "ms", "s", "Hz", "MHz",
    "celsius", "rpm", "V", "A", "W",
]  # fmt: skip
Kind = Literal["gauge", "counter"]

UNITS: Final[tuple[str, ...]] = get_args(Unit)
KINDS: Final[tuple[str, ...]] = get_args(Kind)

#: The languages that questions are asked and answered in.
LANGUAGES: Final = ("en", "fr")

#: Seconds; the longest pace of a probe.
LONGEST_INTERVAL: Final = 86_400.0
#: Characters; the longest phrase that a field may have.
LONGEST_PHRASE: Final = 60

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


def is_name(text: object) -> bool:
    """Tell whether `text` can name a probe or a field: lower case letters, digits and underscores."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


class NoData(Exception):
    """Raise this from `sample` where there is nothing to read, and say why: `raise NoData("no battery")`.

    Every field of the probe is then `null` in the frame. It is no failure: nothing is logged as an error
    and nothing is stale. Any other exception is a failure.
    """


@dataclass(frozen=True, slots=True)
class Field:
    """One number of a probe, or one list or table of them.

    name     key in the probe's section of the frame
    unit     one of `UNITS`
    help     one sentence for a person: what it is, and where it comes from
    kind     "gauge" (goes up and down) or "counter" (only grows, until a restart)
    per      what there is one value for ("core", "mount"); None for a single number
    keyed    with `per`: False for a list by position, True for a table by name
    decimals digits kept after the point
    phrases  what people call it, by language: {"en": ("memory in use", "RAM"), "fr": (...)}; the first one names it in
             an answer. What is left out follows from the names and the help
    warning  the value from which people should look at it, in `unit`; of a counter, of its growth per second
    critical the value from which something is wrong. Where it is below `warning`, low values are the bad ones

    Raises ValueError where one of them is not what it should be.
    """

    name: str
    unit: Unit
    help: str
    kind: Kind = "gauge"
    per: str | None = None
    keyed: bool = False
    decimals: int = 2
    phrases: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)
    warning: float | None = None
    critical: float | None = None

    def __post_init__(self) -> None:
        for key, is_right, right in self._rules():
            if not is_right:
                value = shown(getattr(self, key))
                raise ValueError(f"Field {shown(self.name)}: {key} is {value}; it must be {right}")

    def _rules(self) -> Iterator[tuple[str, bool, str]]:
        """Yield what each has to be: its key, whether it is, and what would be."""
        yield "name", is_name(self.name), "lower case letters, digits and underscores, beginning with a letter"
        yield "unit", self.unit in UNITS, "one of " + ", ".join(UNITS)
        yield "kind", self.kind in KINDS, " or ".join(KINDS)
        yield "help", bool(self.help.strip()) and printable(self.help) == self.help, "a sentence"
        is_named = self.per is None or is_name(self.per)
        yield "per", is_named, "None or the name of what there is one value for, such as 'core'"
        yield "keyed", not (self.keyed and self.per is None), "False where per is None"
        is_whole = type(self.decimals) is int and 0 <= self.decimals <= 9
        yield "decimals", is_whole, "a whole number from 0 to 9"
        yield "phrases", _are_phrases(self.phrases), "a tuple of short texts for each of " + ", ".join(LANGUAGES)
        yield "warning", _is_threshold(self.warning), "None or a finite number"
        yield "critical", _is_threshold(self.critical), "None or a finite number"
        is_apart = self.critical is None or self.critical != self.warning
        yield "critical", is_apart, "above warning, or below it where low values are bad"


def _is_threshold(value: object) -> bool:
    """Tell whether this can be a threshold. JSON encoders know no subclasses, and browsers no larger whole numbers."""
    if type(value) is float:
        return math.isfinite(value)
    return value is None or (type(value) is int and abs(value) < 2**53)


def _are_phrases(phrases: object) -> bool:
    """Tell whether these can be a field's phrases. A lone string would be a sequence of letters."""
    return isinstance(phrases, Mapping) and all(
        language in LANGUAGES
        and isinstance(texts, list | tuple)
        and len(texts) > 0
        and all(isinstance(text, str) and 0 < len(text.strip()) <= LONGEST_PHRASE for text in texts)
        and all(printable(text) == text and text.isprintable() for text in texts)
        for language, texts in phrases.items()
    )


class Probe:
    """Subclass this: declare `name` and `fields`, and write `sample`.

    Pace, deadlines, threads, retries, checks and logging are the sampler's: a probe reads, and nothing else.
    """

    #: The key of this probe's section in the frame.
    name: ClassVar[str]
    #: Everything `sample` may return.
    fields: ClassVar[tuple[Field, ...]]
    #: Seconds between two samples (rounded to whole frames); None for one in every frame.
    interval: float | None = None

    def open(self) -> Awaitable[None] | None:
        """Acquire what `sample` needs. Called once before the first sample; after a failure, again at the next turn."""
        return None

    def sample(self) -> Sample | Awaitable[Sample]:
        """Return the value of each field that can be read now; a field left out becomes `null`.

        May be `def` (runs on a worker thread, never on two at once) or `async def` (runs on the event loop).
        Raise `NoData` where nothing can be read; anything else that is raised is a failure, and the frame
        keeps the last good values and marks them as stale.
        """
        raise NotImplementedError

    def close(self) -> Awaitable[None] | None:
        """Release what `open` acquired. Called once at the end, unless a sample is still running then."""
        return None


def fault_of(probe: object) -> str | None:
    """Say what is wrong with an object that a plugin offered as a probe; None where nothing is."""
    if not isinstance(probe, Probe):
        return f"{shown(probe)} is not a Probe"
    name = getattr(probe, "name", None)
    if not is_name(name):
        return f"name is {shown(name)}; it must be lower case letters, digits and underscores, beginning with a letter"
    fields = getattr(probe, "fields", None)
    if not isinstance(fields, tuple) or not fields or not all(isinstance(field, Field) for field in fields):
        return f"fields is {shown(fields)}; it must be a tuple of at least one Field"
    names = [field.name for field in fields]
    if len(set(names)) != len(names):
        return f"fields names {max(names, key=names.count)!r} twice"
    pace = probe.interval
    if pace is not None and not (type(pace) in (int, float) and 0 < pace <= LONGEST_INTERVAL):
        return f"interval is {shown(pace)}; it must be None or a number of seconds above 0, one day at most"
    if type(probe).sample is Probe.sample:
        return "it has no sample method"
    if not inspect.iscoroutinefunction(probe.sample):
        for method in ("open", "close"):
            if inspect.iscoroutinefunction(getattr(probe, method)):
                return f"{method} is `async def`, but sample is not"
    return None
