"""Promises about the files themselves."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKS = sorted(ROOT.glob("*.lock"))


def test_locks_hold_a_hash_for_every_requirement_and_no_address():
    assert len(LOCKS) == 3
    for lock in LOCKS:
        text = lock.read_text()
        assert "http" not in text
        requirements = re.findall(r"^[a-z0-9][^\n]*==", text, re.MULTILINE)
        pinned = re.findall(r"^[a-z0-9][^\n]*== *[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)
        assert requirements
        assert len(pinned) == len(requirements), lock.name


def test_no_source_file_outgrows_one_idea():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "src").rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_no_file_holds_a_path_of_one_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    machine = re.compile(r"(^|[^A-Za-z0-9_.])/(home|root|work|Users)/[a-z]")
    guilty = []
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in {".py", ".yaml", ".md", ".toml", ".yml", ".css"} and machine.search(path.read_text()):
            guilty.append(name)
    assert guilty == []
