"""One writer per run folder.

The lock is the operating system's (``flock``), so that it dies with its process: a killed campaign never leaves a
folder locked. The file names the holder for the message to a second writer.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cupola.campaign.errors import BadCampaign

LOCK_NAME = "cupola.lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises :class:`BadCampaign` when another living process holds it."""
    path = folder / LOCK_NAME
    descriptor = _acquire(path)
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 200, 0).decode(errors="replace").split()
            os.close(descriptor)
            who = f"process {holder[0]} on {holder[1]}" if len(holder) == 2 else "another process"
            raise BadCampaign(
                f"{path.parent}: {who} is writing this run folder; wait for it, stop it, or choose another --out"
            ) from None
        # The holder before us may have removed the file between our open and our lock: then ours is a ghost.
        if path.exists() and os.fstat(descriptor).st_ino == path.stat().st_ino:
            return descriptor
        os.close(descriptor)
