"""Where compiled kernels are kept: a change of anything they are made of must lead to another folder."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

import cupola.core
from cupola.core import _kernel_sources


def test_what_kernels_import_counts_and_what_imports_them_does_not() -> None:
    found = _kernel_sources(Path(cupola.core.__file__).parents[1])
    assert {"core/__init__.py", "core/earth.py", "tracking/filter.py", "sensors/looks.py", "core/reason.py"} <= set(
        found
    )
    assert not [name for name in found if name.startswith(("cli/", "report/", "campaign/", "engine/"))]


def test_imports_are_followed_however_they_are_written(tmp_path: Path) -> None:
    files = {
        "a/__init__.py": "",
        "a/kernel.py": "from cupola.b import one\nfrom cupola.c.d import (\n    X,\n)\nfrom cupola import kernel\n",
        "b/__init__.py": "from cupola.e import Z\n",
        "b/one.py": "",
        "c/d.py": "    from cupola.a.kernel import f\n",
        "e.py": "",
        "f.py": "from cupola.a.kernel import f\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert set(_kernel_sources(tmp_path)) == {"a/kernel.py", "b/__init__.py", "b/one.py", "c/d.py", "e.py"}


def test_two_processes_do_not_compile_one_kernel_at_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from cupola.core.kernel import kernel\n\n@kernel\ndef double(x):\n    return 2 * x\n\n"
        "print(double(2), double(2.5), flush=True)\n"
    )
    command = [sys.executable, str(script)]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    first = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    (lock,) = (tmp_path / "cache").rglob("*.lock")
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        second = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert second.stdout is not None
            with pytest.raises(subprocess.TimeoutExpired):
                second.wait(timeout=3.0)
        finally:
            fcntl.flock(held, fcntl.LOCK_UN)
    assert (first.stdout, second.communicate(timeout=60.0)[0]) == ("4 5.0\n", "4 5.0\n")
