"""Constellations: Walker geometry, J2 rates, the real satellites' motion, and the geostationary row."""

import math

import numpy as np
import pytest

from cupola.core.earth import EQUATORIAL_RADIUS, ROTATION_RATE, ecef_to_eci
from cupola.core.kepler import propagate_j2
from cupola.orbits import constellation
from cupola.orbits.spec import GeostationarySpec, WalkerSpec


def _walker(
    total: int, planes: int, phasing: int, altitude: str = "550 km", inclination: str = "53 deg", **more: str
) -> WalkerSpec:
    return WalkerSpec.model_validate(
        {"total": total, "planes": planes, "phasing": phasing, "altitude": altitude, "inclination": inclination, **more}
    )


def test_walker_delta_spacing() -> None:
    shell = constellation.of(_walker(24, 6, 5))
    assert shell.count == 24
    assert np.allclose(np.unique(shell.node), np.arange(6) * math.tau / 6)
    first = [shell.argument[shell.plane == p][0] for p in range(6)]
    assert np.allclose(np.diff(np.unwrap(first)), 5 * math.tau / 24)
    for plane in range(6):
        seats = np.sort(shell.argument[shell.plane == plane])
        assert np.allclose(np.diff(seats), math.tau / 4)


def test_walker_star_spreads_nodes_over_half_a_turn_and_altitudes_over_planes() -> None:
    shell = constellation.of(_walker(10, 5, 0, altitude="300 km", pattern="star", altitude_top="500 km"))
    assert np.allclose(np.unique(shell.node), np.arange(5) * math.pi / 5)
    heights = [float(shell.radius[shell.plane == p][0]) - EQUATORIAL_RADIUS for p in range(5)]
    assert np.allclose(np.sort(heights), [300e3, 350e3, 400e3, 450e3, 500e3])
    assert np.abs(np.diff(heights)).min() >= 100e3, "neighbouring planes are far apart in height"


@pytest.mark.parametrize("total", [1, 2, 5, 12])
def test_walker_symmetry_every_satellite_sees_the_same_sky(total: int) -> None:
    """The defining property of a Walker delta pattern: the sorted distances to all others agree, by plane rotation."""
    shell = constellation.of(_walker(total * 6, 6, 1, inclination="90 deg"))
    r, _ = constellation.positions(shell, 0.0)
    speeds = np.linalg.norm(constellation.positions(shell, 0.0)[1], axis=1)
    assert np.allclose(np.linalg.norm(r, axis=1), EQUATORIAL_RADIUS + 550e3)
    assert np.ptp(speeds) < 1.0
    turned, _ = constellation.positions(shell, 0.0, turn_rad=math.tau / 6, slide_rad=math.tau / (6 * total))
    gaps = np.linalg.norm(turned[:, None] - r[None], axis=2).min(axis=1)
    assert gaps.max() < 1.0


def test_sun_synchronous_node_rate() -> None:
    """A node rate of 360 deg per tropical year needs 98.6 deg at 800 km (Vallado 2013, section 11.4.1)."""
    node_rate, _ = constellation.secular_rates(EQUATORIAL_RADIUS + 800e3, math.radians(98.6))
    assert node_rate == pytest.approx(math.tau / (365.2422 * 86_400.0), rel=0.005)
    closed = (
        -9.9639 * (EQUATORIAL_RADIUS / (EQUATORIAL_RADIUS + 400e3)) ** 3.5 * math.cos(0.9)
    )  # deg a day, textbook form
    node_rate, _ = constellation.secular_rates(EQUATORIAL_RADIUS + 400e3, 0.9)
    assert math.degrees(node_rate) * 86_400.0 == pytest.approx(closed, rel=0.001)


@pytest.mark.parametrize("inclination", [5.0, 50.0, 63.4, 82.0, 98.0])
def test_secular_motion_follows_numerical_integration_under_j2(inclination: float) -> None:
    """Six hours of a numerically integrated near-circular orbit: what is left is the short-period motion, below 25 km.

    The start is the mean circular state, whose osculating mean radius differs by some km; the energy is therefore
    matched first by scaling the speed until the integrated mean radius is the constellation's.
    """
    shell = constellation.of(_walker(1, 1, 0, altitude="500 km", inclination=f"{inclination} deg"))
    r0, v0 = constellation.positions(shell, 0.0)
    a = float(shell.radius[0])
    period = math.tau / float(shell.argument_rate[0])

    def mean_radius(scale: float) -> float:
        r, v, total = r0[0], scale * v0[0], 0.0
        for _ in range(96):
            r, v = propagate_j2(r, v, period / 96.0, 30.0)
            total += float(np.linalg.norm(r))
        return total / 96.0

    low, high = mean_radius(0.999), mean_radius(1.001)
    scale = 0.999 + 0.002 * (a - low) / (high - low)
    r, _ = propagate_j2(r0[0], scale * v0[0], 6 * 3_600.0, 20.0)
    model, _ = constellation.positions(shell, 6 * 3_600.0)
    assert np.linalg.norm(r - model[0]) < 40e3


def test_velocity_is_the_derivative_of_position() -> None:
    shell = constellation.of(_walker(60, 6, 1))
    before, _ = constellation.positions(shell, 999.5, turn_rad=0.3, slide_rad=1.1)
    after, _ = constellation.positions(shell, 1_000.5, turn_rad=0.3, slide_rad=1.1)
    _, v = constellation.positions(shell, 1_000.0, turn_rad=0.3, slide_rad=1.1)
    assert np.abs(v - (after - before)).max() < 0.01


def test_geostationary_satellites_stay_over_their_longitudes() -> None:
    spec = GeostationarySpec.model_validate({"longitudes": ["-100 deg", "75 deg"]})
    shell = constellation.of(spec)
    assert np.allclose(shell.radius, 42_164.7e3, atol=1e3)
    start, _ = constellation.positions(shell, 0.0, turn_rad=1.0, slide_rad=2.0)
    assert np.degrees(np.arctan2(start[:, 1], start[:, 0])) == pytest.approx([-100.0, 75.0])
    later, v = constellation.positions(shell, 5_000.0, turn_rad=1.0)
    assert np.allclose(later, ecef_to_eci(start, 5_000.0), atol=1e-3)
    assert np.allclose(np.linalg.norm(v, axis=1), ROTATION_RATE * shell.radius)
    free, _ = propagate_j2(start[0], constellation.positions(shell, 0.0)[1][0], 86_164.0, 60.0)
    assert np.linalg.norm(free - start[0]) < 2e3


def test_out_arrays_are_used_and_checked() -> None:
    shell = constellation.of(_walker(6, 2, 0))
    pair = (np.empty((6, 3)), np.empty((6, 3)))
    r, v = constellation.positions(shell, 10.0, out=pair)
    assert r is pair[0]
    assert v is pair[1]
    with pytest.raises(ValueError, match="accepted is"):
        constellation.positions(shell, 10.0, out=(np.empty((5, 3)), np.empty((6, 3))))
