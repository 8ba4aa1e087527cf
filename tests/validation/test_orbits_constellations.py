"""Constellations against SGP4, exact latitude densities, worst-case Walker coverage (targets.md, sections 3 and 5)."""

import math

import numpy as np
import pytest
from sgp4.api import WGS72, Satrec

from cupola.core.earth import EQUATORIAL_RADIUS
from cupola.orbits import constellation
from cupola.orbits.spec import WalkerSpec


@pytest.mark.parametrize(("altitude_km", "inclination_deg"), [(400.0, 50.0), (550.0, 97.6), (1_000.0, 82.0)])
def test_circular_low_orbit_agrees_with_sgp4_over_an_hour(altitude_km: float, inclination_deg: float) -> None:
    """SGP4 (Vallado's reference code) with no drag; its mean motion is the one whose average radius is ours.

    Short-period J2 motion is the difference that remains: some 10 km along track.
    """
    spec = WalkerSpec.model_validate(
        {"total": 1, "planes": 1, "altitude": f"{altitude_km} km", "inclination": f"{inclination_deg} deg"}
    )
    shell = constellation.of(spec)
    satellite = Satrec()
    # Kozai's mean motion counts anomalistic turns, for a circular orbit u minus the perigee's drift; Brouwer (1959).
    k = 1.0826e-3 * (EQUATORIAL_RADIUS / float(shell.radius[0])) ** 2
    perigee = 0.75 * k * (5.0 * math.cos(spec.inclination) ** 2 - 1.0) * float(shell.argument_rate[0])
    mean_motion = (float(shell.argument_rate[0]) - perigee) * 60.0
    satellite.sgp4init(WGS72, "i", 1, 20_000.0, 0.0, 0.0, 0.0, 1e-7, 0.0, spec.inclination, 0.0, mean_motion, 0.0)
    gaps, radii = [], []
    for minute in np.linspace(0.0, 60.0, 25):
        error, r, _ = satellite.sgp4_tsince(float(minute))
        assert error == 0
        ours, _ = constellation.positions(shell, float(minute) * 60.0)
        gaps.append(np.linalg.norm(ours[0] - 1e3 * np.array(r)))
        radii.append(1e3 * np.linalg.norm(r))
    assert max(gaps) < 30e3
    assert np.mean(radii) == pytest.approx(float(shell.radius[0]), abs=5e3)


@pytest.mark.parametrize(("inclination_deg", "density"), [(42.0, 3.42), (45.0, 2.16), (60.0, 1.10), (90.0, 0.83)])
def test_latitude_density_against_the_exact_law(inclination_deg: float, density: float) -> None:
    """2 / (pi sqrt(sin^2 i - sin^2 phi)) against a uniform sphere, at 40 deg; counted in a band of a degree."""
    spec = WalkerSpec.model_validate(
        {"total": 60_000, "planes": 200, "phasing": 7, "altitude": "500 km", "inclination": f"{inclination_deg} deg"}
    )
    r, _ = constellation.positions(constellation.of(spec), 1_234.0)
    sine = r[:, 2] / np.linalg.norm(r, axis=1)
    low, high = math.sin(math.radians(39.5)), math.sin(math.radians(40.5))
    counted = float(np.mean((sine > low) & (sine < high))) / (0.5 * (high - low))
    exact = 2.0 / (
        math.pi * math.sqrt(math.sin(math.radians(inclination_deg)) ** 2 - math.sin(math.radians(40.0)) ** 2)
    )
    assert exact == pytest.approx(density, abs=0.006)
    assert counted == pytest.approx(exact, rel=0.02)


def test_period_of_a_geocentric_circle() -> None:
    """400 km: 92.6 min between two passages of the same latitude (nodal period, ISS-like)."""
    spec = WalkerSpec.model_validate({"total": 1, "planes": 1, "altitude": "400 km", "inclination": "51.6 deg"})
    rate = float(constellation.of(spec).argument_rate[0])
    assert math.tau / rate / 60.0 == pytest.approx(92.5, abs=0.15)


@pytest.mark.parametrize(
    ("total", "planes", "phasing", "inclination_deg", "worst_deg"),
    [(5, 5, 1, 43.66, 69.15), (9, 9, 7, 70.54, 54.81), (15, 3, 1, 53.5, 42.14)],
)
def test_worst_angle_to_the_nearest_satellite(
    total: int, planes: int, phasing: int, inclination_deg: float, worst_deg: float
) -> None:
    """Walker's optima: the largest angle from any point of the globe to the nearest satellite, over the pattern's
    period."""
    spec = WalkerSpec.model_validate(
        {
            "total": total,
            "planes": planes,
            "phasing": phasing,
            "altitude": "20000 km",
            "inclination": f"{inclination_deg} deg",
        }
    )
    shell = constellation.of(spec)
    k = np.arange(8_000) + 0.5
    polar, azimuth = np.arccos(1.0 - 2.0 * k / 8_000), math.pi * (1.0 + math.sqrt(5.0)) * k
    points = np.stack([np.cos(azimuth) * np.sin(polar), np.sin(azimuth) * np.sin(polar), np.cos(polar)], axis=1)
    worst = 0.0
    for slide in np.linspace(0.0, math.tau / total, 41):
        r, _ = constellation.positions(shell, 0.0, slide_rad=float(slide))
        unit = r / np.linalg.norm(r, axis=1)[:, None]
        worst = max(worst, math.degrees(math.acos((points @ unit.T).max(axis=1).min())))
    assert worst == pytest.approx(worst_deg, abs=1.2)
    assert worst <= worst_deg + 0.1
