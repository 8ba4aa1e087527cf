"""Each layer alone: a raid in the air that it can handle, one that it cannot, and why it held its fire."""

import functools
from pathlib import Path

import numpy as np
import pytest

from cupola.engine.record import EventKind
from cupola.engine.simulate import simulate
from cupola.engine.world import build
from cupola.scenario.load import load
from cupola.scenario.values import with_values

EXAMPLE = Path(__file__).parents[2] / "examples" / "gliders-and-cruise-missiles.yaml"
GLIDER, CRUISE = slice(0, 1), slice(1, 2)


@functools.cache
def example():
    return load(EXAMPLE)


def alone(layer, raid, **values):
    """The example with one layer and one raid group: the glider, or one cruise missile from a ship nearer by."""
    base = example()
    ship = base.raid[1].launches[0].model_copy(update={"latitude": np.radians(38.5), "longitude": np.radians(-126.5)})
    near = {"launches": (ship,), "aims": base.raid[1].aims[:1], "waypoints": ()}
    groups = [base.raid[0], base.raid[1].model_copy(update=near)]
    kept = tuple(group for group in base.interceptors if group.layer == layer)
    battle = base.battle.model_copy(
        update={"doctrine": {name: doctrine for name, doctrine in base.battle.doctrine.items() if name == layer}}
    )
    case = base.model_copy(update={"raid": tuple(groups[raid]), "interceptors": kept, "battle": battle})
    return with_values(case, values) if values else case


def play(case, runs=1):
    world = build(case)
    return [simulate(world, 4, run) for run in range(runs)]


def reasons(records):
    return {e.data["no_shot"] for r in records for e in r.events if e.kind is EventKind.PLAN}


@pytest.mark.parametrize(
    ("layer", "raid", "values"),
    [
        ("glide", GLIDER, {}),
        ("fighters", CRUISE, {}),
        ("air-defence", CRUISE, {}),
        ("laser", CRUISE, {"laser-notional.clear_share": 1.0, "laser-notional.reliability": 1.0}),
    ],
)
def test_a_layer_engages_what_it_is_made_for(layer, raid, values):
    records = play(alone(layer, raid, **values), runs=1 if layer == "glide" else 2)
    assert sum(record.layers[layer].engaged for record in records) >= 1
    for record in records:
        assert record.leaked + record.layers[layer].killed_lethal == record.lethal == 1
        for shot in record.shots:
            assert shot.kill == (shot.outcome == "kill")
            assert shot.launch_time_s < shot.intercept_time_s


@pytest.mark.parametrize(
    ("layer", "raid"),
    [
        ("midcourse", GLIDER),
        ("fighters", GLIDER),
        ("air-defence", GLIDER),
        ("laser", GLIDER),
        ("midcourse", CRUISE),
        ("glide", CRUISE),
    ],
)
def test_a_layer_leaves_alone_what_it_is_not_made_for_and_says_so(layer, raid):
    records = play(alone(layer, raid))
    assert [record.shots for record in records] == [()]
    assert "wrong-phase" in reasons(records)
    assert reasons(records) <= {"wrong-phase", "out-of-reach", "no-authority", "track-too-coarse"}


def test_one_round_on_the_launcher_is_one_shot_and_then_a_wait():
    quick = play(alone("air-defence", CRUISE))
    # The round is gone with the first shot of the first salvo, and no other comes up before the missile is down.
    name = example().interceptors[4].name
    case = alone("air-defence", CRUISE)
    slow = case.interceptors[0].launcher.model_copy(update={"ready": 1, "reload_time": 3600.0})
    group = case.interceptors[0].model_copy(update={"launcher": slow})
    (record,) = play(case.model_copy(update={"interceptors": (group,)}))
    assert len(record.shots) == 1
    assert len(quick[0].shots) > 1
    assert {shot.shooter for shot in record.shots} == {name}
    missed = record.leaked == 1
    assert ("reloading" in reasons([record])) >= missed


def test_a_closed_sky_or_a_patrol_that_comes_too_late_leaves_a_layer_silent():
    shut = play(alone("laser", CRUISE, **{"laser-notional.clear_share": 0.0}))
    assert shut[0].shots == ()
    assert "weather" in reasons(shut)
    name = example().interceptors[3].name
    late = {f"interceptors.{name}.patrol.on_station": 0.0, f"interceptors.{name}.patrol.alert_delay": "5 h"}
    never = play(alone("fighters", CRUISE, **late))
    assert never[0].shots == ()
    assert "not-on-station" in reasons(never)


def test_shots_of_a_patrol_come_from_where_it_has_flown():
    (record,) = play(
        alone("fighters", CRUISE, **{f"interceptors.{example().interceptors[3].name}.patrol.on_station": 1.0})
    )
    assert record.shots
    station = example().interceptors[3].site
    for shot in record.shots:
        assert shot.launch_alt_m == pytest.approx(9e3, abs=100.0)
        away = np.hypot(
            shot.launch_lat_deg - np.degrees(station.latitude),
            (shot.launch_lon_deg - np.degrees(station.longitude)) * np.cos(station.latitude),
        )
        assert 0.0 < np.radians(away) * 6_371e3 <= 400e3
