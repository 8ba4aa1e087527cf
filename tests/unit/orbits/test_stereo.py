"""Custody in stereo, against plain NumPy with the trusted geometry, satellite by satellite."""

import itertools
import math

import numpy as np
import pytest

from cupola.core.earth import EQUATORIAL_RADIUS, ROTATION_RATE
from cupola.core.sight import limb_geometry, sight_altitudes, tangent_heights
from cupola.orbits.constellation import of, positions
from cupola.orbits.spec import GeostationarySpec, WalkerSpec
from cupola.orbits.stereo import SightRules, Watched, custody

RULES = SightRules(reach=5_000e3, cloud_top=7e3, limb=60e3, crossing=math.radians(10.0))


def walker(**changes: object) -> WalkerSpec:
    plain = {"total": 24, "planes": 6, "phasing": 1, "altitude": "1000 km", "inclination": "70 deg"}
    return WalkerSpec.model_validate(plain | changes)


def flight(count: int = 25) -> Watched:
    times = np.linspace(40.0, 1800.0, count)
    share = times / 1800.0
    lat, lon = 0.7 + 0.6 * np.sin(math.pi * share), 2.2 + 2.5 * share + ROTATION_RATE * times
    radius = EQUATORIAL_RADIUS + 20e3 + 1100e3 * np.sin(math.pi * share)
    r = radius[:, None] * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    return Watched(times=times, r=r, bright=times < 200.0)


def in_stereo(layer: WalkerSpec, target: Watched, rules: SightRules, turn: float, slide: float) -> np.ndarray:
    constellation = of(layer)
    out = np.zeros(len(target.times), dtype=bool)
    for k, time in enumerate(target.times):
        r, _ = positions(constellation, float(time), turn_rad=turn, slide_rad=slide)
        away = target.r[k] - r
        distance = np.linalg.norm(away, axis=1)
        low = (sight_altitudes if target.bright[k] else tangent_heights)(r, target.r[k : k + 1])[:, 0]
        seen = (distance <= rules.reach) & (low >= (rules.cloud_top if target.bright[k] else rules.limb))
        lines = away[seen] / distance[seen][:, None]
        out[k] = any(
            math.radians(10.0) <= math.acos(max(-1.0, min(1.0, float(a @ b)))) <= math.radians(170.0)
            for a, b in itertools.combinations(lines, 2)
        )
    return out


def test_stereo_is_that_of_plain_geometry() -> None:
    target, chance = flight(), np.random.default_rng(4)
    turns, slides = chance.random((2, 12)) * math.tau
    seen_both = set()
    for layer in (walker(), walker(total=66, inclination="45 deg"), walker(total=9, planes=3, altitude="2000 km")):
        found = custody(of(layer), target, RULES, turns, slides, allowed_run=3)
        expected = np.array([in_stereo(layer, target, RULES, t, s) for t, s in zip(turns, slides, strict=True)])
        np.testing.assert_array_equal(found.held, expected.sum(axis=1))
        np.testing.assert_array_equal(found.by_time, expected.sum(axis=0))
        runs = [max((len(list(g)) for good, g in itertools.groupby(row) if not good), default=0) for row in expected]
        np.testing.assert_array_equal(found.longest, runs)
        assert found.failed == sum(run > 3 for run in runs)
        seen_both |= set(expected.ravel().tolist())
    assert seen_both == {True, False}


def test_nothing_is_seen_beyond_the_limbs_exact_angle() -> None:
    """Sensor 1,000 km, body 200 km, tangent 50 km: seen out to a central angle of 41.66 deg (targets.md, section 5)."""
    angle, slant = limb_geometry(1000e3, 200e3, 50e3)
    assert math.degrees(angle) == pytest.approx(41.66, abs=0.01)
    two = walker(total=2, planes=2, phasing=0, inclination="0 deg")
    rules = SightRules(reach=2.0 * slant, cloud_top=7e3, limb=50e3, crossing=math.radians(5.0))
    for share, sees in ((0.995, True), (1.005, False)):
        # Both satellites stand over the equator half a turn apart: turned to the same distance, only one sees; so two
        # planes' satellites are laid on either side of the body by their own arguments.
        layer = of(two)
        layer.argument[:] = [-share * angle, share * angle - math.pi]
        body = Watched(
            times=np.array([0.0]),
            r=np.array([[EQUATORIAL_RADIUS + 200e3, 0.0, 0.0]]),
            bright=np.array([False]),
        )
        held = custody(layer, body, rules, np.zeros(1), np.zeros(1)).held[0]
        assert bool(held) is sees


def test_lost_satellites_see_nothing_and_the_hopeless_are_left() -> None:
    layer, target = of(walker(total=66)), flight()
    turns, slides = np.random.default_rng(4).random((2, 20)) * math.tau
    all_of_them = custody(layer, target, RULES, turns, slides)
    none = custody(layer, target, RULES, turns, slides, there=np.zeros(66, dtype=bool))
    assert all_of_them.held.sum() > none.held.sum() == 0
    assert none.failed == 20
    assert custody(layer, target, RULES, turns, slides, there=np.zeros(66, dtype=bool), stop_after=4).failed == 5


def test_orbits_that_are_no_circles_are_refused() -> None:
    still = of(GeostationarySpec.model_validate({"longitudes": ["10 deg", "50 deg"]}))
    with pytest.raises(ValueError, match="accepted are circular orbits"):
        custody(still, flight(), RULES, np.zeros(1), np.zeros(1))
