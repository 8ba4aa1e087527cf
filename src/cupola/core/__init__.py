"""Numbers: the Earth, motion, geometry, chance and units, with not a word about missiles.

Importing it decides where Numba keeps compiled kernels: a folder named after the state of the whole source tree.
Numba by itself looks only at the file of the kernel, and would go on running an old copy of what that kernel calls in
another file.
"""

import hashlib
import os
import shutil
import sys
import time
from pathlib import Path

_KEPT_DAYS = 14.0


def _keep_kernels_apart() -> None:
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    root = Path(__file__).parents[1]
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(root.rglob("*.py")):
        state = path.stat()
        digest.update(f"{path}:{state.st_mtime_ns}:{state.st_size}\n".encode())
    store = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cupola"
    folder = store / f"kernels-{digest.hexdigest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        for old in store.glob("kernels-*"):
            if time.time() - old.stat().st_mtime > _KEPT_DAYS * 86_400.0:
                shutil.rmtree(old, ignore_errors=True)
    except OSError:  # an unwritable home: Numba falls back to its own places
        return
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:
        sys.modules["numba"].config.CACHE_DIR = str(folder)


_keep_kernels_apart()
