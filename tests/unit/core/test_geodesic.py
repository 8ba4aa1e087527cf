import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from cupola.core.earth import ECCENTRICITY_SQUARED, EQUATORIAL_RADIUS, POLAR_RADIUS, central_angle
from cupola.core.geodesic import geodesic, geodesic_point


def degrees(value: float, minutes: float = 0.0, seconds: float = 0.0) -> float:
    return math.radians(value + minutes / 60.0 + seconds / 3600.0)


def test_flinders_peak_to_buninyong_is_as_geoscience_australia_tabulates_it() -> None:
    # Geocentric Datum of Australia Technical Manual, worked example of Vincenty's formulae; the GRS80 ellipsoid's
    # flattening (1/298.257222101) differs from WGS-84's by 2e-11, which moves nothing at the printed digits.
    flinders = (-degrees(37, 57, 3.72030), degrees(144, 25, 29.52440))
    buninyong = (-degrees(37, 39, 10.15610), degrees(143, 55, 35.38390))
    distance, azimuth, onward = geodesic(*flinders, *buninyong)
    assert distance == pytest.approx(54_972.271, abs=5e-4)
    assert azimuth == pytest.approx(degrees(306, 52, 5.37), abs=degrees(0, 0, 0.005))
    assert (onward + math.pi) % math.tau == pytest.approx(degrees(127, 10, 25.07), abs=degrees(0, 0, 0.005))
    latitude, longitude, _ = geodesic_point(*flinders, degrees(306, 52, 5.37), 54_972.271)
    assert latitude == pytest.approx(buninyong[0], abs=degrees(0, 0, 5e-5))
    assert longitude == pytest.approx(buninyong[1], abs=degrees(0, 0, 5e-5))


def test_meridian_and_equator_have_their_known_lengths() -> None:
    # WGS-84: quarter meridian 10,001,965.729 m (the series in n, Helmert 1880, summed here), equator 2 pi a.
    n = (EQUATORIAL_RADIUS - POLAR_RADIUS) / (EQUATORIAL_RADIUS + POLAR_RADIUS)
    quarter = (math.pi / 4) * (EQUATORIAL_RADIUS + POLAR_RADIUS) * (1.0 + n**2 / 4 + n**4 / 64)
    assert quarter == pytest.approx(10_001_965.729, abs=1e-3)
    assert geodesic(0.0, 0.3, math.pi / 2, 1.0)[0] == pytest.approx(quarter, abs=2e-4)
    assert geodesic(0.0, 0.0, 0.0, 1.0)[0] == pytest.approx(EQUATORIAL_RADIUS, abs=1e-6)
    across = geodesic(math.radians(80.0), 0.2, math.radians(80.0), 0.2 + math.pi)
    assert across[0] == pytest.approx(2.0 * geodesic(math.radians(80.0), 0.2, math.pi / 2, 0.2)[0], abs=1e-6)
    assert across[1] % math.tau == pytest.approx(0.0, abs=1e-12)


def integrated(latitude: float, longitude: float, azimuth: float, distance: float) -> tuple[float, float, float]:
    """The geodesic's differential equations (Bessel 1825) in latitude, longitude, azimuth, at 1e-12."""

    def rates(_: float, y: np.ndarray) -> list[float]:
        w = math.sqrt(1.0 - ECCENTRICITY_SQUARED * math.sin(y[0]) ** 2)
        meridian = EQUATORIAL_RADIUS * (1.0 - ECCENTRICITY_SQUARED) / w**3
        across = EQUATORIAL_RADIUS / w
        return [
            math.cos(y[2]) / meridian,
            math.sin(y[2]) / (across * math.cos(y[0])),
            math.sin(y[2]) * math.tan(y[0]) / across,
        ]

    end = solve_ivp(rates, (0.0, distance), [latitude, longitude, azimuth], rtol=1e-12, atol=1e-13, method="DOP853")
    return tuple(end.y[:, -1])


@pytest.mark.parametrize("azimuth", [0.3, 1.2, 2.4, 4.0, 5.9])
@pytest.mark.parametrize("distance", [100.0, 30e3, 2_500e3, 10_000e3])
def test_points_along_a_course_are_those_of_the_differential_equation(azimuth: float, distance: float) -> None:
    latitude, longitude, onward = geodesic_point(0.4, 2.0, azimuth, distance)
    expected = integrated(0.4, 2.0, azimuth, distance)
    assert latitude == pytest.approx(expected[0], abs=5e-11)
    assert math.remainder(longitude - expected[1], math.tau) * math.cos(latitude) == pytest.approx(0.0, abs=5e-11)
    assert math.remainder(onward - expected[2], math.tau) == pytest.approx(0.0, abs=1e-9)


@settings(deadline=None, max_examples=300)
@given(
    st.floats(-math.pi / 2, math.pi / 2),
    st.floats(-math.pi, math.pi),
    st.floats(0.0, math.tau),
    st.floats(0.0, 19_000e3),
)
def test_there_and_back(latitude: float, longitude: float, azimuth: float, distance: float) -> None:
    lat2, lon2, _ = geodesic_point(latitude, longitude, azimuth, distance)
    assert -math.pi <= lon2 <= math.pi
    back, out, _ = geodesic(latitude, longitude, lat2, lon2)
    assert back == pytest.approx(distance, abs=1e-3)
    lat3, lon3, _ = geodesic_point(latitude, longitude, out, back)
    assert central_angle(lat2, lon2, lat3, lon3) * EQUATORIAL_RADIUS < 1e-3


def test_points_opposite_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match=r"opposite sides of the Earth.*hint"):
        geodesic(0.3, 0.0, -0.3, math.pi - 1e-4)


def test_a_point_is_at_no_distance_from_itself() -> None:
    assert geodesic(0.5, 1.0, 0.5, 1.0) == (0.0, 0.0, 0.0)
