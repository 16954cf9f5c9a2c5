"""A file system that does nothing but tell its size; run with the folder to mount on, ended by SIGTERM."""

import sys

import mfusepy


class Disk(mfusepy.Operations):  # type: ignore[misc]  # the library has no types
    """Ten GB, seven and a half of them used; every answer is new, so that one that hangs is seen."""

    use_ns = True  # what the library asks of new code

    def statfs(self, path: str) -> dict[str, int]:
        return {"f_bsize": 4096, "f_frsize": 4096, "f_blocks": 2621440, "f_bfree": 655360, "f_bavail": 524288}


if __name__ == "__main__":
    mfusepy.FUSE(Disk(), sys.argv[1], foreground=True, nothreads=True)
