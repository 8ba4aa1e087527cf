"""How many satellites of a real constellation are in reach, against the public absentee ratio (targets.md, section 3).

Harrison (2025), defaults: 300 km orbit, 15 g, 6 km/s, 120 s, intercept at 200 km -> fly-out 597.63 km, radius 589.21 km
and one satellite in reach of every 498.57 spread evenly over the sphere at intercept height.
"""

import math

import numpy as np
import pytest

from cupola.interceptors.space_based import flyout_distance, reach
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits import constellation
from cupola.orbits.spec import WalkerSpec

RADIUS = 6_378.1e3


def test_satellites_in_reach_of_a_point_follow_the_absentee_ratio() -> None:
    """60,000 satellites at 60 deg: their exact density at 40 deg latitude over the ratio, less 0.6 % that gravity
    takes."""
    spec = SpaceInterceptorSpec.model_validate(
        {
            "title": "AEI defaults",
            "layer": "boost",
            "acceleration": "15 g_0",
            "speed": "6 km/s",
            "minimum_altitude": "110 km",
            "engages": ["boost"],
            "maximum_flight_time": "120 s",
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
    flyout = flyout_distance(spec.acceleration, spec.speed, 120.0)
    radius = math.sqrt(flyout**2 - 100e3**2)
    assert radius == pytest.approx(589.21e3, abs=10.0)
    assert 4.0 * (RADIUS + 200e3) ** 2 / radius**2 == pytest.approx(498.57, abs=0.05)

    walker = {"total": 60_000, "planes": 200, "phasing": 7, "altitude": "300 km", "inclination": "60 deg"}
    shell = constellation.of(WalkerSpec.model_validate(walker))
    r, v = constellation.positions(shell, 0.0)
    latitude = math.radians(40.0)
    counts = []
    for longitude in np.linspace(0.0, math.tau, 24, endpoint=False):
        unit = [math.cos(latitude) * math.cos(longitude), math.cos(latitude) * math.sin(longitude), math.sin(latitude)]
        target = (RADIUS + 200e3) * np.array([unit])
        got = reach(spec, r, v, np.ones(len(r), dtype=bool), 0.0, np.array([120.0]), target, np.zeros((1, 3)))
        counts.append(int((got.first >= 0).sum()))
    density = 2.0 / (math.pi * math.sqrt(math.sin(math.radians(60.0)) ** 2 - math.sin(latitude) ** 2))
    share = radius**2 / (4.0 * (RADIUS + 200e3) * (RADIUS + 300e3))
    assert np.mean(counts) == pytest.approx(60_000 * density * share, rel=0.02)
