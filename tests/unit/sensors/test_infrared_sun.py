"""The sun's direction against a worked example, the almanac and an independent library, and in a scenario's axes."""

import math
from datetime import UTC, datetime, timedelta

import brahe
import numpy as np
import pytest

from cupola.core.earth import EQUATORIAL_RADIUS, eci_to_ecef
from cupola.sensors.sun import days_since_j2000, sidereal_angle, sun_direction, sun_of_date, sunlit


def test_worked_example_of_vallado() -> None:
    """Vallado 2013, example 5-1: 2006-04-02 00:00, (146,186,212, 28,788,976, 12,481,064) km in the equator of date."""
    expected = np.array([146_186_212.0, 28_788_976.0, 12_481_064.0])
    sun = sun_of_date(days_since_j2000(datetime(2006, 4, 2, tzinfo=UTC)))
    off = math.degrees(math.acos(min(1.0, float(sun @ expected) / float(np.linalg.norm(expected)))))
    assert off < 0.01


@pytest.mark.parametrize(
    ("moment", "longitude"),
    [
        ("2013-03-20T11:02Z", 0.0),
        ("2013-06-21T05:04Z", 90.0),
        ("2013-09-22T20:44Z", 180.0),
        ("2013-12-21T17:11Z", 270.0),
        ("2026-03-20T14:46Z", 0.0),
        ("2026-06-21T08:24Z", 90.0),
        ("2026-09-23T00:05Z", 180.0),
        ("2026-12-21T20:50Z", 270.0),
    ],
)
def test_equinoxes_and_solstices_fall_when_the_almanac_says(moment: str, longitude: float) -> None:
    """US Naval Observatory, Earth's seasons, to the minute: the sun's longitude is then a multiple of 90 deg."""
    x, y, z = sun_of_date(days_since_j2000(datetime.fromisoformat(moment)))
    tilt = math.radians(23.437)
    found = math.degrees(math.atan2(y * math.cos(tilt) + z * math.sin(tilt), x))
    assert abs(math.remainder(found - longitude, 360.0)) < 0.01


@pytest.mark.parametrize("year", [2000, 2013, 2026, 2035])
@pytest.mark.parametrize("month", [1, 4, 7, 10])
def test_direction_in_earth_axes_agrees_with_brahe(year: int, month: int) -> None:
    """brahe's sun and its full chain of Earth orientation, precession and all, at the same instant.

    Its sun (Montenbruck and Gill 2000, sec. 3.3.2) keeps the Earth's perihelion fixed, which moves by 0.0032 deg a
    year.
    """
    brahe.set_global_eop_provider(brahe.StaticEOPProvider.from_zero())
    epoch = brahe.Epoch.from_datetime(year, month, 11, 7, 20, 0.0, 0.0, brahe.TimeSystem.UTC)
    fixed = np.asarray(brahe.rotation_eci_to_ecef(epoch)) @ np.asarray(brahe.sun_position(epoch))
    ours = sun_direction(datetime(year, month, 11, 7, 20, tzinfo=UTC))
    off = math.degrees(math.acos(min(1.0, float(ours @ fixed) / float(np.linalg.norm(fixed)))))
    assert off < 0.02 + 0.0033 * (year - 2000)


def test_the_sun_stands_over_greenwich_at_noon_and_moves_a_degree_a_day() -> None:
    """On 15 April the equation of time is zero within 10 s; over one day the sun gains 360/365.25 deg on the stars."""
    noon = datetime(2026, 4, 15, 12, tzinfo=UTC)
    sun = sun_direction(noon)
    assert math.degrees(math.atan2(sun[1], sun[0])) == pytest.approx(0.0, abs=0.1)
    later = sun_direction(noon, 86_400.0)
    assert math.degrees(math.acos(float(sun @ later))) == pytest.approx(360.0 / 365.25, abs=0.03)
    moved = eci_to_ecef(later, 86_400.0)
    again = sun_direction(noon + timedelta(days=1))
    assert np.allclose(moved, again, atol=1e-5), "the scenario's axes stand still while the Earth turns on"


def test_sidereal_time_of_a_known_moment() -> None:
    """Vallado 2013, example 3-5: 1992-08-20 12:14 UT1 -> 152.578788 deg."""
    days = days_since_j2000(datetime(1992, 8, 20, 12, 14, tzinfo=UTC))
    assert math.degrees(sidereal_angle(days)) == pytest.approx(152.578788, abs=1e-4)


def test_the_earths_shadow_is_as_wide_as_the_earth() -> None:
    """Behind the Earth, on its equator's plane, 1,000 km up: dark within asin(R / r) of the anti-sun, lit outside."""
    radius = EQUATORIAL_RADIUS + 1e6
    half = math.asin(EQUATORIAL_RADIUS / radius)
    for angle, lit in ((0.0, False), (half - 0.01, False), (half + 0.01, True), (math.pi, True)):
        assert sunlit(-radius * math.cos(angle), radius * math.sin(angle), 0.0, 1.0, 0.0, 0.0) is lit


def test_an_epoch_needs_its_time_zone() -> None:
    with pytest.raises(ValueError, match="add Z"):
        sun_direction(datetime(2026, 1, 1))
