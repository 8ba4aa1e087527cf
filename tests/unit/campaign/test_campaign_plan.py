import numpy as np
import pytest

from cupola.campaign.plan import chunk_size_of, make_plan, plan_of


def uniform(u: float) -> str:
    return repr(u)


@pytest.mark.parametrize("runs", [1, 7, 20, 59, 200, 3000, 12_345, 1_000_000])
def test_chunks_cover_all_runs_once(runs: int) -> None:
    size = chunk_size_of(runs)
    assert 1 <= size <= 100
    assert runs / size >= min(runs, 20)
    plan = make_plan({}, seed=1, runs=min(runs, 20_000))
    assert [run for chunk in range(plan.chunks) for run in plan.chunk_runs(chunk)] == list(range(plan.runs))


def test_plan_survives_its_table() -> None:
    plan = make_plan({"a.b": uniform, "c": uniform}, seed=3, runs=50)
    assert plan_of(plan.table(), plan.chunk_size) == plan


def test_longer_campaign_begins_with_the_shorter_one() -> None:
    short, long = make_plan({"a": uniform}, seed=3, runs=50), make_plan({"a": uniform}, seed=3, runs=500)
    assert long.parameters["a"][:50] == short.parameters["a"]


def test_adding_a_parameter_shifts_no_other() -> None:
    one, two = make_plan({"a": uniform}, seed=3, runs=50), make_plan({"b": uniform, "a": uniform}, seed=3, runs=50)
    assert one.parameters["a"] == two.parameters["a"]
    assert two.parameters["a"] != two.parameters["b"]


def test_samples_follow_their_distribution() -> None:
    plan = make_plan({"a": uniform, "b": uniform}, seed=3, runs=4000)
    a, b = (np.array(plan.parameters[name], dtype=float) for name in "ab")
    assert np.histogram(a, bins=10, range=(0, 1))[0] == pytest.approx(np.full(10, 400), abs=80)
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.05
