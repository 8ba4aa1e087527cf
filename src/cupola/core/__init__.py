"""Numbers: the Earth, motion, geometry, chance and units, with not a word about missiles.

Importing it decides where Numba keeps compiled kernels: a folder named after all source that kernels are made of, the
files that hold kernels and what those import. Numba by itself looks only at the file of the kernel, and would go on
running an old copy of what that kernel calls in another file.
"""

import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_KEPT_DAYS = 14.0
_IMPORT = re.compile(rb"^\s*from cupola\.([\w.]+) import (\([^)]*\)|[^\n]*)", re.MULTILINE)


def _keep_kernels_apart() -> None:
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    digest = hashlib.blake2b(digest_size=8)
    for name, source in sorted(_kernel_sources(Path(__file__).parents[1]).items()):
        digest.update(f"{name}:{len(source)}\n".encode() + source)
    for store in _stores():
        folder = store / f"kernels-{digest.hexdigest()}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
                continue  # compiled code is not taken from a folder that somebody else made
            os.utime(folder)
            _forget_old(store)
        except OSError:
            continue
        os.environ["NUMBA_CACHE_DIR"] = str(folder)
        if "numba" in sys.modules:
            sys.modules["numba"].config.CACHE_DIR = str(folder)
        return


def _kernel_sources(root: Path) -> dict[str, bytes]:
    """Return by path the source of the package's files that hold kernels and of all that they import from it."""
    sources = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.py")}
    wanted = [name for name, source in sources.items() if b"import kernel" in source]
    found: dict[str, bytes] = {}
    while wanted:
        name = wanted.pop()
        if name in found or name not in sources:
            continue
        found[name] = sources[name]
        for package, names in _IMPORT.findall(sources[name]):
            base = package.decode().replace(".", "/")
            inside = [f"{base}/{each}" for each in re.findall(r"\w+", names.decode())]
            wanted += [f"{place}{end}" for place in (base, *inside) for end in (".py", "/__init__.py")]
    return found


def _stores() -> Iterator[Path]:
    """Yield where kernels may be kept, best first: a home can be missing or unwritable."""
    cache = os.environ.get("XDG_CACHE_HOME")
    if cache:
        yield Path(cache) / "cupola"
    home = Path("~").expanduser()
    if home != Path("~"):
        yield home / ".cache" / "cupola"
    yield Path(tempfile.gettempdir()) / f"cupola-{os.getuid() if hasattr(os, 'getuid') else 'user'}"


def _forget_old(store: Path) -> None:
    for old in store.glob("kernels-*"):
        if time.time() - old.stat().st_mtime > _KEPT_DAYS * 86_400.0:
            shutil.rmtree(old, ignore_errors=True)


_keep_kernels_apart()
