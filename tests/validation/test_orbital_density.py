"""Satellites in reach against exact results (targets.md, section 3): the density of inclined orbits, and AEI's formula.

Density at latitude phi of circles of inclination i, against a uniform sphere: 2 / (pi sqrt(sin^2 i - sin^2 phi)).
Harrison (2025): of a uniform shell, one in 4 (Re + h)^2 / r^2 is in reach, r^2 = R^2 - (h_orbit - h)^2.
"""

import math

import numpy as np
import pytest

from cupola.core.earth import EQUATORIAL_RADIUS
from cupola.interceptors.orbit_count import count, maps_of, mean_count, planes_of
from cupola.interceptors.orbit_reach import Target, reach_map, target_of
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits import constellation
from cupola.orbits.spec import WalkerSpec

DENSITY_AT_40 = {42.0: 3.42, 45.0: 2.16, 60.0: 1.10, 90.0: 0.83}


def interceptor(speed: str) -> SpaceInterceptorSpec:
    return SpaceInterceptorSpec.model_validate(
        {
            "title": "AEI defaults but for the speed",
            "layer": "boost",
            "acceleration": "15 g_0",
            "speed": speed,
            "minimum_altitude": "110 km",
            "engages": ["boost"],
            "maximum_flight_time": "300 s",
            "reliability": 1.0,
            "kill_vehicle": {
                "mass": "72 kg",
                "divert": "2.5 km/s",
                "divert_acceleration": "10 g_0",
                "seeker_range": "200 km",
                "seeker_field": "30 km",
                "kill_probability": 0.8,
            },
        }
    )


def point(spec: SpaceInterceptorSpec, flight_s: float, altitude: float, latitude: float) -> Target:
    """Something that hangs at one place and can be met ``flight_s`` after release: an instantaneous decision."""
    r = (EQUATORIAL_RADIUS + altitude) * np.array([[math.cos(latitude), 0.0, math.sin(latitude)]])
    return target_of(spec, 0.0, np.array([flight_s]), r)


def flyout(speed: float, time: float) -> float:
    burn = speed / (15.0 * 9.80665)
    return 0.5 * speed * burn + speed * (time - burn)


@pytest.mark.parametrize("tilt", DENSITY_AT_40)
def test_the_count_at_40_degrees_follows_the_exact_density(tilt: float) -> None:
    # Reach of 29 km from an orbit 5 km above: small enough for the density at a point.
    spec, total, altitude = interceptor("0.5 km/s"), 200_000, 400e3
    goal = point(spec, 60.0, altitude - 5e3, math.radians(40.0))
    shell = WalkerSpec.model_validate(
        {"total": total, "planes": 500, "phasing": 1, "altitude": "400 km", "inclination": f"{tilt} deg"}
    )
    planes = planes_of(constellation.of(shell))
    maps = maps_of(spec, goal, planes)
    orbit, place = EQUATORIAL_RADIUS + altitude, EQUATORIAL_RADIUS + altitude - 5e3
    uniform = total * (flyout(500.0, 60.0) ** 2 - 5e3**2) / (4.0 * orbit * place)
    assert mean_count(maps, planes) / uniform == pytest.approx(DENSITY_AT_40[tilt], rel=0.01)
    steps = np.arange(1, 4001)
    counts = count(spec, maps, planes, steps * math.tau / 1.3247179572, steps * math.tau / 1.3247179572**2)
    assert counts.mean() / uniform == pytest.approx(DENSITY_AT_40[tilt], rel=0.03)


def uniform_share(spec: SpaceInterceptorSpec, goal: Target, orbit_altitude: float) -> float:
    """Return the share in reach of a shell that is uniform over the sphere: orbits whose poles lie evenly over it."""
    cosines = (np.arange(300) + 0.5) / 150.0 - 1.0
    radii = np.array([EQUATORIAL_RADIUS + orbit_altitude])
    shares = [float(reach_map(spec, goal, math.acos(cosine), radii).shares()[0]) for cosine in cosines]
    return float(np.mean(shares))


@pytest.mark.parametrize(
    ("orbit_km", "intercept_km", "within"),
    # AEI spreads the shell over the sphere at intercept height: less than the shell by the ratio of the radii.
    [(300.0, 200.0, 0.025), (300.0, 280.0, 0.01), (300.0, 299.0, 0.01)],
)
def test_aei_is_the_limit_of_a_uniform_shell_and_an_instantaneous_decision(
    orbit_km: float, intercept_km: float, within: float
) -> None:
    spec = interceptor("6 km/s")
    goal = point(spec, 120.0, 1e3 * intercept_km, math.radians(33.0))
    reach2 = flyout(6e3, 120.0) ** 2 - (1e3 * (orbit_km - intercept_km)) ** 2
    absentee = 4.0 * (6_378.1e3 + 1e3 * intercept_km) ** 2 / reach2
    if (orbit_km, intercept_km) == (300.0, 200.0):
        assert absentee == pytest.approx(498.57, abs=0.01)
    ours = 1.0 / uniform_share(spec, goal, 1e3 * orbit_km)
    assert ours == pytest.approx(absentee, rel=within)
    # On the sphere, without gravity, the ratio is 4 r_orbit r_intercept / r^2.
    exact = absentee * (6_378.1e3 + 1e3 * orbit_km) / (6_378.1e3 + 1e3 * intercept_km)
    assert ours == pytest.approx(exact, rel=0.01)
