"""``cupola engage`` as a user calls it."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cupola.cli.main import app

EXAMPLE = Path(__file__).parents[2] / "examples" / "today-gmd.yaml"


def cupola(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["engage", *arguments])


def test_the_example_is_told_shot_by_shot_and_drawn(tmp_path: Path) -> None:
    done = cupola(str(EXAMPLE), "--run", "1", "--object", "M01-RV1", "--json", "--out", str(tmp_path / "shot.png"))
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["run"], document["seed"], document["object"]) == (1, 44, "M01-RV1")
    assert (tmp_path / "shot.png").stat().st_size > 20_000
    times = [line["time_s"] for line in document["timeline"]]
    assert times == sorted(times)
    assert {"launch", "detection", "track", "order", "release", "handover", "intercept", "assessment"} <= {
        line["kind"] for line in document["timeline"]
    }
    assert 0.0 < document["detected_s"] <= document["firm_s"]
    shooters = {each["group"]: each for each in document["shooters"]}
    assert sum(each["fired"] for each in shooters.values()) == len(document["shots"]) > 0
    for shot in document["shots"]:
        steps = [shot["order_s"], shot["release_s"], shot["handover_s"], shot["intercept_s"], shot["verdict_s"]]
        assert steps == sorted(steps)
        assert shot["release_s"] >= document["authority_s"]
        assert all(shot["release_s"] < each["time_s"] <= shot["handover_s"] for each in shot["corrections"])
        assert shot["path"][0][0] == pytest.approx(shot["release_s"], abs=0.01)
        assert shot["path"][-1][3] == pytest.approx(shot["intercept_alt_m"], abs=10.0)
        # What was fired was in reach: the window comes from the truth, the shot from a track.
        windows = shooters[shot["group"]]["windows"]
        assert any(w["first_release_s"] - 5.0 <= shot["release_s"] <= w["last_release_s"] + 5.0 for w in windows)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--run", "-1"), "--run: got -1"),
        (("--seed", "-4"), "seed: got -4"),
        (("--object", "m1-rv1"), "did you mean M01-RV1"),
        (("--out", "a.txt"), "--out: got 'a.txt', accepted are names that end with .png"),
    ],
)
def test_bad_input_is_one_line_and_code_2(arguments: tuple[str, ...], words: str) -> None:
    done = cupola(str(EXAMPLE), *arguments)
    assert done.exit_code == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
