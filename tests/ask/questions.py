"""The questions, in two files: one half is never looked at while the matching is tuned, so it has its own.

`held.toml` is that untouched half, `open.toml` the other. Both were drawn by chance from one lot, kind by kind and
language by language, so that the two differ in nothing but whether somebody has looked. Each entry:

    [[question]]
    text = "How busy is the processor, in percent?"
    lang = "en"                     # or "fr"
    kind = "plain"                  # one of KINDS
    expect = "facts"                # or "free": about nothing we measure; or "not measured": no probe tells
    first = ["cpu.percent_total"]   # with "facts": any of these is right as the first fact
    also = ["disk.percent|disk.free_gb"]   # where it asks for several: one of each group is among the facts
    unit = "GB"                     # where it asks for one of UNITS: the answer is in it
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

Half = Literal["held", "open"]
Expect = Literal["facts", "free", "not measured"]
Unit = Literal["KB", "MB", "GB", "TB", "MHz", "GHz"]

HALVES: Final[tuple[Half, ...]] = get_args(Half)
LANGUAGES: Final = ("en", "fr")
EXPECTED: Final[tuple[Expect, ...]] = get_args(Expect)
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
KINDS: Final = (
    "plain",
    "synonym",
    "typo",
    "casual",
    "superlative",
    "comparison",
    "yes-no",
    "trend",
    "two",
    "negation",
    "unit",
    "free",
    "not-measured",
    "attack",
    "third-party",
)
#: The folder that goes onto PYTHONPATH, and the probes it adds to the built-in ones.
PLUGINS: Final = Path(__file__).parent / "plugins"
THIRD_PARTY: Final = ("tide", "ups")
FIELDS: Final = frozenset(
    f"{probe}.{field}"
    for probe, names in {
        "cpu": ("percent_total", "percent_per_core", "count", "frequency_mhz"),
        "memory": ("percent", "total_mb", "available_mb", "used_mb"),
        "disk": ("percent", "total_gb", "used_gb", "free_gb"),
        "network": ("bytes_sent_mb", "bytes_recv_mb"),
        "process": ("memory_mb", "cpu_percent"),
        "tide": ("height", "gauges"),
        "ups": ("charge",),
    }.items()
    for field in names
)

FOLDER: Final = Path(__file__).parent
#: What each kind may expect, where that is not "facts" alone.
_MAY_EXPECT: Final[Mapping[str, tuple[Expect, ...]]] = {
    "free": ("free",),
    "not-measured": ("not measured",),
    "attack": ("facts", "free"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what is right as its answer. Raises ValueError where one of these is not what it should be.

    text    as a person types it
    lang    "en" or "fr"
    kind    one of KINDS
    expect  what the answer has to be of
    first   fields, any of which is right as the first fact; empty unless `expect` is "facts"
    also    groups of fields; one of each group has to be among the facts, the first included
    unit    the unit asked for, or None
    """

    text: str
    lang: str
    kind: str
    expect: Expect
    first: tuple[str, ...] = ()
    also: tuple[tuple[str, ...], ...] = ()
    unit: Unit | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("text has to be words")
        for key, right in (("lang", LANGUAGES), ("kind", KINDS), ("expect", EXPECTED), ("unit", (None, *UNITS))):
            if getattr(self, key) not in right:
                raise ValueError(f"{key} is {getattr(self, key)!r}; it must be one of {', '.join(filter(None, right))}")
        may = _MAY_EXPECT.get(self.kind, ("facts",))
        if self.expect not in may:
            raise ValueError(f"expect is {self.expect!r}; for kind {self.kind} it must be {' or '.join(may)}")
        self._check_fields()
        if self.kind == "two" and not self.also:
            raise ValueError("a question of kind two has to have also")
        if (self.kind == "unit") is not (self.unit is not None):
            raise ValueError("unit has to be named in questions of kind unit, and there alone")

    def _check_fields(self) -> None:
        for field in (*self.first, *(field for group in self.also for field in group)):
            if field not in FIELDS:
                raise ValueError(f"there is no field {field!r}")
            if (self.kind == "third-party") is not (field.partition(".")[0] in THIRD_PARTY):
                raise ValueError(f"{field} in a question of kind {self.kind}")
        if (self.expect == "facts") is not bool(self.first):
            raise ValueError("first has to name fields where facts are expected, and there alone")
        if self.also and not self.first:
            raise ValueError("also goes with first")


def load(half: Half, folder: Path = FOLDER) -> tuple[Question, ...]:
    """Return the questions of one half, in the order of its file.

    Raises ValueError, which names the file and the number of the entry, and never its text.
    """
    path = folder / f"{half}.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {error}") from error
    entries = document.pop("question", None)
    if document or not isinstance(entries, list):
        raise ValueError(f"{path.name}: it has to hold [[question]] and nothing else")
    questions = []
    for number, entry in enumerate(entries, start=1):
        try:
            questions.append(_question(entry))
        except ValueError as error:
            raise ValueError(f"{path.name}, question {number}: {error}") from error
    return tuple(questions)


def _question(entry: Mapping[str, Any]) -> Question:
    known = Question.__dataclass_fields__
    if unknown := sorted(entry.keys() - known.keys()):
        raise ValueError(f"unknown key {unknown[0]!r}; there are {', '.join(known)}")
    if missing := [key for key in ("text", "lang", "kind", "expect") if key not in entry]:
        raise ValueError(f"{missing[0]} is missing")
    if not isinstance(entry["text"], str):
        raise ValueError("text has to be words")
    values = dict(entry)
    for key in ("first", "also"):
        value = values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"{key} has to be a list of fields")
        values[key] = tuple(value)
    values["also"] = tuple(tuple(group.split("|")) for group in values["also"])
    return Question(**values)
