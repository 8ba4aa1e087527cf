"""The catalogue's interceptors against what is public of them: burnout speeds, envelopes, the 2003 prototype flight."""

import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import TypeAdapter

import cupola
from cupola.core.earth import (
    MEAN_RADIUS,
    Vector,
    ecef_to_eci,
    eci_to_ecef,
    geodetic_of,
    geodetic_to_ecef,
    great_circle_point,
)
from cupola.core.rocket import ascend, coast
from cupola.interceptors.flyout import fan, fly, vehicle
from cupola.interceptors.kinds import InterceptorSpec
from cupola.interceptors.reach import ReachTable, ground_reach
from cupola.interceptors.spec import GroundInterceptorSpec, SpaceInterceptorSpec

FOLDER = Path(cupola.__file__).parent / "scenario" / "catalog" / "interceptors"
GROUND = ("gbi", "ngi-notional", "sm-3-ib", "sm-3-iia", "glide-phase-interceptor", "thaad", "pac-3-mse", "sm-6")
VANDENBERG = (math.radians(34.74), math.radians(-120.62))


def _plain(tree: Any) -> Any:
    if isinstance(tree, list):
        return [_plain(child) for child in tree]
    if "value" not in tree:
        return {key: _plain(child) for key, child in tree.items()}
    return f"{tree['value']} {tree['unit']}" if "unit" in tree else tree["value"]


@cache
def catalogue(name: str) -> GroundInterceptorSpec | SpaceInterceptorSpec:
    entry = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())
    data = {"kind": entry["kind"], "title": entry["title"], **_plain(entry["values"])}
    adapter: TypeAdapter[GroundInterceptorSpec | SpaceInterceptorSpec] = TypeAdapter(InterceptorSpec)
    return adapter.validate_python(data)


def ground(name: str) -> GroundInterceptorSpec:
    spec = catalogue(name)
    assert isinstance(spec, GroundInterceptorSpec)
    return spec


def _at_burnout(spec: GroundInterceptorSpec) -> tuple[Vector, Vector, Vector]:
    """Climb angle, speed and altitude at burnout of every flight in the fan that survives its boost."""
    flights = fan(spec, 0.0)
    keep = np.isfinite(flights.climb_rate[:, 0])
    climb, level = flights.climb_rate[keep, 0], flights.horizontal_speed[keep, 0]
    return np.arctan2(climb, level), np.hypot(climb, level), flights.altitude[keep, 0]


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("gbi", 7.0, 8.0),
        ("ngi-notional", 7.0, 8.0),
        ("sm-3-ib", 3.0, 3.5),
        ("sm-3-iia", 4.3, 4.7),
        ("thaad", 2.6, 2.9),
    ],
)
def test_burnout_speed_is_the_public_one(name: str, low: float, high: float) -> None:
    """Every flight from 40 deg of climb at burnout up to the vertical (parameters.md, Interceptors), in km/s."""
    climb, speed, _ = _at_burnout(ground(name))
    steep = climb > math.radians(40.0)
    assert speed[steep].min() > low * 1e3
    assert speed[steep].max() < high * 1e3


@pytest.mark.parametrize(("name", "mach"), [("pac-3-mse", 5.0), ("sm-6", 3.5)])
def test_burnout_mach_number_is_the_public_one(name: str, mach: float) -> None:
    """About Mach 5 and about Mach 3.5, at 45 deg of climb: 15 %. Sound speed by the 1976 standard's linear layers."""
    climb, speed, altitude = _at_burnout(ground(name))
    i = int(np.argmin(np.abs(climb - math.radians(45.0))))
    temperature = (
        288.15 - 6.5e-3 * min(float(altitude[i]), 11e3) + 1e-3 * max(min(float(altitude[i]), 32e3) - 20e3, 0.0)
    )
    assert speed[i] / (20.0468 * math.sqrt(temperature)) == pytest.approx(mach, rel=0.15)


@pytest.mark.parametrize(
    ("name", "launch_mass", "tolerance"),
    [
        ("gbi", 22_500.0, 0.05),
        ("sm-3-ib", 1_500.0, 0.08),
        ("thaad", 900.0, 0.03),
        ("pac-3-mse", 315.0, 0.03),
        ("sm-6", 1_500.0, 0.03),
    ],
)
def test_launch_mass_is_the_public_one(name: str, launch_mass: float, tolerance: float) -> None:
    assert vehicle(ground(name)).launch_mass == pytest.approx(launch_mass, rel=tolerance)


def test_the_2003_prototype_flight_is_within_the_boosters_power() -> None:
    """Arms Control Today, September 2003: from Vandenberg over the Pacific, 5,300 km downrange, 1,900 km apogee.

    With the pitch-over and the burning time of the third stage free, the model's booster must fly exactly that, using
    most but not all of its third stage: the prototype flew a lofted trajectory below its full energy.
    """
    spec = ground("gbi")
    booster = vehicle(spec)

    def flown(kick: float, cutoff: float) -> tuple[float, float]:
        boost = ascend(
            booster,
            *VANDENBERG,
            100.0,
            math.radians(260.0),
            kick,
            spec.vertical_rise_time,
            spec.pitch_over_time,
            cutoff_s=cutoff,
        )
        free = coast(boost.r[-1], boost.v[-1], boost.end_s, 2_000.0)
        heights = geodetic_of(free.r)[:, 2]
        end = eci_to_ecef(free.r[-1], free.end_s)
        start = np.array(geodetic_to_ecef(*VANDENBERG, 0.0))
        cosine = float(start @ end) / float(np.linalg.norm(start) * np.linalg.norm(end))
        return MEAN_RADIUS * math.acos(cosine), float(heights.max())

    kick, cutoff = math.radians(5.0), booster.burnout_s - 15.0
    for _ in range(12):
        base = np.array(flown(kick, cutoff))
        error = np.array([5_300e3, 1_900e3]) - base
        if np.abs(error).max() < 5e3:
            break
        slope = np.column_stack(
            [(np.array(flown(kick + 1e-4, cutoff)) - base) / 1e-4, (np.array(flown(kick, cutoff + 0.1)) - base) / 0.1]
        )
        step = np.linalg.solve(slope, error)
        step *= min(1.0, 0.02 / abs(step[0]), 8.0 / abs(step[1]))
        kick, cutoff = kick + float(step[0]), cutoff + float(step[1])
    assert flown(kick, cutoff) == pytest.approx((5_300e3, 1_900e3), abs=10e3)
    third = float(booster.stage_starts_s[2])
    assert third + 0.4 * booster.burn_s[2] < cutoff < booster.burnout_s


@pytest.mark.parametrize(
    ("name", "altitude_km", "range_km", "within"),
    [
        ("thaad", 60.0, 200.0, 0.15),
        ("pac-3-mse", 15.0, 45.0, 0.2),
        ("gbi", 500.0, 5_300.0, 0.2),
        ("sm-3-iia", 300.0, 2_000.0, 0.2),
    ],
)
def test_envelope_is_of_the_public_size(name: str, altitude_km: float, range_km: float, within: float) -> None:
    spec = ground(name)
    ranges = np.linspace(0.0, spec.maximum_range, 2_000)
    reached = np.isfinite(ReachTable.build(spec).time_of_flight(ranges, altitude_km * 1e3))
    assert ranges[reached].max() == pytest.approx(range_km * 1e3, rel=within)


def flown_to(
    spec: GroundInterceptorSpec, latitude: float, target: Vector, start: tuple[float, float, float]
) -> tuple[float, Vector] | None:
    """Time in s and velocity on arrival (3,) of the flight over the turning Earth that meets an inertial point at 4,000
    s, by Newton's method on pitch-over, azimuth and time; none where it does not converge on one."""

    def arrival(x: Vector) -> tuple[Vector, Vector] | None:
        flight = fly(
            spec, float(x[0]), float(x[2]) + 1e-3, latitude=latitude, longitude=0.3, altitude=0.0, azimuth=float(x[1])
        ).launched_at(4_000.0 - float(x[2]))
        if flight.end_s < 4_000.0 - 1e-6:
            return None
        r, v = flight.state(4_000.0)
        return r - target, v

    x = np.array(start)
    for _ in range(12):
        here = arrival(x)
        if here is None:
            return None
        if np.linalg.norm(here[0]) < 20.0:
            return float(x[2]), here[1]
        columns = []
        for c, step in enumerate((1e-5, 1e-5, 1e-2)):
            beside = arrival(x + step * (np.arange(3) == c))
            if beside is None:
                return None
            columns.append((beside[0] - here[0]) / step)
        x = x - np.linalg.solve(np.column_stack(columns), here[0])
    return None


@pytest.mark.parametrize("name", GROUND)
def test_turning_earth_is_met_within_one_percent_of_flight_time(name: str) -> None:
    """Points all over the envelope, more of them low and far, seen from three latitudes in all directions: the table's
    flight time and velocity on arrival against the flight that is integrated to the very point."""
    spec = ground(name)
    table, rng = ReachTable.build(spec), np.random.default_rng(11)
    width, height = spec.maximum_range, spec.maximum_altitude - spec.minimum_altitude
    errors, turned = [], []
    for k in range(36):
        latitude, azimuth = math.radians((64.0, 10.0, -35.0)[k % 3]), float(rng.uniform(0.0, math.tau))
        low = k % 2 == 0
        range_m = width * float(rng.uniform(0.5, 1.0) if low else rng.uniform(0.0, 1.0))
        altitude = spec.minimum_altitude + height * float(rng.uniform(0.0, 0.08) if low else rng.uniform(0.0, 1.0))
        there = great_circle_point(latitude, 0.3, azimuth, range_m / MEAN_RADIUS)
        target = ecef_to_eci(np.array(geodetic_to_ecef(*there, altitude)), 4_000.0)
        site = np.array(geodetic_to_ecef(latitude, 0.3, 0.0))
        got = ground_reach(spec, table, site, 0.0, np.array([4_000.0]), target[None])
        time_s = float(got.flight_time[0])
        if not math.isfinite(time_s):
            continue
        kick = table.kick(range_m, altitude, math.cos(latitude) * math.sin(azimuth))
        true = flown_to(spec, latitude, target, (kick, azimuth, time_s))
        if true is not None:
            errors.append(abs(time_s / true[0] - 1.0))
            turned.append(np.linalg.norm(got.arrival_velocity[0] - true[1]) / np.linalg.norm(true[1]))
    assert len(errors) > 15
    assert max(errors) < 0.01, errors
    assert np.median(errors) < 0.002
    assert max(turned) < 0.05, turned
    assert np.median(turned) < 0.01


def test_the_september_2007_intercept_is_within_the_envelope() -> None:
    """Intercept about 6 min after the interceptor's launch, near 120 km (public account of the test): the table has
    such points."""
    ranges = np.linspace(0.0, 6_000e3, 2_000)
    times = ReachTable.build(ground("gbi")).time_of_flight(ranges, 121e3)
    there = ranges[np.abs(times - 360.0) < 10.0]
    assert len(there) > 0
    assert 1_000e3 < there.mean() < 2_500e3


@pytest.mark.parametrize(("name", "mean"), [("gbi", 0.553), ("sm-3-ib", 0.821), ("sm-3-iia", 0.821), ("thaad", 0.969)])
def test_single_shot_prior_is_the_jeffreys_mean_of_the_test_record(name: str, mean: float) -> None:
    """GMD 10/18, Aegis 34/41, THAAD 15/15: (hits + 1/2) / (tests + 1), as reliability times kill probability."""
    spec = ground(name)
    assert spec.reliability * spec.kill_vehicle.kill_probability == pytest.approx(mean, abs=0.002)


def test_space_interceptors_are_those_of_the_studies() -> None:
    notional, aps = catalogue("sbi-notional"), catalogue("sbi-aps2003")
    assert isinstance(notional, SpaceInterceptorSpec)
    assert isinstance(aps, SpaceInterceptorSpec)
    assert (notional.speed, notional.kill_vehicle.divert) == (6_000.0, 2_500.0)
    assert notional.acceleration == pytest.approx(15.0 * 9.80665)
    propellant = 25.0 * (math.exp(2_500.0 / (9.81 * 240.0)) - 1.0)
    assert notional.kill_vehicle.mass == pytest.approx(25.0 + propellant, abs=0.1)
    assert aps.speed == 4_000.0
