"""The port: whether it can be had, or who has it."""

import errno
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from monitor.doctor.finding import Finding

CHECK = "port"


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that listens; as far as this user may know. None where the system does not tell."""

    pid: int | None
    name: str | None

    def __str__(self) -> str:
        return f"{self.name or 'a process'} ({f'pid {self.pid}' if self.pid else 'of another user'})"


def is_taken(host: str, port: int) -> bool:
    """Tell whether somebody listens there. Raises OSError where the address cannot be had for another reason."""
    try:
        for family, _, _, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                probe.bind(address)
                probe.listen(1)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return True
        raise
    return False


def holder(port: int) -> Holder:
    """Return who listens on the port."""
    try:
        rows = psutil.net_connections("tcp")
    except (psutil.Error, OSError):
        return Holder(None, None)
    pids = [row.pid for row in rows if row.status == psutil.CONN_LISTEN and row.laddr and row.laddr.port == port]
    pid = next((pid for pid in pids if pid), None)
    try:
        return Holder(pid, psutil.Process(pid).name() if pid else None)
    except psutil.Error:
        return Holder(pid, None)


def available(host: str, port: int, *, served: bool) -> Iterator[Finding]:
    """Look at the port.

    served  a monitor has answered there
    """
    if port == 0:
        yield Finding.ok(CHECK, "a free one is taken at each start")
        return
    place = f"{host}:{port}"
    try:
        taken = is_taken(host, port)
    except OSError as error:
        yield Finding.problem(CHECK, f"{place} cannot be listened on: {_why(error)}", _remedy(error, port))
        return
    if not taken:
        yield Finding.ok(CHECK, f"{place} is free")
    elif served:
        yield Finding.ok(CHECK, f"{place} is held by a monitor: {holder(port)}")
    else:
        yield Finding.problem(
            CHECK,
            f"{place} is held by {holder(port)}, which does not answer as a monitor",
            f"end that one, or choose another port: --port {port + 1 if port < 65535 else 4000}",
        )


def _why(error: OSError) -> str:
    return os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)


def _remedy(error: OSError, port: int) -> str:
    if error.errno == errno.EACCES:
        return f"ports below 1024 are root's: choose another, or AmbientCapabilities=CAP_NET_BIND_SERVICE for {port}"
    return "set host to an address of this machine (ip address), 127.0.0.1, 0.0.0.0 or ::"
