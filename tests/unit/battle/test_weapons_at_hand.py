"""Launchers, patrols and beams: what can be fired when, and the reason when nothing can."""

import math

import numpy as np
import pytest

from cupola.battle.engageability import Opportunities, ground_opportunities
from cupola.battle.engageability_aerial import aerial_opportunities
from cupola.battle.engageability_beam import laser_opportunities
from cupola.battle.launcher import Launcher
from cupola.battle.picture import AerialBattery, GroundBattery, LaserBattery, Order, Picture
from cupola.battle.reasons import NoShot
from cupola.core.earth import MEAN_RADIUS, ecef_to_eci, geodetic_to_ecef
from cupola.core.sight import radial_altitudes
from cupola.interceptors.deployment import LauncherSpec
from cupola.interceptors.patrol import angle_between
from cupola.interceptors.phases import CODE
from cupola.interceptors.reach import ReachTable
from cupola.scenario.catalogue import entry

SPEED = 240.0
TIMES = np.arange(5.0, 905.0, 5.0)


def cruise_missile(*starts_m: float, height: float = 80.0, phase: str = "cruise", now: float = 0.0) -> Picture:
    """Level flights due south along the Greenwich meridian towards 40 N, each ``starts_m`` away at time 0."""
    times = now + TIMES
    r = np.empty((len(starts_m), len(times), 3))
    for i, start in enumerate(starts_m):
        for k, t in enumerate(times):
            latitude = math.radians(40.0) + (start - SPEED * t) / MEAN_RADIUS
            r[i, k] = ecef_to_eci(np.array(geodetic_to_ecef(latitude, 0.0, height)), t)
    m = len(starts_m)
    return Picture(
        now_s=now, track=np.arange(m), burning=np.zeros(m, bool), released=np.ones(m, bool), burnout_s=np.zeros(m),
        lethal=np.ones(m), times_s=times, r=r, v=np.gradient(r, times, axis=1), sigma=np.full((m, len(times)), 50.0),
        phase=np.full((m, len(times)), CODE[phase], np.int8),
    )  # fmt: skip


def site(height: float) -> np.ndarray:
    return np.array(geodetic_to_ecef(math.radians(40.0), 0.0, height))


def order(release_s: float, intercept_s: float) -> Order:
    nothing = np.zeros(3)
    return Order(
        battery=0, shooter=0, layer="x", track=0, release_s=release_s, intercept_s=intercept_s, r_intercept=nothing,
        v_track=nothing, sigma_m=1.0, kill_probability=0.5,
    )  # fmt: skip


def aerial(name: str, **more: object) -> AerialBattery:
    spec = entry("interceptors", name).spec
    height = 0.0 if spec.aircraft is None else spec.aircraft.altitude
    return AerialBattery(
        name=name, model=name, layer="air", spec=spec, r_station_ecef=site(height), **{"remaining": 12, **more}
    )


def asked(battery: AerialBattery, picture: Picture) -> Opportunities:
    return aerial_opportunities(battery, picture, picture.now_s + 2.0, picture.now_s + 7.0, 20e3)


def test_rounds_come_back_one_at_a_time_while_the_magazine_lasts() -> None:
    launcher = Launcher(spec=LauncherSpec(ready=4, reload_time="60 s"))
    assert launcher.loaded(0.0, 10) == 4
    for _ in range(4):
        launcher.fired(100.0)
    # The i-th place is filled again at 100 + 60 i, six rounds lying behind.
    for t, rounds in ((100.0, 0), (159.9, 0), (160.0, 1), (220.0, 2), (280.0, 3), (340.0, 4), (900.0, 4)):
        assert launcher.loaded(t, 6) == rounds
    assert launcher.loaded(900.0, 3) == 3, "no more than the site has left"
    launcher.fired(1000.0)
    assert launcher.loaded(1059.9, 5) == 3
    assert launcher.loaded(1060.0, 5) == 4


def test_what_was_ordered_but_never_left_is_there_again() -> None:
    missiles = aerial("nasams-amraam", launcher=Launcher(spec=LauncherSpec(ready=2, reload_time="100 s")))
    for _ in range(2):
        missiles.spend(order(2.0, 20.0))
    missiles.restore(order(2.0, 20.0))
    assert missiles.remaining == 11
    assert missiles.available(50.0) == 1
    laser = beam()
    laser.spend(order(2.0, 1_000.0))
    laser.restore(order(2.0, 1_000.0))
    assert (laser.remaining, laser.free_s) == (60, 2.0)


def test_an_empty_launcher_says_so_and_an_empty_magazine_as_well() -> None:
    battery = aerial("nasams-amraam", launcher=Launcher(spec=LauncherSpec(ready=1, reload_time="100 s")))
    near = cruise_missile(15e3)
    assert asked(battery, near).obstacle == [None]
    battery.spend(order(2.0, 20.0))
    assert asked(battery, near).obstacle == [NoShot.RELOADING]
    assert battery.available(101.9) == 0
    assert battery.available(102.1) == 1
    battery.remaining = 0
    assert asked(battery, near).obstacle == [NoShot.NO_INVENTORY]


def test_a_silo_field_that_reloads_says_so_too() -> None:
    spec = entry("interceptors", "sm-6").spec
    battery = GroundBattery(
        name="sm-6", model="sm-6", layer="terminal", spec=spec, table=ReachTable.build(spec), r_site_ecef=site(0.0),
        remaining=8, launcher=Launcher(spec=LauncherSpec(ready=1, reload_time="1 h")),
    )  # fmt: skip
    high = cruise_missile(40e3, height=10e3)
    assert ground_opportunities(battery, high, 2.0, 1e4, 20e3).obstacle == [None]
    low = cruise_missile(40e3)
    assert ground_opportunities(battery, low, 2.0, 1e4, 20e3).obstacle == [NoShot.OUT_OF_REACH]
    battery.spend(order(2.0, 30.0))
    assert ground_opportunities(battery, high, 2.0, 1e4, 20e3).obstacle == [NoShot.RELOADING]


def test_a_missile_waits_for_a_target_that_flies_into_its_reach() -> None:
    battery = aerial("nasams-amraam")
    offer = asked(battery, cruise_missile(15e3, 60e3, 400e3))
    assert offer.obstacle == [None, NoShot.TOO_EARLY, NoShot.OUT_OF_REACH]
    assert offer.track.tolist() == [0]
    meets = TIMES[offer.at[0]]
    assert 2.0 <= offer.release_s[0] <= 7.0
    assert 300.0 < (15e3 - SPEED * meets) / (meets - offer.release_s[0]) < 1_000.0, "mean speed of the missile"
    assert asked(battery, cruise_missile(15e3, phase="terminal")).obstacle == [NoShot.WRONG_PHASE]


def test_a_patrol_flies_towards_what_it_cannot_reach_yet_and_fires_when_it_can() -> None:
    battery = aerial("fighter-amraam")
    assert asked(battery, cruise_missile(250e3)).obstacle == [NoShot.TOO_EARLY]
    assert asked(aerial("fighter-amraam"), cruise_missile(900e3)).obstacle == [NoShot.OUT_OF_REACH]
    fired = None
    for now in np.arange(0.0, 900.0, 5.0):
        battery.move(now)
        offer = asked(battery, cruise_missile(250e3, now=now))
        battery.goal = offer.goal
        if len(offer.track):
            fired = now
            break
        assert offer.obstacle == [NoShot.TOO_EARLY]
    assert fired is not None
    flown = angle_between(battery.r_station_ecef, battery.r_ecef) * np.linalg.norm(battery.r_ecef)
    # Held at its height, it changes its distance from the Earth's centre by some 100 m.
    assert flown == pytest.approx(battery.spec.aircraft.dash_speed * fired, rel=1e-4)
    # Both close in: 640 m/s over what the missile does not cover itself.
    assert fired == pytest.approx((250e3 - 55e3) / 640.0, abs=45.0)


def test_a_patrol_turns_back_at_its_radius_and_without_a_goal() -> None:
    battery = aerial("fighter-amraam")
    battery.move(0.0)
    battery.goal = site(9e3) + np.array([0.0, 3e6, 0.0])  # far in the east
    battery.move(3600.0)
    away = angle_between(battery.r_station_ecef, battery.r_ecef) * np.linalg.norm(battery.r_ecef)
    assert away == pytest.approx(battery.spec.aircraft.radius, rel=1e-4)
    battery.goal = None
    battery.move(3600.0 + 500.0)
    back = angle_between(battery.r_station_ecef, battery.r_ecef) * np.linalg.norm(battery.r_ecef)
    assert back == pytest.approx(battery.spec.aircraft.radius - 500.0 * battery.spec.aircraft.dash_speed, rel=1e-4)
    assert radial_altitudes(battery.r_ecef) == pytest.approx(radial_altitudes(battery.r_station_ecef), abs=1.0)


def test_a_patrol_on_alert_comes_when_it_is_called() -> None:
    battery = aerial("fighter-amraam", ready_s=np.inf, alert_delay_s=300.0)
    near = cruise_missile(40e3)
    assert asked(battery, near).obstacle == [NoShot.NOT_ON_STATION]
    battery.alert(10.0)
    battery.alert(200.0)
    assert battery.ready_s == 310.0, "the first alarm counts"
    assert asked(battery, near).obstacle == [NoShot.NOT_ON_STATION]
    assert asked(battery, cruise_missile(40e3 + 310.0 * SPEED, now=310.0)).obstacle == [None]
    up = aerial("fighter-amraam")
    up.alert(10.0)
    assert up.ready_s == -np.inf


def beam(**more: object) -> LaserBattery:
    spec = entry("interceptors", "laser-notional").spec
    return LaserBattery(
        name="laser", model="laser", layer="laser", spec=spec, r_director_ecef=site(10.0),
        **{"clear": True, "remaining": 60, **more},
    )  # fmt: skip


def lit(battery: LaserBattery, picture: Picture) -> list[NoShot | None]:
    return laser_opportunities(battery, picture, picture.now_s + 2.0, picture.now_s + 7.0, 20e3).obstacle


def test_a_laser_names_weather_dwell_distance_and_a_busy_beam() -> None:
    near, far = cruise_missile(4e3), cruise_missile(400e3)
    assert lit(beam(), near) == [None]
    assert lit(beam(), far) == [NoShot.OUT_OF_REACH]
    assert lit(beam(clear=False), near) == [NoShot.WEATHER]
    assert lit(beam(), cruise_missile(40e3)) == [NoShot.TOO_EARLY]
    hard = beam()
    hard.spec = hard.spec.model_copy(update={"hardness": 1e5 * hard.spec.hardness})
    assert lit(hard, near) == [NoShot.DWELL_TOO_LONG]
    assert lit(beam(remaining=0), near) == [NoShot.NO_INVENTORY]
    busy = beam()
    busy.spend(order(2.0, 1_000.0))
    assert busy.free_s == 1_002.0
    assert lit(busy, near) == [NoShot.BEAM_BUSY]
    assert busy.remaining == 59
    assert lit(beam(), cruise_missile(4e3, phase="terminal")) == [NoShot.WRONG_PHASE]


def test_one_beam_serves_one_target_at_a_time() -> None:
    battery = beam()
    both = cruise_missile(4e3, 5e3)
    offer = laser_opportunities(battery, both, 2.0, 7.0, 20e3)
    assert offer.obstacle == [None, None]
    assert battery.available(2.0) == 1
    battery.spend(order(float(offer.release_s[0]), float(TIMES[offer.at[0]])))
    assert set(lit(battery, both)) == {NoShot.BEAM_BUSY}


def test_a_blurred_track_is_no_target_for_a_beam() -> None:
    near = cruise_missile(4e3)
    near.sigma[:] = 2e3
    assert lit(beam(), near) == [NoShot.TRACK_TOO_COARSE]
