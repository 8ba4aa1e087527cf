"""Ellipses: Kepler's equation, J2 drifts against SciPy, an ellipse against SGP4, dwell in the north."""

import math

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.integrate import solve_ivp
from scipy.optimize import brentq
from sgp4.api import WGS72, Satrec

from cupola.core.earth import EQUATORIAL_RADIUS, J2, MU, ROTATION_RATE, eci_to_ecef
from cupola.orbits import constellation
from cupola.orbits.elliptic import eccentric_anomaly, elliptic_rates
from cupola.orbits.spec import EllipticSpec

PERIGEE, APOGEE = 600e3, 39_768e3
AXIS = EQUATORIAL_RADIUS + 0.5 * (PERIGEE + APOGEE)
ECCENTRICITY = 0.5 * (APOGEE - PERIGEE) / AXIS


def molniya(**changes: object) -> EllipticSpec:
    return EllipticSpec.model_validate(
        {
            "perigee": f"{PERIGEE} m",
            "apogee": f"{APOGEE} m",
            "inclination": "63.4 deg",
            "argument_of_perigee": "270 deg",
            "nodes": ["10 deg"],
            "mean_anomalies": ["180 deg"],
            **changes,
        }
    )


@pytest.mark.parametrize("eccentricity", [0.0, 1e-6, 0.2, 0.74, 0.95, 0.999])
def test_keplers_equation_is_solved_to_rounding(eccentricity: float) -> None:
    for mean in np.concatenate([np.linspace(-7.0, 13.0, 2001), [0.0, 1e-9, -1e-9, math.pi, -math.pi, 1e-3, 1e4]]):
        anomaly = eccentric_anomaly(float(mean), eccentricity)
        assert anomaly - eccentricity * math.sin(anomaly) == pytest.approx(mean, abs=4e-15 * (1.0 + abs(mean)))
        assert abs(anomaly - mean) <= eccentricity + 1e-12


def j2_acceleration(t: float, y: np.ndarray) -> np.ndarray:
    r, distance = y[:3], np.linalg.norm(y[:3])
    z2 = (r[2] / distance) ** 2
    pull = 1.5 * J2 * MU * EQUATORIAL_RADIUS**2 / distance**5
    bulge = pull * np.array([5.0 * z2 - 1.0, 5.0 * z2 - 1.0, 5.0 * z2 - 3.0]) * r
    return np.concatenate([y[3:], -MU / distance**3 * r + bulge])


def osculating(y: np.ndarray) -> tuple[float, float, float]:
    """Semi-major axis, node and argument of perigee of a state."""
    r, v = y[:3], y[3:]
    h = np.cross(r, v)
    node = np.array([-h[1], h[0], 0.0])
    towards = np.cross(v, h) / MU - r / np.linalg.norm(r)
    axis = 1.0 / (2.0 / np.linalg.norm(r) - v @ v / MU)
    argument = math.atan2(towards @ np.cross(h, node) / np.linalg.norm(h), towards @ node)
    return axis, math.atan2(node[1], node[0]), argument


@pytest.mark.parametrize(
    ("perigee", "apogee", "inclination"), [(600e3, 39_768e3, 63.4), (600e3, 39_768e3, 40.0), (1_500e3, 4_000e3, 75.0)]
)
def test_drifts_agree_with_a_numerical_integration_under_j2(perigee: float, apogee: float, inclination: float) -> None:
    """Twelve turns of the full equations of motion, from apogee to apogee, where the short-period terms are the same.

    The mean semi-major axis is the osculating one less its short-period part (Brouwer 1959; Kozai 1959, eq. 20).
    """
    spec = molniya(perigee=f"{perigee} m", apogee=f"{apogee} m", inclination=f"{inclination} deg")
    r, v = constellation.positions(constellation.of(spec), 0.0)

    def apogee_passed(t: float, y: np.ndarray) -> float:
        return float(y[:3] @ y[3:])

    apogee_passed.direction = -1.0  # type: ignore[attr-defined]
    start = np.concatenate([r[0], v[0]])
    axis, node, argument = osculating(start)
    eccentricity = np.linalg.norm(np.cross(v[0], np.cross(r[0], v[0])) / MU - r[0] / np.linalg.norm(r[0]))
    s2, u = math.sin(spec.inclination) ** 2, argument + math.pi
    flat = (1.0 - eccentricity**2) ** -1.5
    far = (axis / np.linalg.norm(r[0])) ** 3
    short = J2 * EQUATORIAL_RADIUS**2 / axis * ((1.0 - 1.5 * s2) * (far - flat) + 1.5 * s2 * math.cos(2.0 * u) * far)
    mean_axis = axis - short
    node_rate, perigee_rate, mean_rate = elliptic_rates(mean_axis, float(eccentricity), spec.inclination)
    turns = 12
    solution = solve_ivp(
        j2_acceleration,
        (1.0, (turns + 0.1) * math.tau / mean_rate),
        solve_ivp(j2_acceleration, (0.0, 1.0), start, rtol=1e-12, atol=1e-6).y[:, -1],
        method="DOP853",
        rtol=1e-11,
        atol=1e-5,
        events=apogee_passed,
    )
    passed = solution.t_events[0]
    last = osculating(solution.y_events[0][turns - 1])
    span = float(passed[turns - 1])
    period = (passed[turns - 1] - passed[0]) / (turns - 1)
    turned = math.remainder(last[1] - node, math.tau)
    moved = math.remainder(last[2] - argument, math.tau)
    assert turned == pytest.approx(node_rate * span, rel=0.01)
    assert moved == pytest.approx(perigee_rate * span, rel=0.01, abs=0.002 * abs(node_rate) * span)
    assert period == pytest.approx(math.tau / mean_rate, rel=5e-6)


def test_a_low_ellipse_flies_as_sgp4_says() -> None:
    """SGP4 (Vallado's reference code, no drag) with the same mean elements over ten turns, 600 km to 5,000 km.

    What it adds are short-period J2 terms and J3, some ten km. Below 225 min it has no sun and Moon, whose tens of km
    in its periodic terms would hide the comparison on a Molniya orbit.
    """
    spec = molniya(apogee="5000 km", mean_anomalies=["0 deg"])
    shell = constellation.of(spec)
    assert shell.ellipse is not None
    # Kozai's mean motion, which element sets hold, has J2's share of the mean anomaly's rate in it.
    kozai = 60.0 * float((shell.argument_rate - shell.ellipse.perigee_rate)[0])
    satellite = Satrec()
    elements = (float(shell.ellipse.eccentricity[0]), spec.argument_of_perigee, spec.inclination, 0.0, kozai)
    satellite.sgp4init(WGS72, "i", 1, 20_000.0, 0.0, 0.0, 0.0, *elements, spec.nodes[0])
    gaps = []
    for minute in np.linspace(0.0, 1_450.0, 291):
        error, r, _ = satellite.sgp4_tsince(float(minute))
        assert error == 0
        ours, _ = constellation.positions(shell, float(minute) * 60.0)
        gaps.append(np.linalg.norm(ours[0] - 1e3 * np.array(r)))
    assert max(gaps) < 20e3
    assert np.mean(gaps) < 15e3


def test_a_molniya_satellite_dwells_in_the_north_as_keplers_equation_says() -> None:
    """Time between the two crossings of geocentric latitude 50, where sin(lat) = sin i sin(w + nu): 62 % of a turn."""
    spec = molniya()
    shell = constellation.of(spec)
    assert shell.ellipse is not None

    def latitude_sine(anomaly: float) -> float:
        return math.sin(spec.inclination) * math.sin(spec.argument_of_perigee + anomaly)

    crossing = brentq(lambda nu: latitude_sine(nu) - math.sin(math.radians(50.0)), 0.5, math.pi)
    e = 2.0 * math.atan(math.sqrt((1.0 - ECCENTRICITY) / (1.0 + ECCENTRICITY)) * math.tan(crossing / 2.0))
    expected = 1.0 - (e - ECCENTRICITY * math.sin(e)) / math.pi
    assert expected == pytest.approx(0.617, abs=0.001)
    period = math.tau / float((shell.argument_rate - shell.ellipse.perigee_rate)[0])
    north = 0
    for k in range(2_000):
        r, _ = constellation.positions(shell, (k + 0.5) * period / 2_000)
        north += bool(r[0, 2] > math.sin(math.radians(50.0)) * np.linalg.norm(r[0]))
    assert north / 2_000 == pytest.approx(expected, abs=0.002)


def test_velocity_is_the_derivative_of_position() -> None:
    shell = constellation.of(molniya(inclination="30 deg", argument_of_perigee="40 deg", ground_track="free"))
    for time in (10.0, 20_000.0, 21_500.0, 30_000.0):
        before, _ = constellation.positions(shell, time - 0.5, turn_rad=0.3, slide_rad=1.1)
        after, _ = constellation.positions(shell, time + 0.5, turn_rad=0.3, slide_rad=1.1)
        _, v = constellation.positions(shell, time, turn_rad=0.3, slide_rad=1.1)
        assert np.abs(v - (after - before)).max() < 0.01


def test_a_round_ellipse_is_the_circle_of_the_same_mean_elements() -> None:
    shell = constellation.of(molniya(perigee="2000 km", apogee="2000 km", mean_anomalies=["25 deg"]))
    r, v = constellation.positions(shell, 0.0)
    assert np.linalg.norm(r[0]) == pytest.approx(EQUATORIAL_RADIUS + 2_000e3, rel=1e-12)
    u = math.radians(270.0 + 25.0)
    assert r[0, 2] == pytest.approx(np.linalg.norm(r[0]) * math.sin(math.radians(63.4)) * math.sin(u), rel=1e-12)
    assert r[0] @ v[0] == pytest.approx(0.0, abs=1.0)


def test_a_random_epoch_moves_satellites_along_their_ground_track_or_turns_them_freely() -> None:
    """Whatever the epoch, a point on the track is passed: the satellite of another epoch was there some time before."""
    fixed = constellation.of(molniya())
    older = 5_000.0
    rate = ROTATION_RATE - float(fixed.node_rate[0])
    moved, _ = constellation.positions(fixed, 100.0, turn_rad=-older * rate, slide_rad=2.0)
    later, _ = constellation.positions(fixed, 100.0 + older)
    assert np.allclose(eci_to_ecef(moved[0], 100.0), eci_to_ecef(later[0], 100.0 + older), atol=1e-3)
    free = constellation.of(molniya(ground_track="free"))
    plain, _ = constellation.positions(free, 100.0)
    turned, _ = constellation.positions(free, 100.0, turn_rad=0.5)
    c, s = math.cos(0.5), math.sin(0.5)
    assert np.allclose(turned[0], np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ plain[0])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"apogee": "500 km"}, "must not be below perigee"),
        ({"nodes": ["0 deg", "90 deg"]}, "one of each"),
        ({"nodes": [], "mean_anomalies": []}, "at least 1"),
        ({"perigee": "100 km"}, "150000"),
    ],
)
def test_ellipses_that_cannot_be_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        molniya(**changes)
