"""What a check found."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

from monitor.text import error_text, one_line


class State(StrEnum):
    """How bad it is. A warning may be meant so; a problem keeps something from working, or opens it to others."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    check   what was looked at, in one or two words
    text    what is so
    remedy  what to do about it; empty where nothing has to be done
    """

    check: str
    state: State
    text: str
    remedy: str = ""

    @classmethod
    def ok(cls, check: str, text: str) -> Self:
        """Return that all is well."""
        return cls(check, State.OK, text)

    @classmethod
    def warning(cls, check: str, text: str, remedy: str) -> Self:
        """Return what may be meant so."""
        return cls(check, State.WARNING, text, remedy)

    @classmethod
    def problem(cls, check: str, text: str, remedy: str) -> Self:
        """Return what is wrong."""
        return cls(check, State.PROBLEM, text, remedy)


#: Looks at one thing. What it raises is a finding too.
Check = Callable[[], Iterable[Finding]]


def found(checks: Iterable[tuple[str, Check]]) -> Iterator[Finding]:
    """Yield what the checks find, one after the other. A check that fails costs the others nothing."""
    for name, check in checks:
        try:
            yield from check()
        except Exception as error:  # noqa: BLE001 - a machine in trouble is what this is for
            yield Finding.problem(
                name, f"this could not be looked at: {error_text(error)}", "say so at the project's issues"
            )


class Report:
    """What was found so far."""

    def __init__(self) -> None:
        self._findings: list[Finding] = []

    def add(self, finding: Finding) -> list[str]:
        """Take in a finding; return its lines: what is so, and under it what to do."""
        self._findings.append(finding)
        lines = [f"{finding.state:<8} {finding.check:<14} {one_line(finding.text)}"]
        return lines + ([f"{'':<23} do: {one_line(finding.remedy)}"] if finding.remedy else [])

    @property
    def is_bad(self) -> bool:
        """Whether there is a problem."""
        return self._count(State.PROBLEM) > 0

    @property
    def summary(self) -> str:
        """How many problems and warnings there are."""
        counted = [(self._count(state), str(state)) for state in (State.PROBLEM, State.WARNING)]
        return ", ".join(f"{number or 'no'} {noun}{'' if number == 1 else 's'}" for number, noun in counted)

    def as_dict(self) -> dict[str, object]:
        """Return all of it, for JSON."""
        return {"ok": not self.is_bad, "findings": [asdict(each) for each in self._findings]}

    def _count(self, state: State) -> int:
        return sum(each.state is state for each in self._findings)
