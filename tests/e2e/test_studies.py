"""Studies through the command line and the real engine."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from cupola.cli.main import app
from cupola.scenario.document import read_document

STUDIES = Path(__file__).parents[2] / "examples" / "studies"
SWEEP = """\
cupola: 1
kind: sweep
name: Two magazines
scenario: SCENARIO
runs: 2
seed: 5
factors: {interceptors.gbi.inventory: [6, 1]}
"""


def document(*arguments: object) -> dict[str, Any]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.stderr
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("study") / "sweep.yaml"
    path.write_text(SWEEP.replace("SCENARIO", str(STUDIES / "two-missiles.yaml")))
    return path


def test_a_sweep_and_a_comparison_of_the_same_points_agree(spec: Path, tmp_path: Path) -> None:
    swept = document("sweep", spec, "--workers", 1, "--out", tmp_path / "two", "--json")
    assert Path(swept["report"]).is_file()
    scenario, change = STUDIES / "two-missiles.yaml", "interceptors.gbi.inventory=1"
    compared = document(
        "compare",
        scenario,
        "--set",
        change,
        "--runs",
        2,
        "--seed",
        5,
        "--workers",
        1,
        "--out",
        tmp_path / "one",
        "--json",
    )
    full, one = swept["points"]
    assert compared["outcomes"]["leaked"]["a"] == full["outcomes"]["leaked"]
    assert compared["outcomes"]["shots"]["difference"]["mean"] == one["changes"]["shots"]["mean"] < 0.0
    tables = [path / one["folder"] / "runs.parquet" for path in (tmp_path / "two",)]
    tables.append(tmp_path / "one" / compared["b"]["folder"] / "runs.parquet")
    first, second = (pq.read_table(path) for path in tables)
    assert first.equals(second), "a point is the same whoever plays it"


@pytest.mark.parametrize("path", sorted(STUDIES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_is_sound(path: Path, tmp_path: Path) -> None:
    """Examples are refused for their number of runs, and for nothing else: all else was found right before."""
    kind = read_document(path).data.get("kind")
    command = ["validate", str(path)] if kind is None else [kind, str(path), "--runs", "1", "--workers", "0"]
    result = CliRunner().invoke(app, [*command, *([] if kind is None else ["--out", str(tmp_path / "out")])])
    if kind is None:
        assert result.exit_code == 0, result.stderr
    else:
        assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, "error: workers: got 0, accepted is 1 or more")
