"""Sweeps without the engine: which points there are, what a file may say, what comes out."""

import itertools
import pickle
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from study_toy import EXAMPLE, Toy, Written, leaked_of, toy, written  # noqa: F401

from cupola.campaign.bench import Work
from cupola.campaign.errors import BadCampaign, CampaignStopped
from cupola.campaign.execute import InProcess
from cupola.report.sweep_page import write_report
from cupola.scenario.errors import ScenarioError
from cupola.scenario.load import load
from cupola.scenario.values import with_values
from cupola.studies.compare import compare
from cupola.studies.sweep import latin_hypercube, sweep

HEAD = "cupola: 1\nkind: sweep\nname: A sweep\nscenario: EXAMPLE\nruns: 12\nseed: 5\n"
GRID = (
    HEAD + "factors:\n  common_mode_failure: [0, 0.5, 1]\n  interceptors.gbi.inventory: {from: 0, to: 20, steps: 2}\n"
)


@pytest.fixture(autouse=True)
def _toys(toy: Toy) -> None:  # noqa: F811
    pass


def test_a_grid_plays_every_combination_with_the_same_luck(tmp_path: Path, written: Written) -> None:  # noqa: F811
    found = sweep(written(GRID), out=tmp_path / "out").summary
    names = list(itertools.product(["0", "0.5", "1"], ["0", "20"]))
    assert [tuple(point["settings"].values()) for point in found["points"]] == names
    base = load(EXAMPLE)
    for point in found["points"]:
        scenario = with_values(base, point["settings"])
        mean = np.mean([leaked_of(scenario, 5, run) for run in range(12)])
        assert point["outcomes"]["leaked"]["mean"] == pytest.approx(mean)
    assert found["points"][0]["changes"]["leaked"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    table = pq.read_table(tmp_path / "out" / "points.parquet").to_pydict()
    assert table["common_mode_failure"] == [name[0] for name in names]
    assert table["leaked.mean"] == [point["outcomes"]["leaked"]["mean"] for point in found["points"]]
    html = write_report(tmp_path / "out").read_text(encoding="utf-8")
    assert html.count("<svg") == 4


def test_one_at_a_time_holds_each_value_against_the_base(tmp_path: Path, written: Written, toy: Toy) -> None:  # noqa: F811
    text = HEAD + "method: one-at-a-time\nfactors:\n  common_mode_failure: 'uniform(0, 1)'\n"
    text += "  interceptors.gbi.inventory: {from: 0, to: 44}\n  battle.commit_delay: ['10 s', '60 s']\n"
    found = sweep(written(text), out=tmp_path / "out").summary
    assert [point["name"] for point in found["points"]][:3] == [
        "base",
        "common_mode_failure = 0.05",
        "common_mode_failure = 0.95",
    ]
    assert found["verdict"].startswith("Warheads that get through, a run: interceptors.gbi.inventory = 0 moves it most")
    # A common-mode failure of 0.05 and a delay of 60 s are the base's own: they are the base, and change nothing.
    assert len(toy.played) == len({point["folder"] for point in found["points"]}) == 5
    assert found["points"][1]["changes"]["leaked"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    assert write_report(tmp_path / "out").read_text(encoding="utf-8").count("<svg") == 2


def test_a_latin_hypercube_has_one_value_in_every_part(tmp_path: Path, written: Written) -> None:  # noqa: F811
    shares = latin_hypercube(50, 3, np.random.default_rng(1))
    assert np.array_equal(np.sort(np.floor(shares * 50), axis=0), np.repeat(np.arange(50.0)[:, None], 3, axis=1))
    text = HEAD + "method: latin-hypercube\npoints: 10\noutcomes: [leaked]\nfactors:\n"
    text += "  common_mode_failure: {from: 0, to: 1}\n  interceptors.gbi.inventory: {from: 1, to: 5}\n"
    found = sweep(written(text), out=tmp_path / "out").summary
    drawn = [float(point["settings"]["common_mode_failure"]) for point in found["points"]]
    assert sorted(int(10 * value) for value in drawn) == list(range(10))
    assert sorted({int(p["settings"]["interceptors.gbi.inventory"]) for p in found["points"]}) == [1, 2, 3, 4, 5]
    assert found["rank_correlation"]["leaked"]["common_mode_failure"] > 0.9
    assert write_report(tmp_path / "out").is_file()


def test_a_stopped_sweep_goes_on_and_one_that_asks_more_plays_the_new_alone(
    tmp_path: Path,
    written: Written,  # noqa: F811
    toy: Toy,  # noqa: F811
) -> None:
    toy.interrupt_after = 2
    with pytest.raises(CampaignStopped):
        sweep(written(GRID), out=tmp_path / "out")
    toy.interrupt_after = None
    first = sweep(written(GRID), out=tmp_path / "out", resume=True)
    assert len(toy.played) == len(set(toy.played)) == 6
    alone = sweep(written(GRID), out=tmp_path / "alone").summary
    assert {**alone, "out": ""} == {**first.summary, "out": ""}
    toy.played.clear()
    more = sweep(written(GRID.replace("[0, 0.5, 1]", "[0, 0.25, 0.5, 1]")), out=tmp_path / "out", resume=True)
    assert len(more.summary["points"]) == 8
    assert len(toy.played) == 2


def test_workers_get_the_points_by_mail_and_each_plays_whole_points(
    tmp_path: Path,
    written: Written,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def posted(work: Work, workers: int) -> InProcess:
        assert workers == 3
        return InProcess(pickle.loads(pickle.dumps(work)))

    monkeypatch.setattr("cupola.studies.points.executor_of", posted)
    many = sweep(written(GRID), out=tmp_path / "many", workers=3).summary
    monkeypatch.undo()
    assert len(many["points"]) == 6
    for point in many["points"]:
        assert (tmp_path / "many" / point["folder"] / "summary.json").is_file()


def test_another_kind_of_study_in_the_folder_is_not_resumed(tmp_path: Path, written: Written) -> None:  # noqa: F811
    compare(EXAMPLE, changes={"common_mode_failure": 0.5}, out=tmp_path / "out", runs=2)
    with pytest.raises(BadCampaign, match="holds a compare of Cupola"):
        sweep(written(GRID), out=tmp_path / "out", resume=True)
    assert (tmp_path / "out" / "summary.json").is_file()
    sweep(written(GRID), out=tmp_path / "out", overwrite=True)


def test_points_that_play_alike_are_played_once(tmp_path: Path, written: Written, toy: Toy) -> None:  # noqa: F811
    sweep(written(HEAD + "factors: {battle.commit_delay: ['60 s', '1 min']}"), out=tmp_path / "out")
    assert len(toy.played) == 1


def test_a_single_point_is_a_sweep_too(tmp_path: Path, written: Written) -> None:  # noqa: F811
    found = sweep(written(HEAD + "factors: {battle.commit_delay: ['60 s']}"), out=tmp_path / "out").summary
    assert "in every point" in found["verdict"]
    assert write_report(tmp_path / "out").is_file()


WRONG = {
    "factors: {common_mode_failur: [0, 1]}": r"study.yaml:7: factors.common_mode_failur: .* did you mean 'common_mode",
    "factors: {gbi.kill_probability: [0.5, 1.5]}": "at most 1",
    "factors: {battle.commit_delay: [10]}": "needs a unit",
    "factors: {battle.commit_delay: ['10 s', '10 s']}": "got 10 s twice",
    "factors: {battle.commit_delay: []}": "accepted is a list of single values",
    "factors: {battle.commit_delay: 10 s}": "accepted are a list of values",
    "factors: {common_mode_failure: {from: 1, to: 0}}": "a range that rises",
    "factors: {common_mode_failure: {from: 0, to: 1, scale: log}}": "a range above zero",
    "factors: {battle.commit_delay: {from: 1 s, to: 1 min}}": "one and the same unit",
    "factors: {common_mode_failure: {from: 0, to: 1, step: 5}}": "did you mean 'steps'",
    "factors: {common_mode_failure: 'betta(1, 2)'}": "did you mean 'beta'",
    "factors: {seed: [1, 2]}": "changes nothing that is played",
    "factors: {gbi.kill_probability: [0.5], gbi.kill_vehicle.kill_probability: [0.6]}": "varied twice",
    "factors: {}": "factors: .*at least",
    "factors: {common_mode_failure: [0]}\noutcomes: [leakd]": "did you mean 'leaked'",
    "factors: {common_mode_failure: [0]}\noutcomes: [shots.boost]": "unknown outcome 'shots.boost'",
    "factors: {common_mode_failure: [0]}\nmethd: grid": "did you mean 'method'",
    "factors: {common_mode_failure: [0]}\nmethod: latin-hypercube": "takes points: N",
    "factors: {common_mode_failure: [0]}\npoints: 3": "takes no points",
    "factors: {common_mode_failure: [0]}\nset: {battle.comit_delay: 3 s}": "set.battle.comit_delay",
    "factors: {common_mode_failure: {from: 0, to: 1, steps: 999}, gbi.kill_probability: {from: 0, to: 1, steps: 99}}": (
        "got 98,901 points, accepted are at most 10,000"
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_and_nothing_written(tmp_path: Path, written: Written, text: str) -> None:  # noqa: F811
    with pytest.raises((ScenarioError, BadCampaign), match=WRONG[text]):
        sweep(written(HEAD + text), out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_scenario_is_looked_for_beside_the_file_that_names_it(tmp_path: Path, written: Written) -> None:  # noqa: F811
    (tmp_path / "deep").mkdir()
    base = written("cupola: 1\nkind: sweep\nscenario: EXAMPLE\nruns: 2\nname: Base\n", "base.yaml")
    child = written(f"extends: ../{base.name}\nfactors: {{common_mode_failure: [0]}}\n", "deep/child.yaml")
    assert sweep(child, out=tmp_path / "out").summary["runs"] == 2
    lost = written(HEAD.replace("EXAMPLE", "nowhere.yaml") + "factors: {common_mode_failure: [0]}", "lost.yaml")
    with pytest.raises(ScenarioError, match=r"lost.yaml:4: scenario: got 'nowhere.yaml', but there is no file"):
        sweep(lost, out=tmp_path / "lost")
