"""Every example through the whole chain at a small number of runs, held against what must be true of it."""

import functools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from cupola.engine.record import EventKind
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
    "gliders-and-cruise-missiles": 6,
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
            light = shot.weapon == "laser-notional"
            assert light or 250.0 < shot.closing_speed_m_s < 18_000.0
            assert light or shot.closing_speed_m_s > 1_000.0 or shot.layer in ("fighters", "air-defence")


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


def no_shots(record, missile):
    """Layer -> the reasons that it gave for not firing at a missile and what it carried."""
    out = {}
    for event in record.events:
        if event.kind is EventKind.PLAN and event.subject.split("-")[0] == missile:
            out.setdefault(event.actor, set()).add(event.data["no_shot"])
    return out


def test_a_glider_is_engaged_in_its_glide_by_the_glide_layer_alone():
    fired = 0
    for record in records("gliders-and-cruise-missiles"):
        at_glider = [shot for shot in record.shots if shot.object.startswith("M01")]
        assert {shot.layer for shot in at_glider} <= {"glide"}
        assert all(25e3 < shot.intercept_alt_m < 70e3 for shot in at_glider)
        fired += len(at_glider)
        reasons = no_shots(record, "M01")
        for layer in ("midcourse", "air-defence", "fighters", "laser"):
            assert "wrong-phase" in reasons[layer]
        assert record.layers["midcourse"].shots == 0
    assert fired >= 6


def test_a_cruise_missile_is_engaged_by_what_is_made_for_it():
    layers = Counter()
    for record in records("gliders-and-cruise-missiles"):
        at_cruise = [shot for shot in record.shots if shot.object[:3] in ("M02", "M03", "M04")]
        layers.update(shot.layer for shot in at_cruise)
        for missile in ("M02", "M03", "M04"):
            reasons = no_shots(record, missile)
            assert all("wrong-phase" in reasons[layer] for layer in ("midcourse", "glide") if layer in reasons)
    assert set(layers) <= {"fighters", "air-defence", "laser"}
    assert layers["fighters"] > 0
    assert layers["air-defence"] > 0


def test_air_defence_fires_at_nothing_that_no_radar_of_it_sees():
    """Without the aircraft that looks down on the sea there is no track until the shore radar's horizon."""
    base = load(EXAMPLES / "gliders-and-cruise-missiles.yaml")
    cruise = base.model_copy(update={"raid": base.raid[1:]})
    near = tuple(group for group in cruise.sensors if group.model == "air-defence-rotating-notional")
    for sensors, expected in ((near, {"air-defence", "laser"}), ((), set())):
        record = simulate(build(cruise.model_copy(update={"sensors": sensors})), 7, 0)
        assert {shot.layer for shot in record.shots} <= expected
        assert bool(record.shots) == bool(expected)
        if not sensors:
            assert {row.reason for row in record.objects if row.lethal} == {"no-track"}
