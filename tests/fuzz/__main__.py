"""`make fuzz`: hold a server to its contract for as long as you like; the arguments are those of `schemathesis run`."""

import sys
import tempfile
from pathlib import Path

from tests.e2e.server import Server
from tests.fuzz.model import model
from tests.fuzz.run import UNLIMITED, fuzz


def main() -> int:
    """Run once; return Schemathesis' exit code."""
    arguments = sys.argv[1:] or ["--max-examples", "300"]
    with tempfile.TemporaryDirectory() as folder, model() as url, Server(*UNLIMITED, "--llama-url", url) as server:
        server.frame()
        done = fuzz(server.url, Path(folder), arguments)
        print(done.stdout)
        print(server.log, file=sys.stderr)
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
