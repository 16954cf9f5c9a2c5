"""`python -m tests.soak` (`make soak`): many clients that come and go, for a long time; does anything grow?

Exit codes: 0 when every goal is met, 1 when one is missed, 2 for wrong arguments or where it cannot be done, 130 after
Ctrl-C (the result so far is printed).
"""

import argparse
import json
import math
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests import unlimited
from tests.bench.processes import Process, end
from tests.soak.clients import Report
from tests.soak.trend import Row, after, table, trend, warm_up_of
from tests.soak.watch import FAREWELL, CannotSoak, Sample, line_of, raise_file_limit, running, sample

CANNOT = 2
INTERRUPTED = 130
#: Seconds between two frames, and between two looks at the server.
INTERVAL: Final = 1.0
PAUSE: Final = 5.0
#: MB of growth a minute.
RSS_GOAL: Final = 0.2
#: Growth over all of the judged time that still counts as none. What is under way (a handshake that the load has begun
#: and the server has not seen, a request being answered) moves single values by more, but not their slope; one
#: descriptor lost with each hundredth client would make 35 in the judged time of a full soak.
FLAT: Final = 5.0
FLAT_THREADS: Final = 1.0
#: More than before the clients came that may be left when they have gone, and the seconds until then.
LEFT: Final = 2
SETTLING: Final = 30.0


@dataclass(slots=True)
class Course:
    """What was seen of a soak: the server at rest before, the samples, what the load said last, and the rest after."""

    before: Sample
    samples: list[Sample] = field(default_factory=list)
    report: Report = field(default_factory=Report)
    rest: Sample | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak; return its exit code."""
    options = parsed(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what Ctrl-C ends, this ends too
    course: list[Course] = []
    interrupted = False
    try:
        raise_file_limit(options.clients)
        soak(options, course)
    except CannotSoak as error:
        print(f"soak: {error}", file=sys.stderr)
        return CANNOT
    except KeyboardInterrupt:
        interrupted = True
    met = bool(course) and tell(course[0], options)
    return INTERRUPTED if interrupted else 0 if met else 1


def soak(options: argparse.Namespace, course: list[Course]) -> None:
    """Run server and load; what is seen goes into `course`, so that it is there whatever ends this."""
    settings = ["--port", "0", "--interval", f"{INTERVAL:g}", "--log-level", "warning", "--event-loop", "asyncio"]
    settings += [f"--{name.replace('_', '-')}={value}" for name, value in unlimited.SETTINGS.items()]
    with running("tests.soak.served", "serve", *settings) as server:
        announced = line_of(server, "the server")
        match = re.search(r"http://[^/\s]+:(\d+)", announced)
        if match is None:
            raise CannotSoak(f"the server announced no port: {announced!r}")
        time.sleep(3 * INTERVAL)  # at rest, with a few frames behind it
        seen = Course(before=sample(server, 0.0, 0))
        course.append(seen)
        load_arguments = (match[1], str(options.clients), f"{options.churn:g}", f"{INTERVAL:g}")
        with running("tests.soak.clients", *load_arguments) as load:
            if (said := line_of(load, "the load")) != "ready":
                raise CannotSoak(f"the load said {said!r}")
            observe(server, load, options, seen)
            assert load.stdin
            load.stdin.close()
            load.wait(SETTLING)
        seen.rest = settled(server, seen.before)
        end(server, FAREWELL)


def observe(server: Process, load: Process, options: argparse.Namespace, seen: Course) -> None:
    """Look at both until the time is over; print a line a minute."""
    began = time.monotonic()
    told = 0
    while (passed := time.monotonic() - began) < options.minutes * 60:
        seen.report = asked(load)
        seen.samples.append(sample(server, passed / 60, seen.report.open))
        if passed / 60 >= told:
            progress(told, options.minutes, seen)
            told += 1
        time.sleep(min(PAUSE, options.minutes * 60 / 20))
    seen.report = asked(load)


def asked(load: Process) -> Report:
    """Return what the load has seen so far."""
    assert load.stdin
    try:
        load.stdin.write(b"\n")
    except BrokenPipeError as error:
        raise CannotSoak("the load ended early") from error
    return Report(**json.loads(line_of(load, "the load")))


def settled(server: Process, before: Sample) -> Sample:
    """Return what the server holds when it has let go of the clients, or when it has had the time for it."""
    deadline = time.monotonic() + SETTLING
    while True:
        rest = sample(server, 0.0, 0)
        if left_over(rest, before) <= 0 or time.monotonic() > deadline:
            return rest
        time.sleep(0.5)


def left_over(rest: Sample, before: Sample) -> int:
    """Return by how many there are more descriptors, or tasks, than before the clients came."""
    return max(rest.descriptors - before.descriptors, rest.tasks - before.tasks)


def progress(minute: int, minutes: float, seen: Course) -> None:
    """Print how it stands."""
    now, report = seen.samples[-1], seen.report
    churned = report.clean + report.resets + report.vanished
    print(
        f"minute {minute}/{minutes:g}: RSS {now.rss:.2f} MB, {now.descriptors} descriptors, {now.threads} threads, "
        f"{now.tasks} tasks; {report.listening} clients, {churned} replaced, {report.missed} frames missed",
        flush=True,
    )


def rows_of(samples: Sequence[Sample], warm_up: float) -> list[Row]:
    """Return what became of each thing after the warm-up. Raises ValueError where there are not two samples."""
    judged = samples[after([each.minute for each in samples], warm_up) :]
    minutes = [each.minute for each in judged]
    if len(minutes) < 2:
        raise ValueError("too short: there are no two samples after the warm-up")
    return [
        Row("RSS, MB", trend(minutes, [each.rss for each in judged]), slope_goal=RSS_GOAL),
        Row("descriptors", trend(minutes, [each.descriptors for each in judged])),
        Row(
            "descriptors, less connections",
            trend(minutes, [each.descriptors - each.connections for each in judged]),
            growth_goal=FLAT,
        ),
        Row("threads", trend(minutes, [each.threads for each in judged]), growth_goal=FLAT_THREADS),
        Row("tasks", trend(minutes, [each.tasks for each in judged])),
        Row(
            "tasks, less connections",
            trend(minutes, [each.tasks - each.connections for each in judged]),
            growth_goal=FLAT,
        ),
    ]


def tell(course: Course, options: argparse.Namespace) -> bool:
    """Print the result; tell whether every goal is met."""
    report, samples = course.report, course.samples
    warm_up = warm_up_of(options.minutes)
    try:
        rows = rows_of(samples, warm_up)
    except ValueError as error:
        print(f"soak: {error}", file=sys.stderr)
        return False
    churned = report.clean + report.resets + report.vanished
    print(
        f"\n{options.clients:,} clients, {options.churn:g} % of them replaced a minute, a frame every {INTERVAL:g} s; "
        f"{samples[-1].minute:.1f} of {options.minutes:g} minutes, the first {warm_up:.1f} not judged\n\n"
        f"{table(rows)}\n"
    )
    print(f"healthy clients: {report.missed} frames missed of {report.frames:,}; {report.lost} lost unasked (goals: 0)")
    print(
        f"replaced: {churned:,}: {report.clean:,} clean ({report.unanswered} without the server's answer), "
        f"{report.resets:,} reset, {report.vanished:,} without a word; {report.refused} refused (goal: 0)"
    )
    print(
        f"besides: {report.half_open:,} handshakes left half, {report.pings:,} pings answered, "
        f"{report.asked:,} HTTP requests, {report.failed} failed (goal: 0)"
    )
    goals = [row.is_met for row in rows]
    goals += [not number for number in (report.missed, report.lost, report.unanswered, report.refused, report.failed)]
    if course.rest is not None:
        before, rest = course.before, course.rest
        print(
            f"when all had gone: {rest.descriptors} descriptors, {rest.threads} threads, {rest.tasks} tasks, "
            f"{rest.rss:.2f} MB; before they came: {before.descriptors}, {before.threads}, {before.tasks}, "
            f"{before.rss:.2f} MB (goal: at most {LEFT} descriptors or tasks more)"
        )
        goals.append(left_over(rest, before) <= LEFT)
    print(f"verdict: {'every goal met' if all(goals) else 'MISSED'}", flush=True)
    return all(goals)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the options; ends the program with 2 where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak", description="Does the server grow under clients that come and go?"
    )
    parser.add_argument("--minutes", type=_number(0.1, 10_000), default=45.0, help="how long [45]")
    parser.add_argument("--clients", type=_number(1, 20_000, whole=True), default=1000, help="at a time [1000]")
    parser.add_argument("--churn", type=_number(0, 1000), default=10.0, help="percent replaced a minute [10]")
    options = parser.parse_args(arguments)
    if sys.platform != "linux":
        parser.error("needs Linux: /proc")
    return options


def _number(low: float, high: float, whole: bool = False) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = int(text) if whole else float(text)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no {'whole ' * whole}number from {low:g} to {high:g}")
        return number

    return read


if __name__ == "__main__":
    sys.exit(main())
