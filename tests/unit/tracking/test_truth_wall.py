"""Trackers, interceptors and battle managers see tracks, never truth: checked on the source text itself."""

import ast
from pathlib import Path

import pytest

import cupola

ROOT = Path(cupola.__file__).parent


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide what is imported"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def reached(room: str) -> dict[str, str]:
    """Return every module that a room imports, directly or through others, with one importer each."""
    found: dict[str, str] = {}
    queue = [(path, str(path)) for path in (ROOT / room).rglob("*.py")]
    while queue:
        path, _ = queue.pop()
        for name in imported(path):
            if not name.startswith("cupola") or name in found:
                continue
            found[name] = str(path)
            target = ROOT.joinpath(*name.split(".")[1:])
            candidates = (target.with_suffix(".py"), target / "__init__.py")
            queue += [(candidate, name) for candidate in candidates if candidate.exists()]
    return found


@pytest.mark.parametrize("room", ["tracking", "battle", "interceptors"])
def test_no_path_leads_to_the_truth(room: str) -> None:
    modules = reached(room)
    assert modules, f"{room} imports nothing of cupola: the walk is broken"
    for name, importer in modules.items():
        assert not name.startswith(("cupola.threats", "cupola.engine")), f"{importer} imports {name}"
