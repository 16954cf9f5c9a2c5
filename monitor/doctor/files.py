"""Who may read and write the files that hold settings and secrets."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from monitor.doctor.finding import Finding


def guarded(check: str, path: Path, *, secret: bool) -> Iterator[Finding]:
    """Look at one file.

    secret  it holds what others must not read; a file of root's may be read by its group, as /etc/shadow is
    """
    try:
        about = path.stat()
        with path.open("rb"):
            pass
    except OSError as error:
        yield Finding.problem(
            check,
            f"{path} cannot be read by this user: {_why(error)}",
            f"ls -l {path}; name another file, or let it be read",
        )
        return
    mode, faults = stat.S_IMODE(about.st_mode), []
    if mode & stat.S_IWOTH or (mode & stat.S_IWGRP and about.st_gid != 0):
        faults.append("others may write it, and what it says is obeyed")
    if secret and mode & stat.S_IROTH:
        faults.append("everybody on this machine may read the secrets in it")
    elif secret and mode & stat.S_IRGRP and about.st_uid != 0:
        faults.append("its group may read the secrets in it")
    if faults:
        right = "640" if about.st_uid == 0 else "600"
        yield Finding.problem(check, f"{path} (mode {mode:o}): {'; '.join(faults)}", f"chmod {right} {path}")
    elif about.st_uid not in (0, os.geteuid()):
        yield Finding.warning(
            check, f"{path} belongs to neither root nor this user, but to {about.st_uid}", f"chown root {path}"
        )
    else:
        yield Finding.ok(check, f"{path} (mode {mode:o})")


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
