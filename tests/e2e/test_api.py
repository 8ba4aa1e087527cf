"""The Python verbs give what the commands give."""

import json
from pathlib import Path

import cupola

EXAMPLE = Path(__file__).parents[2] / "examples" / "no-defense.yaml"


def test_load_and_run_leave_the_same_folder_as_the_command(tmp_path):
    result = cupola.run(cupola.load(EXAMPLE), runs=3, seed=9, out=tmp_path / "here")
    assert result.summary["leaked"]["mean"] == 10.0
    written = json.loads((tmp_path / "here" / "summary.json").read_text())
    assert (written["runs"], written["seed"], written["leaked"]["mean"]) == (3, 9, 10.0)
