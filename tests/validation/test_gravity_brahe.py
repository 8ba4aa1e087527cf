"""Central gravity and J2 against brahe's spherical harmonics to degree two, with the coefficients it carries itself.

Its EGM2008 is tide-free like our J2; the two values differ by 5e-7 of J2, and its radius by 0.7 m: 1e-8 m/s2 in all. No
file is fetched: the model is inside the package, and the Earth-fixed axes are given as they are.
"""

import math

import brahe
import numpy as np
import pytest

from cupola.core.earth import MU, gravity

MODEL = brahe.GravityModel.from_model_type(brahe.GravityModelType.EGM2008_120)


@pytest.mark.parametrize("altitude", [0.0, 100e3, 1_000e3, 8_000e3])
def test_gravity_with_j2(altitude: float) -> None:
    rng = np.random.default_rng(int(altitude))
    for _ in range(50):
        direction = rng.normal(size=3)
        r = (6_378_137.0 + altitude) * direction / np.linalg.norm(direction)
        expected = brahe.accel_gravity_spherical_harmonics(r, np.eye(3), MODEL, 2, 0)
        np.testing.assert_allclose(gravity(*r), expected, atol=3e-8, rtol=0.0)


def test_the_central_part_alone() -> None:
    r = np.array([4e6, -5e6, 3e6])
    expected = brahe.accel_point_mass_gravity(r, np.zeros(3), MU)
    # J2's share vanishes in the mean over a sphere: here over the corners and faces of a cube, exact to degree three.
    size = float(np.linalg.norm(r))
    axes = np.concatenate([np.eye(3), -np.eye(3)])
    inward = np.mean([np.dot(gravity(*(size * axis)), axis) for axis in axes])
    assert -inward == pytest.approx(np.linalg.norm(expected), rel=1e-12)


def test_j2_is_brahes_own_coefficient() -> None:
    pole, equator = gravity(0.0, 0.0, 7e6), gravity(7e6, 0.0, 0.0)
    share = 1.5 * math.sqrt(5.0) * -MODEL.get(2, 0)[0] * (MODEL.radius / 7e6) ** 2
    assert equator[0] / -(MU / 49e12) == pytest.approx(1.0 + share, abs=2e-9)
    assert pole[2] / -(MU / 49e12) == pytest.approx(1.0 - 2.0 * share, abs=2e-9)
