"""Every sensor and interceptor of the catalogue keeps its role's contract on the same raid."""

import functools
from pathlib import Path

import numpy as np
import pytest

from cupola.battle.engageability import ground_opportunities, space_opportunities
from cupola.battle.engageability_aerial import aerial_opportunities
from cupola.battle.engageability_beam import laser_opportunities
from cupola.battle.picture import AerialBattery, GroundBattery, LaserBattery, Picture, SpaceBattery
from cupola.core.earth import ecef_to_eci, geodetic_to_ecef
from cupola.engine.world import build
from cupola.interceptors.aerial import AerialInterceptorSpec
from cupola.interceptors.laser import LaserSpec
from cupola.interceptors.phases import CODE, PhaseSpec, believed_phases
from cupola.interceptors.reach import ReachTable
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits.constellation import of, positions
from cupola.orbits.spec import WalkerSpec
from cupola.scenario.catalogue import entry, names
from cupola.scenario.load import load
from cupola.sensors.detection import TargetSet, draws_per_look, look, stations_of
from cupola.sensors.looks import REASONS, SEEN
from cupola.sensors.spec import RADAR_BANDS, InfraredSpec

EXAMPLE = Path(__file__).parents[2] / "examples" / "today-gmd.yaml"
SHELL = WalkerSpec(total=400, planes=20, phasing=1, altitude="300 km", inclination="55 deg")


@functools.cache
def world():
    return build(load(EXAMPLE))


def shown(time_s):
    truth = world().raid.evaluate(time_s)
    return TargetSet(
        **{name: getattr(truth, name) for name in ("exists", "r", "v", "altitude", "plume", "body_temperature")},
        emissive_area=truth.emissive_area,
        nose=truth.nose,
        rcs=truth.rcs,
    )


@pytest.mark.parametrize("name", names("sensors"))
@pytest.mark.parametrize("time_s", [5.0, 90.0, 900.0, 1_700.0])
def test_every_look_is_a_measurement_or_has_a_reason(name, time_s):
    spec = entry("sensors", name).spec
    targets = shown(time_s)
    sites = [(0.68, 2.2, 0.0), (1.1, -2.5, 300.0), (0.6, -1.7, 200.0)]
    place = stations_of(spec, sites, [(0.0,), (5.0,), ()]) or positions(of(SHELL), time_s)
    sensors = len(place[0]) if isinstance(place, tuple) else 3
    chance = np.random.default_rng(1)
    shape = (sensors, len(targets.exists))
    looks = look(
        spec,
        place,
        targets,
        time_s,
        cloud_top_m=7e3,
        uniforms=chance.random(shape),
        normals=chance.standard_normal((*shape, draws_per_look(spec))),
        bias=chance.standard_normal((sensors, 3)),
    )
    assert ((looks.reason >= 0) & (looks.reason < len(REASONS))).all()
    assert ((looks.reason == SEEN) == looks.hit).all()
    assert not looks.hit[:, ~targets.exists].any()
    reports, origin = looks.measurements()
    assert np.allclose(np.linalg.norm(reports.u, axis=1), 1.0)
    assert (reports.sigma_angle > 0.0).all()
    assert np.isfinite(reports.range_m).all() or isinstance(spec, InfraredSpec)
    assert np.isfinite(reports.range_rate).all() == np.isfinite(reports.sigma_range_rate).all()
    assert len(reports) == 0 or np.isfinite(reports.range_rate).all() == (draws_per_look(spec) == 4)
    truth = targets.r[origin] - reports.r_sensor
    truth /= np.linalg.norm(truth, axis=1)[:, None]
    off = np.arccos(np.clip(np.einsum("kc,kc->k", truth, reports.u), -1.0, 1.0))
    assert (off < 8.0 * np.hypot(reports.sigma_angle.max(axis=1), reports.bias_angle) + 1e-6).all()


@pytest.mark.parametrize(("group", "name"), [(g, n) for g in ("threats", "decoys") for n in names(g)])
def test_every_body_states_its_cross_section_from_every_side(group, name):
    stated = {value.path.removeprefix(f"{name}.") for value in entry(group, name).values}
    bodies = {path.rsplit(".", 2)[0] for path in stated if path.rsplit(".", 2)[-2:-1] == ["radar"]}
    assert bodies
    for body in bodies:
        for aspect in ("radar", "radar_side", "radar_rear"):
            assert {f"{body}.{aspect}.{band}" for band in RADAR_BANDS} <= stated


def picture(time_s, *, burning):
    """A perfect picture: the truth with 100 m of error, on a grid of 2 s."""
    times = time_s + np.arange(5.0, 1_900.0, 2.0)
    threats = [t for t in world().threats if (t.role == "booster") == burning][:2]
    states = [threat.trajectory.states(times) for threat in threats]
    count = len(threats)
    r, v = np.stack([r for r, _, _ in states]), np.stack([v for _, v, _ in states])
    burnout = np.array([threat.burnout_s for threat in threats])
    wings = np.zeros(count, np.bool_)
    phase = believed_phases(
        PhaseSpec(), burning=np.full(count, burning), gliding=wings, cruising=wings,
        burnout_s=burnout, times_s=times, r=r, v=v,
    )  # fmt: skip
    return Picture(
        now_s=time_s,
        track=np.arange(count),
        burning=np.full(count, burning),
        released=np.full(count, not burning),
        burnout_s=burnout,
        lethal=np.ones(count),
        times_s=times,
        r=r,
        v=v,
        sigma=np.full((count, len(times)), 100.0),
        phase=phase,
    )


def in_the_air(phase, *, height, speed):
    """Level flight north over the site of the second test, believed to be in one phase."""
    times = 400.0 + np.arange(5.0, 900.0, 3.0)
    south = (speed * 500.0 - speed * (times - 400.0)) / 6_371e3
    fixed = [geodetic_to_ecef(0.7 - angle, 0.0, height) for angle in south]
    r = np.stack([ecef_to_eci(np.array(place), t) for place, t in zip(fixed, times, strict=True)])
    return Picture(
        now_s=400.0,
        track=np.arange(1),
        burning=np.zeros(1, np.bool_),
        released=np.ones(1, np.bool_),
        burnout_s=np.zeros(1),
        lethal=np.ones(1),
        times_s=times,
        r=r[None],
        v=np.gradient(r, times, axis=0)[None],
        sigma=np.full((1, len(times)), 100.0),
        phase=np.full((1, len(times)), CODE[phase], np.int8),
    )


def on_the_surface(name, spec):
    """A weapon under the path of what it is made for, and what it is offered."""
    common = {"name": name, "model": name, "layer": spec.layer, "spec": spec, "remaining": 10}
    place = np.array(geodetic_to_ecef(0.7, 0.0, 10.0))
    if isinstance(spec, LaserSpec):
        laser = LaserBattery(**common, r_director_ecef=place, clear=True)
        seen = in_the_air("cruise", height=100.0, speed=240.0)
        return seen, laser_opportunities(laser, seen, 402.0, 5_000.0, 1e3)
    if isinstance(spec, AerialInterceptorSpec):
        missiles = AerialBattery(**common, r_station_ecef=place)
        seen = in_the_air("cruise", height=100.0, speed=240.0)
        return seen, aerial_opportunities(missiles, seen, 402.0, 5_000.0, 1e3)
    if spec.engages == ("glide",):
        seen = in_the_air("glide", height=45e3, speed=5e3)
    else:
        seen, aim = picture(400.0, burning=False), world().threats[1]
        place = np.array(geodetic_to_ecef(aim.aim_latitude + 0.005, aim.aim_longitude, 0.0))
    battery = GroundBattery(**common, table=ReachTable.build(spec), r_site_ecef=place)
    return seen, ground_opportunities(battery, seen, 402.0, 5_000.0, 1e3)


@pytest.mark.parametrize("name", names("interceptors"))
def test_every_offered_shot_can_be_flown_and_every_other_track_has_an_obstacle(name):
    spec = entry("interceptors", name).spec
    if isinstance(spec, SpaceInterceptorSpec):
        burns = "boost" in spec.engages
        start = 60.0 if burns else 1_300.0
        seen = picture(start, burning=burns)
        shell = of(SHELL.model_copy(update={"total": 8_000, "planes": 80}))
        battery = SpaceBattery(
            name=name, model=name, layer=spec.layer, spec=spec, constellation=shell, turn_rad=0.3, slide_rad=1.0,
            remaining=np.ones(8_000, int),
        )  # fmt: skip
        offer = space_opportunities(battery, seen, start + 2.0, 1e3)
    else:
        seen, offer = on_the_surface(name, spec)
        altitude = np.linalg.norm(seen.r[offer.track, offer.at], axis=1) - 6_357e3
        assert (altitude <= spec.maximum_altitude + 22e3).all()
    for i, obstacle in enumerate(offer.obstacle):
        assert (obstacle is None) == (i in offer.track)
    flight = seen.times_s[offer.at] - offer.release_s
    longest = spec.longest_dwell if isinstance(spec, LaserSpec) else spec.maximum_flight_time
    assert ((flight > 0.0) & (flight <= longest)).all()
    assert len(offer.track) > 0, "a weapon under the raid's path can do something about it"
