"""Coverage against published patterns and closed forms."""

import math

import pytest

from cupola.core.earth import EQUATORIAL_RADIUS
from cupola.core.sight import limb_geometry
from cupola.orbits.coverage_walker import Pattern, worst_point
from cupola.orbits.footprint import (
    altitude_for,
    cap_fraction,
    elevation_at,
    footprint_angle,
    street_half_width,
    streets_sum,
)

# Rosettes of least worst angle: T/P/F, inclination deg, angle deg (Walker 1970, RAE Technical Report 70211, and Ballard
# 1980, IEEE Trans. AES-16, whose harmonic factors are written as Walker's F here).
ROSETTES = [
    (5, 5, 1, 43.66, 69.15),
    (6, 6, 4, 53.13, 66.42),
    (7, 7, 5, 55.69, 60.26),
    (8, 8, 6, 61.86, 56.52),
    (9, 9, 7, 70.54, 54.81),
    (10, 10, 7, 47.93, 51.53),
    (11, 11, 4, 53.79, 47.62),
    (12, 3, 1, 50.73, 47.90),
    (13, 13, 5, 58.44, 43.76),
    (14, 7, 4, 53.98, 41.96),
    (15, 3, 1, 53.5, 42.14),
]


@pytest.mark.parametrize(("total", "planes", "phasing", "inclination", "angle"), ROSETTES)
def test_published_rosettes(total, planes, phasing, inclination, angle):
    shape = Pattern(total=total, planes=planes, phasing=phasing, inclination=math.radians(inclination))
    assert math.degrees(worst_point(shape).angle) == pytest.approx(angle, abs=0.03)


def test_their_inclinations_are_the_best_ones():
    for total, planes, phasing, inclination, _ in ROSETTES[:5]:
        angles = [
            worst_point(
                Pattern(total=total, planes=planes, phasing=phasing, inclination=math.radians(inclination + off))
            ).angle
            for off in (-1.5, 0.0, 1.5)
        ]
        assert min(angles) == angles[1]


def test_six_polar_planes_of_eleven_just_close_the_globe():
    angle = footprint_angle(780e3, math.radians(8.2))
    assert math.degrees(streets_sum(angle, 6, 11)) == pytest.approx(180.31, abs=0.005)
    half = street_half_width(angle, 11)
    assert math.cos(angle) == pytest.approx(math.cos(half) * math.cos(math.pi / 11))
    # Phased half a seat apart and spaced as the closed form allows, no point is ever out of view; wider, some are.
    for spacing, closed in ((0.5 * (angle + half + (math.pi - 2.0 * half) / 5.0), True), (angle + half + 2e-3, False)):
        polar = Pattern(total=66, planes=6, phasing=3.0, inclination=0.5 * math.pi, spacing=spacing)
        assert (worst_point(polar).angle <= angle) is closed


def test_streets_too_thin_for_their_own_track_are_none():
    assert math.isnan(street_half_width(math.radians(10.0), 11))
    assert math.isnan(streets_sum(math.radians(10.0), 6, 11))


def test_a_footprint_s_share_of_the_globe():
    angle = footprint_angle(1_000e3, 0.0)
    assert math.cos(angle) == pytest.approx(EQUATORIAL_RADIUS / (EQUATORIAL_RADIUS + 1_000e3))
    assert cap_fraction(angle) == pytest.approx(500e3 / (EQUATORIAL_RADIUS + 1_000e3), rel=1e-12)  # h / 2 (R + h)
    for elevation in (0.0, 0.1, 0.7):
        angle = footprint_angle(1_400e3, elevation)
        assert elevation_at(1_400e3, angle) == pytest.approx(elevation, abs=1e-12)
        assert altitude_for(angle, elevation) == pytest.approx(1_400e3, rel=1e-12)
    assert altitude_for(math.radians(100.0), 0.0) == math.inf
    for altitude, elevation in ((0.0, 0.1), (1e6, -0.1), (1e6, 2.0)):
        with pytest.raises(ValueError, match="accepted is"):
            footprint_angle(altitude, elevation)


def test_the_limb_row_of_the_warning_layer():
    angle, slant = limb_geometry(1_000e3, 200e3, 50e3)
    assert math.degrees(angle) == pytest.approx(41.66, abs=0.005)
    assert slant == pytest.approx(5_018e3, abs=500.0)
