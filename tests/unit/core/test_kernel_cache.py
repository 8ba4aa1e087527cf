"""Where compiled kernels are kept: a change of anything they are made of must lead to another folder."""

from pathlib import Path

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
        "a/kernel.py": "from cupola.b import one\nfrom cupola.c.d import (\n    X,\n    Y,\n)\n@njit(cache=True)\n",
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
