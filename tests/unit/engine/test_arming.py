"""What stands ready when a run begins, drawn from the run's own streams."""

import functools
from pathlib import Path

import numpy as np
import pytest

from cupola.battle.picture import AerialBattery, GroundBattery, LaserBattery, SpaceBattery
from cupola.engine.arming import battery_of
from cupola.engine.world import Arsenal
from cupola.interceptors.reach import ReachTable
from cupola.interceptors.spec import GroundInterceptorSpec
from cupola.orbits.availability import AvailabilitySpec, steady_availability
from cupola.orbits.constellation import of
from cupola.scenario.load import load

EXAMPLES = Path(__file__).parents[3] / "examples"


class Stage:
    """A world without threats: arming asks for the scenario alone."""

    def __init__(self, scenario):
        self.scenario = scenario


@functools.cache
def scenario(name):
    return load(EXAMPLES / f"{name}.yaml")


def armed(case, layer, run):
    (group, *_) = [group for group in case.interceptors if group.layer == layer]
    arsenal = Arsenal(
        group=group,
        constellation=None if group.constellation is None else of(group.constellation),
        table=ReachTable.build(group.spec) if isinstance(group.spec, GroundInterceptorSpec) else None,
        r_site_ecef=np.array([6.371e6, 0.0, 0.0]),
    )
    return battery_of(Stage(case), arsenal, 5, run)


def test_the_sky_over_a_laser_is_clear_in_its_share_of_the_runs_and_the_same_when_played_again():
    case = scenario("gliders-and-cruise-missiles")
    clear = [armed(case, "laser", run).clear for run in range(600)]
    assert clear == [armed(case, "laser", run).clear for run in range(600)]
    share = armed(case, "laser", 0).spec.clear_share
    assert np.mean(clear) == pytest.approx(share, abs=4.0 * np.sqrt(share * (1.0 - share) / 600))
    assert isinstance(armed(case, "laser", 0), LaserBattery)


def test_a_patrol_is_up_in_its_share_of_the_runs():
    case = scenario("gliders-and-cruise-missiles")
    patrols = [armed(case, "fighters", run) for run in range(400)]
    assert all(isinstance(patrol, AerialBattery) for patrol in patrols)
    up = np.array([patrol.ready_s == -np.inf for patrol in patrols])
    assert all(patrol.ready_s == np.inf for patrol, there in zip(patrols, up, strict=True) if not there)
    assert up.mean() == pytest.approx(0.5, abs=4.0 * 0.5 / 20.0)
    assert patrols[0].remaining == 6
    patrols[0].ready_s = np.inf
    patrols[0].alert(100.0)
    assert patrols[0].ready_s == 100.0 + 1800.0


def test_satellites_out_of_service_carry_nothing_and_the_mean_is_the_closed_form():
    base = scenario("golden-dome-cbo-2026")
    (space,) = [group for group in base.interceptors if group.layer == "boost"]
    assert (armed(base, "boost", 0).remaining == 1).all(), "without a word about it, every satellite is there"
    spec = AvailabilitySpec(out_of_service=0.1, mean_life="5 year", replacement_delay="1 year", spares=200)
    case = base.model_copy(update={"interceptors": (space.model_copy(update={"availability": spec}),)})
    days = [armed(case, "boost", run) for run in range(40)]
    assert all(isinstance(day, SpaceBattery) for day in days)
    there = np.array([(day.remaining > 0).mean() for day in days])
    assert there.std() > 0.0
    expected = steady_availability(spec, 7_800)
    assert there.mean() == pytest.approx(expected, abs=4.0 * there.std(ddof=1) / np.sqrt(40))
    assert expected < 0.8


def test_launchers_come_from_the_scenario():
    case = scenario("gliders-and-cruise-missiles")
    loaded = armed(case, "air-defence", 0)
    assert loaded.available(0.0) == 6
    assert loaded.spare == 24
    whole = armed(case, "glide", 0)
    assert isinstance(whole, GroundBattery)
    assert whole.available(0.0) == whole.spare == 12
