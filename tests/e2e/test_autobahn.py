"""Autobahn's cases, run by kosoku, against an echo over the product's own WebSocket."""

import asyncio
import json
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.web import inbound, live
from tests.e2e.echo import create_echo, serving

KOSOKU = Path(sysconfig.get_path("scripts")) / "kosoku"
PATIENCE = 120.0
#: All but 12 and 13, which are about compression: the stream offers none, so that all clients can share its bytes.
CASES = 301
#: Longer than the longest message of a case, 16 MiB.
LARGE = 32 * 2**20
#: By their number: cases that fail, and why. One that passes again has to leave this list.
KNOWN = {"7.9.5": "aiohttp 3.14 takes a close with 1006; https://github.com/aio-libs/aiohttp/pull/13536 mends it"}
#: The cases that send messages longer than clients of the stream may.
LONG = {
    *(f"1.{kind}.{number}" for kind in (1, 2) for number in (6, 7, 8)),
    *(f"9.{kind}.{number}" for kind in (1, 2, 5, 6) for number in range(1, 7)),
    *(f"9.{kind}.{number}" for kind in (3, 4) for number in range(1, 10)),
    "10.1.1",
}


@pytest.fixture(autouse=True)
def _as_many_messages_as_one_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "BURST", 1e9)
    monkeypatch.setattr(inbound, "RATE", 1e9)


@dataclass(frozen=True)
class Verdict:
    """How a case ended; the code is the one with which the server closed, None where it did not."""

    passed: bool
    code: int | None


async def run_cases(folder: Path) -> dict[str, Verdict]:
    """Run the cases against a fresh echo; return the verdict of each."""
    async with serving(create_echo()) as port:
        # Two at a time: many only wait, for one second each.
        process = await asyncio.create_subprocess_exec(
            *(str(KOSOKU), "--parallelism", "2", "--exclude", "12.*", "--exclude", "13.*", "--outdir", str(folder)),
            f"ws://127.0.0.1:{port}/",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(PATIENCE):
                said, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    report = folder / "index.json"
    assert report.exists(), said.decode(errors="replace")
    (cases,) = json.loads(report.read_text(encoding="utf-8")).values()
    good = {"OK", "NON-STRICT", "INFORMATIONAL"}
    verdicts = {
        number: Verdict(case["behavior"] in good and case["behaviorClose"] in good, case["remoteCloseCode"])
        for number, case in cases.items()
    }
    print(f"{sum(each.passed for each in verdicts.values())} of {len(verdicts)} cases passed")
    return verdicts


async def test_all_cases_pass_but_the_known_ones_where_messages_may_be_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LARGEST_MESSAGE", LARGE)
    verdicts = await run_cases(tmp_path)
    assert len(verdicts) == CASES
    assert {number for number, verdict in verdicts.items() if not verdict.passed} == set(KNOWN), KNOWN


async def test_with_the_limit_of_the_stream_the_cases_with_longer_messages_end_in_1009_and_no_others_differ(
    tmp_path: Path,
) -> None:
    verdicts = await run_cases(tmp_path)
    assert len(verdicts) == CASES
    assert {number for number, verdict in verdicts.items() if not verdict.passed} == LONG | set(KNOWN), KNOWN
    assert {verdicts[number].code for number in LONG} == {1009}
