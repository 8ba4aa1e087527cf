"""Runs the benchmarks: ``python -m benchmarks`` for all, ``python -m benchmarks flight reach`` for some."""

import importlib
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

ORDER = ("flight", "raid", "reach", "tracking", "association", "assignment", "coverage", "sizing")


def main() -> None:
    here = Path(__file__).parent
    known = [name for name in ORDER if (here / f"{name}.py").is_file()]
    wanted = sys.argv[1:] or known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"error: got {', '.join(unknown)}, accepted are {', '.join(known)}")
    packages = ", ".join(f"{name} {version(name)}" for name in ("cupola", "numpy", "numba", "scipy"))
    print(f"Python {platform.python_version()}, {packages}; {os.cpu_count()} cores, {platform.machine()}")
    for name in wanted:
        print(f"\n== {name} ==", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
