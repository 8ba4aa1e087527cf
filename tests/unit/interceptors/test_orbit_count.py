"""The count from maps of where a target is reached from, against asking every satellite."""

import math

import numpy as np
import pytest

from cupola.core.earth import Vector
from cupola.interceptors.orbit_count import count, maps_of, mean_count, members, planes_of
from cupola.interceptors.orbit_reach import Target, target_of
from cupola.interceptors.space_based import reach
from cupola.interceptors.spec import SpaceInterceptorSpec
from cupola.orbits import constellation
from cupola.orbits.spec import GeostationarySpec, WalkerSpec

LATITUDE = math.radians(40.0)
BURNOUT_S = 170.0


def interceptor(**changes: str) -> SpaceInterceptorSpec:
    vehicle = {
        "mass": "72 kg",
        "divert": "2.5 km/s",
        "divert_acceleration": "10 g_0",
        "seeker_range": "200 km",
        "seeker_field": "30 km",
        "kill_probability": 0.8,
    }
    own = {
        "title": "test",
        "layer": "boost",
        "engages": ["boost"],
        "acceleration": "15 g_0",
        "speed": "6 km/s",
        "minimum_altitude": "110 km",
        "maximum_flight_time": "300 s",
        "reliability": 1.0,
    }
    return SpaceInterceptorSpec.model_validate({**own, **changes, "kill_vehicle": vehicle})


def climb(release_s: float, latitude: float = LATITUDE, step_s: float = 2.0) -> tuple[Vector, Vector]:
    """Times and places of a missile that climbs to 250 km while it goes 600 km north-east."""
    times = np.arange(BURNOUT_S, release_s, -step_s)[::-1].copy()
    share = (times / BURNOUT_S) ** 2
    lat, lon = latitude + 0.06 * share, 2.2 + 0.06 * share
    radius = 6_371e3 + 250e3 * share
    return times, radius[:, None] * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], 1)


def walker(**changes: object) -> WalkerSpec:
    plain = {"total": 4000, "planes": 50, "phasing": 1, "altitude": "400 km", "inclination": "50 deg"}
    return WalkerSpec.model_validate(plain | changes)


def aimed(spec: SpaceInterceptorSpec, release_s: float, latitude: float = LATITUDE) -> Target:
    return target_of(spec, release_s, *climb(release_s, latitude))


TILTS = ("0 deg", "30 deg", "40 deg", "41 deg", "43.5 deg", "50 deg", "75 deg", "90 deg", "130 deg", "180 deg")
HARD = {
    **{f"inclination {tilt}": (walker(inclination=tilt), 60.0, LATITUDE, {}) for tilt in TILTS},
    **{f"release {s} s": (walker(), s, LATITUDE, {}) for s in (1.0, 30.0, 100.0, 130.0, 155.0, 168.0)},
    **{f"orbit {h}": (walker(altitude=h), 60.0, LATITUDE, {}) for h in ("200 km", "300 km", "700 km", "1500 km")},
    "equator": (walker(inclination="2 deg"), 60.0, 0.0, {}),
    "pole": (walker(inclination="89 deg"), 60.0, math.radians(89.5), {}),
    "thick shell": (walker(altitude="300 km", altitude_top="500 km"), 60.0, LATITUDE, {}),
    "one satellite": (walker(total=1, planes=1, phasing=0), 10.0, LATITUDE, {}),
    "one plane": (walker(total=80, planes=1, phasing=0), 30.0, LATITUDE, {}),
    "fast": (walker(), 10.0, LATITUDE, {"speed": "20 km/s", "acceleration": "100 g_0"}),
    "all the way round": (walker(total=500), 0.5, LATITUDE, {"speed": "400 km/s", "acceleration": "2000 g_0"}),
    "slow": (walker(total=40_000, planes=200, altitude="250 km"), 20.0, LATITUDE, {"speed": "1 km/s"}),
    "floor": (walker(), 30.0, LATITUDE, {"minimum_altitude": "180 km"}),
    "short flights": (walker(total=20_000, planes=100), 30.0, LATITUDE, {"maximum_flight_time": "110 s"}),
    "star": (walker(pattern="star", inclination="86 deg"), 60.0, math.radians(70.0), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_every_satellite_is_counted_as_when_it_is_asked_itself(name: str) -> None:
    shell_spec, release_s, latitude, changes = HARD[name]
    spec = interceptor(**changes)
    times, r = climb(release_s, latitude)
    shell = constellation.of(shell_spec)
    planes = planes_of(shell)
    maps = maps_of(spec, target_of(spec, release_s, times, r), planes)
    turns, slides = np.random.default_rng(7).random((2, 12)) * math.tau
    found = members(spec, maps, planes, turns, slides)
    for f in range(len(turns)):
        r_sat, v_sat = constellation.positions(shell, release_s, turn_rad=turns[f], slide_rad=slides[f])
        asked = reach(spec, r_sat, v_sat, np.ones(shell.count, bool), release_s, times, r, np.zeros_like(r))
        np.testing.assert_array_equal(found[f], asked.first >= 0)
    counts = count(spec, maps, planes, turns, slides)
    np.testing.assert_array_equal(counts, found.sum(axis=1))
    # A check that cannot see anybody checks nothing; these are the cases in which nobody can reach.
    nobody = (
        "inclination 0 deg",
        "inclination 30 deg",
        "inclination 180 deg",
        "release 155",
        "release 168",
        "orbit 1500",
    )
    assert counts.any() or name.startswith((*nobody, "one satellite", "release 130"))


def test_the_mean_is_that_of_many_phases() -> None:
    spec = interceptor()
    goal = aimed(spec, 60.0)
    chance = np.random.default_rng(3)
    for shell_spec in (walker(), walker(inclination="90 deg"), walker(altitude="300 km", altitude_top="500 km")):
        planes = planes_of(constellation.of(shell_spec))
        maps = maps_of(spec, goal, planes)
        turns, slides = chance.random((2, 4000)) * math.tau
        counts = count(spec, maps, planes, turns, slides)
        error = counts.std() / math.sqrt(len(counts))
        assert abs(counts.mean() - mean_count(maps, planes)) < 4.0 * error + 0.003 * counts.mean()


def test_lost_satellites_are_not_counted() -> None:
    spec = interceptor()
    planes = planes_of(constellation.of(walker()))
    maps = maps_of(spec, aimed(spec, 60.0), planes)
    turns, slides = np.random.default_rng(1).random((2, 50)) * math.tau
    there = np.random.default_rng(2).random(len(planes.argument)) < 0.5
    reached = members(spec, maps, planes, turns, slides)
    np.testing.assert_array_equal(
        count(spec, maps, planes, turns, slides, there), (reached & there[None, :]).sum(axis=1)
    )


def test_a_target_that_stays_low_is_out_of_the_question() -> None:
    spec = interceptor(minimum_altitude="300 km")
    goal = aimed(spec, 60.0)
    assert not goal.possible
    planes = planes_of(constellation.of(walker()))
    maps = maps_of(spec, goal, planes)
    assert mean_count(maps, planes) == 0.0
    assert not count(spec, maps, planes, np.zeros(3), np.zeros(3)).any()


def test_orbits_that_are_no_circles_are_refused() -> None:
    still = constellation.of(GeostationarySpec.model_validate({"longitudes": ["10 deg"]}))
    with pytest.raises(ValueError, match="accepted are circular orbits"):
        planes_of(still)
