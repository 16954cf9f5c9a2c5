"""A real server in a process of its own, on a free port of loopback."""

import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests import unlimited

#: Seconds to wait for what should take a fraction of one: generous, because test machines are shared.
PATIENCE = 30.0


class Server:
    """`monitor serve` as a person would start it; a context manager that always ends the process.

    arguments    further flags
    environment  further variables; PYTHONPATH is how a test installs a package for this server alone
    is_limited   it has the limits per address; without, a test may come as often as it likes
    python       the interpreter, for a server that is installed elsewhere
    """

    def __init__(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        is_limited: bool = False,
        python: str = sys.executable,
        port: int = 0,
        cwd: str | None = None,
    ) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
        clean["MONITOR_EVENT_LOOP"] = "asyncio"  # what most have; the tests of uvloop say so
        if not is_limited:
            clean.update(unlimited.ENVIRONMENT)
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [python, "-m", "monitor", "serve", "--port", str(port), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**clean, "PYTHONUNBUFFERED": "1", **(environment or {})},
            cwd=cwd,
        )
        self._log: list[str] = []
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._tls.check_hostname = False
        self._tls.verify_mode = ssl.CERT_NONE  # which certificate it is, tests of that look at themselves
        self.root = self._root()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def port(self) -> int:
        return urlsplit(self.root).port or 0

    @property
    def url(self) -> str:
        """Where everything stands: with `base_path`, and without a slash at its end."""
        return f"{urlsplit(self.root).scheme}://localhost:{self.port}{urlsplit(self.root).path.rstrip('/')}"

    @property
    def stream_url(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/api/ws/metrics"

    @property
    def log(self) -> str:
        return "".join(self._log)

    def get(self, path: str) -> Any:
        """Return the JSON at `path`, whatever its status; raises URLError when nobody listens."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=PATIENCE, context=self._tls) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return json.load(error)

    def frame(self) -> Any:
        """Return the newest frame, waiting for the first one."""
        return wait_for(lambda: (frame := self.get("/api/system-stats")) and "timestamp" in frame and frame)

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Send a signal, wait for the end, and return how many seconds that took."""
        began = time.monotonic()
        self._process.send_signal(number)
        self._process.wait(PATIENCE)
        return time.monotonic() - began

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        assert self._process.stdout
        assert self._process.stderr
        self._process.stdout.close()
        self._process.stderr.close()

    def hang_up(self) -> None:
        """Send SIGHUP."""
        self._process.send_signal(signal.SIGHUP)

    def _root(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line.startswith(("Live on http://", "Live on https://")):
            self._process.kill()
            self._process.wait(PATIENCE)
            self._reader.join(PATIENCE)
            raise RuntimeError(f"the server did not start: {line}{self.log}")
        return line.split(" ")[2]

    def _read_log(self) -> None:
        assert self._process.stderr
        with suppress(ValueError):  # closed under us
            for line in self._process.stderr:
                self._log.append(line)


def wait_for(condition: Any, seconds: float = PATIENCE) -> Any:
    """Return the first true value of `condition()`; fail when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain")
