"""What an interceptor reaches, as a study: against closed forms, the engine's own reach, and flights."""

import math

import numpy as np
import pytest

import cupola
from cupola.core.earth import MEAN_RADIUS, geodetic_to_ecef, great_circle_point
from cupola.interceptors.flyout import fly
from cupola.interceptors.reach import ReachTable
from cupola.scenario.catalogue import entry
from cupola.scenario.errors import ScenarioError
from cupola.studies.reach import farthest, reach
from cupola.studies.reach_document import describe


def test_a_space_interceptor_covers_the_published_circle() -> None:
    """Harrison (2025), Build Your Own Golden Dome, defaults: 15 g, 6 km/s, 120 s from 300 km to 200 km: 597.63 km of
    fly-out and a circle of 589.21 km."""
    found = reach("sbi-notional")
    assert (found.spec.speed, found.spec.acceleration) == pytest.approx((6_000.0, 15.0 * 9.80665))
    k = int(np.argmin(np.abs(found.time_s - 120.0)))
    assert found.time_s[k] == pytest.approx(120.0)
    assert found.displacement_m[k] == pytest.approx(597.63e3, rel=1e-5)
    assert found.orbit_altitudes_m[0] == 300e3
    assert found.radius_m[k, 0] == pytest.approx(589.21e3, rel=1e-5)
    assert np.isnan(found.radius_m[0]).all(), "5 s are too few to come 100 km down"


def test_a_fan_without_a_site_is_the_table() -> None:
    found = reach("thaad")
    (fan,) = found.fans
    table = ReachTable.build(found.spec)
    assert fan.time_s[40, 20] == table.time_of_flight(fan.range_m[40], fan.altitude_m[20])
    assert np.nanmax(farthest(fan)) <= found.spec.maximum_range
    assert (fan.time_s[np.isfinite(fan.time_s)] <= found.spec.maximum_flight_time).all()


def test_a_fan_from_a_site_is_flown_over_the_turning_earth() -> None:
    """Follow flights to the east and west, and look their points up in the fans of the site."""
    found = reach("sm-3-ib", site=(30.0, 15.0))
    latitude, longitude = found.latitude, found.longitude
    assert (latitude, longitude) == pytest.approx((math.radians(30.0), math.radians(15.0)))
    for fan in found.fans:
        assert fan.azimuth_deg is not None
        i, j = 50, 40
        assert math.isfinite(fan.time_s[i, j])
        azimuth, turn = math.radians(fan.azimuth_deg), math.cos(latitude) * math.sin(math.radians(fan.azimuth_deg))
        kick = ReachTable.build(found.spec).kick(float(fan.range_m[i]), float(fan.altitude_m[j]), turn)
        time_s = float(fan.time_s[i, j])
        flight = fly(
            found.spec, kick, time_s, latitude=latitude, longitude=longitude, altitude=0.0, azimuth=azimuth
        ).launched_at(-time_s)
        end, _ = flight.state(flight.end_s)
        there = great_circle_point(latitude, longitude, azimuth, fan.range_m[i] / MEAN_RADIUS)
        target = np.array(geodetic_to_ecef(*there, float(fan.altitude_m[j])))
        assert np.linalg.norm(end - target) < 0.03 * fan.range_m[i], fan.azimuth_deg


def test_the_document_names_only_what_is_in_reach() -> None:
    document = describe(reach("pac-3-mse", site="Denver"))
    assert document["site"]["name"] == "Denver"
    assert [fan["azimuth_deg"] for fan in document["fans"]] == [0.0, 45.0, 90.0, 135.0, 180.0, 225.0, 270.0, 315.0]
    for fan in document["fans"]:
        times = [row["time_s"] for row in fan["table"]]
        assert times
        assert min(times) >= fan["soonest_s"] > 0.0
        assert (
            max(row["range_km"] for row in fan["table"]) <= fan["farthest_km"] <= document["limits"]["maximum_range_km"]
        )


def test_python_has_the_verb() -> None:
    assert cupola.reach is reach
    assert reach("gbi", site="fort-greely").latitude == pytest.approx(entry("sites", "fort-greely").spec.position[0])


@pytest.mark.parametrize(
    ("name", "site", "words"),
    [
        ("thad", None, "unknown interceptor 'thad'.*did you mean 'thaad'"),
        ("thaad", "fort-greeley", "site: got 'fort-greeley'.*did you mean 'fort-greely'"),
        ("thaad", "99,3", "site: got '99,3'.*outside the Earth"),
        ("thaad", "nws-long-range", "which names several places"),
        ("sbi-notional", "clear", "waits in orbit"),
    ],
)
def test_bad_words_are_met_with_what_is_accepted(name: str, site: str | None, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        reach(name, site=site)
