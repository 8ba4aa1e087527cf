"""Comparisons without the engine: pairing, identity, folders, verdicts."""

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from study_toy import EXAMPLE, Toy, leaked_of, toy  # noqa: F401

from cupola.campaign.errors import BadCampaign, CampaignStopped
from cupola.report.compare_page import write_report
from cupola.scenario.errors import ScenarioError
from cupola.scenario.load import load
from cupola.scenario.values import with_values
from cupola.studies.compare import compare, verdict

CHANGE = {"common_mode_failure": "0.5"}


@pytest.fixture(autouse=True)
def _toys(toy: Toy) -> None:  # noqa: F811
    pass


def test_differences_are_those_of_the_same_runs(tmp_path: Path) -> None:
    found = compare(EXAMPLE, changes=CHANGE, out=tmp_path / "out", runs=50, seed=3).summary
    a = load(EXAMPLE)
    b = with_values(a, CHANGE)
    apart = np.array([leaked_of(b, 3, run) - leaked_of(a, 3, run) for run in range(50)])
    leaked = found["outcomes"]["leaked"]
    assert leaked["difference"]["mean"] == pytest.approx(apart.mean())
    # The same draws make 2 of 10 warheads leak before and 5 after: 3 more, known to a few tenths by 50 runs.
    assert leaked["difference"]["mean"] == pytest.approx(3.0, abs=0.6)
    assert 1.5 < leaked["difference"]["low"] < apart.mean() < leaked["difference"]["high"] < 4.5
    assert leaked["pairing_gain"] > 1.3
    assert "more warheads through" in found["verdict"]
    assert "exactly as many" not in found["verdict"]
    table = pq.read_table(tmp_path / "out" / "points.parquet")
    assert (table["leaked.b"].to_numpy() - table["leaked.a"].to_numpy()).tolist() == apart.tolist()
    assert found["outcomes"]["stopped.midcourse"]["difference"]["mean"] == pytest.approx(-apart.mean())


def test_a_scenario_and_its_copy_under_another_name_differ_by_exactly_nothing(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    shutil.copy(EXAMPLE, copy)
    copy.write_text(copy.read_text().replace("name: Today's", "name: Yesterday's"))
    found = compare(EXAMPLE, copy, out=tmp_path / "out", runs=4).summary
    assert found["identical"]
    assert found["a"]["folder"] == found["b"]["folder"]
    for outcome in found["outcomes"].values():
        assert set(outcome["difference"].values()) == {0.0}
    assert "exactly zero" in found["verdict"]
    assert write_report(tmp_path / "out").is_file()


def test_no_interceptors_leave_nothing_to_chance(tmp_path: Path) -> None:
    bare = {"interceptors.gbi.inventory": 0}
    found = compare(EXAMPLE, changes=bare, out=tmp_path / "out", runs=6).summary
    assert found["outcomes"]["leaked"]["b"] == {"mean": 10.0, "low": 10.0, "high": 10.0}


def test_one_run_says_that_it_says_nothing(tmp_path: Path) -> None:
    found = compare(EXAMPLE, changes=CHANGE, out=tmp_path / "out", runs=1).summary
    assert found["outcomes"]["leaked"]["difference"]["low"] is None
    assert "one run says nothing" in found["verdict"]
    assert write_report(tmp_path / "out").is_file()


def test_a_folder_is_resumed_replaced_or_refused(tmp_path: Path, toy: Toy) -> None:  # noqa: F811
    out = tmp_path / "out"
    toy.interrupt_after = 1
    with pytest.raises(CampaignStopped, match="--resume"):
        compare(EXAMPLE, changes=CHANGE, out=out, runs=5)
    assert not (out / "summary.json").exists()
    toy.interrupt_after = None
    with pytest.raises(BadCampaign, match="--resume finishes it"):
        compare(EXAMPLE, changes=CHANGE, out=out, runs=5)
    first = compare(EXAMPLE, changes=CHANGE, out=out, runs=5, resume=True)
    assert len(toy.played) == len(set(toy.played)) == 2
    again = compare(EXAMPLE, changes=CHANGE, out=out, runs=5, resume=True)
    assert again.summary == first.summary
    assert len(toy.played) == 2
    compare(EXAMPLE, changes={"common_mode_failure": "0.4"}, out=out, runs=5, resume=True)
    assert len(toy.played) == 3, "A is the same and was not played again"
    compare(EXAMPLE, changes=CHANGE, out=out, runs=5, overwrite=True)
    assert len(toy.played) == 5
    with pytest.raises(BadCampaign, match="contradict"):
        compare(EXAMPLE, changes=CHANGE, out=out, runs=5, overwrite=True, resume=True)


def test_other_peoples_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    for ways in ({}, {"resume": True}, {"overwrite": True}):
        with pytest.raises(BadCampaign, match="other files and no study"):
            compare(EXAMPLE, changes=CHANGE, out=tmp_path, runs=2, **ways)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("ways", [{"runs": 0}, {"seed": -1}, {"workers": 0, "runs": 1}])
def test_numbers_that_mean_nothing_are_refused_and_nothing_is_written(tmp_path: Path, ways: dict[str, int]) -> None:
    with pytest.raises(BadCampaign, match="accepted is"):
        compare(EXAMPLE, changes=CHANGE, out=tmp_path / "out", **ways)
    assert not (tmp_path / "out").exists()


def test_one_scenario_without_a_change_is_no_comparison(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="two scenarios, or one with changes"):
        compare(EXAMPLE, out=tmp_path / "out")
    with pytest.raises(ScenarioError, match="did you mean 'common_mode_failure'"):
        compare(EXAMPLE, changes={"common_mode_failur": 1}, out=tmp_path / "out")


def outcome(mean: float, low: float, high: float) -> dict[str, dict[str, float]]:
    return {"difference": {"mean": mean, "low": low, "high": high}}


def test_the_verdict_says_what_is_shown_and_what_is_not() -> None:
    sure, unsure, none = outcome(-1.5, -2.0, -1.0), outcome(0.1, -0.2, 0.4), outcome(0.0, 0.0, 0.0)
    assert "1.5 fewer warheads through a run than A (95 %: 1 to 2 fewer)" in verdict(sure, none, none, identical=False)
    assert "exactly as many interceptors as A" in verdict(sure, none, none, identical=False)
    assert verdict(sure, none, sure, identical=False).endswith("costs $1.5 B less over 20 years.")
    assert verdict(unsure, sure, none, identical=False).startswith(
        "No difference shown in warheads through: B lets +0.1"
    )


def test_the_page_holds_the_numbers(tmp_path: Path) -> None:
    found = compare(EXAMPLE, changes=CHANGE, out=tmp_path / "out", runs=20).summary
    html = write_report(tmp_path / "out").read_text(encoding="utf-8")
    assert found["verdict"] in html
    assert html.count("<svg") == 3
    assert "nan" not in html.lower().split("</style>")[1]
    assert (
        json.loads(html.split('id="summary">')[1].split("</script>")[0])["outcomes"].keys() == found["outcomes"].keys()
    )
