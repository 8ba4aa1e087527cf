"""Windows of engagement against reach that is known beforehand: a body that hangs near the site, and one in boost."""

import numpy as np
import pytest

from cupola.core.earth import MEAN_RADIUS, ecef_to_eci, geodetic_to_ecef, surface_velocity
from cupola.engine.windows import Path, windows_of
from cupola.engine.world import Arsenal, World
from cupola.interceptors.phases import CODE
from cupola.interceptors.reach import ReachTable
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits.constellation import of, positions
from cupola.orbits.spec import WalkerSpec
from cupola.scenario.catalogue import entry
from cupola.scenario.schema import InterceptorGroup, Place

SITE = Place(name="pad", latitude="40 deg", longitude="0 deg", altitude="0 m", nation="US")
LAUNCH_S, BURNOUT_S, END_S = 1_000.0, 1_150.0, 1_600.0


def phases(times: np.ndarray) -> np.ndarray:
    return np.where(times <= BURNOUT_S, CODE["boost"], CODE["terminal"]).astype(np.int8)


def hanging(latitude: float, altitude_m: float) -> Path:
    """A body that stands over one point of the turning Earth."""
    times = np.arange(LAUNCH_S, END_S, 2.0)
    fixed = np.array(geodetic_to_ecef(latitude, 0.0, altitude_m))
    r = np.stack([ecef_to_eci(fixed, float(t)) for t in times])
    v = np.stack([surface_velocity(each) for each in r])
    return Path(launch_s=LAUNCH_S, times=times, r=r, v=v, phase=phases(times))


def world(arsenal: Arsenal) -> World:
    return World(scenario=None, missiles=(), threats=(), raid=None, stations=(), arsenals=(arsenal,))


def ground(model: str) -> Arsenal:
    spec = entry("interceptors", model).spec
    group = InterceptorGroup.model_construct(
        name="battery", model=model, layer="low", spec=spec, constellation=None, per_satellite=1, site=SITE, inventory=4
    )
    r_site = np.array(geodetic_to_ecef(SITE.latitude, SITE.longitude, 0.0))
    return Arsenal(group=group, constellation=None, table=ReachTable.build(spec), r_site_ecef=r_site)


def test_a_site_may_release_from_burnout_less_its_flight_to_the_end_less_its_flight() -> None:
    arsenal = ground("thaad")
    flight_s = float(arsenal.table.time_of_flight(0.003 * MEAN_RADIUS, 80e3))
    (found,) = windows_of(world(arsenal), hanging(SITE.latitude + 0.003, 80e3), seed=1, run=0)
    assert (found.group, found.layer, found.site) == ("battery", "low", "pad")
    (window,) = found.windows
    assert window.first_intercept_s == pytest.approx(BURNOUT_S, abs=2.01)
    assert window.first_release_s == pytest.approx(BURNOUT_S - flight_s, abs=3.0)
    assert window.last_release_s == pytest.approx(END_S - 2.0 - flight_s, abs=1.0)
    assert window.shortest_s == pytest.approx(flight_s, rel=0.01)


def test_a_body_beyond_the_range_is_never_in_reach() -> None:
    (found,) = windows_of(world(ground("thaad")), hanging(SITE.latitude + 0.2, 80e3), seed=1, run=0)
    assert found.windows == ()


def test_a_satellite_for_boost_may_release_until_too_late_to_come_before_burnout() -> None:
    """One orbit, one satellite: it has a chance while thrust alone covers its distance in the time left to burnout."""
    spec: SpaceInterceptorSpec = entry("interceptors", "sbi-notional").spec
    shell = of(WalkerSpec(total=1, planes=1, phasing=0, altitude="400 km", inclination="40 deg"))
    group = InterceptorGroup.model_construct(
        name="shell", model="sbi", layer="boost", spec=spec, constellation=None, per_satellite=1, site=None, inventory=1
    )
    arsenal = Arsenal(group=group, constellation=shell, table=None, r_site_ecef=np.zeros(3))
    from cupola.engine.simulate import constellation_phase

    turn, slide = constellation_phase(1, 0, "shell")
    middle, _ = positions(shell, 1_110.0, turn_rad=turn, slide_rad=slide)
    target = middle[0] * (1.0 - 200e3 / np.linalg.norm(middle[0]))
    times = np.arange(LAUNCH_S, END_S, 2.0)
    path = Path(
        launch_s=LAUNCH_S, times=times, r=np.tile(target, (len(times), 1)), v=np.zeros((len(times), 3)),
        phase=phases(times),
    )  # fmt: skip
    (found,) = windows_of(world(arsenal), path, seed=1, run=0)
    (window,) = found.windows
    assert window.most == 1
    assert window.last_intercept_s <= BURNOUT_S

    def covers(release_s: float, time_s: float) -> bool:
        """Harrison's rule for the largest displacement from the free orbit, which is nearly straight over a minute."""
        r, _ = positions(shell, time_s, turn_rad=turn, slide_rad=slide)
        left = time_s - release_s
        burn = spec.speed / spec.acceleration
        far = spec.speed * (left - burn / 2.0) if left > burn else 0.5 * spec.acceleration * left**2
        return bool(np.linalg.norm(r[0] - target) <= far)

    ways = [release for release in np.arange(LAUNCH_S, BURNOUT_S, 1.0) if any(
        covers(float(release), float(t)) for t in times if release < t <= BURNOUT_S
    )]  # fmt: skip
    assert window.first_release_s == pytest.approx(ways[0], abs=6.0)
    assert window.last_release_s == pytest.approx(ways[-1], abs=6.0)


def level(distance_m: float, speed: float, height: float) -> Path:
    """A flight due south to the pad, ``distance_m`` away at its launch."""
    times = np.arange(LAUNCH_S, LAUNCH_S + distance_m / speed, 2.0)
    south = (distance_m - speed * (times - LAUNCH_S)) / MEAN_RADIUS
    fixed = [np.array(geodetic_to_ecef(SITE.latitude + angle, 0.0, height)) for angle in south]
    r = np.stack([ecef_to_eci(place, float(t)) for place, t in zip(fixed, times, strict=True)])
    phase = np.full(len(times), CODE["cruise"], np.int8)
    return Path(launch_s=LAUNCH_S, times=times, r=r, v=np.gradient(r, times, axis=0), phase=phase)


def in_the_air(model: str, height: float) -> Arsenal:
    group = ground("thaad").group.model_copy(update={"model": model, "spec": entry("interceptors", model).spec})
    r_site = np.array(geodetic_to_ecef(SITE.latitude, SITE.longitude, height))
    return Arsenal(group=group, constellation=None, table=None, r_site_ecef=r_site)


def test_a_laser_s_window_is_the_time_within_its_range() -> None:
    (found,) = windows_of(world(in_the_air("laser-notional", 5.0)), level(50e3, 250.0, 100.0), seed=1, run=0)
    (window,) = found.windows
    assert window.first_intercept_s == pytest.approx(LAUNCH_S + (50e3 - 8e3) / 250.0, abs=2.5)
    assert window.last_release_s == pytest.approx(LAUNCH_S + 200.0, abs=2.5)


def test_missiles_that_fly_by_lift_meet_a_cruise_missile_within_their_reach_and_a_patrol_before() -> None:
    path = level(400e3, 250.0, 100.0)
    (site,) = windows_of(world(in_the_air("nasams-amraam", 0.0)), path, seed=1, run=0)
    (patrol,) = windows_of(world(in_the_air("fighter-amraam", 9e3)), path, seed=1, run=0)
    (near,), (far,) = site.windows, patrol.windows
    met_at = 400e3 - 250.0 * (near.first_intercept_s - LAUNCH_S)
    assert 15e3 < met_at < 40e3
    assert near.shortest_s < near.first_intercept_s - near.first_release_s < 90.0
    assert far.first_intercept_s < near.first_intercept_s - 300.0
    # Both have closed in, at 400 and 250 m/s, but for what the missile covers in its at most 100 s.
    assert far.first_intercept_s - LAUNCH_S > (400e3 - 70e3) / 650.0
