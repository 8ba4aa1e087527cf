"""``cupola track`` as a user calls it."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cupola.cli.main import app

EXAMPLE = Path(__file__).parents[2] / "examples" / "glider-and-icbm-tracking.yaml"


def cupola(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["track", *arguments])


def test_the_example_is_tracked_drawn_and_printed(tmp_path: Path) -> None:
    done = cupola(str(EXAMPLE), "--run", "4", "--json", "--out", str(tmp_path / "pictures"))
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    by_object = {item["object"]: item for item in document["objects"]}
    for name in ("M01-RV1", "M02-RV1"):
        item = by_object[name]
        assert 0.0 < item["detected_after_s"] < 120.0
        assert item["custody_fraction"] > 0.5
        assert (tmp_path / "pictures" / f"{name}.png").stat().st_size > 20_000
        view = item["quality"]["tracking-layer-t3"]
        assert 0.0 < view["rungs"]["track"]["first_after_s"] <= view["rungs"]["fire_control"]["first_after_s"] < 300.0
        assert sum(rung["fraction"] for rung in view["rungs"].values()) == pytest.approx(1.0, abs=1e-5)
    icbm = by_object["M02-RV1"]
    assert icbm["impact"][-1]["major_m"] < icbm["impact"][0]["major_m"]
    # While three vehicles are one to every satellite, and while 17 of them pass over the pole, the track stays honest.
    along = by_object["M02-RV2"]["series"]
    cluster = [nees for after, nees in zip(along["after_s"], along["nees"], strict=True) if 190.0 < after < 330.0]
    assert len(cluster) > 15
    assert sum(cluster) / len(cluster) < 10.0
    assert by_object["M02-RV2"]["nees_fraction_inside"] > 0.9
    assert by_object["M01-RV1"]["nees_fraction_inside"] > 0.8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--run", "-1"), "--run: got -1"),
        (("--seed", "-4"), "seed: got -4"),
        (("--hold", "30"), "--hold"),
        (("--hold", "0 s"), "--hold: got '0 s'"),
        (("--object", "M77"), "accepted are M01-RV1"),
    ],
)
def test_bad_input_is_one_line_and_code_2(arguments: tuple[str, ...], words: str) -> None:
    done = cupola(str(EXAMPLE), *arguments)
    assert done.exit_code == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_scenario_is_refused(tmp_path: Path) -> None:
    done = cupola(str(tmp_path / "none.yaml"))
    assert done.exit_code == 2
    assert "none.yaml" in done.stderr
