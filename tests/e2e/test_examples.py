"""Every example through the whole chain at a small number of runs, held against what must be true of it."""

import functools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cupola.engine.simulate import simulate
from cupola.engine.world import build
from cupola.scenario.load import load

EXAMPLES = Path(__file__).parents[2] / "examples"
RUNS = {
    "golden-dome-cbo-2026": 6,
    "today-gmd": 12,
    "no-defense": 3,
    "overload": 3,
    "every-kind-of-threat": 3,
    "glider-and-icbm-tracking": 2,
    "tanks-and-debris": 2,
    "national-node-cut": 2,
}


@functools.cache
def records(name):
    world = build(load(EXAMPLES / f"{name}.yaml"))
    return tuple(simulate(world, 7, run) for run in range(RUNS[name]))


def test_every_example_is_tested_here():
    scenarios = {path.stem for path in EXAMPLES.glob("*.yaml")}
    assert set(scenarios) == set(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_every_warhead_is_accounted_for_once(name):
    for record in records(name):
        stopped = sum(layer.killed_lethal for layer in record.layers.values())
        assert record.leaked + stopped == record.lethal
        ends = [row.end_time_s for row in record.objects]
        assert np.isfinite(ends).all()
        for row in record.objects:
            assert (row.reason != "none") == (row.lethal and row.outcome == "leaked")


@pytest.mark.parametrize("name", RUNS)
def test_no_layer_fires_more_than_it_has(name):
    scenario = load(EXAMPLES / f"{name}.yaml")
    inventory = Counter()
    for group in scenario.interceptors:
        inventory[group.layer] += group.inventory
    by_site = {group.name: group.inventory for group in scenario.interceptors if group.site is not None}
    for record in records(name):
        for layer, totals in record.layers.items():
            assert totals.shots <= inventory[layer]
            assert totals.killed <= totals.engaged <= totals.shots
        fired = Counter(shot.shooter for shot in record.shots)
        for shooter, count in fired.items():
            assert count <= by_site.get(shooter, 1), "one interceptor per satellite, a site's stock per site"


@pytest.mark.parametrize("name", RUNS)
def test_time_runs_forward_in_every_shot(name):
    for record in records(name):
        for shot in record.shots:
            assert shot.order_time_s <= shot.launch_time_s < shot.intercept_time_s
            assert 1_000.0 < shot.closing_speed_m_s < 18_000.0


def test_without_defense_everything_leaks():
    for record in records("no-defense"):
        assert record.leaked == record.lethal > 0
        assert record.shots == ()
        assert {row.reason for row in record.objects if row.lethal} == {"no-defense"}


def test_today_leaks_something_but_not_all():
    leaked = sum(record.leaked for record in records("today-gmd"))
    lethal = sum(record.lethal for record in records("today-gmd"))
    assert 0 < leaked < lethal
    assert max(len(record.shots) for record in records("today-gmd")) <= 44


def test_the_space_layer_engages_about_the_ten_missiles_that_cbo_states():
    engaged = [record.layers["boost"].engaged for record in records("golden-dome-cbo-2026")]
    assert 8.0 <= np.mean(engaged) <= 10.0
    reach = [record.space_interceptors_in_reach for record in records("golden-dome-cbo-2026")]
    assert 7_800 / 780 <= np.mean(reach) <= 3 * 7_800 / 780, "CBO counts 780 satellites for each one in place"


def test_a_raid_beyond_capacity_leaks_more_than_the_capacity_raid():
    def fraction(name):
        return sum(r.leaked for r in records(name)) / sum(r.lethal for r in records(name))

    assert fraction("overload") > fraction("golden-dome-cbo-2026") + 0.1


def test_boost_phase_kills_happen_while_the_missile_burns_and_high_enough():
    for record in records("golden-dome-cbo-2026"):
        burnout = {e.subject: e.time_s for e in record.events if e.kind.name == "BURNOUT"}
        for shot in record.shots:
            if shot.layer == "boost" and shot.kill:
                assert shot.object not in burnout, "a missile killed in boost never burns out"
                assert shot.intercept_alt_m > 100e3
