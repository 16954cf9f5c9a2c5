"""Open files against the clients that may come: each of them is one."""

from collections.abc import Iterator

import psutil

from monitor.doctor.finding import Finding

CHECK = "open files"


def enough(wanted: int, needed: int, limit: int | None, pid: int | None = None) -> Iterator[Finding]:
    """Look at the limit of open files.

    wanted  clients that may listen: max_connections
    needed  files for that many clients and for all else
    limit   of a process that is started as this one was; None for none
    pid     of the running server, whose own limit counts, where this user may know it
    """
    own = _of(pid)
    limit, whose = (limit, "here") if own is None else (own, f"of the running server, pid {pid}")
    if limit is None or limit >= needed:
        yield Finding.ok(CHECK, f"room for {wanted} clients ({'no limit' if limit is None else limit} {whose})")
        return
    yield Finding.warning(
        CHECK,
        f"room for {max(1, limit - (needed - wanted))} clients, and max_connections is {wanted} ({limit} {whose})",
        f"raise the limit to {needed} (systemd: LimitNOFILE={needed}; shell: ulimit -Hn), or lower max_connections",
    )


def _of(pid: int | None) -> int | None:
    """Return the hard limit of a process: a server raises its soft one to that."""
    try:
        if pid is None:
            return None
        _, hard = psutil.Process(pid).rlimit(psutil.RLIMIT_NOFILE)
    except (psutil.Error, OSError, AttributeError):  # AttributeError: another system than Linux
        return None
    return None if hard == psutil.RLIM_INFINITY else int(hard)
